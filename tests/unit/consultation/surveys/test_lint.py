"""What is found in a survey's Easy Read, and what is rightly left alone."""

import pytest

from bot.web.pictures import picture
from consultation.operations.preview import seeming
from consultation.surveys import parse_survey, shipped_templates, template
from consultation.surveys.lint import Finding, lint, look_over
from consultation.surveys.loader import TEMPLATES
from tests.builders import TODAY

QUESTION = """\
questions:
  - id: first
    picture: 🚌
    prompt:
      en: Plain.
      en@easy: {text}
    short_name: first one
"""


def found_in(text: str) -> list[Finding]:
    return lint(QUESTION.format(text=text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You can't stop now.", "can't"),
        ("We’ll keep what you say.", "We’ll"),
        ("That's all for now.", "That's"),
        ("Tell us about accommodation.", "accommodation"),
        ("Bring a friend and/or a parent.", "and/or"),
        ("Think of sport (not school).", "("),
        ("Think of sport, e.g. football.", "e.g."),
        (
            "This is a sentence that goes on for just a bit too long to be read well.",
            "This is a sentence that goes on for just a bit too long to be read well.",
        ),
    ],
)
def test_what_is_surely_no_easy_read_is_found(text: str, words: str) -> None:
    sure = [each for each in found_in(text) if each.sure]
    assert [(each.line, each.what, each.words) for each in sure] == [(6, "prompt", words)]
    assert sure[0].mend


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You can pick three of them.", "three"),
        ("We read it and we write to you.", "and we"),
        ("Your answers are kept by us.", "are kept"),
        ("The report was written.", "was written"),
    ],
)
def test_what_may_be_easier_is_a_hint(text: str, words: str) -> None:
    assert [(each.words, each.sure) for each in found_in(text)] == [(words, False)]


@pytest.mark.parametrize(
    "text",
    [
        "You can stop at any time.",
        "The children's club is open.",  # no contraction
        "It is the twelfth letter.",  # twelve letters at most
        "Tell your teacher's friend.",
        "This is a sentence that has fifteen words in it, if you count them well.",
        "You are finished. We are worried.",
        "You like bread and butter.",
        "Write to {authority} and {decided_by} until {closes_on}.",
        "Type HELP. Or call 999.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found_in(text) == []


def test_a_reading_age_over_nine_is_told() -> None:
    hard = "Employees consider various facilities. Organisers usually communicate electronically. "
    ages = [each.mend for each in found_in(f'"{hard * 2}"') if "reading age" in each.mend]
    assert len(ages) == 0, "sentences of under five words say nothing"
    hard = "Local services usually communicate important decisions. Regular visitors easily recognise every facility."
    assert [each.mend for each in found_in(hard) if "reading age" in each.mend] != []


def test_in_a_block_of_lines_each_finding_names_its_own() -> None:
    body = QUESTION.format(text="|-\n        All is well.\n        You can't.\n\n        But you don't mind.")
    assert [(each.line, each.words) for each in lint(body)] == [(8, "can't"), (10, "don't")]


def test_easy_read_that_is_missing_is_told_but_not_of_labels() -> None:
    body = "prompt:\n  en: Plain words.\npicture: 🚌\nshort_name: one\noptions:\n  - {id: a, label: {en: Yes}}\n"
    assert [(each.line, each.what, each.sure) for each in lint(body)] == [(2, "prompt", True)]


def test_a_label_without_easy_read_of_its_own_is_read_as_it_is() -> None:
    body = "options:\n  - {id: a, label: {en: I'm not sure}}\n  - {id: b, label: {en: I'm, en@easy: I am}}\n"
    assert [(each.line, each.words) for each in lint(body)] == [(2, "I'm")]


def test_a_question_without_a_picture_is_a_hint_and_a_matrix_has_those_of_its_rows() -> None:
    bare = QUESTION.format(text="All is well.").replace("    picture: 🚌\n", "")
    assert [(each.line, each.words, each.sure) for each in lint(bare)] == [(2, "first", False)]
    assert lint(bare.replace("prompt:", "rows: []\n    prompt:")) == []


def test_a_name_that_is_the_same_everywhere_is_no_text_to_read() -> None:
    assert lint('options:\n  - {id: a, label: {"*": Wolverhampton-on-the-Water}}\n') == []


def test_everything_that_is_told_says_where_and_how_to_mend_it() -> None:
    assert str(found_in("You can't stop now.")[0]) == (
        "line 6 (prompt): “can't” is short for two words. Write both."
    )  # fmt: skip


@pytest.mark.parametrize("name", shipped_templates())
def test_the_easy_read_of_what_ships_has_nothing_to_mend(name: str) -> None:
    assert [str(each) for each in lint(template(name)) if each.sure] == []


@pytest.mark.parametrize("name", ["about_you.yaml", "shared_options.yaml"])
def test_nor_have_the_parts_that_any_survey_may_use(name: str) -> None:
    body = (TEMPLATES.parent / name).read_text(encoding="utf-8")
    assert [str(each) for each in lint(body) if each.sure] == []


@pytest.mark.parametrize("name", shipped_templates())
def test_every_question_that_ships_has_a_picture_that_there_is_a_drawing_of(name: str) -> None:
    survey = parse_survey(template(name), TEMPLATES / f"{name}.yaml")
    wave = seeming(survey, TODAY)
    named = [each.picture for each in survey.questions]
    named += [option.picture for each in survey.questions for option in each.options if option.picture]
    assert len(named) > 20
    assert [each for each in named if picture(each, wave) is None] == []


def test_words_can_be_looked_over_without_a_file() -> None:
    assert [words for words, _, _ in look_over("You can't. It is fine.")] == ["can't"]
