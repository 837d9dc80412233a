"""What a survey's languages lack is found, with its line, and nothing else is."""

from pathlib import Path

import pytest

from consultation.content import BadFile
from consultation.domain.consultation import TOLD
from consultation.domain.languages import LANGUAGES
from consultation.surveys import parse_survey, template
from consultation.surveys.facts import load_facts
from consultation.surveys.missing import Gap, gaps, partly

SMALL = """
survey: small
title:
  en: About the park
  pl: O parku
opening: {en: Hello., pl: Dzień dobry.}
shared_options:
  places:
    - {id: park, label: {"*": Central Park}}
    - {id: other, label: &other {en: Somewhere else}}
questions:
  - id: where
    short_name: where you play
    prompt:
      en: Where do you play? It can be a park, a street or a field.
      en@easy: Where do you play?
    options:
      - {id: other, label: *other}
  - id: why
    short_name: {en: why, pl: dlaczego}
    prompt: {en: Why there?, pl: Dlaczego tam?}
  - id: who
    prompt: {en: With whom?, pl: Z kim?}
"""


def test_every_wording_without_the_language_is_named_once_with_its_line() -> None:
    assert gaps(SMALL, "pl") == [
        Gap(10, "label", "Somewhere else"),
        Gap(13, "short name", "where you play"),
        Gap(15, "prompt", "Where do you play? It can be a park, a street or a field."),
        Gap(22, "short name", "who"),
    ]


def test_easy_read_is_missed_in_sentences_and_not_in_labels() -> None:
    assert [each.what for each in gaps(SMALL, "en@easy")] == ["title", "opening", "prompt", "prompt"]


def test_a_language_is_partly_there_where_anything_is_missing() -> None:
    whole = SMALL.replace("en: About the park\n", "en: About the park\n  ur: پارک\n")
    assert partly(whole, ["en", "pl", "ur"]) == {"pl", "ur"}
    assert partly("title: {en: a, pl: b}", ["en", "pl"]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_survey_that_ships_has_every_wording_in_every_language(language: str) -> None:
    body = template("what-we-want")
    assert gaps(body, language) == []
    survey = parse_survey(body, Path("x.yaml"))
    assert survey.languages == tuple(LANGUAGES)
    assert survey.partly == set()
    for each in (survey.title, survey.thanks, *survey.every_opening, *(one.prompt for one in survey.questions)):
        assert each.tag_for(language) == language
        assert language == "en" or each.in_(language) != each.in_("en")


def test_placeholders_are_the_same_in_every_language() -> None:
    survey = parse_survey(template("what-we-want"), Path("x.yaml"))
    names = ("{authority}", "{purpose}", "{decided_by}", "{closes_on}", "{answers_until}")
    for each in (survey.thanks, *survey.every_opening):
        for language in LANGUAGES:
            assert [each.in_(language).count(name) for name in names] == [each.in_("en").count(name) for name in names]


def test_an_opening_makes_the_same_promises_in_every_language() -> None:
    """What can be checked without reading the language: the number to ring, and the word to type."""
    survey = parse_survey(template("what-we-want"), Path("x.yaml"))
    for each in (survey.opening, *(one.text for one in survey.openings)):
        for language in LANGUAGES:
            assert "999" in each.in_(language)
            assert "HELP" in each.in_(language)


def test_facts_in_other_languages_are_read(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("pl: {title: O nas, authority: Rada}\nur:\n  title: ہمارے بارے میں\n", encoding="utf-8")
    assert load_facts(path) == {"pl": {"title": "O nas", "authority": "Rada"}, "ur": {"title": "ہمارے بارے میں"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fr: {title: Bonjour}\n", "line 1: 'fr' is not a word this file knows"),
        ("en: {title: Hello}\n", "line 1: 'en' is not a word"),
        ("pl:\n  headline: Cześć\n", "line 2: 'headline' is not a word"),
        ("pl: {title: ''}\n", "line 1"),
    ],
)
def test_facts_in_an_unknown_language_or_by_an_unknown_name_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=said):
        load_facts(path)


def test_the_demonstration_tells_everything_in_every_language() -> None:
    facts = load_facts(Path("bot/demo/translations.yaml"))
    assert {*facts, "en"} == set(LANGUAGES)
    assert all(set(each) == set(TOLD) for each in facts.values())
