"""The checker of ways says what walking every one of them shows: whatever is asked of somebody, and nothing else."""

from datetime import date
from itertools import combinations
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from consultation.content import BadFile
from consultation.domain.conditions import Answered, Between, Condition, Every, Not, OneOf, Some
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.survey import Option, Question, QuestionKind, Stage, Survey
from consultation.domain.text import RawText, RedactedText
from consultation.domain.wording import Localised
from consultation.flow.effects import Ask
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, Tapped
from consultation.flow.state import Awaiting, State
from consultation.surveys import parse_survey, template
from consultation.surveys.faults import between
from consultation.surveys.paths import SKIPPED, faults, paths, walk

WORDS = Localised({"en": "Words"})
WHO = Audience.STAFF
HIGHEST = 4

# -- small surveys, invented ------------------------------------------------------------------------------------------

OPTIONS = ("a", "b", "c")
KINDS = st.sampled_from([QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.NUMBER, QuestionKind.RANKING])


def question(name: str, kind: QuestionKind, stage: Stage = Stage.MAIN, **more: object) -> Question:
    given = kind is not QuestionKind.NUMBER
    options = tuple(Option(OptionId(each), WORDS) for each in OPTIONS) if given else ()
    made = {"options": options, "highest": HIGHEST, **more}
    return Question(QuestionId(name), kind, stage, WORDS, frozenset({WHO}), **made)  # type: ignore[arg-type]


def consent() -> Question:
    options = (Option(OptionId("yes"), WORDS), Option(OptionId("no"), WORDS, WORDS))
    return question("consent", QuestionKind.CHOICE, Stage.CONSENT, options=options)


def survey_of(*questions: Question) -> Survey:
    return Survey(SurveyId("small"), 1, WORDS, WORDS, WORDS, "w", date(2026, 1, 1), questions, audiences=(WHO,))


@st.composite
def conditions(draw: st.DrawFn, earlier: tuple[Question, ...], depth: int = 2) -> Condition:
    shape = draw(st.sampled_from(["part", "part", "every", "some", "not"] if depth else ["part"]))
    if shape == "not":
        return Not(draw(conditions(earlier, depth - 1)))
    if shape != "part":
        of = tuple(draw(st.lists(conditions(earlier, depth - 1), min_size=1, max_size=3)))
        return Every(of) if shape == "every" else Some(of)
    source = draw(st.sampled_from(earlier))
    if source.kind is QuestionKind.NUMBER:
        least, most = draw(st.none() | st.integers(-1, 6)), draw(st.none() | st.integers(-1, 6))
        return Between(source.id, least, most)
    return OneOf(source.id, frozenset(draw(st.sets(st.sampled_from([each.id for each in source.options]), min_size=1))))


@st.composite
def small_surveys(draw: st.DrawFn) -> Survey:
    """Up to four questions with conditions on those before; a first one before consent may end the talk."""
    ends = draw(st.sets(st.sampled_from(OPTIONS), max_size=2))
    options = tuple(Option(OptionId(each), WORDS, WORDS if each in ends else None) for each in OPTIONS)
    asked = [question("q0", QuestionKind.CHOICE, Stage.OPENING, options=options), consent()]
    for number in range(1, draw(st.integers(2, 4))):
        decides = tuple(each for each in asked if each.id != "consent")
        only_if = draw(st.none() | conditions(decides))
        most = 2 if (kind := draw(KINDS)) is QuestionKind.SEVERAL and draw(st.booleans()) else 0
        asked.append(question(f"q{number}", kind, only_if=only_if, most=most))
    return survey_of(*asked)


def typed(text: str) -> Said:
    return Said(RawText(text), RedactedText.stored(text))


def replies_to(survey: Survey, state: State, ask: Ask) -> list[Event]:
    """Everything that can be said to a prompt, as far as the engine takes it."""
    assert ask.question
    asked = survey.question(ask.question)
    skip: list[Event] = [] if asked.stage in (Stage.OPENING, Stage.CONSENT) else [Commanded(Command.SKIP)]
    if asked.kind is QuestionKind.NUMBER:
        return [*skip, *(typed(str(number)) for number in range(HIGHEST + 1))]
    values = [each.value for each in ask.choices]
    if asked.kind is QuestionKind.SEVERAL:
        largest = asked.most or len(values)
        sets = [each for size in range(1, largest + 1) for each in combinations(values, size)]
        return [*skip, *(Tapped(state.step, each) for each in sets)]
    if asked.kind is QuestionKind.RANKING:
        return [*skip, *(Tapped(state.step, (each, *(v for v in values if v != each))) for each in values)]
    return [*skip, *(Tapped(state.step, (each,)) for each in values)]


