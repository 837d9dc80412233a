"""The three figures, on rows small enough to count by hand."""

from typing import Any

from consultation.domain.concern import Concern, Level
from consultation.safeguarding.evaluate import evaluate, predict

ROWS: list[dict[str, Any]] = [
    {"id": 1, "text": "immediate", "concern": True, "level": "immediate"},
    {"id": 2, "text": "support", "concern": True, "level": "immediate"},
    {"id": 3, "text": "support", "concern": True, "level": "concern"},
    {"id": 4, "text": "none", "concern": True, "level": "concern"},
    {"id": 5, "text": "support", "concern": False, "level": "none"},
    {"id": 6, "text": "none", "concern": False, "level": "none"},
    {"id": 7, "text": "support"},
]


def echo(text: str) -> Concern:
    """A screen for which each text names its own level."""
    return Concern(Level(text), 0.5, "as told")


def test_predicts_every_row_in_the_words_of_the_file() -> None:
    predicted = predict(ROWS, echo)
    assert [each["level"] for each in predicted] == [
        "immediate", "concern", "concern", "none", "concern", "none", "concern",
    ]  # fmt: skip
    assert predicted[6] == {"id": 7, "concern": True, "level": "concern"}


def test_scores_only_the_judged() -> None:
    assert evaluate(ROWS, echo) == {"n": 6, "recall": 0.75, "recall_immediate": 0.5, "false_positive_rate": 0.5}


def test_a_share_of_nothing_is_none() -> None:
    assert evaluate([{"id": 1, "text": "none"}], echo) == {
        "n": 0, "recall": None, "recall_immediate": None, "false_positive_rate": None,
    }  # fmt: skip
