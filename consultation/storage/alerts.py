"""Rows of alerts: who is still to be told of which concern, and which ways of telling work. Every time goes in as UTC
and comes out as it, because SQLite keeps no zone. Knows nothing of who is told when.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Date, bindparam, delete, exists, text, update
from sqlmodel import Session, col, select

from consultation.domain.concern import Level, Queue, Status
from consultation.safeguarding.escalation import Call, Means, Path, Proof
from consultation.storage.tables import AlertPathRow, AlertRow, ConcernRow


@dataclass(frozen=True)
class Waiting:
    """A concern that nobody has acknowledged, without what was said. `planned`: who is told is in its calls."""

    reference: str
    level: Level
    queue: Queue
    asks_contact: bool
    drill: bool
    raised_on: date
    planned: bool


def waiting(session: Session) -> list[Waiting]:
    """What waits for somebody to have it, immediate ones first. Not what nobody was ever to be told of, as of
    simulated people."""
    told = [ConcernRow.reference, ConcernRow.level, ConcernRow.queue, ConcernRow.asks_contact, ConcernRow.drill,
            ConcernRow.raised_on, ConcernRow.alerted]  # fmt: skip
    in_hand = col(ConcernRow.alerted).is_(False) | exists().where(col(AlertRow.reference) == col(ConcernRow.reference))
    found = session.execute(
        select(*told)  # type: ignore[call-overload]  # and not what was said
        .where(col(ConcernRow.status) == Status.NEW, in_hand)
        .order_by(col(ConcernRow.level), col(ConcernRow.reference))
    ).all()
    return [Waiting(row[0], Level(row[1]), Queue(row[2]), *row[3:]) for row in found]


def calls(session: Session) -> Mapping[str, list[Call]]:
    """Those of each reference."""
    found: dict[str, list[Call]] = {}
    for row in session.exec(select(AlertRow)):
        found.setdefault(row.reference, []).append(_call(row))
    return found


def put(session: Session, reference: str, calls: Collection[Call]) -> None:
    """Have these calls for the concern and no others, which makes it a planned one."""
    kept = {(call.rung, call.means.value) for call in calls}
    for row in session.exec(select(AlertRow).where(AlertRow.reference == reference)):
        if (row.rung, row.means) not in kept:
            session.delete(row)
    for call in calls:
        session.merge(
            AlertRow(
                reference=reference, rung=call.rung, means=call.means.value, sent=call.sent, failures=call.failures,
                due_at=call.due_at.astimezone(UTC) if call.due_at else None,
            )
        )  # fmt: skip
    is_new = (col(ConcernRow.reference) == reference, col(ConcernRow.alerted).is_(False))
    session.execute(update(ConcernRow).where(*is_new).values(alerted=True))


def settle(session: Session, reference: str, call: Call, *, sent: bool) -> None:
    """Note how a call went, and leave to the next look when it is made again. One that was noted already stays."""
    as_made = (
        col(AlertRow.reference) == reference, col(AlertRow.rung) == call.rung,
        col(AlertRow.means) == call.means.value, col(AlertRow.sent) == call.sent,
    )  # fmt: skip
    went = {"sent": call.sent + 1, "failures": 0} if sent else {"failures": call.failures + 1}
    session.execute(update(AlertRow).where(*as_made).values(due_at=None, **went))


def strike(session: Session) -> bool:
    """Forget the calls, and the times, of what is acknowledged or gone. Whether there were any."""
    new = select(ConcernRow.reference).where(ConcernRow.status == Status.NEW)
    struck = session.execute(delete(AlertRow).where(col(AlertRow.reference).not_in(new)))
    return bool(struck.rowcount)  # type: ignore[attr-defined]


def acknowledge(session: Session, reference: str) -> bool:
    """Have somebody have it; False where somebody had it before, or there is no such concern. On PostgreSQL by a
    function, because the staff bot's role may not read concerns."""
    if session.get_bind().dialect.name == "postgresql":
        taken = session.execute(text("SELECT referral_acknowledge(:reference)"), {"reference": reference})
        return taken.first() is not None
    new = (col(ConcernRow.reference) == reference, col(ConcernRow.status) == Status.NEW)
    done = session.execute(update(ConcernRow).where(*new).values(status=Status.ACKNOWLEDGED.value))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def overview(session: Session) -> list[tuple[str, str]]:
    """Reference and level of what waits, as officers may know it: no allegation, no drill."""
    told = "SELECT reference, level FROM referral_overview WHERE status = 'new' ORDER BY level, reference"
    return [(reference, level) for reference, level in session.execute(text(told))]


def overdue(session: Session, today: date) -> bool:
    """Whether any of that has waited since an earlier day."""
    before = text("SELECT 1 FROM referral_overview WHERE status = 'new' AND raised_on < :today LIMIT 1")
    return session.execute(before.bindparams(bindparam("today", today, Date))).first() is not None


def proofs(session: Session) -> Mapping[str, Proof]:
    """By path, in words."""
    return {row.path: Proof(_utc(row.worked_at), _utc(row.failed_at)) for row in session.exec(select(AlertPathRow))}


def prove(session: Session, path: Path, now: datetime, *, worked: bool) -> None:
    """Note that a heartbeat or a drill went this way, or did not."""
    row = session.get(AlertPathRow, str(path)) or AlertPathRow(path=str(path))
    if worked:
        row.worked_at, row.failed_at = now.astimezone(UTC), None
    else:
        row.failed_at = now.astimezone(UTC)
    session.add(row)


def _call(row: AlertRow) -> Call:
    return Call(row.rung, Means(row.means), _utc(row.due_at), row.sent, row.failures)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None
