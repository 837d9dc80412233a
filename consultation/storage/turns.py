"""What one turn of a conversation finds stored and what it writes, as plain values; reads of single conversations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import orjson
from sqlmodel import Session

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
from consultation.domain.ids import AnswerId, Pseudonym, QuestionId, ResponseId, WaveId
from consultation.domain.text import RedactedText
from consultation.flow.state import State
from consultation.storage.statements import Statements, statements
from consultation.storage.tables import AnswerRow, ConcernRow, ConversationRow, ReminderRow, ReplyHandleRow

Values: TypeAlias = tuple[Any, ...]  # one row, in the order of the columns of its statement


class IntakeEnded(Exception):
    """The wave of this turn is being closed, or is closed: nothing of the turn was kept."""


class StaleTurn(Exception):
    """Another turn of the same conversation was committed first, again and again."""


@dataclass(frozen=True)
class Standing:
    """A conversation as it is stored. `version` 0 is one that has not begun; `text_of` reads one stored free text,
    `said` what was said last on a channel that fetches it."""

    version: int
    state: State | None
    response: ResponseId | None
    text_of: Callable[[ResponseId, QuestionId], str | None]
    said: Callable[[], list[dict[str, Any]]] = list


@dataclass(frozen=True)
class Outgoing:
    """What a turn says to a chat that it must be sent to, and the sealed address of that chat."""

    address: str
    messages: list[dict[str, Any]]


@dataclass
class Recorded:
    """The response that the conversation has from here on, and rows, carried out in this order."""

    response: ResponseId | None
    withdrawn: list[ResponseId] = field(default_factory=list)
    opened: list[Values] = field(default_factory=list)
    erased: list[Values] = field(default_factory=list)
    answers: list[Values] = field(default_factory=list)
    spoken: list[Values] = field(default_factory=list)
    finished: list[ResponseId] = field(default_factory=list)


@dataclass(frozen=True)
class Writes:
    """All that a turn changes. `said` is kept for channels that fetch it, `outgoing` is for those that send."""

    state: State
    said: list[dict[str, Any]]
    outgoing: Outgoing | None
    recorded: Recorded
    concerns: Sequence[ConcernRow] = ()
    handles: Sequence[ReplyHandleRow] = ()  # opened by this turn
    ends_contact: bool = False  # the talk's handles go
    reminders: Sequence[ReminderRow] = ()  # asked for by this turn
    kept: Any = None  # what whoever gave the turn may want to know of it; stored nowhere


@dataclass(frozen=True)
class Turn:
    """One turn on its way to the disk: whose it is, the mark of its update, and what it makes of what is stored.

    `decide` is called before anything of the turn is written, and again if another turn came first.
    """

    who: Pseudonym
    wave: WaveId
    mark: str
    on: date
    decide: Callable[[Standing], Writes]


@dataclass(frozen=True)
class Taken:
    """A turn that is on the disk. `repeated`: its update was taken before, and nothing was changed; `said` is then
    what was said last. `turn` numbers it in its conversation. `kept` is as the turn's own writes had it."""

    turn: int
    said: list[dict[str, Any]]
    repeated: bool = False
    withdrawn: bool = False
    kept: Any = None


def answer_values(response: ResponseId, question: QuestionId, answer: Answer, new_id: AnswerId, on: date) -> Values:
    """A row of `answer`."""
    value, text = _columns(answer)
    stored = None if value is None else orjson.dumps(value).decode()
    return new_id, response, question, type(answer).__name__, stored, text.text if text else None, on.isoformat()


def extended(earlier: str | None, more: RedactedText) -> Told:
    """The reply to a follow-up, as a new line of the answer."""
    return Told(RedactedText.stored(f"{earlier}\n{more.text}" if earlier else more.text))


def conversation(session: Session, pseudonym: Pseudonym) -> ConversationRow | None:
    return session.scalars(_of(session).conversation, {"name": pseudonym}).one_or_none()


def answers_of(session: Session, response: ResponseId) -> list[AnswerRow]:
    return list(session.scalars(_of(session).answers, {"name": response}))


def _of(session: Session) -> Statements:
    return statements(session.get_bind().dialect.name)


def _columns(answer: Answer) -> tuple[Any, RedactedText | None]:
    match answer:
        case Told(text):
            return None, text
        case Chosen(option):
            return option, None
        case ChosenSeveral(options) | Ranked(options):
            return list(options), None
        case Dated(written):
            return written, None
        case Scored(number) | Counted(number):
            return number, None
        case Skipped() | Withheld():
            return None, None
