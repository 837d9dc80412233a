"""The patterns of other languages: each on its own cases, each language for every danger, and English left be."""

import json
from pathlib import Path

import pytest
import yaml

from consultation.domain.concern import Level
from consultation.safeguarding.evaluate import evaluate
from consultation.safeguarding.fingerprint import taught
from consultation.safeguarding.letters import bare
from consultation.safeguarding.patterns import LANGUAGES, Pattern, find, load_other_languages
from consultation.safeguarding.screen import screen

HERE = Path(__file__).parent
EVALUATION = HERE.parents[2] / "evaluation"
TONGUES = ("ar", "cy", "pl", "ro", "uk", "ur")
PATTERNS = load_other_languages()
CASES: dict[str, dict[str, list[str]]] = {
    name: cases
    for language in TONGUES
    for name, cases in yaml.safe_load((HERE / "languages" / f"{language}.yaml").read_text(encoding="utf-8")).items()
}
DANGERS = {
    (kind, level)
    for kind, level in [
        ("suicide", Level.SUPPORT), ("suicide", Level.IMMEDIATE), ("self_harm", Level.SUPPORT),
        ("physical_abuse", Level.SUPPORT), ("physical_abuse", Level.IMMEDIATE), ("sexual_abuse", Level.SUPPORT),
        ("indirect", Level.SUPPORT), ("missing", Level.IMMEDIATE), ("neglect", Level.SUPPORT),
        ("neglect", Level.IMMEDIATE), ("domestic_abuse", Level.SUPPORT), ("forced_marriage", Level.SUPPORT),
        ("radicalisation", Level.SUPPORT), ("radicalisation", Level.IMMEDIATE), ("adult_allegation", Level.SUPPORT),
        ("few_words", Level.SUPPORT), ("few_words", Level.IMMEDIATE),
    ]
}  # fmt: skip


def test_cases_and_patterns_are_the_same_list() -> None:
    assert sorted(CASES) == sorted(pattern.name for pattern in PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_pattern(pattern: Pattern) -> None:
    hits, near_misses = CASES[pattern.name]["hits"], CASES[pattern.name]["near_misses"]
    assert hits
    assert near_misses
    missed = [text for text in hits if not find(bare(text), (pattern,))]
    fooled = [text for text in near_misses if find(bare(text), (pattern,))]
    assert (missed, fooled) == ([], [])


@pytest.mark.parametrize("language", TONGUES)
def test_each_language_has_words_for_every_danger(language: str) -> None:
    known = {(each.kind, each.level) for each in PATTERNS if each.name.startswith(f"{language}_")}
    assert known >= DANGERS


def test_files_and_languages_are_the_same_and_a_lead_signs_them() -> None:
    assert sorted(path.stem for path in LANGUAGES.glob("*.yaml")) == sorted(TONGUES)
    names = {f"{path.parent.name}/{path.name}" for path in taught()}
    assert {f"languages/{language}.yaml" for language in TONGUES} <= names
    assert {"words/english.txt", "words/pl.txt"} <= names


def test_the_bare_letters_of_a_text_and_where_they_stood() -> None:
    reading = bare("Tatuś  mnie BIJE!! б’є pomoooocy أُمّي")
    assert reading.text == "tatus mnie bije бє pomocy امي"
    start = reading.text.index("bije")
    assert reading.span(start, start + 4) == (12, 16)
    assert bare("").text == bare("?! ...").text == ""


@pytest.mark.parametrize(
    ("text", "level", "about_staff"),
    [
        ("tata mnie bije", Level.SUPPORT, False),
        ("połknęłam wszystkie tabletki", Level.IMMEDIATE, False),
        ("trener mnie dotyka", Level.SUPPORT, True),
        ("Pomocy!", Level.SUPPORT, False),
        ("lubię panią z biblioteki", Level.NONE, False),
        ("mi-e frica sa merg acasa", Level.SUPPORT, False),
        ("tata are un cutit", Level.IMMEDIATE, False),
        ("profesorul m-a lovit", Level.SUPPORT, True),
        ("îmi place la școală", Level.NONE, False),
        ("dwi isio marw", Level.SUPPORT, False),
        ("mam ddim yn deffro", Level.IMMEDIATE, False),
        ("helpa fi", Level.SUPPORT, False),
        ("mae'r clwb ieuenctid yn wych", Level.NONE, False),
        ("тато б'є мене", Level.SUPPORT, False),
        ("я втекла з дому", Level.IMMEDIATE, False),
        ("вчитель вдарив учня", Level.SUPPORT, True),
        ("мені подобається моя школа", Level.NONE, False),
        ("أريد أن أموت", Level.SUPPORT, False),
        ("baba byedrabni", Level.SUPPORT, False),
        ("معه سكين", Level.IMMEDIATE, False),
        ("أحب مدرستي كثيرا", Level.NONE, False),
        ("abbu mujhe maarte hain", Level.SUPPORT, False),
        ("گھر جانے سے ڈر لگتا ہے", Level.SUPPORT, False),
        ("kal flight hai, zabardasti shadi karwa rahe hain", Level.IMMEDIATE, False),
        ("مجھے اپنا سکول پسند ہے", Level.NONE, False),
        ("my teacher is nice but tata mnie bije", Level.SUPPORT, False),
    ],
)
def test_the_screen_hears_other_languages(text: str, level: Level, about_staff: bool) -> None:
    concern = screen(text)
    assert (concern.level, concern.about_staff) == (level, about_staff), concern


def test_no_pattern_of_another_language_speaks_of_english() -> None:
    lines = (EVALUATION / "redaction_dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert len(texts) > 600
    assert [text for text in texts if find(bare(text), PATTERNS)] == []


@pytest.mark.parametrize("language", TONGUES)
def test_texts_that_no_pattern_was_made_for_stay_heard(language: str) -> None:
    """Nothing may get much worse than it is today (decision 0031 has the figures, and says why they flatter)."""
    lines = (EVALUATION / "screening_languages_held_out.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["language"] == language]
    figures = evaluate(rows, screen)
    assert figures["n"] == 30
    assert (figures["recall"] or 0) >= 0.9
    assert (figures["recall_immediate"] or 0) >= 0.8
    assert (figures["false_positive_rate"] or 0) <= 0.14
