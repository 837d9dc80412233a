"""What the bot said last, or is still to say, to the people of given responses. For those who must change it and may
not know whose chats they are: on PostgreSQL by functions of migration 0004, which tell no pseudonym."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from consultation.storage.tables import ConversationRow, OutboxRow


@dataclass(frozen=True)
class Said:
    """`turn` numbers what waits in the outbox; None is what was said last and is shown on the talk's page."""

    response: str
    turn: int | None
    messages: list[dict[str, Any]]


def hold(session: Session, responses: Collection[str]) -> list[Said]:
    """All of it. The talks are locked, in the order in which turns lock them, until the transaction ends: no turn then
    reads an old answer and writes it back, longer by the reply to a follow-up."""
    if _is_postgresql(session):
        found = session.execute(text("SELECT * FROM said_find(:these)"), {"these": json.dumps(sorted(responses))})
        return [Said(*row) for row in found]
    mine = col(ConversationRow.response_id).in_(responses)
    last = session.exec(select(ConversationRow.response_id, ConversationRow.said).where(mine))
    waiting = session.exec(
        select(ConversationRow.response_id, OutboxRow.turn, OutboxRow.messages)
        .join(OutboxRow, col(OutboxRow.pseudonym) == ConversationRow.pseudonym)
        .where(mine)
    )
    rows: list[Any] = [(response, None, said) for response, said in last] + list(waiting)
    return [Said(*row) for row in rows]


def put(session: Session, these: Iterable[Said]) -> None:
    """In place of what was there."""
    if _is_postgresql(session):
        rows = json.dumps([[each.response, each.turn, each.messages] for each in these])
        session.execute(text("SELECT said_put(:these)"), {"these": rows})
        return
    for each in these:
        mine = col(ConversationRow.response_id) == each.response
        if each.turn is None:
            session.execute(update(ConversationRow).where(mine).values(said=each.messages))
        else:
            here = col(OutboxRow.pseudonym).in_(select(ConversationRow.pseudonym).where(mine))
            change = update(OutboxRow).where(here, col(OutboxRow.turn) == each.turn).values(messages=each.messages)
            session.execute(change)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
