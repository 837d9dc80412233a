"""One turn of a conversation: screen, redact, step, and one transaction that records all of it or nothing.

The caller acknowledges to its channel only after this returns: by then everything is on the disk.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol, TypeAlias

from consultation.domain.answer import Told
from consultation.domain.concern import Concern, Level
from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import ConsultationId, Pseudonym, QuestionId
from consultation.domain.school_hours import latest
from consultation.domain.survey import Survey
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.effects import Ask, Effect, EndContact, OpenHandle, RecordAnswer
from consultation.flow.engine import step
from consultation.flow.events import (
    Began,
    ChoseLanguage,
    Command,
    Commanded,
    Edited,
    Event,
    Reminded,
    Said,
    SentSomethingElse,
    Tapped,
    Written,
)
from consultation.flow.prompts import for_state
from consultation.flow.replies import match_choice
from consultation.flow.safety_prompts import speaks_as
from consultation.flow.state import LONGEST_ANSWER, Awaiting, State
from consultation.flow.typed import command_word, fold
from consultation.operations.messages import Message, Renderer, help_message, not_taking, say, tell
from consultation.operations.open_handle import open_handle
from consultation.operations.plan_reminder import plan_reminder, reminder
from consultation.operations.record import record
from consultation.operations.seal_concerns import Worrying, sealed_of, sealed_of_nobody
from consultation.privacy.addresses import Contact, seal_address
from consultation.privacy.detect import Detector
from consultation.privacy.pseudonyms import KEY_BYTES, content_mark, conversation_thread, pseudonym, update_mark
from consultation.privacy.redact import redact
from consultation.safeguarding.arrangements import Arrangements, shipped_arrangements
from consultation.safeguarding.lead_keys import Keyring
from consultation.storage import consultations
from consultation.storage.keys import MissingKey
from consultation.storage.store import Store
from consultation.storage.tables import InboxRow, ReplyHandleRow
from consultation.storage.turns import IntakeEnded, Outgoing, Standing, Taken, Turn, Writes, conversation

log = logging.getLogger("sayso.converse")

UNREAD = (Awaiting.WRITTEN_TO, Awaiting.WRITING_BACK)  # they may not have read yet what the lead wrote
CLOSED_MEANWHILE = (IntakeEnded, MissingKey)
PULL = (Channel.WEB, Channel.TERMINAL, Channel.SIMULATION)  # they fetch what is said; nothing is sent


@dataclass(frozen=True)
class Kept:
    """Words that a turn kept as the answer to `question`, as a door may remember them: `mark` is a keyed hash of them,
    by which it is known whether they still stand."""

    question: QuestionId
    mark: str


@dataclass(frozen=True)
class Typed:
    """The person typed this. It is screened and redacted before anything else happens."""

    text: RawText
    step: int | None = None
    edits: Kept | None = None  # it takes the place of these words


@dataclass(frozen=True)
class Relayed:
    """The safeguarding lead wrote this to the person. It is shown as it is: neither screened nor redacted."""

    words: RawText


Input: TypeAlias = Typed | Relayed | Began | Tapped | Commanded | SentSomethingElse | Reminded | ChoseLanguage


@dataclass(frozen=True)
class Incoming:
    """One update, post or line as a door decoded it, with no identity but the chat's own address, which lives in
    memory alone. `update_id` is the channel's own number for it: the same one twice is one turn. `locale` is the
    person's own, where the channel knows it: it counts where no talk says otherwise."""

    channel: Channel
    chat: str
    update_id: str
    input: Input
    locale: str | None = None


class Models(Protocol):
    """What every text passes: a desk has them, and a preview does."""

    @property
    def detector(self) -> Detector: ...

    @property
    def screen(self) -> Callable[[str], Concern]: ...


@dataclass(frozen=True)
class Desk:
    """What converse needs from outside: rules, records, and chance and time as functions."""

    store: Store
    survey_of: Callable[[Wave], Survey]
    key_of: Callable[[ConsultationId], bytes]
    detector: Detector
    screen: Callable[[str], Concern]
    keyring: Callable[[], Keyring]  # of the safeguarding lead and deputies, as it stands now
    today: Callable[[], date]  # in London
    now: Callable[[], datetime]  # in UTC
    new_id: Callable[[], str]
    new_reference: Callable[[], str]
    arrangements: Callable[[], Arrangements] = shipped_arrangements  # as they stand now
    renderer: Renderer = field(default_factory=Renderer)
    passing_key: bytes = field(default_factory=lambda: os.urandom(KEY_BYTES), repr=False)  # goes with this process
    alerts: bool = True  # False where nobody is to be told, because nobody said it
    drill: bool = False  # nobody said it, and all are told so: it tries the path (see `drill`)


