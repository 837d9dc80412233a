"""Whatever anybody does in whatever order: the engine's promises, held against thousands of invented talks."""

import json
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from consultation.domain.answer import Answer
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import QuestionKind, Stage
from consultation.domain.text import RawText, RedactedText
from consultation.flow.effects import (
    Ask,
    Effect,
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    RecordAnswer,
    RecordConsent,
    WithdrawResponse,
)
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, SentSomethingElse, Tapped
from consultation.flow.routing import applicable
from consultation.flow.state import Awaiting, State
from tests.builders import survey

MARK = "zyxmark"  # stands in every free text, so that it can be looked for where no free text may be
FORGED = ("yes", "no", "teacher", "nobody", "fenland", "staff", "resume", "; drop", "near", "safe", "=enough")
WORDS = (
    "yes",
    "2",
    "help",
    "skip",
    "nobody",
    "1, 3",
    "idk",
    "about 7",
    "too slow",
    "",
    "   ",
    "delete",
    "2, 1, 3",
    "5/2024",
    "x" * 6_000,
)


@dataclass
class Record:
    """What storage would hold after some effects: the simplest thing that obeys them."""

    consented: bool = False
    finished: bool = False
    answers: dict[QuestionId, Answer | str] = field(default_factory=dict)

    def obey(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case RecordConsent():
                    self.consented = True
                case WithdrawResponse():
                    self.consented, self.finished, self.answers = False, False, {}
                case RecordAnswer(question, answer):
                    self.answers[question] = answer
                case ExtendAnswer(question, text):
                    assert question in self.answers, "a follow-up to nothing"
                    self.answers[question] = text.text
                case EraseAnswer(question):
                    self.answers.pop(question, None)
                case FinishResponse():
                    self.finished = True
                case _:
                    pass


def said(text: str, concern: Level = Level.NONE, at: int | None = None) -> Said:
    return Said(RawText(text), RedactedText.stored(text), concern, at)


HIDES = (f"[name] {MARK} and then some more words", f"[name] {MARK}")
texts = st.sampled_from((*WORDS, *HIDES, "another way")) | st.just(f"{MARK} and then some more words") | st.just(MARK)
concerns = st.sampled_from([Level.NONE] * 8 + [Level.SUPPORT, Level.IMMEDIATE])
audiences = st.sampled_from([None, *Audience])
steps = st.integers(-1, 80)


class AnyTalk(RuleBasedStateMachine):
    """A person who may do anything at any time, and the invariants that hold after each thing they do."""

    asked = "what-we-want"

    @initialize(audience=audiences)
    def begin(self, audience: Audience | None) -> None:
        self.state = State(survey(self.asked).id, survey(self.asked).version)
        self.record = Record()
        self.withdrawn = False
        self.follow_ups: list[QuestionId] = []
        self._do(Began(audience))

    def _do(self, event: Event) -> None:
        before = self.state
        was_consented = self.record.consented
        taken = step(survey(self.asked), before, event)
        again = step(survey(self.asked), State.from_json(json.loads(json.dumps(before.to_json()))), event)
        assert again == taken, "the same step differs after the state went through JSON"
        assert taken.state.step >= before.step, "the step fell"
        for effect in taken.effects:
            if isinstance(effect, RecordAnswer | ExtendAnswer | EraseAnswer | FinishResponse):
                consents = any(isinstance(each, RecordConsent) for each in taken.effects)
                assert was_consented or consents, f"{effect} before consent"
            if isinstance(effect, RecordAnswer):
                assert effect.question in {
                    each.id for each in survey(self.asked).questions if each.stage is not Stage.CONSENT
                }
        self.record.obey(taken.effects)
        self.state = taken.state
        self._check_asking(before, taken.effects)

    def _check_asking(self, before: State, effects: tuple[Effect, ...]) -> None:
        asks = [each for each in effects if isinstance(each, Ask)]
        assert len(asks) <= 1, "two prompts at once"
        if asks:
            assert asks[0] is effects[-1], "something is said behind the prompt"
            assert asks[0].step == self.state.step, "the prompt carries another step than the state"
        if self.state.awaiting is Awaiting.MORE and before.awaiting is not Awaiting.MORE:
            assert self.state.current is not None
            self.follow_ups.append(self.state.current)

    @rule(audience=audiences)
    def opens_a_link(self, audience: Audience | None) -> None:
        self._do(Began(audience))

    @rule(text=texts, concern=concerns)
    def types(self, text: str, concern: Level) -> None:
        self._do(said(text, concern))

    @rule(text=texts, concern=concerns, at=steps)
    def types_on_a_page(self, text: str, concern: Level, at: int) -> None:
        self._do(said(text, concern, at))

    @rule(twice=st.booleans(), text=texts)
    def says_it_another_way(self, twice: bool, text: str) -> None:
        """Whatever was hidden last is asked about again where that is offered, and a second press changes nothing."""
        offered, at, answers = self.state.may_rephrase, self.state.step, dict(self.record.answers)
        hidden = self.state.hidden
        self._do(Commanded(Command.REPHRASE, at))
        once = self.state
        if twice:
            self._do(Commanded(Command.REPHRASE, at))
            assert self.state == once
        assert self.record.answers == answers, "a press changed an answer"
        assert not offered or (hidden is not None and self.state.current == hidden.question and self.state.rephrasing)
        assert once.may_rephrase is False or not offered
        if offered:
            self._do(said(text))

    @rule(data=st.data())
    def taps_what_is_shown(self, data: st.DataObject) -> None:
        """The commonest thing by far, so that talks get somewhere."""
        for ask in step(survey(self.asked), self.state, Commanded(Command.HELP)).effects:
            if isinstance(ask, Ask) and ask.choices:
                choice = data.draw(st.sampled_from(ask.choices))
                self._do(Tapped(ask.step, (choice.value,)))

    @rule(values=st.lists(st.sampled_from(FORGED)))
    def ticks_or_forges(self, values: list[str]) -> None:
        self._do(Tapped(self.state.step, tuple(values)))

    @rule(at=steps, value=st.sampled_from(["yes", "13_15", "fenland", "delete"]))
    def presses_an_old_button(self, at: int, value: str) -> None:
        stale = at != self.state.step
        answers, awaiting = dict(self.record.answers), self.state.awaiting
        self._do(Tapped(at, (value,)))
        if stale and awaiting not in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED):
            assert self.record.answers == answers, "an old button changed an answer"

    @rule(at=steps, command=st.sampled_from([Command.SKIP, Command.BACK]))
    def presses_an_old_skip(self, at: int, command: Command) -> None:
        stale, state, answers = at != self.state.step, self.state, dict(self.record.answers)
        self._do(Commanded(command, at))
        if stale and state.awaiting is not Awaiting.START:
            assert self.record.answers == answers
            assert self.state == state

    @rule(command=st.sampled_from(Command))
    def commands(self, command: Command) -> None:
        self._do(Commanded(command))

    @rule(kind=st.sampled_from(["photo", "sticker", "voice", "file"]))
    def sends(self, kind: str) -> None:
        self._do(SentSomethingElse(kind))

    @rule()
    def answers_as_asked(self) -> None:
        if self.state.awaiting is Awaiting.ANSWER and self.state.current:
            self._do(said(f"{MARK} four whole words here" if self.state.current else ""))

    @invariant()
    def nothing_recorded_without_consent(self) -> None:
        if not self.record.consented:
            assert not self.record.answers
        assert self.record.consented == self.state.consented

    @invariant()
    def no_free_text_in_the_state(self) -> None:
        assert MARK not in str(self.state.to_json())

    @invariant()
    def answers_only_to_what_this_person_is_asked(self) -> None:
        stray = set(self.record.answers) - {each.id for each in applicable(survey(self.asked), self.state)}
        assert not stray, f"answers to questions that do not apply: {stray}"

    @invariant()
    def every_recorded_answer_is_known_to_the_state(self) -> None:
        assert set(self.record.answers) <= set(self.state.answered)

    @invariant()
    def a_question_is_followed_up_once(self) -> None:
        assert self.state.awaiting is not Awaiting.MORE or self.state.current in self.state.asked_more

    @invariant()
    def gone_is_gone(self) -> None:
        if self.state.awaiting in (Awaiting.DELETED, Awaiting.ENDED):
            assert self.record == Record()
            assert not self.state.answered

    @invariant()
    def what_was_put_in_order_belongs_to_a_ranking(self) -> None:
        question = survey(self.asked).question(self.state.current) if self.state.current else None
        assert not self.state.ranked or (question and question.kind is QuestionKind.RANKING)
        assert len(set(self.state.ranked)) == len(self.state.ranked)


