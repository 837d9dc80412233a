"""A survey file with a fault is refused with its name, the line, and a sentence that says how to mend it."""

import re
from datetime import date
from pathlib import Path

import pytest

from consultation.content import BadFile, load
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import Question, QuestionKind, Stage
from consultation.domain.wording import EASY_READ
from consultation.surveys import load_survey, parse_survey, template
from consultation.surveys.faults import LONGEST_BUTTON
from consultation.surveys.loader import TEMPLATES
from consultation.surveys.questions import HERE, shipped_about_you
from consultation.surveys.schema import SharedOptionsFile

SMALL = """\
survey: small
version: 3
title: {en: A small survey}
opening: {en: Hello}
thanks: {en: Thank you}
shared_options:
  yes_no:
    - {id: "yes", label: {en: "Yes"}}
    - {id: "no", label: {en: "No"}, ends: {en: Goodbye}}
consent:
  wording: consent_1
  dated: 2026-11-22
  question:
    id: consent
    kind: choice
    prompt: {en: May we keep your answers}
    options_from: yes_no
questions:
  - id: area
    kind: choice
    prompt: {en: Where do you live}
    options:
      - {id: north, label: {en: North}}
      - {id: south, label: {en: South}}
  - id: years
    kind: number
    highest: 60
    prompt: {en: How many years}
  - id: why
    kind: text
    only_if: {question: area, is_one_of: [north]}
    prompt: {en: Why there}
"""


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


# what is changed, into what, the words on the line that must be named, and what the sentence must say
FAULTS = {
    "a misspelt word": ("    highest: 60", "    hihgest: 60", "hihgest", "'hihgest' is not a word this file knows"),
    "an unknown kind": (
        "kind: number",
        "kind: figure",
        "kind: figure",
        "'choice', 'yes_no', 'several', 'scale', 'ranking', 'number', 'date', 'text', 'picture' or 'matrix'",
    ),
    "a missing prompt": ("    prompt: {en: How many years}\n", "", "id: years", "'prompt' is missing here. Add a line"),
    "no english": (
        "prompt: {en: Why there}",
        "prompt: {cy: Pam}",
        "cy: Pam",
        "an English wording is missing. Add a line",
    ),
    "an empty wording": ("{en: How many years}", "{en: ''}", "prompt: {en: ''}", "at least 1 character"),
    "one id twice": ("id: years", "id: area", "id: area", "two questions have the id 'area'. Give one of them another"),
    "one option only": ("      - {id: south, label: {en: South}}\n", "", "id: area", "needs at least two options"),
    "an option twice": ("{id: south,", "{id: north,", "id: area", "lists option 'north' twice. Remove one"),
    "options where none belong": (
        "    highest: 60",
        "    options: [{id: a, label: {en: A}}]",
        "id: years",
        "takes no options. Remove them, or change its kind",
    ),
    "a route from nowhere": ("{question: area, is", "{question: aera, is", "id: why", "is not asked before it"),
    "a route by no option": ("[north]}", "[nroth]}", "id: why", "'nroth', which 'area' does not have. Correct it"),
    "a list that is not there": (
        "options_from: yes_no",
        "options_from: yes_on",
        "yes_on",
        "names no list under shared_options",
    ),
    "limits the wrong way round": (
        "highest: 60",
        "lowest: 70\n    highest: 60",
        "id: years",
        "lowest must be below highest",
    ),
    "an impossible date": ("2026-11-22", "2026-13-22", "dated:", "date"),
    "a capital in an id": ("id: years", "id: Years", "id: Years", "pattern"),
    "a bad audience": (
        "kind: number",
        "audiences: [teenager]\n    kind: number",
        "teenager",
        "'young_person', 'parent_carer' or 'staff'",
    ),
    "a key twice": ("version: 3", "version: 3\nversion: 4", "version: 4", "'version' is given twice"),
    "a tab": ("    kind: number", "\tkind: number", "\tkind", "not valid YAML"),
    "an unquoted colon": (
        "{en: Hello}",
        "Hello: you: there",
        "Hello: you",
        "put quotes around text that holds a colon",
    ),
    "a scale without numbers": (
        "kind: choice\n    prompt: {en: Where",
        "kind: scale\n    prompt: {en: Where",
        "id: area",
        "its option ids must be whole numbers",
    ),
    "a label no phone can show": ("{en: South}", "{en: " + "South " * 15 + "}", "id: area", "too long for a button"),
    "a version that is no number": ("version: 3", "version: three", "version: three", "integer"),
    "no questions": (SMALL[SMALL.index("questions:\n") :], "questions: []\n", "questions: []", "at least 1 item"),
    "unequal audiences": (
        "  - id: area\n",
        "  - id: area\n    audiences: [staff]\n",
        "id: why",
        "Make their audiences agree",
    ),
}


