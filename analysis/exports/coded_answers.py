"""Coded answers as flat rows, for the analysts' files. Knows no file format.

These rows are exact and internal: whoever holds them can count small groups. They carry no response id, so that one
person's answers cannot be put together, and none of the person's choices.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from analysis.exports.phrasing import printable
from analysis.findings.counts import coding_order
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.text.tokens import legend

INTERNAL = "Internal, for analysts: not for publication"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class AnswerRow:
    """One answer with all that was made of it; several values stand in one cell, parted by semicolons. `hidden` says
    what stood where the text has a token."""

    handling: str
    answer_id: str
    audience: str
    question: str
    text: str
    hidden: str
    state: str
    outcomes: str
    outcomes_confidence: str
    themes: str
    themes_confidence: str
    sentiment: str
    sentiment_confidence: str
    checked_by_person: str
    words: str


@dataclass(frozen=True)
class CodingRow:
    """One coding of one answer, rejected ones too."""

    handling: str
    answer_id: str
    facet: str
    code: str
    confidence: float
    verdict: str
    coder: str
    reason: str
    words: str


def handling(simulated: bool) -> str:
    """The mark that every row carries, so that it survives copying."""
    return f"{INTERNAL}. Simulated data" if simulated else INTERNAL


def answer_rows(answers: Iterable[AnswerRecord], codings: Iterable[Coding], simulated: bool) -> list[AnswerRow]:
    """One row an answer, by audience, question and id; withheld and uncoded answers too."""
    by_answer: dict[str, list[Coding]] = {}
    for each in sorted(set(codings), key=coding_order):
        by_answer.setdefault(each.answer_id, []).append(each)
    return [_answer_row(each, by_answer.get(each.answer_id, []), simulated) for each in _in_order(answers)]


def coding_rows(answers: Iterable[AnswerRecord], codings: Iterable[Coding], simulated: bool) -> list[CodingRow]:
    """One row a coding, in the order of the answers."""
    listed = _in_order(answers)
    texts = {each.answer_id: each.text for each in listed}
    place = {each.answer_id: index for index, each in enumerate(listed)}
    ordered = sorted(set(codings), key=lambda each: (place.get(each.answer_id, len(place)), coding_order(each)))
    return [
        CodingRow(
            handling=handling(simulated),
            answer_id=each.answer_id,
            facet=each.facet.value,
            code=each.code,
            confidence=round(each.confidence, 3),
            verdict=each.verdict.value if each.verdict else "not yet checked",
            coder=each.coder,
            reason=each.reason,
            words=texts.get(each.answer_id, "")[each.start : each.end],
        )
        for each in ordered
    ]


def values(row: AnswerRow | CodingRow) -> tuple[str | float, ...]:
    """The row's cells, safe to open in a spreadsheet."""
    return tuple(neutralised(each) if isinstance(each, str) else each for each in astuple(row))


def neutralised(text: str) -> str:
    """Text that no spreadsheet takes for a formula: one that could be gets an apostrophe in front."""
    text = printable(text)
    risky = text.startswith(_STARTS_A_FORMULA) or text.lstrip().startswith(_STARTS_A_FORMULA[:4])
    return f"'{text}" if risky else text


def _in_order(answers: Iterable[AnswerRecord]) -> list[AnswerRecord]:
    return sorted(answers, key=lambda each: (each.audience, each.question, each.answer_id))


def _answer_row(answer: AnswerRecord, codings: list[Coding], simulated: bool) -> AnswerRow:
    standing = [each for each in codings if each.counts]
    text = "" if answer.withheld else answer.text
    strongest = {facet: _strongest(each for each in standing if each.facet is facet) for facet in Facet}
    about = strongest[Facet.OUTCOME].keys() | strongest[Facet.THEME].keys()
    return AnswerRow(
        handling=handling(simulated),
        answer_id=answer.answer_id,
        audience=answer.audience,
        question=answer.question,
        text=text,
        hidden="; ".join(f"{each.text} {each.stood}" for each in legend([text])),
        state="withheld" if answer.withheld else "coded" if about else "uncoded",
        outcomes=_joined(strongest[Facet.OUTCOME]),
        outcomes_confidence=_confidences(strongest[Facet.OUTCOME]),
        themes=_joined(strongest[Facet.THEME]),
        themes_confidence=_confidences(strongest[Facet.THEME]),
        sentiment=_joined(strongest[Facet.SENTIMENT]),
        sentiment_confidence=_confidences(strongest[Facet.SENTIMENT]),
        checked_by_person=_checked(codings),
        words="; ".join(
            f"{each.code}: {text[each.start : each.end]}" for each in standing if each.facet is Facet.THEME and text
        ),
    )


def _strongest(codings: Iterable[Coding]) -> Mapping[str, float]:
    """Each code once, with the confidence of its surest coding; a person's word is 1."""
    found: dict[str, float] = {}
    for each in codings:
        certain = 1.0 if each.verdict in (Verdict.CONFIRMED, Verdict.ADDED) else each.confidence
        found[each.code] = max(certain, found.get(each.code, 0.0))
    return dict(sorted(found.items()))


def _joined(codes: Mapping[str, float]) -> str:
    return "; ".join(codes)


def _confidences(codes: Mapping[str, float]) -> str:
    return "; ".join(f"{each:.2f}" for each in codes.values())


def _checked(codings: list[Coding]) -> str:
    looked_at = sum(1 for each in codings if each.verdict is not None)
    if not codings or not looked_at:
        return "no"
    return "yes" if looked_at == len(codings) else "partly"
