"""The schema: what the tables say, made from nothing or from the version before with all that was in it."""

import hmac
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Engine, MetaData, inspect, text
from sqlmodel import SQLModel

import analysis.storage.tables  # noqa: F401 - the tables register themselves
import consultation.storage.tables  # noqa: F401
from consultation.domain.consultation import Audience, Channel
from consultation.domain.ids import ConsultationId
from consultation.flow.engine import step
from consultation.flow.events import Began, Tapped
from consultation.flow.state import State
from consultation.operations.converse import Incoming, converse
from consultation.operations.messages import Message
from consultation.operations.show_conversation import show_conversation
from consultation.privacy.pseudonyms import pseudonym
from consultation.storage import consultations
from consultation.storage.faults import UnusableDatabase
from consultation.storage.keys import KeyFolder
from consultation.storage.postgres import postgres_engine
from consultation.storage.schema import bring_up_to_date
from consultation.storage.sqlite import sqlite_engine
from consultation.storage.store import migrate, open_store
from consultation.surveys import template
from tests.builders import Opened, lead_identity, make_sayso, stored_answers, survey
from tests.contracts.databases import as_setting, on_sqlite
from tests.contracts.test_database_fails import no_room

ROOT = Path(__file__).parents[2]


def engine_at(place: Path | URL) -> Engine:
    return sqlite_engine(place) if isinstance(place, Path) else postgres_engine(place)


@pytest.fixture
def engine(place: Path | URL) -> Iterator[Engine]:
    made = engine_at(place)
    yield made
    made.dispose()


@pytest.fixture
def empty(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | URL]:
    """Where a database is that nobody has migrated."""
    if kind == "sqlite":
        yield tmp_path / "data" / "sayso.db"
    else:
        with request.getfixturevalue("cluster").fresh(template="template1") as url:
            yield url


def alembic_over(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_what_the_tables_say(engine: Engine) -> None:
    assert differences(engine) == []
    assert len(SQLModel.metadata.tables) >= 12
    assert tables(engine) == set(SQLModel.metadata.tables)


def test_the_comparison_would_see_a_difference(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE response ADD COLUMN phone VARCHAR"))
    assert "phone" in str(differences(engine))


def test_every_migration_can_be_taken_back(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_over(connection), "base")
    assert tables(engine) == set()
    bring_up_to_date(engine, "the test's")
    assert differences(engine) == []


def test_migrating_twice_changes_nothing(empty: Path | URL) -> None:
    assert migrate(empty) == migrate(empty)
    store = open_store(empty)
    assert differences(store.database.reading) == []
    store.close()


# -- from the first version ---------------------------------------------------------------------------------------

CHAT = "a browser"
PRESS = Tapped(2, ("fenland",))
SAID = [Message("Thank you."), Message("Where do you work?")]


@pytest.fixture
def old(empty: Path | URL, tmp_path: Path) -> Path | URL:
    """A database of the first version, with one conversation as that version left it."""
    if isinstance(empty, Path):
        empty.parent.mkdir(mode=0o700)
    engine = engine_at(empty)
    with engine.begin() as connection:
        command.upgrade(alembic_over(connection), "0001")
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for name, row in _rows(KeyFolder(tmp_path / "data-keys")):
            connection.execute(found.tables[name].insert().values(row))
    engine.dispose()
    return empty


def _rows(keys: KeyFolder) -> Iterator[tuple[str, dict[str, Any]]]:
    owner = ConsultationId("consultation")
    keys.create(owner)
    who = pseudonym(keys.key(owner), Channel.WEB, CHAT)
    said = ("title", "authority", "purpose", "decided_by", "framework")
    dates = {"opens_on": date(2026, 11, 1), "closes_on": date(2027, 1, 31)}
    asked = survey()
    yield "consultation", dict.fromkeys(said, "x") | {"id": owner, "slug": "our-say", "simulated": False}
    yield "survey", {"id": asked.id, "version": asked.version, "body": template("what-we-want")}
    wave = {"id": "wave", "consultation_id": owner, "survey_id": asked.id, "survey_version": asked.version}
    yield "wave", wave | dates
    state = State(asked.id, asked.version)
    for event in (Began(Audience.STAFF), Tapped(1, ("yes",)), PRESS):
        state = step(asked, state, event).state
    yield "conversation", {
        "pseudonym": who, "wave_id": "wave", "response_id": "response", "version": 3, "state": state.to_json(),
    }  # fmt: skip
    yield "response", {
        "id": "response", "wave_id": "wave", "audience": "staff", "channel": "web", "locale": "en",
        "consent_wording": "2026-11", "consented_on": date(2026, 11, 2), "finished": False, "counted": True,
    }  # fmt: skip
    yield "answer", {
        "id": "answer", "response_id": "response", "question": "area", "kind": "Chosen", "value": "fenland",
        "text": None, "answered_on": date(2026, 11, 2),
    }  # fmt: skip
    # As the first version wrote a mark: the whole keyed hash, in hexadecimal digits.
    update = f"update\0web\0{CHAT}\x003\0Tapped(step=2, values=('fenland',))".encode()
    yield "inbox", {"channel": "web", "update_id": hmac.new(keys.key(owner), update, "sha256").hexdigest()}
    for at in (1, 0):
        yield "outbox", {"pseudonym": who, "turn": 3, "place": at, "message": SAID[at].to_json()}


def upgraded(old: Path | URL, folder: Path) -> Opened:
    sayso = make_sayso(folder, database_url=as_setting(old))
    with sayso.store.read() as session:
        wave = consultations.wave_by_slug(session, "our-say")
    assert wave
    return Opened(sayso, wave, lead_identity())


def test_a_database_of_the_first_version_says_how_to_bring_it_up(old: Path | URL) -> None:
    with pytest.raises(UnusableDatabase, match=r"has schema 0001.*Make a copy of it, then run 'sayso migrate'"):
        open_store(old)


def test_what_was_answered_said_and_taken_before_is_there_afterwards(old: Path | URL, tmp_path: Path) -> None:
    assert migrate(old) != "0001"
    opened = upgraded(old, tmp_path / "data")
    desk, wave = opened.sayso.desk, opened.wave
    assert stored_answers(opened, Channel.WEB, CHAT) == {"area": "fenland"}
    assert list(show_conversation(desk, wave, Channel.WEB, CHAT).latest) == SAID
    again = converse(desk, wave, Incoming(Channel.WEB, CHAT, "3", PRESS))
    assert again == SAID, "an update that was taken before is taken again"
    converse(desk, wave, Incoming(Channel.WEB, CHAT, "4", Tapped(3, ("health",))))
    assert stored_answers(opened, Channel.WEB, CHAT) == {"area": "fenland", "sector": "health"}
    assert differences(opened.sayso.store.database.reading) == []
    opened.sayso.store.close()


@on_sqlite
def test_an_upgrade_that_runs_out_of_room_changes_nothing(old: Path) -> None:
    with no_room() as break_it:
        break_it()
        with pytest.raises(UnusableDatabase, match=r"disk.*Nothing was changed"):
            migrate(old)
    engine = sqlite_engine(old)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
        assert connection.execute(text("SELECT count(*) FROM outbox WHERE place IN (0, 1)")).scalar() == 2
    engine.dispose()
    assert migrate(old) != "0001"
