"""The chain of the audit log: whatever is changed, put in or taken out shows, and where."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlmodel import Session

from consultation.storage import audit
from consultation.storage.store import Store, migrate, open_store
from consultation.storage.tables import AuditEntry, AuditRow

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    migrate(tmp_path / "sayso.db")
    opened = open_store(tmp_path / "sayso.db")
    with opened.write() as session:
        for number in range(4):
            add(session, f"act {number}")
    yield opened
    opened.close()


def add(session: Session, act: str, at: datetime = NOON) -> AuditEntry:
    return audit.append(session, at=at, actor="sayso", act=act, subject="our-say", details={"files": ["ä", 1, None]})


def copies(store: Store) -> list[AuditRow]:
    with store.read() as session:
        return [AuditRow(**row.model_dump()) for row in audit.entries(session)]


def test_what_was_written_holds_after_it_was_stored(store: Store) -> None:
    rows = copies(store)
    assert [each.number for each in rows] == [1, 2, 3, 4]
    assert audit.first_broken(rows) is None
    assert audit.first_broken([]) is None


def test_the_time_is_the_same_however_its_zone_was_written(store: Store) -> None:
    with store.write() as session:
        add(session, "at two in Paris", NOON.astimezone(timezone(timedelta(hours=1))))
    (*_, last) = copies(store)
    assert audit.written_at(last) == NOON
    assert audit.first_broken(copies(store)) is None


CHANGES: dict[str, Callable[[AuditRow], object]] = {
    "at": lambda row: row.at + timedelta(seconds=1),
    "actor": lambda row: "operator",
    "act": lambda row: row.act + " ",
    "subject": lambda row: "our-sae",
    "details": lambda row: {"files": ["ä", 1]},
    "number": lambda row: row.number + 10,
    "digest": lambda row: audit.START,
}


def test_every_column_is_covered() -> None:
    assert set(CHANGES) == set(AuditRow.model_fields)


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_changed_entry_shows(store: Store, column: str, number: int) -> None:
    rows = copies(store)
    row = rows[number - 1]
    setattr(row, column, CHANGES[column](row))
    assert audit.first_broken(rows) == number


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_entry_shows(store: Store, number: int) -> None:
    rows = copies(store)
    del rows[number - 1]
    assert audit.first_broken(rows) == number
    for place, row in enumerate(rows, 1):
        row.number = place
    assert audit.first_broken(rows) == number, "numbering them anew hides it"


@pytest.mark.parametrize("number", [1, 2, 5])
def test_an_inserted_entry_shows(store: Store, number: int) -> None:
    rows = copies(store)
    rows.insert(number - 1, AuditRow(**rows[0].model_dump()))
    for place, row in enumerate(rows, 1):
        row.number = place
    assert audit.first_broken(rows) == (number if number > 1 else 2)  # a copy of the first in its place is the first


def test_two_that_change_places_show(store: Store) -> None:
    rows = copies(store)
    rows[1], rows[2] = rows[2], rows[1]
    assert audit.first_broken(rows) == 2


def test_what_is_cut_off_at_the_end_needs_the_seal_that_was_written_down(store: Store) -> None:
    rows = copies(store)
    assert audit.first_broken(rows[:-1]) is None
    assert rows[-2].digest != rows[-1].digest


def test_an_entry_is_of_the_transaction_of_what_it_tells(store: Store) -> None:
    def fail() -> None:
        with store.write() as session:
            add(session, "what never happened")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(copies(store)) == 4
