"""Note in the audit log that somebody decided about codings. Entries outlive what they tell of: never an answer's id or
words."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from consultation.storage import audit


def note_coding(session: Session, slug: str, act: str, *, by: str, at: datetime, **details: Any) -> None:
    """Write it in the transaction of the act. `by` is a role and, where several share it, a seat: "analyst A"."""
    actor, _, seat = by.partition(" ")
    audit.append(session, at=at, actor=actor, act=act, subject=slug, details={"seat": seat, **details})
