"""Compares a coder with hand-made codes: counts and ratios only; must not train, tune or choose anything.

Rows are those of a JSON Lines file: `id`, `text`, and where known `audience` and `question`; `outcomes`, `themes` and
`sentiment` where a person coded them. A row without one of these is predicted and left out of that score.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.coding.suggestion import Coder, Suggestion
from analysis.records import AnswerRecord, Facet
from analysis.text import lexicon_tone

Row = Mapping[str, Any]
CodeSets = Sequence[set[str]]

# An answer with nothing to read has no tone of its own.
_NO_TONE = "neutral"


def evaluate(rows: Sequence[Row], coder: Coder) -> dict[str, Any]:
    """How well `coder` agrees with the rows' own codes.

    `n` counts the rows with hand-made themes, outcomes or sentiment. `macro_f1` is the mean over the codes that
    occur in hand-made rows. `answers_per_second` is over all rows, the encoder included. A score without any
    hand-made row is None.
    """
    return predict_and_score(rows, coder)[1]


def predict_and_score(rows: Sequence[Row], coder: Coder) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """`predict` and `evaluate`, from one reading."""
    start = time.perf_counter()
    predictions = predict(rows, coder)
    seconds = time.perf_counter() - start
    speed = {"answers_per_second": round(len(rows) / seconds, 1) if rows else 0.0}
    return predictions, {**score(rows, predictions), **speed}


def predict(rows: Sequence[Row], coder: Coder) -> list[dict[str, Any]]:
    """`{id, outcomes, themes, sentiment}` for each row, in their order."""
    records = [_record(row, number) for number, row in enumerate(rows)]
    return [_prediction(row, each) for row, each in zip(rows, coder.code(records), strict=True)]


def score(rows: Sequence[Row], predictions: Sequence[Row]) -> dict[str, Any]:
    """`evaluate` for predictions that are already there."""
    made_by_hand = [row for row in rows if any(row.get(each) is not None for each in _FIELDS)]
    return {
        "n": len(made_by_hand),
        "themes": _codes_score(rows, predictions, "themes"),
        "outcomes": _codes_score(rows, predictions, "outcomes"),
        "sentiment": _sentiment_score(rows, predictions),
    }


_FIELDS = ("themes", "outcomes", "sentiment")


def _record(row: Row, number: int) -> AnswerRecord:
    return AnswerRecord(
        answer_id=str(row.get("id", number)),
        response_id="",
        audience=str(row.get("audience") or ""),
        question=str(row.get("question") or ""),
        text=str(row["text"]),
    )


def _prediction(row: Row, suggestion: Suggestion) -> dict[str, Any]:
    return {
        "id": row.get("id"),
        "outcomes": list(suggestion.codes(Facet.OUTCOME)),
        "themes": list(suggestion.codes(Facet.THEME)),
        "sentiment": next(iter(suggestion.codes(Facet.SENTIMENT)), _NO_TONE),
    }


def _codes_score(rows: Sequence[Row], predictions: Sequence[Row], field: str) -> dict[str, Any]:
    pairs = [
        (set(row[field]), set(prediction[field]))
        for row, prediction in zip(rows, predictions, strict=True)
        if row.get(field) is not None
    ]
    return agreement([hand for hand, _ in pairs], [machine for _, machine in pairs])


def agreement(hand: CodeSets, machine: CodeSets) -> dict[str, Any]:
    """Micro-F1, macro-F1, samples-F1 and the figures per code. `n` of a code is how many rows carry it by hand.

    Samples-F1 is the mean over rows, as scikit-learn's `average="samples"`. Where neither hand nor machine gives a row
    any code, they agree: it counts 1 (`zero_division=1`); the other way stands beside it where it makes a difference.
    """
    per_code = {
        code: _figures(
            hits=sum(code in theirs and code in ours for theirs, ours in zip(hand, machine, strict=True)),
            hand=sum(code in theirs for theirs in hand),
            machine=sum(code in ours for ours in machine),
        )
        for code in sorted(set().union(*hand, *machine))
    }
    hits = sum(len(theirs & ours) for theirs, ours in zip(hand, machine, strict=True))
    both = sum(map(len, hand)) + sum(map(len, machine))
    with_gold = [each["f1"] for each in per_code.values() if each["n"]]
    return {
        "micro_f1": round(2 * hits / both, 4) if both else None,
        "macro_f1": round(sum(with_gold) / len(with_gold), 4) if with_gold else None,
        **_samples_f1(hand, machine),
        "per_code": per_code,
    }


def _samples_f1(hand: CodeSets, machine: CodeSets) -> dict[str, float | None]:
    pairs = list(zip(hand, machine, strict=True))
    if not pairs:
        return {"samples_f1": None}
    shared = sum(2 * len(theirs & ours) / (len(theirs) + len(ours)) for theirs, ours in pairs if theirs or ours)
    empty = sum(not theirs and not ours for theirs, ours in pairs)
    beside = {"samples_f1_if_empty_counts_0": round(shared / len(pairs), 4)} if empty else {}
    return {"samples_f1": round((shared + empty) / len(pairs), 4), **beside}


def _figures(hits: int, hand: int, machine: int) -> dict[str, Any]:
    return {
        "precision": round(hits / machine, 4) if machine else 0.0,
        "recall": round(hits / hand, 4) if hand else 0.0,
        "f1": round(2 * hits / (hand + machine), 4),
        "n": hand,
    }


def _sentiment_score(rows: Sequence[Row], predictions: Sequence[Row]) -> dict[str, Any]:
    pairs = [
        (row["sentiment"], prediction["sentiment"], lexicon_tone(str(row["text"])))
        for row, prediction in zip(rows, predictions, strict=True)
        if row.get("sentiment") is not None
    ]
    if not pairs:
        return {"accuracy": None, "textblob_accuracy": None}
    return {
        "accuracy": round(sum(hand == machine for hand, machine, _ in pairs) / len(pairs), 4),
        "textblob_accuracy": round(sum(hand == lexicon for hand, _, lexicon in pairs) / len(pairs), 4),
    }
