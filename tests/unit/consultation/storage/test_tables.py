"""The schema: as the tables say it is after every migration, and with nothing in it that betrays who or when."""

import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Date, inspect
from sqlmodel import SQLModel, select

import analysis.storage.tables
import consultation.storage.tables
from consultation.domain.consultation import Audience
from consultation.flow.events import Command
from consultation.storage.store import migrate, open_store, sqlite_engine
from consultation.storage.tables import AnswerRow, InboxRow, ResponseRow
from tests.builders import Opened, Person

ROOT = Path(__file__).parents[4]
MODULES = (consultation.storage.tables, analysis.storage.tables)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "sayso.db"
    migrate(path)
    return path


def alembic_over(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def tables(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())


def test_the_migrations_make_what_the_tables_say(database: Path) -> None:
    engine = sqlite_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()
    assert len(SQLModel.metadata.tables) >= 12
    assert set(tables(database)) >= set(SQLModel.metadata.tables)


def test_the_comparison_would_see_a_difference(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE response ADD COLUMN phone VARCHAR")
    engine = sqlite_engine(database)
    with engine.connect() as connection:
        assert "phone" in str(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))
    engine.dispose()


def test_every_migration_can_be_taken_back(database: Path) -> None:
    engine = sqlite_engine(database)
    with engine.begin() as connection:
        command.downgrade(alembic_over(connection), "base")
    assert set(tables(database)) <= {"alembic_version"}
    with engine.begin() as connection:
        command.upgrade(alembic_over(connection), "head")
    engine.dispose()
    assert set(tables(database)) >= set(SQLModel.metadata.tables)


def test_migrations_have_one_head_and_a_sentence_each() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    revisions = list(script.walk_revisions())
    assert revisions
    assert all(each.doc and each.doc[0].isupper() for each in revisions)


def test_migrating_twice_changes_nothing(database: Path) -> None:
    before = tables(database)
    migrate(database)
    assert tables(database) == before


def test_no_table_has_a_hidden_row_number(database: Path) -> None:
    """SQLite's rowid would keep the order in which people answered."""
    ours = {name: sql for name, sql in tables(database).items() if name != "alembic_version"}
    assert len(ours) >= 12
    assert [name for name, sql in ours.items() if not re.search(r"\)\s*WITHOUT ROWID\s*$", sql)] == []
    assert "sqlite_sequence" not in tables(database)


def test_no_column_could_hold_a_person_or_a_moment() -> None:
    names = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}
    assert len(names) > 40
    telling = re.compile(
        r"\.(?:.*(?:chat|user|first_?name|last_?name|phone|email|address|ip|cookie|time|stamp)(?!.*slug).*|_at)$"
    )
    assert {each for each in names if telling.search(each)} == set()
    moments = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if "time" in type(column.type).__name__.lower() and not isinstance(column.type, Date)
    ]
    assert moments == []


def test_no_key_counts_upwards() -> None:
    for table in SQLModel.metadata.tables.values():
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
    with store.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert {each["name"] for each in inspect(store.engine).get_columns("conversation")} >= {"pseudonym", "version"}
    store.engine.dispose()


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
    with opened.sayso.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Marmalade on the trampoline" not in opened.sayso.settings.database.read_bytes()


def test_the_database_and_its_journal_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "data" / "sayso.db"
    migrate(database)
    with open_store(database).write() as session:
        session.add(InboxRow(channel="web", update_id="one"))
    files = list(database.parent.iterdir())
    assert database in files
    assert {each.stat().st_mode & 0o077 for each in [database.parent, *files]} == {0}