AnyTalk.TestCase.settings = settings(
    max_examples=120, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink], derandomize=True,
)  # fmt: skip
TestAnyTalk = AnyTalk.TestCase


class AnyTalkOfEveryKind(AnyTalk):
    """The same, through every kind of question."""

    asked = "every-kind"


AnyTalkOfEveryKind.TestCase.settings = AnyTalk.TestCase.settings
TestAnyTalkOfEveryKind = AnyTalkOfEveryKind.TestCase


events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Began, audiences),
    st.builds(lambda text, concern: said(text, concern), texts, concerns),
    st.builds(Commanded, st.sampled_from(Command)),
    st.builds(lambda values: Tapped(0, tuple(values)), st.lists(st.text(max_size=5), max_size=2)),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(events, max_size=25), audiences.filter(bool))
def test_who_deleted_can_start_again(history: list[Event], audience: Any) -> None:
    state = State(survey().id, survey().version)
    for event in [Began(audience), *history]:
        state = step(survey(), state, event).state
    for event in (Commanded(Command.DELETE), Tapped(-1, ())):
        state = step(survey(), state, event).state
    if state.awaiting is Awaiting.DELETE_OR_NOT:
        taken = step(survey(), state, Tapped(state.step, ("yes",)))
        assert taken.state.awaiting is Awaiting.DELETED
        assert any(isinstance(each, WithdrawResponse) for each in taken.effects) == state.consented
        state = taken.state
    if state.awaiting in (Awaiting.DELETED, Awaiting.ENDED):
        note(str(state))
        begun = step(survey(), state, Began(audience))
        assert begun.state.audience is audience
        assert begun.state.awaiting is Awaiting.ANSWER
        assert begun.state.step > state.step
        assert isinstance(begun.effects[-1], Ask)
