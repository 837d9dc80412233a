"""One turn of a conversation: screen, redact, step, and one transaction that records all of it or nothing.

The caller acknowledges to its channel only after this returns: by then everything is on the disk.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from sqlmodel import Session

from consultation.domain.concern import Concern, Level
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.ids import AnswerId, ConsultationId, Pseudonym, ResponseId
from consultation.domain.survey import Survey
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.effects import (
    Ask,
    Effect,
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    RecordAnswer,
    RecordConsent,
    Refer,
    WithdrawResponse,
)
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, SentSomethingElse, Tapped
from consultation.flow.prompts import command_word, for_state
from consultation.flow.state import LONGEST_ANSWER, State
from consultation.locale import render
from consultation.operations.messages import Message, briefing, help_text, messages, say
from consultation.privacy.detect import Detector
from consultation.privacy.pseudonyms import conversation_thread, pseudonym, update_mark
from consultation.privacy.redact import redact
from consultation.safeguarding.seal import SealedMessage, seal
from consultation.storage import turns
from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow, ConversationRow, ResponseRow

log = logging.getLogger("sayso.converse")

PULL = frozenset({Channel.WEB, Channel.TERMINAL, Channel.SIMULATION})  # they fetch what is said; nothing is sent


@dataclass(frozen=True)
class Typed:
    """The person typed this. It is screened and redacted before anything else happens."""

    text: RawText
    step: int | None = None


Input: TypeAlias = Typed | Began | Tapped | Commanded | SentSomethingElse


@dataclass(frozen=True)
class Incoming:
    """One update, post or line as a door decoded it, with no identity but the chat's own address, which lives in
    memory alone. `update_id` is the channel's own number for it: the same one twice is one turn."""

    channel: Channel
    chat: str
    update_id: str
    input: Input


@dataclass(frozen=True)
class Desk:
    """What converse needs from outside: rules, records, and chance and time as functions."""

    store: Store
    survey_of: Callable[[Wave], Survey]
    key_of: Callable[[ConsultationId], bytes]
    detector: Detector
    screen: Callable[[str], Concern]
    leads: tuple[str, ...]
    today: Callable[[], date]
    new_id: Callable[[], str]
    new_reference: Callable[[], str]
    alerts: bool = True  # False where nobody is to be told, because nobody said it


class NotStored(Exception):
    """The words could not be made safe to keep, so nothing of the turn was kept. `message` tells the person so."""

    def __init__(self) -> None:
        self.message = Message(render(Words("turn.not_stored"), PLAIN))
        super().__init__("a text could not be screened or redacted; nothing of it was stored")


@dataclass(frozen=True)
class _Heard:
    """The event of a turn, and the sealed concern that goes with it, if any."""

    event: Event
    concern: Concern | None = None
    words: str = field(default="", repr=False)


def whose(desk: Desk, wave: Wave, channel: Channel, chat: str) -> Pseudonym:
    """The pseudonym of a chat in this consultation."""
    return pseudonym(desk.key_of(wave.consultation.id), channel, chat)


def converse(desk: Desk, wave: Wave, incoming: Incoming) -> list[Message]:
    """Take one turn; returns all that is still to be said to this person, this turn's messages last.

    A repeated update changes nothing and returns what is still unsaid. Raises `NotStored` where the text could not
    be screened or redacted: nothing was kept, and the door shows the exception's message.
    """
    heard = _hear(desk, incoming.input)
    if not wave.is_open(desk.today()):
        return _answer_closed(desk, wave, incoming, heard)
    who = whose(desk, wave, incoming.channel, incoming.chat)
    for attempt in range(5):
        try:
            with desk.store.write() as session:
                said, withdrawn = _take_turn(desk, session, wave, incoming, who, heard)
            break
        except turns.StaleTurn:
            if attempt == 4:
                raise
    if withdrawn:
        desk.store.wipe_journal()
    return said


def _answer_closed(desk: Desk, wave: Wave, incoming: Incoming, heard: _Heard) -> list[Message]:
    """Nothing is asked or recorded any more, but whoever is in danger is helped and heard all the same."""
    closed = Message(render(Words("wave.not_open", briefing(wave)), PLAIN))
    lines = Message(help_text(None, PLAIN))
    if heard.concern is not None:
        with desk.store.write() as session:
            if turns.take_update(session, incoming.channel.value, f"{wave.id}:{incoming.update_id}"):
                _refer(desk, session, heard.words, heard.concern, State(wave.survey, wave.survey_version), thread="")
        key = "safeguarding.immediate" if heard.concern.level is Level.IMMEDIATE else "safeguarding.support"
        return [Message(render(Words(key), PLAIN)), lines, closed]
    if isinstance(heard.event, Commanded) and heard.event.command is Command.HELP:
        return [Message(render(Words("help"), PLAIN)), lines, closed]
    return [closed]


def _hear(desk: Desk, given: Input) -> _Heard:
    """Screen, then redact, in memory. Whatever goes wrong in either, the turn is not stored.

    All of the text is screened. What is longer than an answer may be is never recorded, so no more than that much
    of it is redacted: the name model takes seconds over a very long text.
    """
    if not isinstance(given, Typed):
        return _Heard(given)
    typed = given.text.reveal()
    command = command_word(typed)
    if command is not None:  # HELP brings the help lines whatever a screen makes of the word
        return _Heard(Commanded(command, given.step))
    try:
        concern = desk.screen(typed)
        redacted = redact(RawText(typed[:LONGEST_ANSWER]), desk.detector)
    except Exception as error:  # the models are other people's code: any failure of theirs must end closed
        log.error("a text could not be screened or redacted, so it was not stored (%s)", type(error).__name__)
        raise NotStored from error
    event = Said(given.text, redacted, concern.level, given.step)
    return _Heard(event) if concern.level is Level.NONE else _Heard(event, concern, typed)


