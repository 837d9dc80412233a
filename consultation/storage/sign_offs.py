"""What the safeguarding lead has approved, newest last. Knows neither what was approved nor whose key it was."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from consultation.storage.tables import SignOffRow


def newest(session: Session) -> SignOffRow | None:
    """What the system goes by."""
    return session.exec(select(SignOffRow).order_by(col(SignOffRow.number).desc()).limit(1)).first()


def newest_first(session: Session) -> Iterator[SignOffRow]:
    """All there were."""
    yield from session.exec(select(SignOffRow).order_by(col(SignOffRow.number).desc()))


def add(session: Session, *, at: datetime, by: str, body: str, parts: Mapping[str, Any]) -> int:
    """Store the next one; returns its number."""
    last = newest(session)
    number = last.number + 1 if last else 1
    session.add(SignOffRow(number=number, at=at.astimezone(UTC), by=by, body=body, parts=dict(parts)))
    return number


def signed_at(row: SignOffRow) -> datetime:
    """When, in UTC: SQLite keeps no zone."""
    return row.at.replace(tzinfo=row.at.tzinfo or UTC).astimezone(UTC)
