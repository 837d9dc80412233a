"""Says to a chat what the safeguarding lead wrote to its handle: makes a turn of it, and strikes it. Due work.

Killed in between it is taken again, and the turn, which carries its id, is known by then: it is said once. What can't
be said any more is struck. Handles that are over go with all that was written to them.
"""

import logging
from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import WaveId
from consultation.domain.text import RawText
from consultation.operations.converse import Desk, Incoming, Relayed, Reply, key_still, prepare, settle
from consultation.operations.deliver import leave_rest
from consultation.operations.open_handle import Behind, behind
from consultation.privacy.addresses import UnreadableAddress
from consultation.safeguarding.handles import open_words
from consultation.safeguarding.seal import UnusableKey
from consultation.storage import consultations
from consultation.storage.keys import UnusableKeys
from consultation.storage.tables import ConversationRow, RelayRow, ReplyHandleRow
from consultation.storage.turns import IntakeEnded

log = logging.getLogger("sayso.relay")


def relay(desk: Desk, *, trusted: bool = True) -> int:
    """Say what waits; returns how much was said. One process at a time. Where the clock is not `trusted`, no handle is
    taken for over. Raises `UnusableKeys` where a key is away that may come back: what it opens waits, and no other."""
    with desk.store.database.only_one("relay") as mine:
        if not mine:
            return 0
        with desk.store.read() as session:
            some = session.exec(select(ReplyHandleRow.handle)).first() or session.exec(select(RelayRow.id)).first()
        if some is None:  # as nearly always
            return 0
        _forget_what_is_over(desk, trusted=trusted)
        with desk.store.read() as session:
            waiting = session.exec(select(RelayRow).order_by(col(RelayRow.id))).all()
        return _pass_all_on(desk, waiting)


def _pass_all_on(desk: Desk, waiting: Sequence[RelayRow]) -> int:
    said, away = 0, None
    for each in waiting:
        try:
            said += _pass_on(desk, each)
        except UnusableKeys as why:
            away = why
    if away:
        raise away
    return said


def _forget_what_is_over(desk: Desk, *, trusted: bool) -> None:
    """The address goes on the day after its last, and what nobody can open any more with it."""
    over = 0
    with desk.store.write() as session:
        if trusted:
            done = session.execute(delete(ReplyHandleRow).where(col(ReplyHandleRow.last_day) < desk.today()))
            over = done.rowcount  # type: ignore[attr-defined]
        gone = col(RelayRow.handle).not_in(select(ReplyHandleRow.handle))
        if left := session.exec(select(RelayRow.id).where(gone)).all():
            log.warning("%s of the safeguarding lead's messages came too late: contact had ended", len(left))
            session.execute(delete(RelayRow).where(gone))
    if over or left:  # and not at every look: a database that is stale is written anew, and everybody waits
        desk.store.database.stale = True


def _pass_on(desk: Desk, row: RelayRow) -> bool:
    with desk.store.read() as session:
        handle = session.get(ReplyHandleRow, row.handle)
        wave = consultations.wave_by_id(session, WaveId(handle.wave_id)) if handle else None
        talks = handle is not None and session.get(ConversationRow, handle.pseudonym) is not None
    said = bool(handle and wave and talks) and _say(desk, wave, handle, row)  # type: ignore[arg-type]
    if not said:
        log.warning("a message of the safeguarding lead's could not be said: the talk or the consultation has ended")
    with desk.store.write() as session:
        _strike(session, row)
    desk.store.database.stale = True
    return said


def _say(desk: Desk, wave: Wave, handle: ReplyHandleRow, row: RelayRow) -> bool:
    """As a turn of that chat. False where it can take none."""
    channel, key = Channel(handle.channel), key_still(desk, wave)
    if key is None:
        return False
    try:
        found = behind(key, handle)
        reply = _turn(desk, wave, channel, found, row)
    except (IntakeEnded, UnreadableAddress, UnusableKey):
        return False
    if reply.turn is not None:  # this process talks to no channel: whoever does takes it over
        leave_rest(desk, wave, channel, found.chat, reply.turn, tuple(reply.messages))
    return not reply.closed


def _turn(desk: Desk, wave: Wave, channel: Channel, found: Behind, row: RelayRow) -> Reply:
    words = Relayed(RawText(open_words(row.words, found.private)))
    prepared = prepare(desk, wave, Incoming(channel, found.chat, f"relay {row.id}", words))
    if isinstance(prepared, Reply):
        return prepared
    return settle(desk, channel, desk.store.writer.take(prepared))


def _strike(session: Session, row: RelayRow) -> None:
    session.execute(delete(RelayRow).where(col(RelayRow.id) == row.id))
