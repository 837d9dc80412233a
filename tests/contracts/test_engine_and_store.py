"""The engine and the records together: whatever people do in whatever order, what is stored is what the engine says.

The model is the pure engine and a dictionary a chat. The system is the real desk over a real database, which is opened
anew in the middle, and given the same update again.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import URL, func
from sqlmodel import select

from consultation.domain.answer import (
    Answer,
    Chosen,
    ChosenSeveral,
    Counted,
    Dated,
    Ranked,
    Scored,
    Skipped,
    Told,
    Withheld,
)
from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import RawText, RedactedText
from consultation.flow.effects import (
    Ask,
    Effect,
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    Mode,
    RecordAnswer,
    RecordConsent,
    WithdrawResponse,
)
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, Tapped, Written
from consultation.flow.prompts import for_state
from consultation.flow.state import Awaiting, State
from consultation.operations.converse import Incoming, Input, Relayed, Typed, converse, whose
from consultation.operations.deliver import note_said, unsaid
from consultation.operations.messages import Message
from consultation.privacy.detect import WordDetector
from consultation.storage import turns
from consultation.storage.store import open_store
from consultation.storage.tables import InboxRow, ResponseRow
from tests.builders import Opened, open_consultation, orphans, stored_answers
from tests.contracts.databases import as_setting, until

SHORT, LONG = "too slow", "somebody who has time for us and says what happens next"


@dataclass
class Talk:
    """One chat as it should be, by the engine alone."""

    chat: str
    channel: Channel
    state: State
    answers: dict[str, Any] | None = None  # None where there is no response
    finished: bool = False
    done: list[Incoming] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)  # by the last turn
    unsaid: list[int] = field(default_factory=list)  # turns in the outbox

    def obey(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case RecordConsent() if self.answers is None:
                    self.answers = {}
                case WithdrawResponse():
                    self.answers, self.finished = None, False
                    self.unsaid = []  # what waited to be said may quote what they had said
                case RecordAnswer(question, answer) if self.answers is not None:
                    self.answers[question] = plain(answer)
                case ExtendAnswer(question, more) if self.answers is not None:
                    self.answers[question] = f"{self.answers[question]}\n{more.text}"
                case EraseAnswer(question) if self.answers is not None:
                    self.answers.pop(question, None)
                case FinishResponse() if self.answers is not None:
                    self.finished = True


@dataclass
class World:
    """One consultation for all runs of the machine, each of which has chats of its own."""

    opened: Opened
    runs: int = 0

    def reopen(self) -> None:
        """The same records, as the next process has them."""
        sayso = self.opened.sayso
        store = open_store(sayso.settings.database_at)
        self.opened = replace(self.opened, sayso=replace(sayso, store=store, desk=replace(sayso.desk, store=store)))
        sayso.store.close()


def plain(answer: Answer) -> Any:
    match answer:
        case Told(text):
            return text.text
        case Chosen(option):
            return option
        case ChosenSeveral(options) | Ranked(options):
            return list(options)
        case Dated(written):
            return written
        case Scored(number) | Counted(number):
            return number
        case Skipped():
            return "skipped"
        case Withheld():
            return "withheld"


def event_of(given: Input) -> Event:
    """As the desk hears it: nothing here is worrying or identifying, or stands on a button."""
    if isinstance(given, Typed):
        return Said(given.text, RedactedText(given.text.reveal()))
    return Written(given.words) if isinstance(given, Relayed) else given


chats = st.integers(0, 3)
texts = st.sampled_from([SHORT, LONG, "7", "2", "   "])
commands = st.sampled_from([Command.SKIP, Command.SKIP, Command.BACK, Command.CHANGE, Command.STOP, Command.RESUME,
                            Command.HELP, Command.EASY])  # fmt: skip


class Talks(RuleBasedStateMachine):
    """Four people at once, two of them on a channel that messages are sent to."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    @property
    def opened(self) -> Opened:
        return self.world.opened

    @initialize(far=st.tuples(*[st.sampled_from([0, 6, 12, 30])] * 4), audience=st.sampled_from(Audience))
    def arrive(self, far: tuple[int, ...], audience: Audience) -> None:
        """Each of them some way into the talk, or through with it."""
        self.world.runs += 1
        channels = (Channel.SIMULATION, Channel.TELEGRAM) * 2
        self.talks = [
            Talk(f"{self.world.runs}-{at}", channel, self._fresh(channel)) for at, channel in enumerate(channels)
        ]
        self.taken = self._count(InboxRow)
        self.touched: set[int] = set()
        self.pool = ThreadPoolExecutor(4)
        for chat, times in enumerate(far):
            if times:
                self._do((chat, Began(audience)))
                self._go_on(chat, times)

    def teardown(self) -> None:
        if hasattr(self, "pool"):
            self.pool.shutdown()
            self.touched = set(range(4))
            self.what_is_stored_is_what_the_engine_says()
            assert self._count(InboxRow) == self.taken + sum(len(each.done) for each in self.talks)
            assert orphans(self.opened) == set()

    # -- what people do ---------------------------------------------------------------------------------------------

    @rule(chat=chats, audience=st.sampled_from([None, *Audience]))
    def begins(self, chat: int, audience: Audience | None) -> None:
        self._do((chat, Began(audience)))

    @rule(chat=chats, data=st.data())
    def taps_what_is_offered(self, chat: int, data: st.DataObject) -> None:
        self._do((chat, self._tap(chat, data)))

    @rule(chat=chats, times=st.integers(2, 8))
    def goes_on(self, chat: int, times: int) -> None:
        self._go_on(chat, times)

    @rule(chat=chats, back=st.integers(1, 5), value=st.sampled_from(["yes", "13_15", "fenland", "delete"]))
    def presses_an_old_button(self, chat: int, back: int, value: str) -> None:
        self._do((chat, Tapped(self.talks[chat].state.step - back, (value,))))

    @rule(chat=chats, text=texts)
    def types(self, chat: int, text: str) -> None:
        self._do((chat, self._typed(text)))

    @rule(chat=chats)
    def says_little_and_then_more(self, chat: int) -> None:
        self._do((chat, self._typed(SHORT)))
        if self.talks[chat].state.awaiting is Awaiting.MORE:
            self._do((chat, self._typed(LONG)))

    @rule(chat=chats, command=commands)
    def commands(self, chat: int, command: Command) -> None:
        self._do((chat, Commanded(command)))

    @rule(chat=chats)
    def closes_a_route(self, chat: int) -> None:
        """Who would rather not say anything about themselves after all: what they had said there goes."""
        self._do((chat, Commanded(Command.CHANGE)))
        for value in ("about_you", "no"):
            ask = self._asked(self.talks[chat])
            if ask and value in {each.value for each in ask.choices}:
                self._do((chat, Tapped(ask.step, (value,))))

    @rule(chat=chats, sure=st.sampled_from([True, True, False]))
    def takes_everything_back(self, chat: int, sure: bool) -> None:
        self._do((chat, Commanded(Command.DELETE)))
        if self.talks[chat].state.awaiting is Awaiting.DELETE_OR_NOT:
            self._do((chat, Tapped(self.talks[chat].state.step, ("yes" if sure else "no",))))

    @rule(data=st.data())
    def all_at_once(self, data: st.DataObject) -> None:
        self._do(*((chat, self._tap(chat, data)) for chat in range(4)))

    # -- what happens to them ---------------------------------------------------------------------------------------

    @rule(chat=chats, data=st.data())
    def an_update_comes_again(self, chat: int, data: st.DataObject) -> None:
        talk = self.talks[chat]
        self.touched.add(chat)
        if talk.done:
            said = self._converse(data.draw(st.sampled_from(talk.done)))
            assert said == (talk.said if talk.channel is Channel.SIMULATION else [])

    @rule(chat=st.sampled_from([1, 3]), data=st.data())
    def a_message_was_sent(self, chat: int, data: st.DataObject) -> None:
        talk, desk = self.talks[chat], self.opened.sayso.desk
        if talk.unsaid:
            turn = data.draw(st.sampled_from(talk.unsaid))
            talk.unsaid.remove(turn)
            note_said(desk, self.opened.wave, talk.channel, talk.chat, turn)
            until(lambda: self._unsaid(talk) == talk.unsaid)

    @rule()
    def the_process_is_another(self) -> None:
        self.world.reopen()

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def what_is_stored_is_what_the_engine_says(self) -> None:
        """Of those who did something since the last look, and in the end of everybody."""
        for talk in (self.talks[chat] for chat in getattr(self, "touched", ())):
            assert stored_answers(self.opened, talk.channel, talk.chat) == talk.answers
            assert self._unsaid(talk) == talk.unsaid
            with self.opened.sayso.store.read() as session:
                row = turns.conversation(session, self._who(talk))
                response = session.get(ResponseRow, row.response_id) if row and row.response_id else None
            assert (row.version if row else 0) == len(talk.done)
            assert (State.from_json(row.state) if row else self._fresh(talk.channel)) == talk.state
            assert (response.finished if response else False) == talk.finished
        self.touched = set()

    # -- how it is done ---------------------------------------------------------------------------------------------

    def _fresh(self, channel: Channel) -> State:
        """Only on a channel that messages are sent to can somebody be reminded."""
        asked = self.opened.survey
        return State(asked.id, asked.version, reminded=channel is not Channel.TELEGRAM)

    def _typed(self, text: str) -> Typed:
        return Typed(RawText(text))

    def _go_on(self, chat: int, times: int) -> None:
        """The first thing that is offered, a small number or a few words; until nothing more is asked."""
        for at in range(times):
            ask = self._asked(self.talks[chat])
            if ask is None or self.talks[chat].state.awaiting is Awaiting.NOTHING_MORE:
                return
            words = "3" if ask.mode is Mode.NUMBER else (SHORT, LONG)[at % 2]
            self._do((chat, Tapped(ask.step, (ask.choices[0].value,)) if ask.choices else self._typed(words)))

    def _tap(self, chat: int, data: st.DataObject) -> Input:
        ask = self._asked(self.talks[chat])
        if ask is None or not ask.choices:
            return self._typed(data.draw(texts))
        return Tapped(ask.step, (data.draw(st.sampled_from(ask.choices)).value,))

    def _asked(self, talk: Talk) -> Ask | None:
        return next((each for each in for_state(self.opened.survey, talk.state) if isinstance(each, Ask)), None)

    def _do(self, *given: tuple[int, Input]) -> None:
        """What each of these chats does, all at once; and the same by the engine alone."""
        incoming = []
        for chat, what in given:
            talk = self.talks[chat]
            incoming.append(Incoming(talk.channel, talk.chat, str(len(talk.done)), what))
        for (chat, what), came, said in zip(given, incoming, self.pool.map(self._converse, incoming), strict=True):
            talk = self.talks[chat]
            after = step(self.opened.survey, talk.state, event_of(what))
            self.touched.add(chat)
            talk.state = after.state
            talk.obey(after.effects)
            talk.done.append(came)
            talk.said = said
            if talk.channel is Channel.TELEGRAM:
                talk.unsaid.append(len(talk.done))

    def _converse(self, incoming: Incoming) -> list[Message]:
        return converse(self.opened.sayso.desk, self.opened.wave, incoming)

    def _who(self, talk: Talk) -> Any:
        return whose(self.opened.sayso.desk, self.opened.wave, talk.channel, talk.chat)

    def _unsaid(self, talk: Talk) -> list[int]:
        return [each.turn for each in unsaid(self.opened.sayso.desk, self.opened.wave, talk.channel, talk.chat)]

    def _count(self, table: Any) -> int:
        with self.opened.sayso.store.read() as session:
            return session.exec(select(func.count()).select_from(table)).one()


EXAMPLES = {"sqlite": 25, "postgresql": 8}


@pytest.mark.timeout(600)  # seconds work; what fails is then made as short as it can be, which takes minutes
def test_what_is_stored_is_what_was_said(kind: str, place: Path | URL, tmp_path: Path) -> None:
    world = World(open_consultation(tmp_path / "data", detector=WordDetector({}), database_url=as_setting(place)))
    how = settings(max_examples=EXAMPLES[kind], stateful_step_count=30, deadline=None,
                   suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(lambda: Talks(world), settings=how)  # type: ignore[arg-type]  # a factory, its text says
    world.opened.sayso.store.close()