def test_the_small_survey_itself_is_good() -> None:
    survey = parse_survey(SMALL, Path("small.yaml"))
    assert (survey.id, survey.version, survey.consent_dated) == ("small", 3, date(2026, 11, 22))
    assert [each.kind for each in survey.questions] == ["choice", "choice", "number", "text"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_file_line_and_how_to_mend_it(fault: str) -> None:
    was, becomes, at, sentence = FAULTS[fault]
    assert SMALL.count(was) >= 1, "the fault was not put in"
    broken = SMALL.replace(was, becomes, 1)
    with pytest.raises(BadFile) as refused:
        parse_survey(broken, Path("folder/small.yaml"))
    said = str(refused.value)
    assert re.match(rf"small\.yaml, line {line_of(broken, at)}: ", said), said
    assert sentence in said, said
    assert said.endswith((".", ").")), said


@pytest.mark.parametrize("text", ["", "- just\n- a list\n", "words alone"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadFile, match=r"small\.yaml, line 1: the file must be a list of 'name: value' lines"):
        parse_survey(text, Path("small.yaml"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"none\.yaml: it cannot be read .*Check the name"):
        load_survey(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"survey: caf\xe9")
    with pytest.raises(BadFile, match=r"latin\.yaml: it cannot be read .*save it as UTF-8"):
        load_survey(tmp_path / "latin.yaml")


# -- what ships -------------------------------------------------------------------------------------------------

SHIPPED = sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


def test_what_we_want_ships() -> None:
    assert "what-we-want" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_wording_stands_in_plain_and_easy_read(name: str) -> None:
    survey = load_survey(TEMPLATES / f"{name}.yaml")
    prompts = [each.prompt for each in survey.questions] + [
        each.follow_up for each in survey.questions if each.follow_up
    ]
    wordings = [survey.title, survey.opening, survey.thanks, *prompts]
    wordings += [option.ends for each in survey.questions for option in each.options if option.ends]
    assert len(wordings) > 20
    for each in wordings:
        assert EASY_READ in each.texts, each.texts


@pytest.mark.parametrize("name", SHIPPED)
def test_easy_read_sentences_have_fifteen_words_at_most(name: str) -> None:
    survey = load_survey(TEMPLATES / f"{name}.yaml")
    texts = [each.prompt.texts[EASY_READ] for each in survey.questions]
    texts += [survey.opening.texts[EASY_READ], survey.thanks.texts[EASY_READ]]
    texts += [each.follow_up.texts[EASY_READ] for each in survey.questions if each.follow_up]
    texts += [o.ends.texts[EASY_READ] for q in survey.questions for o in q.options if o.ends]
    sentences = [part for text in texts for part in re.split(r"[.!?:]\s|\n", text) if part.strip()]
    assert len(sentences) > 60
    assert {each for each in sentences if len(each.split()) > 15} == set()


def test_the_reference_questions_are_there_for_their_audiences() -> None:
    survey = parse_survey(template("what-we-want"), Path("what-we-want.yaml"))
    free = {
        audience: [q.id for q in survey.for_audience(audience) if q.kind is QuestionKind.TEXT] for audience in Audience
    }
    assert free == {
        Audience.YOUNG_PERSON: ["good_worker", "bad_experience", "safer", "healthy", "enjoy", "have_say", "future"],
        Audience.PARENT_CARER: ["help_good_bad", "know_better", "worries", "have_say_parent"],
        Audience.STAFF: ["need", "in_the_way", "training", "stay_leave", "involve"],
    }


def test_the_equality_questions_can_all_be_declined() -> None:
    survey = parse_survey(template("what-we-want"), Path("what-we-want.yaml"))
    asked = [each for each in survey.questions if each.stage is Stage.ABOUT_YOU and each.only_if is not None]
    assert len(asked) >= 4
    assert all(any(option.id == "prefer_not_to_say" for option in each.options) for each in asked)


def test_no_label_is_longer_than_a_button() -> None:
    survey = parse_survey(template("what-we-want"), Path("what-we-want.yaml"))
    labels = [text for each in survey.questions for option in each.options for text in option.label.texts.values()]
    assert max(map(len, labels)) <= LONGEST_BUTTON


def test_values_of_buttons_fit_telegrams_sixty_four_bytes() -> None:
    survey = parse_survey(template("what-we-want"), Path("what-we-want.yaml"))
    values = [option.id for each in survey.questions for option in each.options] + [
        each.id for each in survey.questions
    ]
    assert max(len(f"t:999999:{value}".encode()) for value in values) <= 64


# -- what each kind brings with it ----------------------------------------------------------------------------------

BROUGHT = {
    "yes_no": "kind: yes_no",
    "a scale from numbers": "kind: scale\n    from: 0\n    to: 10\n    low: {en: bad}\n    high: {en: good}",
    "faces": "kind: scale\n    from: 1\n    to: 5\n    faces: true",
    "a list that ships": "kind: scale\n    options_from: agree_5",
    "a date": "kind: date\n    precision: year\n    earliest: 2000-01-01\n    latest: 2030-01-01",
    "a matrix": "kind: matrix\n    options_from: how_often_5\n    rows:\n"
    "      - {id: bus, label: {en: the bus}}\n      - {id: rec, label: {en: the rec, cy: y parc}}",
}
NUMBER = "kind: number\n    highest: 60\n    prompt: {en: How many years}"


def with_kind(written: str) -> str:
    """SMALL with another question in the place of its number."""
    return SMALL.replace(NUMBER, f"{written}\n    prompt: {{en: 'How is {{row}}'}}")


def brought(kind: str) -> list[Question]:
    survey = parse_survey(with_kind(BROUGHT[kind]), Path("small.yaml"))
    return [each for each in survey.questions if each.id.startswith("years")]


def test_each_kind_brings_what_its_author_need_not_write() -> None:
    assert [each.id for each in brought("yes_no")[0].options] == ["yes", "no"]  # the survey's own list of that name
    assert len(load_survey(TEMPLATES / "every-kind.yaml").question(QuestionId("meet")).options) == 3  # that which ships
    assert [each.id for each in brought("a scale from numbers")[0].options] == [str(n) for n in range(11)]
    assert [each.picture for each in brought("faces")[0].options] == ["😞", "🙁", "😐", "🙂", "😀"]
    assert [each.kind for each in brought("a matrix")] == [QuestionKind.SCALE] * 2
    assert [(each.id, each.matrix, each.prompt.texts) for each in brought("a matrix")] == [
        ("years_bus", "years", {"en": "How is the bus"}),
        ("years_rec", "years", {"en": "How is the rec"}),  # the prompt has no Welsh, so the row's can't be used
    ]


# what is written, and what the sentence says
WRONG = {
    "a scale that goes nowhere": ("kind: scale\n    from: 5\n    to: 5", "a scale goes from a number to a higher one"),
    "a scale too long": ("kind: scale\n    from: 0\n    to: 100", "11 points at most"),
    "one end named": ("kind: scale\n    from: 0\n    to: 5\n    low: {en: bad}", "Name both"),
    "six faces": ("kind: scale\n    from: 0\n    to: 5\n    faces: true", "there are faces for 3 or 5"),
    "two sets of options": ("kind: scale\n    from: 0\n    to: 5\n    options_from: agree_5", "Take one of them out"),
    "options for a yes_no": ("kind: yes_no\n    options_from: agree_5", "brings its own options"),
    "a date without bounds": ("kind: date", "so that a slip of the finger is noticed"),
    "a picture that is missing": ("kind: picture\n    options_from: agree_5", "and '1' has none"),
    "a matrix of one row": ("kind: matrix\n    options_from: agree_5\n    rows: [{id: a, label: {en: A}}]", "two rows"),
    "most of all": ("kind: ranking\n    most: 5\n    options_from: agree_5", "'most' must be less than its options"),
    "most of another kind": (
        "kind: choice\n    most: 2\n    options_from: agree_5",
        "'most' is for the kind several or",
    ),
    "a number of a text": ("kind: text\n    highest: 5", "'highest' is for the kind number"),
    "an ending of several": (
        "kind: several\n    options: [{id: a, label: {en: A}, ends: {en: Bye}}, {id: b, label: {en: B}}]",
        "only an option of a choice can end the talk",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_kind_cannot_be_is_told(wrong: str) -> None:
    written, sentence = WRONG[wrong]
    with pytest.raises(BadFile, match=re.escape(sentence)) as refused:
        parse_survey(with_kind(written), Path("small.yaml"))
    assert refused.value.line is not None


def test_before_consent_nothing_is_asked_that_is_recorded_only() -> None:
    early = "before_consent:\n  - {id: early, kind: text, prompt: {en: Tell me}}\nconsent:\n"
    with pytest.raises(BadFile, match="nothing is kept before consent"):
        parse_survey(SMALL.replace("consent:\n", early, 1), Path("small.yaml"))


def test_the_lists_that_ship_stay_as_they_are_for_surveys_under_way() -> None:
    lists = load(HERE / "shared_options.yaml", SharedOptionsFile).shared_options
    assert {name: [each.id for each in options] for name, options in lists.items()} == {
        "yes_no": ["yes", "no", "prefer_not_to_say"],
        **{name: ["1", "2", "3", "4", "5"] for name in ("agree_5", "how_often_5", "faces_5")},
    }
    assert [each.id for each in shipped_about_you()] == [
        "about_you", "gender", "ethnicity", "disability", "care_experience",
    ]  # fmt: skip