def reached_by_talking(survey: Survey) -> set[tuple[QuestionId, ...]]:
    """What is asked on each way through, by the engine itself, every reply to every question tried."""
    sequences: set[tuple[QuestionId, ...]] = set()
    begun = step(survey, State(survey.id, survey.version), Began(WHO))
    open_ = [(begun.state, begun.effects[-1], ())]
    while open_:
        state, ask, before = open_.pop()
        if not isinstance(ask, Ask) or state.awaiting is not Awaiting.ANSWER:
            sequences.add(before)
            continue
        assert ask.question
        for event in replies_to(survey, state, ask):
            after = step(survey, state, event)
            open_.append((after.state, after.effects[-1], (*before, ask.question)))  # type: ignore[arg-type]
    return sequences


@settings(max_examples=60, deadline=None, derandomize=True)
@given(small_surveys())
def test_what_the_checker_calls_reachable_is_what_somebody_is_asked(survey: Survey) -> None:
    if any(between(survey.questions, ())):
        return  # refused for another reason: a number out of range, an option that ends the talk
    sequences = reached_by_talking(survey)
    asked = {name for each in sequences for name in each}
    unreachable = {name for name, _ in faults(survey)}
    assert unreachable == {each.id for each in survey.questions} - asked


@settings(max_examples=60, deadline=None, derandomize=True)
@given(small_surveys())
def test_the_routes_are_the_ways_that_talks_take(survey: Survey) -> None:
    if any(between(survey.questions, ())):
        return
    found = paths(survey, WHO)
    assert found.complete
    assert {each.asked for each in found.routes} == reached_by_talking(survey)


def test_a_survey_that_is_too_entangled_is_refused_and_not_waved_through() -> None:
    many = [question(f"q{n}", QuestionKind.SEVERAL) for n in range(9)]
    every = Every(tuple(OneOf(each.id, frozenset({OptionId(o)})) for each in many for o in "ab"))
    last = question("z", QuestionKind.CHOICE, only_if=every)
    told = [text for name, text in faults(survey_of(consent(), *many, last)) if name == "z"]
    assert told == ["'z' hangs on too many answers to be checked. Make its condition simpler."]


# -- what is said of a fault ------------------------------------------------------------------------------------------

