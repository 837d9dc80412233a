"""What a typed reply means to each kind of question, and what is said about it: dates, scales, pictures, time left."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.domain.answer import Answer, Dated, Ranked, Scored
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.languages import LANGUAGES
from consultation.domain.survey import Precision, Question
from consultation.domain.text import RawText, RedactedText
from consultation.domain.wording import Filled
from consultation.flow.asking import fill
from consultation.flow.dates import example_for, read_date
from consultation.flow.effects import Ask, RecordAnswer
from consultation.flow.engine import step
from consultation.flow.events import Said
from consultation.flow.progress import minutes_for, minutes_left
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step
from consultation.locale import render
from tests.builders import survey

EVERY = survey("every-kind")


def at(name: str, **more: Any) -> State:
    """A parent who agreed, at this question."""
    fresh = State(EVERY.id, EVERY.version, awaiting=Awaiting.ANSWER, step=9, audience=Audience.PARENT_CARER)
    return fresh._replace(current=QuestionId(name), consented=True)._replace(**more)


def types(text: str, name: str, **more: Any) -> Step:
    return step(EVERY, at(name, **more), Said(RawText(text), RedactedText.stored(text)))


def recorded(taken: Step) -> Answer | None:
    return next((each.answer for each in taken.effects if isinstance(each, RecordAnswer)), None)


# -- dates ------------------------------------------------------------------------------------------------------------


def asked(precision: Precision) -> Question:
    last_new = EVERY.question(QuestionId("last_new"))
    return replace(last_new, precision=precision, earliest=date(2015, 1, 1), latest=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("precision", "typed", "meant"),
    [
        (Precision.DAY, "27/3/2024", "2024-03-27"),
        (Precision.DAY, "3.4.24", "2024-04-03"),
        (Precision.DAY, "2024-03-04", "2024-03-04"),
        (Precision.DAY, "on the 27th of march 2024", "2024-03-27"),
        (Precision.DAY, "٢٧/٣/٢٠٢٤", "2024-03-27"),
        (Precision.MONTH, "march 2024", "2024-03"),
        (Precision.MONTH, "3/2024", "2024-03"),
        (Precision.MONTH, "27 March 2024", "2024-03"),
        (Precision.YEAR, "I think 2024", "2024"),
        (Precision.YEAR, "27/3/2024", "2024"),
    ],
)
def test_a_date_is_read_and_stored_as_exactly_as_it_was_asked_for(precision: Precision, typed: str, meant: str) -> None:
    assert read_date(typed, asked(precision), "en") == meant


@pytest.mark.parametrize("typed", ["yesterday", "last week", "in 2 years", "march", "5", "", "31/2/2024", "27/3/1066",
                                   "2024 or 2025", "x" * 4_000, "1/1/99999"])  # fmt: skip
@pytest.mark.parametrize("precision", Precision)
def test_what_only_a_clock_could_tell_or_is_not_whole_is_no_date(precision: Precision, typed: str) -> None:
    if (precision, typed) == (Precision.YEAR, "31/2/2024"):
        return  # the year of it is clear
    assert read_date(typed, asked(precision), "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_as_a_language_writes_it_is_read_in_it(language: str, month: int) -> None:
    day = date(2024, month, 27)
    babel = "en_GB" if language == "en" else language
    assert read_date(format_date(day, "d MMMM y", locale=babel), asked(Precision.DAY), language) == day.isoformat()


@pytest.mark.parametrize("precision", Precision)
def test_the_example_that_is_given_is_an_answer(precision: Precision) -> None:
    example = example_for(asked(precision))
    typed = example if isinstance(example, str) else f"{example:%d/%m/%Y}"
    read = read_date(typed, asked(precision), "en")
    assert read is not None
    assert read[:4] in typed


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=70), st.sampled_from(list(LANGUAGES)), st.sampled_from(list(Precision)))
def test_nothing_that_is_typed_breaks_it(typed: str, language: str, precision: Precision) -> None:
    read = read_date(typed, asked(precision), language)
    assert read is None or "2015" <= read[:4] <= "2035"


def test_a_date_is_recorded() -> None:
    assert recorded(types("August 2026", "last_new")) == Dated("2026-08")


# -- scales, pictures, rankings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "score"),
    [("4", 4), ("0", 0), ("10", 10), ("4 out of 10", 4), ("4/10", 4), ("٧", 7), ("seven", 7), ("about 4", 4),
     ("11", None), ("-3", None), ("4 or 5", None), ("4-5", None), ("no", None), ("never", None), ("", None)],
)  # fmt: skip
def test_a_place_on_a_scale_is_its_own_number_and_nothing_is_guessed(typed: str, score: int | None) -> None:
    assert recorded(types(typed, "easy")) == (None if score is None else Scored(score))


@pytest.mark.parametrize(("typed", "score"), [("🙂", 4), ("4 – good", 4), ("4 - good", 4), ("😀!", 5), ("🙂🙁", None)])
def test_a_face_is_a_place_on_its_scale(typed: str, score: int | None) -> None:
    assert recorded(types(typed, "near_parks")) == (None if score is None else Scored(score))


@pytest.mark.parametrize(
    ("typed", "ranked"),
    [("2, 1, 3", ("safe", "cheap", "near")), ("3 > 1", ("near", "cheap")), ("🏠 🪙", ("near", "cheap")),
     ("My friends go there and it's near", ("friends", "near"))],
)  # fmt: skip
def test_a_ranking_can_be_typed_at_once_in_its_order(typed: str, ranked: tuple[str, ...]) -> None:
    taken = types(typed, "matters")
    assert recorded(taken) == Ranked(tuple(map(OptionId, ranked)))
    assert taken.state.answered[QuestionId("matters")] == {ranked[0]}  # on which alone routes can hang


def test_what_is_typed_after_a_first_tap_goes_behind_it() -> None:
    taken = types("1", "matters", ranked=(OptionId("safe"),))
    assert taken.state.ranked == ("safe", "cheap")
    assert recorded(types("1, 2", "matters", ranked=(OptionId("safe"),))) == Ranked(
        (OptionId("safe"), OptionId("cheap"), OptionId("near"))
    )


def test_of_all_that_are_ranked_the_last_goes_without_saying() -> None:
    three = replace(EVERY.question(QuestionId("matters")), most=0)
    three = replace(three, options=three.options[:3])
    small = replace(EVERY, questions=tuple(three if each.id == three.id else each for each in EVERY.questions))
    said = Said(RawText("2"), RedactedText.stored("2"))
    taken = step(small, at("matters", ranked=(OptionId("cheap"),)), said)
    assert recorded(taken) == Ranked((OptionId("cheap"), OptionId("near"), OptionId("safe")))


# -- what was chosen before -------------------------------------------------------------------------------------------


def test_what_was_chosen_is_filled_in_in_the_readers_language_and_as_a_list() -> None:
    prompt = EVERY.question(QuestionId("how_there")).prompt
    chosen = {QuestionId("been_to"): frozenset({OptionId("library"), OptionId("park")})}
    filled = fill(EVERY, chosen, prompt)
    assert isinstance(filled, Filled)
    assert render(filled, "en").startswith("You've been to: Park or playground and Library.")
    assert render(filled, "en@easy") == "You went to: Park or playground and Library. How do you get there?"


def test_where_nothing_was_chosen_or_none_of_these_other_words_stand() -> None:
    prompt = EVERY.question(QuestionId("better")).prompt
    for chosen in ({}, {QuestionId("matters"): frozenset[OptionId]()}):
        assert "first: nothing yet, and that's fine." in render(fill(EVERY, chosen, prompt), "en")
    none = {QuestionId("been_to"): frozenset({OptionId("none")})}
    how_there = EVERY.question(QuestionId("how_there")).prompt
    assert "None of these" not in render(fill(EVERY, none, how_there), "en")


# -- how long it takes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["what-we-want", "every-kind"])
def test_the_time_that_is_left_never_grows_much_and_is_never_nought_while_something_is(name: str) -> None:
    asks = survey(name)
    for audience in asks.audiences:
        left = []
        state = State(asks.id, asks.version, awaiting=Awaiting.ANSWER, audience=audience, consented=True)
        answered: dict[QuestionId, frozenset[OptionId]] = {}
        for each in asks.for_audience(audience):
            if each in asks.asked_of(audience, answered):
                left.append(minutes_left(asks, state._replace(current=each.id, answered=answered)))
                answered[each.id] = frozenset()  # skipped
        assert left[-1] == 1
        assert all(0 < later <= earlier for earlier, later in pairwise(left))
        assert minutes_for(asks, audience) >= left[0]
    assert minutes_for(asks) == max(minutes_for(asks, each) for each in asks.audiences)


def test_a_prompt_says_how_long_the_rest_takes() -> None:
    before = {QuestionId(each): frozenset[OptionId]() for each in ("consent", "meet", "been_to")}
    ask = types("2", "easy", answered=before).effects[-1]
    assert isinstance(ask, Ask)
    now = at("get_around", answered={**before, QuestionId("easy"): frozenset({OptionId("2")})})
    assert (ask.question, ask.minutes) == ("get_around", minutes_left(EVERY, now))
