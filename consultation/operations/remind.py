"""Writes to the chats that asked for it on the day they asked for, within its free hours, once: makes a turn of each,
and strikes what was kept. Due work.

Killed in between it is taken again, and the turn, which carries its name, is known by then: it is said once. Who is not
to be reminded after all, the talk decides (`flow/reminding.py`). What could not be said on its day is not said at all:
no other day was promised, and nobody's address is kept for longer.
"""

import logging
import zlib
from collections.abc import Container
from datetime import date, datetime, timedelta
from functools import cache

from sqlmodel import col, select

from consultation.domain.consultation import Wave
from consultation.domain.due import Next, day_in_london
from consultation.domain.ids import WaveId
from consultation.domain.school_hours import free_hours
from consultation.flow.events import Reminded
from consultation.operations.converse import Desk, Incoming, Reply, key_still, prepare, settle
from consultation.operations.deliver import leave_rest
from consultation.privacy.addresses import UnreadableAddress, open_contact
from consultation.privacy.pseudonyms import pseudonym
from consultation.storage import consultations
from consultation.storage.keys import UnusableKeys
from consultation.storage.tables import ConversationRow, ReminderRow
from consultation.storage.turns import IntakeEnded

log = logging.getLogger("sayso.remind")

EVERY = timedelta(minutes=10)


def remind(desk: Desk, now: datetime) -> Next:
    """Remind whoever is due; looked at again in ten minutes. Raises `UnusableKeys` where a key is away that may come
    back: what it opens waits, and no other."""
    away = None
    with desk.store.read() as session:
        waiting = session.exec(select(ReminderRow).where(col(ReminderRow.due_on) <= day_in_london(now))).all()
        waves = {name: consultations.wave_by_id(session, WaveId(name)) for name in {row.wave_id for row in waiting}}
    for row in waiting:  # in the order of their names, which is chance
        try:
            if _is_done(desk, row, waves[row.wave_id], now):
                _strike(desk, row)
        except UnusableKeys as why:
            away = why
    if away:
        raise away
    return now + EVERY


def _is_done(desk: Desk, row: ReminderRow, wave: Wave | None, now: datetime) -> bool:
    """Whether nothing is left to do about it: it was said, or can't be any more."""
    terms = wave.consultation.terms if wave else ()
    hours = free_hours(row.due_on, terms, bank_holidays())
    if wave is None or now >= hours.end:
        log.warning("a reminder could not be sent on its day, and is let go")
        return True
    if now < hours.moment(zlib.crc32(row.id.encode()) / 2**32):
        return False
    _say(desk, wave, row)
    return True


def _say(desk: Desk, wave: Wave, row: ReminderRow) -> None:
    """As a turn of that talk, which has nothing to say where it is over, or told of a concern."""
    key = key_still(desk, wave)
    if key is None:
        return
    try:
        channel, chat, at_step = open_contact(key, row.id, row.address)
        with desk.store.read() as session:
            talks = session.get(ConversationRow, pseudonym(key, channel, chat)) is not None
        incoming = Incoming(channel, chat, f"reminder {row.id}", Reminded(at_step))
        prepared = prepare(desk, wave, incoming) if talks else None
        if prepared is None or isinstance(prepared, Reply):
            return
        reply = settle(desk, channel, desk.store.writer.take(prepared))
    except (IntakeEnded, UnreadableAddress):
        return
    if reply.turn is not None and reply.said:  # this process talks to no channel: whoever does takes it over
        leave_rest(desk, wave, channel, chat, reply.turn, tuple(reply.messages))


def _strike(desk: Desk, row: ReminderRow) -> None:
    with desk.store.write() as session:
        if found := session.get(ReminderRow, row.id):
            session.delete(found)
    desk.store.database.stale = True


@cache
def bank_holidays() -> Container[date]:
    """England's, of any year."""
    from holidays import country_holidays  # half a second and 40 MB, which most processes never need

    return country_holidays("GB", subdiv="ENG")
