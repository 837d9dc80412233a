"""Forgets what is over its time: marks of updates that no channel delivers again, old troubles, and what consultations
left, each by its timetable. Killed half-way it goes on where it was; done twice it does nothing.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, SQLModel, col, select

from consultation.domain.due import Kind, Next, day_in_london, next_at
from consultation.domain.retention import Kept
from consultation.operations.drafts import KEPT as DRAFTS_KEPT
from consultation.storage import audit, due, timetables
from consultation.storage.store import Store
from consultation.storage.tables import (
    CarryOverRow,
    ConcernRow,
    ConversationRow,
    DraftRow,
    InboxRow,
    OutboxRow,
    ReminderRow,
    ReplyHandleRow,
    ResponseRow,
    SetAsideRow,
    SharedSessionRow,
    WaveRow,
)
from consultation.storage.timetables import Holding

PURGED_AT = time(3)  # in London, when hardly anybody answers
MARKS_KEPT = timedelta(days=3)  # Telegram delivers again for a day at most
SET_ASIDE_KEPT = timedelta(days=30)
SOME = 1_000  # marks a transaction, so that answers are taken between two
SOME_RESPONSES = 200  # each with some twenty answers, and what hangs on them

Shown = Callable[[int], int | None]  # a count as it may be published; None: hidden


def purge(store: Store, now: datetime, shown: Shown) -> Next:
    """Delete what has been kept long enough; due again the next night."""
    today = day_in_london(now)
    _forget_in_parts(store, col(InboxRow.mark), col(InboxRow.taken_on) < today - MARKS_KEPT, SOME)
    with store.write() as session:
        session.execute(delete(SetAsideRow).where(col(SetAsideRow.set_aside_on) < today - SET_ASIDE_KEPT))
        session.execute(delete(SharedSessionRow).where(col(SharedSessionRow.last_day) < today))
        session.execute(delete(DraftRow).where(col(DraftRow.added_on) < today - DRAFTS_KEPT))
    for each in over(store, today):
        if each.what is Kept.ANSWERS:
            _purge_answers(store, each, now, shown)
        else:
            _purge_concerns(store, each, now, shown)
    return next_at(now, PURGED_AT)


def over(store: Store, today: date) -> list[Holding]:
    """What is over its time and may not be gone yet."""
    with store.read() as session:
        return [each for each in timetables.holdings(session) if each.until < today and each.done_on is None]


def held(session: Session, holding: Holding, today: date) -> int:
    """How much there is of it that goes once its time is over."""
    rows = _over(holding, today) if holding.what is Kept.CONCERNS else (_of(ResponseRow, holding),)
    table = ConcernRow if holding.what is Kept.CONCERNS else ResponseRow
    return session.exec(select(func.count()).select_from(table).where(*rows)).one()


def _purge_answers(store: Store, holding: Holding, now: datetime, shown: Shown) -> None:
    """Its beginning is noted first: from then on no page shows a figure, which would fall from batch to batch."""
    today = day_in_london(now)
    if holding.begun_on is None:
        with store.write() as session:
            timetables.entry(session, holding).begun_on = today
            _note(session, holding, "began to delete", now, responses=shown(held(session, holding, today)))
    store.database.stale = True  # before the first is gone: whoever is killed here leaves its bytes to the next
    _forget_in_parts(store, col(ResponseRow.id), _of(ResponseRow, holding), SOME_RESPONSES)
    with store.write() as session:
        for table in (
            ConversationRow,
            OutboxRow,
            InboxRow,
            ReplyHandleRow,
            ReminderRow,
            CarryOverRow,
        ):  # gone since the close, unless that never came to an end
            session.execute(delete(table).where(_of(table, holding)))
        timetables.entry(session, holding).done_on = today
        _note(session, holding, "deleted", now)
        due.plan_anew(session, Kind.WIPE, "", now)
    store.wipe_journal()


def _purge_concerns(store: Store, holding: Holding, now: datetime, shown: Shown) -> None:
    """There are few, and each has its own day: they come in after the close, too, and wait to be opened."""
    today = day_in_london(now)
    with store.read() as session:
        if not held(session, holding, today):
            return
    store.database.stale = True
    with store.write() as session:
        count = held(session, holding, today)
        session.execute(delete(ConcernRow).where(*_over(holding, today)))
        _note(session, holding, "deleted", now, concerns=shown(count))
        due.plan_anew(session, Kind.WIPE, "", now)
    store.wipe_journal()


def _note(session: Session, holding: Holding, act: str, now: datetime, **counts: int | None) -> None:
    told = {"kept_until": holding.until.isoformat(), **counts}
    subject = f"{holding.consultation.slug}: {holding.what}"
    audit.append(session, at=now, actor="sayso", act=act, subject=subject, details=told)


def _of(table: type[SQLModel], holding: Holding) -> Any:
    """The rows of its waves."""
    waves = select(WaveRow.id).where(WaveRow.consultation_id == holding.consultation.id)
    return col(table.wave_id).in_(waves)  # type: ignore[attr-defined]  # those that are asked for have one


def _over(holding: Holding, today: date) -> tuple[Any, ...]:
    """Concerns that were opened, and kept since the close or the day they were raised, whichever is later."""
    raised = col(ConcernRow.raised_on) < today - timedelta(days=holding.days)
    mine = col(ConcernRow.consultation_id) == holding.consultation.id
    return mine, raised, col(ConcernRow.status) != "new"


def _forget_in_parts(store: Store, key: Any, which: Any, some: int) -> None:
    """In the order of the keys, which says nothing of when they came; no writer waits while they are looked for."""
    last = ""
    while True:
        with store.read() as session:
            found = session.exec(select(key).where(which, key > last).order_by(key).limit(some)).all()
        if not found:
            return
        with store.write() as session:
            session.execute(delete(key.class_).where(which, key > last, key <= found[-1]))
        last = found[-1]
