"""The safety dialogue, whatever is done in whatever order: it never probes, never nudges, always helps, and lets go."""

import json
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience, ContactMode
from consultation.domain.text import RawText, RedactedText
from consultation.flow.effects import Ask, EndContact, Mode, OfferHelpLines, OpenHandle, PassOn, Refer
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, SentSomethingElse, Tapped, Written
from consultation.flow.languages import leave_menu
from consultation.flow.prompts import for_state
from consultation.flow.state import SAFETY, Awaiting, State
from consultation.flow.stepping import Step
from tests.builders import survey

WORDS_ASKED = {Awaiting.HOW_TO_REACH: "contact", Awaiting.WRITING_BACK: "write_back"}
HIDES = "[name] was kind to us and rang us back"
WORDS = ("yes", "no", "2", "help", "skip", "back", "never mind", "", "idk", "07700 900123", HIDES,
         "stop", "x" * 6_000)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """Press the choice of the standing prompt that has this number, counted round."""

    number: int


Move = Event | Choice
FROM_LEAD = Written(RawText("how are you?"))
a_text = st.sampled_from(WORDS)
a_level = st.sampled_from([Level.NONE, Level.NONE, Level.SUPPORT, Level.IMMEDIATE])
moves: st.SearchStrategy[Move] = st.one_of(
    st.builds(Choice, st.integers(0, 5)),
    st.builds(Choice, st.integers(0, 5)),
    st.builds(lambda text, level: said(text, level), a_text, a_level),
    st.builds(lambda level: said("four words or more", level), st.sampled_from([Level.SUPPORT, Level.IMMEDIATE])),
    st.builds(lambda text: said(text), st.just(HIDES)),
    st.builds(Commanded, st.sampled_from(Command)),
    st.just(FROM_LEAD),
    st.builds(Began, st.sampled_from(list(Audience))),
    st.just(SentSomethingElse("voice")),
)
histories = st.integers(0, 25).flatmap(lambda least: st.lists(moves, min_size=least, max_size=40))
modes = st.sampled_from(ContactMode)
often = settings(max_examples=250, deadline=None, derandomize=True)


def said(text: str, level: Level = Level.NONE, *, about_staff: bool = False) -> Said:
    return Said(RawText(text), RedactedText.stored(text), level, None, about_staff)


def at_text_question(contact: ContactMode = ContactMode.OPT_IN, **more: Any) -> State:
    """A young person who agreed, and is asked for words."""
    fresh = State(survey().id, survey().version, contact=contact)
    current = survey().question("good_worker").id  # type: ignore[arg-type]
    state = fresh._replace(
        awaiting=Awaiting.ANSWER, step=20, audience=Audience.YOUNG_PERSON, current=current, consented=True
    )
    return state._replace(**more)


def play(contact: ContactMode, history: list[Move]) -> list[tuple[State, Event, Step]]:
    """Each turn with the state before it; the state goes through JSON in between."""
    state = State(survey().id, survey().version, contact=contact)
    turns = []
    for move in [Began(Audience.YOUNG_PERSON), Choice(2), Choice(0), *history]:
        event = pressed(state, move.number) if isinstance(move, Choice) else move
        taken = step(survey(), state, event)
        turns.append((state, event, taken))
        state = State.from_json(json.loads(json.dumps(taken.state.to_json())))
        assert state == taken.state
    return turns


def pressed(state: State, number: int) -> Event:
    choices = [each.value for ask in for_state(survey(), state) if isinstance(ask, Ask) for each in ask.choices]
    return Tapped(state.step, (choices[number % len(choices)],)) if choices else said("four words or more")


def asked(taken: Step) -> Ask | None:
    return next((each for each in taken.effects if isinstance(each, Ask)), None)


@often
@given(modes, histories)
def test_nobody_is_probed(contact: ContactMode, history: list[Move]) -> None:
    """Words are asked for only from who chose to be contacted or to write back; whether they are safe, once."""
    turns = play(contact, history)
    entered = [
        (before, event, taken)
        for before, event, taken in turns
        if leave_menu(before).awaiting != taken.state.awaiting  # a menu of languages comes in between, and goes again
    ]
    assert sum(taken.state.awaiting is Awaiting.AFTER_IMMEDIATE for _, _, taken in entered) <= 1
    for _, event, taken in entered:
        if chosen := WORDS_ASKED.get(taken.state.awaiting):
            typed = isinstance(event, Said) and event.raw.reveal().isdecimal()  # the number of the choice
            assert typed or (isinstance(event, Tapped) and event.values == (chosen,))
    for _, event, taken in turns:
        if isinstance(event, Said) and event.concern is not Level.NONE:
            assert any(isinstance(each, OfferHelpLines) for each in taken.effects)
            assert taken.state.awaiting is not Awaiting.MORE
            ask = asked(taken)
            assert ask is None or ask.mode is Mode.ONE


@often
@given(modes, histories)
def test_whoever_told_of_a_concern_is_left_in_peace_from_then_on(contact: ContactMode, history: list[Move]) -> None:
    told = False
    for _, event, taken in play(contact, history):
        told = told or (isinstance(event, Said) and event.concern is not Level.NONE)
        assert not told or taken.state.quiet


@often
@given(modes, histories)
def test_help_is_answered_anywhere_and_moves_nothing(contact: ContactMode, history: list[Move]) -> None:
    state = play(contact, history)[-1][2].state
    helped = step(survey(), state, Commanded(Command.HELP, 3))
    assert any(isinstance(each, OfferHelpLines) for each in helped.effects)
    assert helped.state == state or state.awaiting is Awaiting.START


