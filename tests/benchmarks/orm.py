"""The reference for how it is usually done: one SQLModel session a turn, committed by itself."""

import json
from typing import Any

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from consultation.domain.ids import ResponseId
from consultation.flow.state import State
from consultation.storage.tables import AnswerRow, ConversationRow, InboxRow, ResponseRow
from consultation.storage.turns import Recorded, Standing, Turn


def take_turn(engine: Engine, turn: Turn) -> None:
    """The same engine step as ours, with the rows as objects."""
    with Session(engine) as session:
        if session.get(InboxRow, turn.mark) is not None:
            return
        row = session.get(ConversationRow, turn.who)
        made = turn.decide(_standing(session, row))
        if row is None:
            row = ConversationRow(pseudonym=turn.who, wave_id=turn.wave, version=0, state={})
            session.add(row)
        row.version += 1
        row.response_id = made.recorded.response
        row.state = made.state.to_json()
        row.said = made.said
        session.add(InboxRow(mark=turn.mark, taken_on=turn.on))
        _record(session, made.recorded, turn)
        session.commit()


def _standing(session: Session, row: ConversationRow | None) -> Standing:
    def text_of(response: str, question: str) -> str | None:
        return session.exec(select(AnswerRow.text).where(*_of(response, question))).first()

    if row is None:
        return Standing(0, None, None, text_of)
    response = ResponseId(row.response_id) if row.response_id else None
    return Standing(row.version, State.from_json(row.state), response, text_of)


def _record(session: Session, made: Recorded, turn: Turn) -> None:
    for identity, wave, audience, channel, locale, consent_wording, _ in made.opened:
        session.add(
            ResponseRow(
                id=identity, wave_id=wave, audience=audience, channel=channel, locale=locale,
                consent_wording=consent_wording, consented_on=turn.on,
            )
        )  # fmt: skip
    for response, question in made.erased:
        session.execute(delete(AnswerRow).where(*_of(response, question)))
    for identity, response, question, kind, value, text, _ in made.answers:
        value = None if value is None else json.loads(value)
        session.add(
            AnswerRow(
                id=identity, response_id=response, question=question, kind=kind, value=value, text=text,
                answered_on=turn.on,
            )
        )  # fmt: skip
    for response in made.finished:
        finished = session.get_one(ResponseRow, response)
        finished.finished = True


def _of(response: str, question: str) -> tuple[Any, ...]:
    return col(AnswerRow.response_id) == response, col(AnswerRow.question) == question
