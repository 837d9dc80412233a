"""Rows of due work. Every time goes in as UTC, because SQLite keeps no zone. Knows no kind of work."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from consultation.storage.tables import DueRow


def plan(session: Session, kind: str, subject: str, due_at: datetime) -> None:
    """Note that this is due, unless it is noted already."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"kind": kind, "subject": subject, "due_at": due_at.astimezone(UTC), "failures": 0}
    session.execute(dialect.insert(DueRow).values(row).on_conflict_do_nothing())


def plan_anew(session: Session, kind: str, subject: str, due_at: datetime) -> None:
    """Note that this is due then, whatever was noted before."""
    session.merge(DueRow(kind=kind, subject=subject, due_at=due_at.astimezone(UTC)))


def kinds_due(session: Session, now: datetime) -> list[str]:
    """The kinds of which something is due, the longest overdue first."""
    due_at = col(DueRow.due_at)
    overdue = select(DueRow.kind, due_at).where(due_at <= now.astimezone(UTC)).order_by(due_at, DueRow.kind)
    return list(dict.fromkeys(kind for kind, _ in session.exec(overdue)))


def rows_due(session: Session, kind: str, now: datetime) -> list[DueRow]:
    """What is due of one kind, the longest overdue first."""
    overdue = (DueRow.kind == kind, col(DueRow.due_at) <= now.astimezone(UTC))
    return list(session.exec(select(DueRow).where(*overdue).order_by(col(DueRow.due_at), DueRow.subject)))


def settle(session: Session, row: DueRow, next_at: datetime | None, failures: int = 0) -> None:
    """Move the row to its next time, or strike it. One that was planned anew meanwhile stays as it was planned."""
    as_read = (
        col(DueRow.kind) == row.kind,
        col(DueRow.subject) == row.subject,
        col(DueRow.due_at) == row.due_at,
    )
    if next_at is None:
        session.execute(delete(DueRow).where(*as_read))
    else:
        session.execute(update(DueRow).where(*as_read).values(due_at=next_at.astimezone(UTC), failures=failures))