class NotStored(Exception):
    """The words could not be made safe to keep, so nothing of the turn was kept. `message` tells the person so."""

    def __init__(self, locale: str = PLAIN) -> None:
        self.message = tell(Words("turn.not_stored"), locale)
        super().__init__("a text could not be screened or redacted; nothing of it was stored")


@dataclass(frozen=True)
class Heard:
    """The event of a turn, and what the screen minds in it, if anything. `event` None: that can be sealed, and the rest
    of the turn can't be kept."""

    event: Event | None
    worrying: Worrying | None = None


def whose(desk: Desk, wave: Wave, channel: Channel, chat: str) -> Pseudonym:
    """The pseudonym of a chat in this consultation."""
    return pseudonym(desk.key_of(wave.consultation.id), channel, chat)


def whose_still(desk: Desk, wave: Wave, channel: Channel, chat: str) -> Pseudonym | None:
    """The same; None where the wave is closed and its key destroyed, so that nobody can tell."""
    key = key_still(desk, wave)
    return pseudonym(key, channel, chat) if key else None


def key_still(desk: Desk, wave: Wave) -> bytes | None:
    """The key; None where the wave is closed and the key destroyed. Raises `MissingKey` where it is not."""
    try:
        return desk.key_of(wave.consultation.id)
    except MissingKey:
        if _is_closed(desk, wave):
            return None
        raise


def _is_closed(desk: Desk, wave: Wave) -> bool:
    """As it stands by now: a door may have known the wave since long before it was closed."""
    with desk.store.read() as session:
        found = consultations.wave_by_id(session, wave.id)
    return found is not None and found.closed


@dataclass(frozen=True)
class Reply:
    """What is to be said. `turn` is its number in the outbox where it waits there to be sent; else None. `repeated`:
    the update had been taken before. `closed`: the wave takes no answers, and nothing of the turn was recorded. `kept`:
    what was typed is the whole answer to a question now."""

    said: list[dict[str, Any]]
    turn: int | None = None
    repeated: bool = False
    closed: bool = False
    kept: Kept | None = None

    @property
    def messages(self) -> list[Message]:
        return [Message.from_json(each) for each in self.said]


def converse(desk: Desk, wave: Wave, incoming: Incoming) -> list[Message]:
    """Take one turn and wait until it is on the disk; returns what is to be said to this person.

    A repeated update changes nothing. On a channel that fetches what is said it returns what was said last; on one
    that sends, nothing, because that is in the outbox or was sent. Raises `NotStored` where the text could not be
    screened or redacted: nothing was kept, and the door shows the exception's message.
    """
    try:
        prepared = prepare(desk, wave, incoming)
        if isinstance(prepared, Reply):
            return prepared.messages
        return settle(desk, incoming.channel, desk.store.writer.take(prepared)).messages
    except CLOSED_MEANWHILE:
        return refuse(desk, wave, incoming).messages


def prepare(desk: Desk, wave: Wave, incoming: Incoming) -> Turn | Reply:
    """The turn to be handed to the writer; or the reply, where the wave is not open, or words that worry the screen
    can't be redacted. Raises `NotStored`.

    Screening and redaction happen here, in the thread of the caller, and take milliseconds where text was typed.
    """
    try:
        heard = hear(desk, incoming.input)
    except NotStored as failed:
        raise NotStored(_locale_of(desk, wave, incoming)) from failed.__cause__
    if heard.event is None or not wave.is_open(desk.today()):
        return Reply([each.to_json() for each in _answer_closed(desk, wave, incoming, heard)], closed=True)
    key = desk.key_of(wave.consultation.id)
    who = pseudonym(key, incoming.channel, incoming.chat)

    def decide(standing: Standing) -> Writes:
        return _decide(desk, wave, incoming, heard, standing, key, who)

    return Turn(who, wave.id, _mark(key, incoming), desk.today(), decide)