EVERY = template("every-kind")
TO_WALKERS = "only_if: {question: been_to, is_one_of: [youth_club, park, sport, library, town, screen]}"
# what is changed, into what, the words on whose line the fault is told, and what the sentence must say
FAULTS = {
    "a contradiction": (
        "only_if: {question: how_there, is_one_of: [bus, train]}",
        "only_if: {all: [{question: how_there, is_one_of: [bus]}, {question: how_there, is_none_of: [bus]}]}",
        "id: wait",
        "nobody who answers as parent_carer can ever be asked 'wait'",
    ),
    "one at second hand": (
        "only_if: {question: how_there, is_one_of: [bus, train]}",
        "only_if: {all: [{question: how_there, is_one_of: [bus]}, {question: been_to, is_one_of: [none]}]}",
        "id: wait",
        "can ever be asked 'wait'",
    ),
    "an option that ends the talk": (
        "only_if: {question: how_there, is_one_of: [bus, train]}",
        'only_if: {question: consent, is_one_of: ["no"]}',
        "id: wait",
        "option 'no' of 'consent', which ends the talk",
    ),
    "another audience's question": (
        "only_if: {question: how_there, is_one_of: [bus, train]}",
        "only_if: {question: age_band, is_one_of: [8_10]}",
        "id: wait",
        "Make their audiences agree",
    ),
    "a number out of range": (
        "at_least: 15",
        "at_least: 150",
        "id: get_around",
        "a number that nobody can give at 'wait'",
    ),
    "a place that no scale has": ("at_most: 5}", "at_most: -1}", "id: get_around", "which goes from 0 to 10"),
    "what comes later": (
        TO_WALKERS,
        "only_if: {question: easy, at_most: 5}",
        "id: how_there",
        "'easy', which is not asked before it",
    ),
    "itself": (
        TO_WALKERS,
        "only_if: {question: how_there, is_one_of: [bus]}",
        "id: how_there",
        "is not asked before it",
    ),
    "a dead end": (
        '      - {id: "yes", label: {en: "Yes, I agree"}}',
        '      - {id: "yes", label: {en: "Yes, I agree"}, ends: {en: Bye}}',
        "  question:",
        "whatever is chosen at 'consent' ends the talk",
    ),
    "nobody can decline": (
        EVERY[EVERY.index("        ends:\n          en: No problem") : EVERY.index("\nquestions:")],
        "",
        "  question:",
        "nobody can say no to 'consent'",
    ),
    "a condition of two minds": (
        "is_one_of: [bus, train]}\n    low",
        "is_one_of: [bus], at_least: 3}\n    low",
        "    only_if: {question: how_there, is_one_of: [bus], at",
        "a condition names a question with",
    ),
    "an opening that hangs on a main question": (
        "thanks:\n",
        "openings:\n  - {only_if: {question: meet, is_one_of: [yes]}, text: {en: Hi}}\nthanks:\n",
        "openings:",
        "must be under 'before_consent:'",
    ),
    "piping without words for none": (
        "{answer:matters|nothing}",
        "{answer:matters}",
        "id: better",
        "somebody who chose nothing there may be asked it",
    ),
    "piping of somebody's own words": (
        "{answer:matters|nothing}",
        "{answer:last_new|nothing}",
        "id: better",
        "is not asked before it",
    ),
    "piping that can't be read": ("{answer:matters|nothing}", "{answer: matters}", "id: better", "I can't read what"),
    "piping where nothing is asked": (
        "    We have your answers.\n",
        "    {answer:meet}\n",
        "thanks:",
        "only where something is asked",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line_and_how_to_mend_it(fault: str) -> None:
    was, becomes, at, sentence = FAULTS[fault]
    assert was in EVERY, "the fault was not put in"
    broken = EVERY.replace(was, becomes, 1)
    line = next(
        number for number, text in enumerate(broken.splitlines(), 1) if text.startswith(at) or f"- {at}" in text
    )
    with pytest.raises(BadFile) as refused:
        parse_survey(broken, Path("every.yaml"))
    assert sentence in str(refused.value)
    assert str(refused.value).startswith(f"every.yaml, line {line}: ")
    assert str(refused.value).endswith(".")


def test_an_audience_that_is_asked_nothing_of_its_own_is_noticed() -> None:
    only_young = EVERY.replace("    kind: yes_no\n", "    kind: yes_no\n    audiences: [young_person]\n", 1)
    parse_survey(only_young, Path("every.yaml"))
    small = EVERY[: EVERY.index("  # several, up to three")].replace(
        "    kind: yes_no\n", "    kind: yes_no\n    audiences: [young_person]\n", 1
    )
    with pytest.raises(BadFile, match="whoever answers as parent_carer is asked nothing after consent"):
        parse_survey(small, Path("every.yaml"))


# -- routes -----------------------------------------------------------------------------------------------------------


def test_a_route_says_what_is_asked_after_which_answers_and_how_long_it_takes() -> None:
    found = paths(parse_survey(EVERY, Path("every.yaml")), Audience.PARENT_CARER)
    assert found.complete
    longest, shortest = found.routes[0], [each for each in found.routes if not each.ends][-1]
    assert longest.after["how_there"] == ("bus", "train")  # type: ignore[index]
    assert longest.after["been_to"] == ("youth_club", "park", "sport", "library", "town", "screen")  # type: ignore[index]
    assert "none" in shortest.after["been_to"]  # type: ignore[index]
    assert SKIPPED in shortest.after["been_to"]  # type: ignore[index]
    assert longest.minutes > shortest.minutes > 0
    ended = [each for each in found.routes if each.ends]
    assert [(each.asked, dict(each.after)) for each in ended] == [(("consent",), {"consent": ("no",)})]


def test_walking_visits_each_combination_once() -> None:
    several = question("q1", QuestionKind.SEVERAL)
    number = question("q2", QuestionKind.NUMBER, only_if=OneOf(several.id, frozenset({OptionId("a")})))
    last = question("q3", QuestionKind.CHOICE, only_if=Between(number.id, 2, 3))
    survey = survey_of(consent(), several, number, last)
    ways: list[Answered] = [known for known, _ in walk(survey, WHO, frozenset({several.id, number.id}))]
    assert len(ways) == len({tuple(sorted((name, *chosen) for name, chosen in each.items())) for each in ways})
    within = {min(map(int, each[number.id])) for each in ways if each.get(number.id)}
    assert within == {0, 2}  # outside of the bounds, and between them