def _take_turn(
    desk: Desk, session: Session, wave: Wave, incoming: Incoming, who: Pseudonym, heard: _Heard
) -> tuple[list[Message], bool]:
    """(what is unsaid, whether a response was withdrawn)."""
    if not turns.take_update(session, incoming.channel.value, _mark(desk, wave, incoming)):
        return _unsaid(session, who), False
    row = turns.conversation(session, who)
    survey = desk.survey_of(wave)
    before = State.from_json(row.state) if row else State(survey.id, survey.version)
    after = step(survey, before, _as_tap(survey, before, wave, heard.event))
    response = _record(desk, session, wave, incoming.channel, row, after.state, after.effects)
    was = row.version if row else 0
    turns.save_conversation(session, who, wave.id, response, after.state, was)
    if incoming.channel in PULL:
        turns.clear_outbox(session, who)
    said = messages(after.effects, after.state, wave)
    turns.add_to_outbox(session, who, was + 1, [each.to_json() for each in said])
    session.flush()
    _refer_all(desk, session, wave, incoming, heard, before, after.effects)
    return _unsaid(session, who), any(isinstance(each, WithdrawResponse) for each in after.effects)


def _mark(desk: Desk, wave: Wave, incoming: Incoming) -> str:
    """The update as the inbox knows it, by a keyed hash of all that the person did."""
    given = incoming.input
    content = given.text.reveal() if isinstance(given, Typed) else repr(given)
    key = desk.key_of(wave.consultation.id)
    return update_mark(key, incoming.channel, incoming.chat, incoming.update_id, content)


def _as_tap(survey: Survey, state: State, wave: Wave, event: Event) -> Event:
    """Words that stand on one of the system's own buttons mean that button, in whatever language it is written."""
    if not isinstance(event, Said) or event.concern is not Level.NONE:
        return event
    typed = event.raw.reveal().strip().rstrip(".!").casefold()
    for ask in for_state(survey, state):
        for choice in ask.choices if isinstance(ask, Ask) and ask.question is None else ():
            if say(choice.label, state.locale, wave).casefold() == typed:
                return Tapped(event.step if event.step is not None else state.step, (choice.value,))
    return event


def _unsaid(session: Session, who: Pseudonym) -> list[Message]:
    return [Message.from_json(each.message) for each in turns.outbox(session, who)]


def _record(
    desk: Desk, session: Session, wave: Wave, channel: Channel, row: ConversationRow | None, state: State,
    effects: tuple[Effect, ...],
) -> ResponseId | None:  # fmt: skip
    """Carry out what records something. Returns the response that the conversation has from here on."""
    response = ResponseId(row.response_id) if row and row.response_id else None
    for effect in effects:
        if isinstance(effect, RecordConsent) and response is None:
            response = ResponseId(desk.new_id())
            turns.open_response(session, _new_response(desk, wave, channel, state, effect, response))
        elif isinstance(effect, WithdrawResponse) and response is not None:
            turns.withdraw_response(session, response)
            response = None
        elif response is not None:
            _record_in(desk, session, response, effect)
    return response


def _record_in(desk: Desk, session: Session, response: ResponseId, effect: Effect) -> None:
    today = desk.today()
    match effect:
        case RecordAnswer(question, answer):
            turns.record_answer(session, response, question, answer, AnswerId(desk.new_id()), today)
        case ExtendAnswer(question, text):
            turns.extend_answer(session, response, question, text, AnswerId(desk.new_id()), today)
        case EraseAnswer(question):
            turns.erase_answer(session, response, question)
        case FinishResponse():
            turns.finish_response(session, response)
        case _:
            pass


def _new_response(
    desk: Desk, wave: Wave, channel: Channel, state: State, consent: RecordConsent, response: ResponseId
) -> ResponseRow:
    assert state.audience is not None
    return ResponseRow(
        id=response, wave_id=wave.id, audience=Audience(state.audience).value, channel=channel.value,
        locale=state.locale, consent_wording=consent.wording, consented_on=desk.today(),
    )  # fmt: skip


def _refer_all(
    desk: Desk,
    session: Session,
    wave: Wave,
    incoming: Incoming,
    heard: _Heard,
    before: State,
    effects: tuple[Effect, ...],
) -> None:
    """Seal what worried the screen, and what was replied when the person was asked whether they are safe."""
    thread = conversation_thread(desk.key_of(wave.consultation.id), incoming.channel, incoming.chat)
    if heard.concern is not None:
        _refer(desk, session, heard.words, heard.concern, before, thread)
    for effect in effects:
        if isinstance(effect, Refer):
            reply = Concern(Level.IMMEDIATE, 1.0, "Their answer to: are you safe right now?")
            _refer(desk, session, effect.words.reveal(), reply, before, thread)


def _refer(desk: Desk, session: Session, words: str, concern: Concern, before: State, thread: str) -> None:
    """Seal the words as written to the safeguarding lead, in the same transaction as the turn."""
    message = SealedMessage(
        text=words,
        level=concern.level.value,
        reason=concern.reason,
        audience=before.audience.value if before.audience else "not said",
        question=before.current or "none",
        thread=thread,
    )
    row = ConcernRow(
        reference=desk.new_reference(),
        level=message.level,
        raised_on=desk.today(),
        sealed=seal(message, desk.leads),
        alerted=not desk.alerts,
    )
    turns.seal_concern(session, row)
