"""The audit log: what staff and the system did, append-only, each entry sealed into the next by its digest.

Must not know any act's meaning. Nothing about a respondent may go in: entries outlive everything else.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from consultation.storage.tables import AuditRow

APPENDING = 0x5A153  # the advisory lock under which PostgreSQL appends: one entry after another, without gaps
START = "0" * 64


def append(
    session: Session, *, at: datetime, actor: str, act: str, subject: str, details: Mapping[str, Any] | None = None
) -> AuditRow:
    """Add an entry in the transaction of what it tells of. `actor` is a role or "sayso", never a person's name."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": APPENDING})
    last = session.exec(select(AuditRow).order_by(col(AuditRow.number).desc()).limit(1)).first()
    row = AuditRow(
        number=last.number + 1 if last else 1, at=at.astimezone(UTC), actor=actor, act=act, subject=subject,
        details=dict(details or {}), digest="",
    )  # fmt: skip
    row.digest = _digest(last.digest if last else START, row)
    session.add(row)
    session.flush()
    return row


def entries(session: Session) -> list[AuditRow]:
    """All of it, the oldest first."""
    return list(session.exec(select(AuditRow).order_by(col(AuditRow.number))))


def first_broken(rows: Iterable[AuditRow]) -> int | None:
    """The number at which the chain breaks because an entry was changed, put in or taken out; None: it holds.

    Entries cut off at the end do not show here: compare the last digest with one that was written down.
    """
    before, due = START, 1
    for row in rows:
        if row.number != due or row.digest != _digest(before, row):
            return due
        before, due = row.digest, due + 1
    return None


def written_at(row: AuditRow) -> datetime:
    """When it was written, in UTC: SQLite keeps no zone."""
    return row.at.replace(tzinfo=row.at.tzinfo or UTC).astimezone(UTC)


def _digest(before: str, row: AuditRow) -> str:
    entry = [before, row.number, written_at(row).isoformat(), row.actor, row.act, row.subject, row.details]
    return sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