def refuse(desk: Desk, wave: Wave, incoming: Incoming) -> Reply:
    """The reply where a wave was closed between two looks at it (`CLOSED_MEANWHILE`): nothing of the turn was recorded,
    whatever was prepared. Raises `MissingKey` where the wave is open and its key is lost."""
    if not _is_closed(desk, wave):
        desk.key_of(wave.consultation.id)
    said = _answer_closed(desk, replace(wave, closed=True), incoming, hear(desk, incoming.input))
    return Reply([each.to_json() for each in said], closed=True)


def settle(desk: Desk, channel: Channel, taken: Taken) -> Reply:
    """What to say after a turn that is on the disk."""
    if taken.withdrawn:
        desk.store.wipe_journal()
    if channel in PULL:
        return Reply(taken.said, repeated=taken.repeated)
    return Reply([], repeated=True) if taken.repeated else Reply(taken.said, taken.turn, kept=taken.kept)


def _answer_closed(desk: Desk, wave: Wave, incoming: Incoming, heard: Heard) -> list[Message]:
    """Nothing is asked or recorded any more, but whoever is in danger is helped and heard all the same."""
    locale = _locale_of(desk, wave, incoming)
    closed = not_taking(wave, desk.today(), locale)
    lines = help_message(desk.arrangements().help_lines, None, locale)
    if heard.worrying is not None:
        _refer_closed(desk, wave, incoming, heard.worrying)
        who = speaks_as(None)
        immediate = heard.worrying.concern.level is Level.IMMEDIATE
        first = Words(f"safeguarding.immediate.{who}" if immediate else f"safeguarding.support.{who}")
        last = (Words("safeguarding.passed"), Words("safeguarding.closed"))
        return [tell(first, locale), lines, *(tell(each, locale) for each in last)]
    if isinstance(heard.event, Commanded) and heard.event.command is Command.HELP:
        return [tell(Words("help"), locale), lines, *closed]
    return closed


def _locale_of(desk: Desk, wave: Wave, incoming: Incoming) -> str:
    """That of the talk, as long as it can be told whose it is; else what the channel knows; else English."""
    who = whose_still(desk, wave, incoming.channel, incoming.chat)
    if who is not None:
        with desk.store.read() as session:
            row = conversation(session, who)
        if row is not None:
            return State.from_json(row.state).locale
    return incoming.locale or PLAIN


def _refer_closed(desk: Desk, wave: Wave, incoming: Incoming, worrying: Worrying) -> None:
    mark = _mark(desk.passing_key, incoming)  # the consultation's own key may be destroyed by now
    with desk.store.write() as session:
        if session.get(InboxRow, mark) is None:
            session.add(InboxRow(mark=mark, taken_on=desk.today()))
            session.add(sealed_of_nobody(desk, wave, worrying))


def hear(models: Models, given: Input) -> Heard:
    """Screen, then redact, in memory. Whatever goes wrong in either, the turn is not stored; what worries the screen
    goes to the lead all the same, sealed as it is.

    All of the text is screened. What is longer than an answer may be is never recorded, so no more than that much
    of it is redacted: the name model takes seconds over a very long text.
    """
    if isinstance(given, Relayed):
        return Heard(Written(given.words))
    if not isinstance(given, Typed):
        return Heard(given)
    typed = _storable(given.text.reveal())
    command = command_word(typed)
    if command is not None and given.edits is None:  # HELP brings the help lines whatever a screen makes of the word
        return Heard(Commanded(command, given.step))
    worrying = None
    try:
        concern = models.screen(typed)
        worrying = Worrying(typed, concern) if concern.level is not Level.NONE else None
        redacted = redact(RawText(typed[:LONGEST_ANSWER]), models.detector)
    except Exception as error:  # the models are other people's code: any failure of theirs must end closed
        log.error("a text could not be screened or redacted, so it was not stored (%s)", type(error).__name__)
        if worrying is not None:
            return Heard(None, worrying)
        raise NotStored from error
    said = Said(RawText(typed), redacted, concern.level, given.step, concern.about_staff)
    return Heard(Edited(given.edits.question, said) if given.edits else said, worrying)


def _storable(typed: str) -> str:
    """Without what no database takes: halves of characters, and the character zero."""
    return typed.encode("utf-8", "replace").decode().replace("\0", "")


