"""The schema: as the tables say it is after every migration, and with nothing in it that betrays who or when."""

import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel, select

import analysis.storage.tables
import consultation.storage.tables
from consultation.domain.consultation import Audience
from consultation.flow.events import Command
from consultation.storage.store import migrate, open_store
from consultation.storage.tables import AnswerRow, InboxRow, ResponseRow
from tests.builders import Opened, Person

ROOT = Path(__file__).parents[4]
MODULES = (consultation.storage.tables, analysis.storage.tables)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "sayso.db"
    migrate(path)
    return path


def tables(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())


def test_migrations_have_one_head_and_a_sentence_each() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    revisions = list(script.walk_revisions())
    assert revisions
    assert all(each.doc and each.doc[0].isupper() for each in revisions)


def test_no_table_has_a_hidden_row_number(database: Path) -> None:
    """SQLite's rowid would keep the order in which people answered."""
    ours = {name: sql for name, sql in tables(database).items() if name != "alembic_version"}
    assert len(ours) >= 12
    assert [name for name, sql in ours.items() if not re.search(r"\)\s*WITHOUT ROWID\s*$", sql)] == []
    assert "sqlite_sequence" not in tables(database)


# When work is due is planned by officers and by the calendar, and says nothing of when anybody answered.
DUE = "due.due_at"
# What staff or the system did, in order, and never about a respondent.
AUDIT = {"audit.at", "referral_audit.at"}
# When somebody is to be told of a concern; it knows no talk, and goes when the concern is acknowledged.
ALERT = "alert.due_at"
# When a way of telling somebody was last tried by a heartbeat or a drill, and what the lead approved when.
PROVED = {"alert_path.worked_at", "alert_path.failed_at"}
APPROVED = "sign_off.at"
# Sealed under the consultation's key, for as long as something waits to be sent there, or the lead may write there: see
# `privacy.addresses`.
SEALED = {"outbox.address", "reply_handle.address", "reminder.address"}
# When a short code ends, by the quarter of an hour: only the code itself opens which talk, and it goes within the hour.
CARRIED = "carry_over.good_until"


def test_no_column_could_hold_a_person_or_a_moment() -> None:
    columns = [column for table in SQLModel.metadata.tables.values() for column in table.columns]
    assert len(columns) > 40
    telling = re.compile(
        r"\.(?:.*(?:chat|user|first_?name|last_?name|phone|email|address|ip|cookie|(?<!sen)time|stamp)(?!.*slug).*|.*_at)$"
    )
    assert {str(each) for each in columns if telling.search(str(each))} == {DUE, ALERT, *PROVED, *SEALED}
    moments = {str(each) for each in columns if "time" in type(each.type).__name__.lower()}
    assert moments == {DUE, *AUDIT, ALERT, *PROVED, APPROVED, CARRIED}


def test_no_key_counts_upwards() -> None:
    for table in SQLModel.metadata.tables.values():
        if table.name in ("audit", "referral_audit", "sign_off"):  # what staff did, in order
            continue
        whole = [column for column in table.primary_key.columns if column.type.python_type is int]
        assert all(len(table.primary_key.columns) > 1 for _ in whole), table.name


def test_ids_are_random_and_say_nothing_of_the_order(opened: Opened) -> None:
    for number in range(6):
        person = Person(opened, f"chat-{number}")
        person.begins(Audience.STAFF)
        person.taps("Yes, I agree")
        person.taps("Fenland")
    with opened.sayso.store.read() as session:
        ids = [*session.exec(select(ResponseRow.id)), *session.exec(select(AnswerRow.id))]
    assert len(ids) == len(set(ids)) == 12
    assert all(re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", each) for each in ids), "not UUID4"
    with opened.sayso.store.read() as session:
        lying = list(session.exec(select(ResponseRow.id)))
    assert lying == sorted(lying), "they lie in the order in which they came"


def test_dates_are_days(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.STAFF)
    person.taps("Yes, I agree")
    person.taps("Fenland")
    with sqlite3.connect(opened.sayso.settings.database) as connection:
        found = connection.execute(
            "SELECT answered_on FROM answer UNION ALL SELECT consented_on FROM response"
        ).fetchall()
    assert found == [("2026-11-23",), ("2026-11-23",)]
    assert date.fromisoformat(found[0][0])


def test_commits_are_on_the_disk_and_what_is_deleted_is_overwritten(database: Path) -> None:
    store = open_store(database)
    found = {}
    for name, engine in (("reading", store.database.reading), ("writing", store.database.writing)):
        with engine.connect() as connection:
            found[name] = [
                connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
                for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "query_only")
            ]
    assert found == {"reading": ["wal", 2, 1, 1, 1], "writing": ["wal", 2, 1, 1, 0]}
    store.close()


def test_what_is_withdrawn_leaves_no_trace_in_the_tables(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("Marmalade on the trampoline was what helped.")
    person.commands(Command.DELETE)
    person.taps("Yes, delete them")
    with opened.sayso.store.read() as session:
        assert session.exec(select(ResponseRow)).all() == []
        assert session.exec(select(AnswerRow)).all() == []
    written = [each for each in opened.folder.iterdir() if each.suffix.startswith(".db")]
    assert opened.sayso.settings.database in written
    assert [each.name for each in written if b"Marmalade on the trampoline" in each.read_bytes()] == []


def test_the_database_and_its_journal_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "data" / "sayso.db"
    migrate(database)
    with open_store(database).write() as session:
        session.add(InboxRow(mark="one", taken_on=date(2026, 11, 23)))
    files = list(database.parent.iterdir())
    assert database in files
    assert {each.stat().st_mode & 0o077 for each in [database.parent, *files]} == {0}