@often
@given(modes, histories)
def test_the_survey_can_always_be_gone_on_with(contact: ContactMode, history: list[Move]) -> None:
    turns = play(contact, history)
    state = turns[-1][2].state
    if state.awaiting not in SAFETY:
        return
    gone_on = step(survey(), state, Commanded(Command.RESUME)).state
    assert gone_on.awaiting not in SAFETY
    assert gone_on.answered == state.answered
    if state.paused is not None:
        assert (gone_on.awaiting, gone_on.current) == (state.paused.awaiting, state.paused.current)


@often
@given(modes, histories)
def test_what_the_lead_writes_leaves_the_talk_as_it_stood(contact: ContactMode, history: list[Move]) -> None:
    at_last = play(contact, history)[-1][2].state
    written = step(survey(), at_last, FROM_LEAD)
    state = leave_menu(at_last)
    assert written.state.awaiting is Awaiting.WRITTEN_TO
    assert written.effects[0] == PassOn(FROM_LEAD.words)
    if state.awaiting in SAFETY:
        return
    after = step(survey(), written.state, Commanded(Command.RESUME)).state
    if state.awaiting is Awaiting.MORE:  # what was told is not asked about
        assert after.awaiting is not Awaiting.MORE
        return
    moved = after.step - state.step
    assert after._replace(step=state.step, hidden=state.hidden) == state
    assert after.may_rephrase == state.may_rephrase
    assert after.rephrasing == state.rephrasing
    assert moved == 2


@often
@given(histories)
def test_where_help_lines_are_all_nobody_is_promised_more(history: list[Move]) -> None:
    turns = play(ContactMode.SIGNPOST, [each for each in history if each is not FROM_LEAD])
    effects = [each for _, _, taken in turns for each in taken.effects]
    assert not [each for each in effects if isinstance(each, OpenHandle | EndContact)]
    assert not [each for each in effects if isinstance(each, Ask) and "contact" in {one.value for one in each.choices}]


@pytest.mark.parametrize("awaiting", list(Awaiting))
def test_the_lead_may_write_at_any_moment_and_nothing_else_begins(awaiting: Awaiting) -> None:
    current = None if awaiting in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED) else at_text_question().current
    state = at_text_question(ContactMode.REPLY_HANDLE, awaiting=awaiting, current=current)
    written = step(survey(), state, FROM_LEAD)
    over = awaiting in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED, Awaiting.RESUME, Awaiting.NOTHING_MORE)
    prompt = asked(written)
    assert prompt is not None
    assert [each.value for each in prompt.choices] == ["write_back", "resume", *([] if over else ["stop"]), "no_more"]
    left = step(survey(), written.state, Tapped(written.state.step, ("resume",)))
    assert left.state.awaiting is awaiting or awaiting in SAFETY | {Awaiting.MORE}
    ended = step(survey(), written.state, Tapped(written.state.step, ("no_more",)))
    assert EndContact() in ended.effects
    assert not ended.state.safety.may_write


def test_what_was_hidden_before_can_still_be_put_another_way_when_the_lead_has_written() -> None:
    hidden = step(survey(), at_text_question(), said(HIDES)).state
    rephrasing = step(survey(), hidden, Commanded(Command.REPHRASE, hidden.step)).state
    for state in (hidden, rephrasing):
        written = step(survey(), state, FROM_LEAD).state
        assert not written.may_rephrase
        after = step(survey(), written, Commanded(Command.RESUME)).state
        assert (after.may_rephrase, after.rephrasing) == (state.may_rephrase, state.rephrasing)
    assert hidden.may_rephrase
    assert rephrasing.rephrasing


def test_an_allegation_is_remembered_when_everything_is_deleted() -> None:
    told = step(survey(), at_text_question(), said("my teacher …", Level.SUPPORT, about_staff=True)).state
    assert told.safety.about_staff
    sure = step(survey(), told, Commanded(Command.DELETE)).state
    gone = step(survey(), sure, Tapped(sure.step, ("yes",))).state
    again = step(survey(), gone, Began(Audience.STAFF)).state
    assert again.safety == told.safety
    assert again.quiet
    assert not again.answered


def test_words_for_the_lead_are_sealed_and_never_an_answer() -> None:
    for awaiting, kind in ((Awaiting.HOW_TO_REACH, "contact"), (Awaiting.WRITING_BACK, "reply")):
        for level in Level:
            taken = step(survey(), at_text_question(awaiting=awaiting), said("ring 07700 900123", level))
            [referred] = [each for each in taken.effects if isinstance(each, Refer)]
            assert (referred.kind, referred.words.reveal()) == (kind, "ring 07700 900123")
            assert taken.state.answered == {}
            assert "07700" not in str(taken.state.to_json())


@pytest.mark.parametrize("awaiting", [Awaiting.AFTER_SUPPORT, Awaiting.AFTER_IMMEDIATE])
def test_a_talk_from_before_there_was_more_than_help_lines_goes_on(awaiting: Awaiting) -> None:
    kept = at_text_question(awaiting=awaiting).to_json()
    for name in ("contact", "paused", "safety"):
        del kept[name]
    state = State.from_json(kept)
    assert state == at_text_question(awaiting=awaiting)
    if awaiting is Awaiting.AFTER_IMMEDIATE:
        state = step(survey(), state, Tapped(state.step, ("yes",))).state
    assert step(survey(), state, Tapped(state.step, ("resume",))).state.awaiting is Awaiting.ANSWER
