"""The paths of a survey in words that an officer can read."""

from pathlib import Path

import pytest

from consultation.domain.consultation import Audience
from consultation.surveys import parse_survey, shipped_templates, template
from consultation.surveys.outline import Outline, outline

HEAD = """\
survey: small
version: 1
audiences: [staff]
title: {en: T}
opening: {en: O}
thanks: {en: T}
consent:
  wording: w
  dated: 2026-11-22
  question:
    id: consent
    kind: choice
    prompt: {en: OK?}
    options:
      - {id: "yes", label: {en: "Yes"}}
      - {id: "no", label: {en: "No"}, ends: {en: Fine.}}
questions:
  - {id: bus, kind: several, short_name: buses, prompt: {en: Which?}, options: [
      {id: red, label: {en: Red}}, {id: blue, label: {en: Blue}}, {id: none, alone: true, label: {en: None}}]}
  - {id: rides, kind: number, lowest: 0, highest: 9, prompt: {en: How often?}}
  - {id: good, kind: scale, from: 1, to: 5, prompt: {en: How good?}}
"""


def small(only_if: str) -> Outline:
    last = f"  - {{id: why, kind: text, prompt: {{en: Why?}}, only_if: {only_if}}}\n"
    return outline(parse_survey(HEAD + last, Path("small.yaml")), Audience.STAFF)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{question: bus, is_one_of: [blue, red]}", "“Buses” is “Red” or “Blue”"),
        ("{question: bus, is_none_of: [none]}", "“Buses” is not “None”"),
        ("{question: rides, at_least: 3}", "“Rides” is at least 3"),
        ("{question: rides, at_least: 3, at_most: 5}", "“Rides” is at least 3 and at most 5"),
        ("{not: {question: rides, at_most: 5}}", "it is not so that “Rides” is at most 5"),
        (
            "{any: [{question: rides, at_most: 5}, {all: [{question: rides, at_least: 8}, "
            "{question: bus, is_one_of: [red]}]}]}",
            "“Rides” is at most 5 or (“Rides” is at least 8 and “Buses” is “Red”)",
        ),
    ],
)
def test_a_condition_is_said_in_words(condition: str, words: str) -> None:
    assert small(condition).stops[-1].notes == (f"Only if {words}.",)


def test_a_stop_says_what_it_decides_and_what_ends_the_talk_there() -> None:
    consent, bus, *_ = small("{question: bus, is_one_of: [red]}").stops
    assert (bus.name, bus.kind, bus.notes) == (
        "Buses", "several of a list", ("Decides whether these are asked: Why.",),
    )  # fmt: skip
    assert consent.notes == ("“No” ends the talk.",)


def test_a_way_says_after_which_answers_in_the_shortest_words() -> None:
    found = small("{question: good, at_most: 4}")
    assert [(each.questions, each.after) for each in found.ways] == [
        (5, ("“Good”: “1” to “4”",)),
        (4, ("“Good”: skipped or “5”",)),
        (1, ("“Consent”: “No”",)),
    ]  # fmt: skip
    assert found.ways[-1].length == "1 question, about 1 min, and the talk ends there"
    assert found.takes == "1 to 2 min"


def test_most_answers_are_said_by_those_that_they_are_not() -> None:
    more = (
        "options: [{id: a, label: {en: A}}, {id: b, label: {en: B}}, {id: c, label: {en: C}}, {id: d, label: {en: D}}]"
    )
    choice = f"  - {{id: road, kind: choice, prompt: {{en: Which?}}, {more}}}\n"
    last = "  - {id: why, kind: text, prompt: {en: Why?}, only_if: {question: road, is_one_of: [a]}}\n"
    found = outline(parse_survey(HEAD + choice + last, Path("small.yaml")), Audience.STAFF)
    assert [each.after for each in found.ways[:2]] == [("“Road”: “A”",), ("“Road”: anything but “A”",)]


@pytest.mark.parametrize("name", shipped_templates())
@pytest.mark.parametrize("audience", Audience)
def test_every_question_that_ships_is_on_a_way(name: str, audience: Audience) -> None:
    survey = parse_survey(template(name), Path(f"{name}.yaml"))
    if audience not in survey.audiences:
        return
    found = outline(survey, audience)
    assert [each.question for each in found.stops] == [each.id for each in survey.for_audience(audience)]
    assert found.complete
    assert max(each.questions for each in found.ways) <= len(found.stops)
