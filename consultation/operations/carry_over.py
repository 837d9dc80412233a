"""Carries a talk on the web over to another device, by a short code that is good once and for a quarter of an hour."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from consultation.domain.consultation import Channel, Wave
from consultation.domain.due import Next
from consultation.operations.converse import Desk, whose
from consultation.privacy.short_codes import mark_of, new_code, open_talk, read_code, seal_talk
from consultation.storage import closings, turns
from consultation.storage.store import Store
from consultation.storage.tables import CarryOverRow

GOOD_FOR = timedelta(minutes=15)  # and until the quarter of an hour is full: an exact time would be that of a turn
EVERY = timedelta(minutes=10)


def make_code(desk: Desk, wave: Wave, talk: str) -> str | None:
    """A code for this talk; None where there is no such talk, or the wave is being closed."""
    key, code = desk.key_of(wave.consultation.id), new_code()
    row = CarryOverRow(
        mark=mark_of(key, code), wave_id=wave.id, talk=seal_talk(key, code, talk), good_until=_good_until(desk.now())
    )
    with desk.store.read() as session:
        begun = turns.conversation(session, whose(desk, wave, Channel.WEB, talk)) is not None
    with desk.store.write() as session:
        if not begun or not closings.takes_turns(session, wave.id):
            return None
        session.add(row)
    return code


def take_code(desk: Desk, wave: Wave, typed: str) -> str | None:
    """The talk that is carried over by what was typed, once; None where that is no code that is good here and now."""
    key, code = desk.key_of(wave.consultation.id), read_code(typed)
    if code is None:
        return None
    with desk.store.write() as session:
        found = _take(session, mark_of(key, code))
    if found is None:
        return None
    desk.store.database.stale = True
    talk, good_until = found
    still_good = desk.now() < good_until.replace(tzinfo=good_until.tzinfo or UTC)
    return open_talk(key, code, talk) if still_good else None


def forget_codes(store: Store, now: datetime) -> Next:
    """Strike those whose time is over; looked at again in ten minutes."""
    over = col(CarryOverRow.good_until) <= now.astimezone(UTC)
    with store.read() as session:
        some = session.exec(select(CarryOverRow.mark).where(over).limit(1)).first()
    if some is not None:
        with store.write() as session:
            session.execute(delete(CarryOverRow).where(over))
        store.database.stale = True
    return now + EVERY


def _good_until(now: datetime) -> datetime:
    """At least `GOOD_FOR` from now, at a full quarter of an hour."""
    quarter = GOOD_FOR.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // quarter + 2) * quarter, UTC)


def _take(session: Session, mark: str) -> tuple[str, datetime] | None:
    """The row, which is gone with that."""
    if session.get_bind().dialect.name == "postgresql":  # whose public doors may not look for one
        found = session.execute(text("SELECT talk, good_until FROM talk_carried_over(:mark)"), {"mark": mark})
    else:
        taken = delete(CarryOverRow).where(col(CarryOverRow.mark) == mark)
        found = session.execute(taken.returning(col(CarryOverRow.talk), col(CarryOverRow.good_until)))
    row = found.one_or_none()
    return (row[0], row[1]) if row else None
