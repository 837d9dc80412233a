"""Forget what was kept for some days alone: marks of updates that no channel delivers again, and old troubles."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from consultation.domain.due import Next, day_in_london, next_at
from consultation.storage.store import Store
from consultation.storage.tables import InboxRow, SetAsideRow

PURGED_AT = time(3)  # in London, when hardly anybody answers
MARKS_KEPT = timedelta(days=3)  # Telegram delivers again for a day at most
SET_ASIDE_KEPT = timedelta(days=30)
SOME = 1_000  # marks a transaction, so that answers are taken between two


def purge(store: Store, now: datetime) -> Next:
    """Delete what has been kept long enough; due again the next night."""
    today = day_in_london(now)
    _forget_marks(store, today - MARKS_KEPT)
    with store.write() as session:
        session.execute(delete(SetAsideRow).where(col(SetAsideRow.set_aside_on) < today - SET_ASIDE_KEPT))
    return next_at(now, PURGED_AT)


def _forget_marks(store: Store, before: date) -> None:
    """In the order of the marks, which says nothing of when they came; no writer waits while they are looked for."""
    mark, old, last = col(InboxRow.mark), col(InboxRow.taken_on) < before, ""
    while True:
        with store.read() as session:
            found = session.exec(select(mark).where(old, mark > last).order_by(mark).limit(SOME)).all()
        if not found:
            return
        with store.write() as session:
            session.execute(delete(InboxRow).where(old, mark > last, mark <= found[-1]))
        last = found[-1]
