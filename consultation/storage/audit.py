"""The audit logs: what staff and the system did, append-only, each entry sealed into the next by its digest. What was
done with referrals is in a book of its own, which officers can't read.

Must not know any act's meaning. Nothing about a respondent may go in: entries outlive everything else.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlmodel import Session, col, select

from consultation.storage.tables import AuditEntry, AuditRow, ReferralAuditRow

Book: TypeAlias = type[AuditRow] | type[ReferralAuditRow]

APPENDING = 0x5A153  # the advisory lock under which PostgreSQL appends: one entry after another, without gaps
START = "0" * 64


def append(
    session: Session,
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
    book: Book = AuditRow,
) -> AuditEntry:
    """Add an entry in the transaction of what it tells of. `actor` is a role or "sayso", never a person's name."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": APPENDING})
    number, before = _last(session, book)
    row = book(
        number=number + 1, at=at.astimezone(UTC), actor=actor, act=act, subject=subject, details=dict(details or {}),
        digest="",
    )  # fmt: skip
    row.digest = _digest(before, row)
    session.add(row)
    session.flush()
    return row


def entries(session: Session, book: Book = AuditRow) -> list[AuditEntry]:
    """All of it, the oldest first."""
    return list(session.exec(select(book).order_by(col(book.number))))


def first_broken(rows: Iterable[AuditEntry]) -> int | None:
    """The number at which the chain breaks because an entry was changed, put in or taken out; None: it holds.

    Entries cut off at the end do not show here: compare the last digest with one that was written down.
    """
    before, due = START, 1
    for row in rows:
        if row.number != due or row.digest != _digest(before, row):
            return due
        before, due = row.digest, due + 1
    return None


def written_at(row: AuditEntry) -> datetime:
    """When it was written, in UTC: SQLite keeps no zone."""
    return row.at.replace(tzinfo=row.at.tzinfo or UTC).astimezone(UTC)


def _last(session: Session, book: Book) -> tuple[int, str]:
    """Number and digest. Whoever may add to the referrals' book may not read it."""
    if book is ReferralAuditRow and session.get_bind().dialect.name == "postgresql":
        last = session.execute(text("SELECT * FROM referral_audit_last()")).first()
    else:
        newest = select(book.number, book.digest).order_by(col(book.number).desc()).limit(1)
        last = session.execute(newest).first()
    return (last[0], last[1]) if last else (0, START)


def _digest(before: str, row: AuditEntry) -> str:
    entry = [before, row.number, written_at(row).isoformat(), row.actor, row.act, row.subject, row.details]
    return sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
