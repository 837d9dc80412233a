"""A text is foreign where words of other languages outnumber English ones, and English in every doubt."""

import json
from pathlib import Path

import pytest

from consultation.words import OTHERS, everyday, is_foreign

EVALUATION = Path(__file__).parents[3] / "evaluation"


@pytest.mark.parametrize(
    "text",
    [
        "nie wiem co powiedzieć",
        "w szkole jest ok ale lekcje za wczesnie",
        "nu știu ce să zic",
        "dwi'n hoffi'r clwb ar ôl ysgol",
        "mujhe school bohat pasand hai",
        "ma ba3ref shu baddi",
        "я не знаю",
        "لا أعرف",
        "مجھے نہیں معلوم",
    ],
)
def test_other_languages_are_foreign(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "idk",
        "my mum is from polska and she says nie",
        "i am a foster carer",
        "to do on my way",
        "me gusta mi escuela",
        "і wаnt tо diе",  # some of its letters are Cyrillic
        "123 🙂",
    ],
)
def test_english_and_every_doubt_is_not(text: str) -> None:
    assert not is_foreign(text)


def test_english_is_hardly_ever_taken_for_another_language() -> None:
    lines = (EVALUATION / "redaction_dev.jsonl").read_text(encoding="utf-8").splitlines()
    taken = [text for text in (json.loads(line)["text"] for line in lines) if is_foreign(text)]
    assert len(lines) > 600
    assert len(taken) <= 3, taken


@pytest.mark.parametrize("language", ["english", *OTHERS])
def test_each_list_is_long_and_in_lower_case(language: str) -> None:
    words = everyday(language)
    assert len(words) > 300
    assert all(word == word.lower() for word in words)