def _decide(
    desk: Desk, wave: Wave, incoming: Incoming, heard: Heard, standing: Standing, key: bytes, who: Pseudonym
) -> Writes:
    """What the turn writes over what is stored."""
    assert heard.event is not None  # else there is no turn: see `prepare`
    survey = desk.survey_of(wave)
    pulled = incoming.channel in PULL
    before = standing.state or State(survey.id, survey.version, contact=wave.consultation.contact, reminded=pulled)
    event = _if_it_stands(desk, incoming, standing, heard.event)
    after = step(survey, before, as_tap(survey, before, wave, event))
    after, remind_on = plan_reminder(survey, wave, desk.today(), before, after)
    said = desk.renderer.messages(after.effects, after.state, wave, desk.arrangements())
    if isinstance(event, Reminded):  # by night, or in school, it is not said any more
        said = [{**each, "until": latest(desk.today()).isoformat()} for each in said]
    if pulled and before.awaiting in UNREAD and after.state.awaiting in UNREAD:
        said = _still_to_read(standing.said(), said)
    thread = partial(conversation_thread, key, incoming.channel, incoming.chat)
    contact = Contact(incoming.channel, incoming.chat, after.state.step)
    reminders = [reminder(key, wave, contact, remind_on, desk.new_id())] if remind_on else []
    handles = [_handle(desk, wave, key, who, incoming) for each in after.effects if isinstance(each, OpenHandle)]
    return Writes(
        state=after.state,
        said=said if pulled else [],
        outgoing=None if pulled or not said else Outgoing(seal_address(key, who, incoming.chat), said),
        concerns=sealed_of(desk, wave, thread, heard.worrying, before, after, handles),
        recorded=record(after, standing, wave, incoming.channel, desk.new_id, desk.today()),
        handles=handles,
        ends_contact=any(isinstance(each, EndContact) for each in after.effects),
        reminders=reminders,
        kept=_kept(desk, after.effects),
    )


def _kept(desk: Desk, effects: Sequence[Effect]) -> Kept | None:
    for each in effects:
        if isinstance(each, RecordAnswer) and isinstance(each.answer, Told):
            return Kept(each.question, content_mark(desk.passing_key, each.answer.text.text))
    return None


def _if_it_stands(desk: Desk, incoming: Incoming, standing: Standing, event: Event) -> Event:
    """An edit of words that were changed or taken away since, perhaps by way of another process, is of no answer."""
    if not isinstance(event, Edited) or not isinstance(incoming.input, Typed) or incoming.input.edits is None:
        return event
    edits, response = incoming.input.edits, standing.response
    stored = standing.text_of(response, edits.question) if response else None
    stands = stored is not None and content_mark(desk.passing_key, stored) == edits.mark
    return event if stands else replace(event, question=None)


def _still_to_read(earlier: list[dict[str, Any]], said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said, with what the lead wrote before and nobody has answered: a page shows the last turn alone."""
    unread = [each for each in earlier if each.get("passed_on")]
    before = 0 if any(each.get("passed_on") for each in said) else len(said) - 1  # right above the prompt
    return [*said[:before], *unread, *said[before:]]


def _handle(desk: Desk, wave: Wave, key: bytes, who: Pseudonym, incoming: Incoming) -> ReplyHandleRow:
    days = desk.arrangements().reply_days
    return open_handle(key, wave, who, incoming.channel, incoming.chat, desk.keyring(), desk.today(), days)


def _mark(key: bytes, incoming: Incoming) -> str:
    """The update as the inbox knows it, by a keyed hash of all that the person did."""
    given = incoming.input
    content = given.text.reveal() if isinstance(given, Typed) else repr(given)
    return update_mark(key, incoming.channel, incoming.chat, incoming.update_id, _storable(content))


def as_tap(survey: Survey, state: State, wave: Wave, event: Event) -> Event:
    """Words that stand on one of the system's own buttons mean that button, in whatever language it is written."""
    if not isinstance(event, Said) or event.concern is not Level.NONE:
        return event
    typed = event.raw.reveal()
    for ask in (each for each in for_state(survey, state) if isinstance(each, Ask)):
        own = [each for each in ask.choices if ask.question is None or isinstance(each.label, Words)]
        labels = [(each.value, say(each.label, state.locale, wave)) for each in own]
        if state.awaiting is Awaiting.AUDIENCE:
            meant = match_choice(typed, labels, state.locale)
        else:  # elsewhere words may be meant for the safety team
            meant = next((value for value, label in labels if fold(label) == fold(typed) != ""), None)
        if meant is not None:
            return Tapped(event.step if event.step is not None else state.step, (meant,))
    return event
