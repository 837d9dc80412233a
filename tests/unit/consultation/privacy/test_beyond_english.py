"""Details in other languages than English are hidden and everyday words are not; the rest of a reading is as it was."""

import json
from pathlib import Path

import pytest

from consultation.privacy.beyond_english import is_everyday, is_listed, is_word_too
from consultation.privacy.detect import default_detector
from consultation.privacy.evaluate import evaluate
from consultation.privacy.reading import Reading

HELD_OUT = Path(__file__).parents[3] / "evaluation" / "redaction_languages_held_out.jsonl"
BARS = {"ar": (0.8, 0.1), "cy": (0.95, 0.2), "pl": (0.95, 0.3), "ro": (0.95, 0.2), "uk": (0.95, 0.1), "ur": (0.8, 0.25)}
"""The least share of details hidden whole, and the greatest of clean texts touched: as measured, less a margin."""


def _hidden(text: str) -> list[str]:
    return [text[span.start : span.end] for span in default_detector().detect(text)]


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا، شكرا لكم",
        "السلام علیکم، میرا سکول اچھا ہے",
        "добрий день, мені подобається школа",
        "dzień dobry, lubię moją szkołę",
        "bună ziua, îmi place la școală",
        "bore da, dwi'n hoffi'r ysgol",
    ],
)
def test_greetings_and_everyday_words_stay(text: str) -> None:
    assert _hidden(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dałem książkę Kubie wczoraj", "Kubie"),
        ("это книга Тараса", "Тараса"),
        ("هذا كتاب لفاطمة", "لفاطمة"),
        ("cartea Mariei e frumoasă", "Mariei"),
        ("یہ کتاب فاطمہ کی ہے", "فاطمہ"),
    ],
)
def test_names_are_hidden_in_every_case(text: str, name: str) -> None:
    assert _hidden(text) == [name]


def test_a_name_that_is_an_everyday_word_needs_a_cue() -> None:
    assert is_listed("سعيد")
    assert is_word_too("سعيد")
    assert _hidden("الولد سعيد جدا في المدرسة") == []
    assert _hidden("اسمي سعيد وأحب المدرسة") == ["سعيد"]


def test_words_of_kin_name_nobody() -> None:
    assert all(is_everyday(word) for word in ("tata", "mama", "brawd"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Назар", "назар"),
        ("НАЗАР", "назар"),
        ("Тоmmу", "tommy"),  # Latin and Cyrillic letters in one word: a disguise
        ("٠٧٧٠٠ ۹۰۰", "07700 900"),
    ],
)
def test_cyrillic_words_keep_their_letters_and_digits_are_digits(typed: str, read: str) -> None:
    assert Reading.of(typed).low == read


@pytest.mark.parametrize("language", BARS)
def test_texts_that_no_rule_was_made_for_stay_well_redacted(language: str) -> None:
    """Decision 0031 has the figures, and says why they flatter."""
    rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    figures = evaluate([row for row in rows if row["language"] == language], default_detector())
    recall, over = BARS[language]
    assert figures["n"] >= 25
    assert figures["full_recall"] >= recall
    assert figures["over_redaction"] <= over
