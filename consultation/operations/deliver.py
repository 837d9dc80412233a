"""What is still to be said to chats that messages are sent to. At least once each: a crash may repeat, never lose.

A turn leaves what it says in the outbox, leased by the process that took it, which sends it and strikes it. What a
process that died left there is taken over by another, from the sealed address. Once a
wave is closed and its key destroyed nothing waits any more, and there is nothing to do.
"""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import Pseudonym
from consultation.operations.converse import Desk, key_still, whose_still
from consultation.operations.messages import Message
from consultation.privacy.addresses import UnreadableAddress, open_address
from consultation.storage.tables import OutboxRow

log = logging.getLogger("sayso.deliver")

MOST = 100  # rows taken over at once


@dataclass(frozen=True)
class Unsaid:
    """What one turn still has to say to one chat."""

    chat: str
    turn: int
    messages: tuple[Message, ...]


def take_over(desk: Desk, wave: Wave) -> list[Unsaid]:
    """Lease what nobody living is sending, in the order of each talk. Two processes never take the same."""
    database = desk.store.database
    living = database.living()
    key = key_still(desk, wave)
    if key is None:
        return []
    left_behind = (col(OutboxRow.leased_by).is_(None)) | (col(OutboxRow.leased_by).not_in(living))
    order = (col(OutboxRow.pseudonym), col(OutboxRow.turn))
    wanted = select(OutboxRow).where(OutboxRow.wave_id == wave.id, left_behind).order_by(*order).limit(MOST)
    with desk.store.write() as session:
        rows = session.exec(wanted.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.leased_by = database.me
        return [unsaid for row in rows if (unsaid := _open(session, row, key))]


def unsaid(desk: Desk, wave: Wave, channel: Channel, chat: str) -> list[Unsaid]:
    """What waits for this chat, in order, whoever is sending it."""
    who = whose_still(desk, wave, channel, chat)
    with desk.store.read() as session:
        rows = session.exec(select(OutboxRow).where(OutboxRow.pseudonym == who).order_by(col(OutboxRow.turn))).all()
        return [Unsaid(chat, row.turn, _messages(row)) for row in rows]


def note_said(desk: Desk, wave: Wave, channel: Channel, chat: str, turn: int) -> None:
    """All of this turn was sent. Written with the next batch of turns."""
    who = whose_still(desk, wave, channel, chat)
    if who is not None:
        desk.store.writer.strike(who, turn)


def leave_rest(desk: Desk, wave: Wave, channel: Channel, chat: str, turn: int, rest: tuple[Message, ...]) -> None:
    """Some of this turn was sent; the rest is for whoever takes it over."""
    here = _of(whose_still(desk, wave, channel, chat)) & (col(OutboxRow.turn) == turn)
    with desk.store.write() as session:
        kept = {"messages": [each.to_json() for each in rest], "leased_by": None}
        session.execute(update(OutboxRow).where(here).values(kept))


def forget_unsaid(desk: Desk, wave: Wave, channel: Channel, chat: str) -> None:
    """The chat can't be reached any more (the person blocked the bot): nothing waits for it, and its address goes."""
    with desk.store.write() as session:
        session.execute(delete(OutboxRow).where(_of(whose_still(desk, wave, channel, chat))))


def end_leases(desk: Desk) -> None:
    """This process sends no more: what it has not said is for another to take over at once."""
    with desk.store.write() as session:
        mine = col(OutboxRow.leased_by) == desk.store.database.me
        session.execute(update(OutboxRow).where(mine).values(leased_by=None))


def _open(session: Session, row: OutboxRow, key: bytes) -> Unsaid | None:
    try:
        chat = open_address(key, Pseudonym(row.pseudonym), row.address)
    except UnreadableAddress as error:
        log.error("something in the outbox can't be sent and is struck (%s)", type(error).__name__)
        session.delete(row)
        return None
    return Unsaid(chat, row.turn, _messages(row))


def _messages(row: OutboxRow) -> tuple[Message, ...]:
    return tuple(Message.from_json(each) for each in row.messages)


def _of(who: Pseudonym | None) -> ColumnElement[bool]:
    return col(OutboxRow.pseudonym) == who
