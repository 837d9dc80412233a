"""The arithmetic of `evaluate`, checked against figures worked out by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analysis.coding import Suggestion
from analysis.coding.evaluate import agreement, evaluate, predict
from analysis.records import AnswerRecord, Coding, Facet


class Parrot:
    """A coder that gives each text the codes it was told to."""

    version = "parrot"

    def __init__(self, told: Mapping[str, tuple[list[str], list[str], str | None]]) -> None:
        self._told = told

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return [self._say(each) for each in records]

    def _say(self, record: AnswerRecord) -> Suggestion:
        outcomes, themes, sentiment = self._told[record.text]
        named = [(Facet.OUTCOME, each) for each in outcomes] + [(Facet.THEME, each) for each in themes]
        named += [(Facet.SENTIMENT, sentiment)] if sentiment else []
        codings = tuple(Coding(record.answer_id, facet, code, 0, 1, 0.9, "told", "parrot") for facet, code in named)
        return Suggestion(record.answer_id, codings, None, {})


ROWS: list[dict[str, Any]] = [
    {"id": "1", "text": "a", "outcomes": ["safe"], "themes": ["x", "y"], "sentiment": "negative"},
    {"id": "2", "text": "b", "outcomes": [], "themes": ["x"], "sentiment": "neutral"},
    {"id": "3", "text": "c", "outcomes": ["safe"], "themes": [], "sentiment": "positive"},
    {"id": "4", "text": "d"},
]
PARROT = Parrot(
    {
        "a": (["safe"], ["x"], "negative"),
        "b": (["safe"], ["x", "z"], "negative"),
        "c": ([], [], None),
        "d": (["safe"], ["y"], "mixed"),
    }
)


def test_figures_worked_out_by_hand() -> None:
    found = evaluate(ROWS, PARROT)
    assert found["n"] == 3
    # Themes: hits x, x; missed y; too many z. 2 * 2 / (3 + 3).
    assert found["themes"]["micro_f1"] == pytest.approx(0.6667)
    # Rows: 2/3, 2/3, and neither side has a theme, which is agreement.
    assert found["themes"]["samples_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3, abs=1e-4)
    assert found["themes"]["samples_f1_if_empty_counts_0"] == pytest.approx((2 / 3 + 2 / 3) / 3, abs=1e-4)
    # x is perfect, y is 0; z has no hand-made row and stays out of the mean.
    assert found["themes"]["macro_f1"] == pytest.approx(0.5)
    assert found["themes"]["per_code"]["z"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 0}
    # Outcomes: one hit, one too many, one missed.
    assert found["outcomes"]["per_code"]["safe"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    # The third row got no sentiment, which counts as neutral: wrong here.
    assert found["sentiment"]["accuracy"] == pytest.approx(0.3333)
    assert found["answers_per_second"] > 0


def test_rows_without_codes_are_predicted_and_left_out() -> None:
    assert predict(ROWS, PARROT)[3] == {"id": "4", "outcomes": ["safe"], "themes": ["y"], "sentiment": "mixed"}
    assert evaluate(ROWS[:3], PARROT)["themes"] == evaluate(ROWS, PARROT)["themes"]


def test_a_row_may_carry_themes_alone() -> None:
    found = evaluate([{"id": 1, "text": "a", "themes": ["x"]}], PARROT)
    assert found["n"] == 1
    assert found["themes"]["micro_f1"] == 1.0
    assert found["outcomes"]["micro_f1"] is None
    assert found["sentiment"] == {"accuracy": None, "textblob_accuracy": None}


def test_nothing_to_score_is_no_figure() -> None:
    assert evaluate([], PARROT)["themes"] == {
        "micro_f1": None,
        "macro_f1": None,
        "samples_f1": None,
        "per_code": {},
    }


def test_agreement_of_a_reader_with_themselves_is_perfect() -> None:
    codes = [{"x"}, {"x", "y"}, set[str]()]
    assert agreement(codes, codes)["micro_f1"] == agreement(codes, codes)["macro_f1"] == 1.0
