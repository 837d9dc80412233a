"""What became of a concern: which references wait, and the sealed message for the one person who can open it."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow


@dataclass(frozen=True)
class Referral:
    """A concern without its content."""

    reference: str
    level: str
    raised_on: date
    status: str


class UnknownReference(LookupError):
    """There is no concern of that reference."""


def referrals(store: Store) -> list[Referral]:
    """All concerns: immediate ones first, then by reference. Whoever may see that they wait may not read them."""
    reference, level = col(ConcernRow.reference), col(ConcernRow.level)
    told = select(reference, level, col(ConcernRow.raised_on), col(ConcernRow.status))
    with store.read() as session:
        rows = session.exec(told.order_by(level, reference)).all()
        return [Referral(*row) for row in rows]


def sealed_message(store: Store, reference: str) -> bytes:
    """The sealed words of one concern. Raises `UnknownReference`."""
    with store.read() as session:
        row = session.get(ConcernRow, reference)
        if row is None:
            raise UnknownReference(f"There is no referral '{reference}'. 'sayso referral' lists those there are.")
        return row.sealed


def acknowledge(store: Store, reference: str) -> None:
    """Note that the lead has seen it. Raises `UnknownReference`."""
    with store.write() as session:
        row = session.get(ConcernRow, reference)
        if row is None:
            raise UnknownReference(f"There is no referral '{reference}'. 'sayso referral' lists those there are.")
        row.status = "acknowledged"
        session.add(row)
