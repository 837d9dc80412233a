"""What one turn of a conversation reads and writes, inside the caller's transaction."""

from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, select

from consultation.domain.answer import Answer, Chosen, ChosenSeveral, Counted, Scored, Skipped, Told, Withheld
from consultation.domain.ids import AnswerId, Pseudonym, QuestionId, ResponseId, WaveId
from consultation.domain.text import RedactedText
from consultation.flow.state import State
from consultation.storage.tables import (
    AnswerRow,
    ConcernRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    ResponseRow,
)


class StaleTurn(Exception):
    """Another turn of the same conversation was committed first; read again and retry."""


def take_update(session: Session, channel: str, update_id: str) -> bool:
    """Note the update as taken; False if it was taken before."""
    statement = sqlite_insert(InboxRow).values(channel=channel, update_id=update_id).on_conflict_do_nothing()
    return cast(CursorResult[Any], session.execute(statement)).rowcount == 1


def conversation(session: Session, pseudonym: Pseudonym) -> ConversationRow | None:
    return session.get(ConversationRow, pseudonym)


def save_conversation(
    session: Session, pseudonym: Pseudonym, wave: WaveId, response: ResponseId | None, state: State, was: int
) -> None:
    """Write the state over version `was` (0: a new conversation). Raises `StaleTurn` if that is not current."""
    values = {"response_id": response, "version": was + 1, "state": state.to_json()}
    if was == 0:
        statement = sqlite_insert(ConversationRow).values(pseudonym=pseudonym, wave_id=wave, **values)
        done = session.execute(statement.on_conflict_do_nothing())
    else:
        here = (col(ConversationRow.pseudonym) == pseudonym) & (col(ConversationRow.version) == was)
        done = session.execute(update(ConversationRow).where(here).values(**values))
    if cast(CursorResult[Any], done).rowcount != 1:
        raise StaleTurn(pseudonym[:6])


def add_to_outbox(session: Session, pseudonym: Pseudonym, turn: int, messages: list[dict[str, Any]]) -> None:
    """What the bot says after this turn, behind what an earlier turn left unsaid."""
    for place, message in enumerate(messages):
        session.add(OutboxRow(pseudonym=pseudonym, turn=turn, place=place, message=message))


def clear_outbox(session: Session, pseudonym: Pseudonym) -> None:
    session.execute(delete(OutboxRow).where(col(OutboxRow.pseudonym) == pseudonym))


def outbox(session: Session, pseudonym: Pseudonym) -> list[OutboxRow]:
    """What is to be said, in order."""
    order = (col(OutboxRow.turn), col(OutboxRow.place))
    return list(session.exec(select(OutboxRow).where(OutboxRow.pseudonym == pseudonym).order_by(*order)))


def strike_from_outbox(session: Session, pseudonym: Pseudonym, turn: int, place: int) -> None:
    here = (col(OutboxRow.pseudonym) == pseudonym) & (col(OutboxRow.turn) == turn) & (col(OutboxRow.place) == place)
    session.execute(delete(OutboxRow).where(here))


def open_response(session: Session, row: ResponseRow) -> None:
    session.add(row)
    session.flush()


def finish_response(session: Session, response: ResponseId) -> None:
    here = col(ResponseRow.id) == response
    session.execute(update(ResponseRow).where(here).values(finished=True))


def withdraw_response(session: Session, response: ResponseId) -> None:
    """The response and all of its answers go; rows that depend on an answer go with it."""
    session.execute(delete(ResponseRow).where(col(ResponseRow.id) == response))


def record_answer(
    session: Session, response: ResponseId, question: QuestionId, answer: Answer, new_id: AnswerId, on: date
) -> None:
    """Write the answer under a new id, so that nothing coded on an earlier wording sticks to it."""
    erase_answer(session, response, question)
    value, text = _columns(answer)
    session.add(
        AnswerRow(
            id=new_id,
            response_id=response,
            question=question,
            kind=type(answer).__name__,
            value=value,
            text=text.text if text else None,
            answered_on=on,
        )
    )
    session.flush()


def extend_answer(
    session: Session,
    response: ResponseId,
    question: QuestionId,
    more: RedactedText,
    new_id: AnswerId,
    on: date,
) -> None:
    """Add the reply to a follow-up, as a new line of the answer."""
    here = (AnswerRow.response_id == response, AnswerRow.question == question)
    row = session.exec(select(AnswerRow).where(*here)).one_or_none()
    said = f"{row.text}\n{more.text}" if row and row.text else more.text
    record_answer(session, response, question, Told(RedactedText.stored(said)), new_id, on)


def erase_answer(session: Session, response: ResponseId, question: QuestionId) -> None:
    here = (col(AnswerRow.response_id) == response) & (col(AnswerRow.question) == question)
    session.execute(delete(AnswerRow).where(here))


def answers_of(session: Session, response: ResponseId) -> list[AnswerRow]:
    return list(session.exec(select(AnswerRow).where(AnswerRow.response_id == response)))


def seal_concern(session: Session, row: ConcernRow) -> None:
    session.add(row)


def _columns(answer: Answer) -> tuple[Any, RedactedText | None]:
    match answer:
        case Told(text):
            return None, text
        case Chosen(option):
            return option, None
        case ChosenSeveral(options):
            return list(options), None
        case Scored(number) | Counted(number):
            return number, None
        case Skipped() | Withheld():
            return None, None
