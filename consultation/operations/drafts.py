"""Surveys that an officer is trying out: added, listed, deleted. Nobody has answered one; `purge` forgets them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from consultation.storage.store import Store
from consultation.storage.tables import DraftRow

KEPT = timedelta(days=90)
LONGEST_NAME = 100  # characters


@dataclass(frozen=True)
class Draft:
    """`name` is that of its file; `id` stands in its address, and nobody can guess it."""

    id: str
    name: str
    added_on: date

    @property
    def kept_until(self) -> date:
        return self.added_on + KEPT


def add_draft(store: Store, draft: str, name: str, body: str, today: date) -> None:
    """Keep a file that was checked, as `draft`."""
    with store.write() as session:
        session.add(DraftRow(id=draft, name=name[:LONGEST_NAME], body=body, added_on=today))


def drafts(store: Store) -> list[Draft]:
    """All of them, the newest first."""
    with store.read() as session:
        rows = session.exec(select(col(DraftRow.id), col(DraftRow.name), col(DraftRow.added_on)))
        found = [Draft(*row) for row in rows]
    return sorted(found, key=lambda each: (each.added_on, each.name), reverse=True)


def draft_body(store: Store, draft: str) -> tuple[str, str] | None:
    """Its file's name and text; None where there is none any more."""
    with store.read() as session:
        row = session.get(DraftRow, draft)
        return (row.name, row.body) if row else None


def delete_draft(store: Store, draft: str) -> None:
    """Done twice it does nothing."""
    with store.write() as session:
        row = session.get(DraftRow, draft)
        if row is not None:
            session.delete(row)
