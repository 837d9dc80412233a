"""A PostgreSQL database that can't be used: what the operator is told, with no password in it, and nothing changed."""

import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from consultation.storage.faults import UnreachableDatabase, UnusableDatabase
from consultation.storage.postgres import postgres_url
from consultation.storage.store import migrate, open_store
from tests.contracts.databases import Cluster, as_setting, on_postgresql
from tests.integration.test_command_line import Shell

PASSWORD = "p@ss:word/25%"


@pytest.fixture
def sayso(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@pytest.fixture(scope="module")
def limited(cluster: Cluster) -> str:
    """A user who comes in with PASSWORD, and may make nothing."""
    cluster.ask_for_passwords("limited", PASSWORD)
    return "limited"


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[URL]:
    with cluster.fresh(template="template1") as url:
        yield url


def refusal_of(url: URL) -> str:
    """What both who opens it and who migrates it are told, of a database that can't be reached."""
    said = []
    for use in (open_store, migrate):
        with pytest.raises(UnreachableDatabase) as refused:
            use(url)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert PASSWORD not in said[0]
    return said[0]


def test_no_server_there() -> None:
    url = URL.create("postgresql+psycopg", "sayso", PASSWORD, "127.0.0.1", 1, "answers")
    said = refusal_of(url)
    assert said.startswith("The PostgreSQL database 'answers' at 127.0.0.1:1 can't be used (")
    assert "Connection refused" in said
    assert "Check that the server is running" in said


def test_no_such_database(cluster: Cluster) -> None:
    said = refusal_of(cluster.url("answers"))
    assert 'database "answers" does not exist' in said
    assert "Check that the server is running and has this database" in said


def test_a_wrong_password(cluster: Cluster, limited: str) -> None:
    url = cluster.url().set(username=limited, password="not " + PASSWORD)
    said = refusal_of(url)
    assert 'password authentication failed for user "limited"' in said
    assert "the user and password in SAYSO_DATABASE_URL" in said


def test_a_user_who_may_make_no_tables(limited: str, empty: URL) -> None:
    with pytest.raises(UnusableDatabase, match=r"refuses Sayso's user 'limited' \(permission denied.*which this user"):
        migrate(empty.set(username=limited, password=PASSWORD))
    assert "has schema none" in _refused(empty)


def test_a_database_that_somebody_else_uses(cluster: Cluster, empty: URL) -> None:
    cluster.run("CREATE TABLE response (id int)", database=str(empty.database))
    with pytest.raises(UnusableDatabase, match=r'relation "response" already exists.*Nothing was changed'):
        migrate(empty)
    found = cluster.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=str(empty.database))
    assert found == [("response",)]


@pytest.mark.parametrize(
    ("setting", "value", "why"), [("fsync", "off", "lose answers"), ("track_commit_timestamp", "on", "exact time")]
)
def test_a_server_that_breaks_a_promise(cluster: Cluster, setting: str, value: str, why: str) -> None:
    with cluster.fresh() as url:
        cluster.set(setting, value)
        try:
            assert why in _refused(url)
        finally:
            cluster.set(setting, None)
        open_store(url).close()


def _refused(url: URL) -> str:
    with pytest.raises(UnusableDatabase) as refused:
        open_store(url)
    assert not isinstance(refused.value, UnreachableDatabase), "waiting does not mend this"
    return str(refused.value)


@on_postgresql
def test_another_version(cluster: Cluster, place: URL) -> None:
    name = str(place.database)
    cluster.run("UPDATE alembic_version SET version_num = '9999'", database=name)
    assert "was made by a newer version of Sayso (schema 9999" in _refused(place)
    with pytest.raises(UnusableDatabase, match=r"newer version.*Nothing was changed"):
        migrate(place)
    cluster.run("UPDATE alembic_version SET version_num = '0001'", database=name)
    assert "has schema 0001" in _refused(place)


@on_postgresql
def test_a_schema_is_not_changed_under_those_who_serve(cluster: Cluster, place: URL) -> None:
    serving = open_store(place)
    serving.database.begin_serving()
    migrate(place)  # which changes nothing, as every process may do when it starts
    cluster.run("UPDATE alembic_version SET version_num = '0001'", database=str(place.database))
    with pytest.raises(UnusableDatabase, match=r"is served by .* \(processes: 1\).*Stop 'sayso serve' everywhere"):
        migrate(place)
    serving.close()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mysql://sayso:secret@db/answers", "of the kind 'mysql'"),
        ("sqlite:///sayso.db", "For SQLite leave it out and set SAYSO_DATA"),
        ("answers", "is not an address of a database. Write it as postgresql://"),
        ("postgresql://sayso:secret@db:port/answers", "is not an address"),
        ("postgresql://sayso:p@secret@db/answers", "in a password, write @ : / and % as %40 %3A %2F and %25"),
        ("postgresql://sayso:p@sec:ret@db/answers", "is not an address"),
        ("postgresql://sayso:p@sec/ret@db/answers", "is not an address"),
        ("postgresql://sayso:secret@db:5432", "does not say which database"),
        ("postgresql://sayso:secret@db:5432/", "does not say which database"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "referral"])
def test_an_address_of_something_else(sayso: Shell, command: str, written: str, said: str) -> None:
    refused = sayso.refused(command, SAYSO_DATABASE_URL=written)
    assert said in refused
    assert "sec" not in refused


@pytest.mark.parametrize(
    "written", ["postgresql://u@db/answers", "postgres://u@db/answers", "postgresql+psycopg://u@db/answers"]
)
def test_addresses_as_people_write_them(written: str) -> None:
    url = postgres_url(written)
    assert (url.drivername, url.host, url.database) == ("postgresql+psycopg", "db", "answers")


def test_without_its_package(sayso: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused = sayso.refused("migrate", SAYSO_DATABASE_URL="postgresql://sayso@db/answers")
    assert refused == "✗ PostgreSQL needs one more package. Run: pip install 'sayso[postgres]'"


def test_the_command_makes_it_and_names_it_without_the_password(sayso: Shell, empty: URL) -> None:
    where = str(as_setting(empty.set(password="secret")))
    done = [sayso("migrate", SAYSO_DATABASE_URL=where) for _ in range(2)]
    assert [each.code for each in done] == [0, 0]
    assert done[0].stdout == done[1].stdout
    assert f"PostgreSQL database '{empty.database}' at " in done[0].stdout
    assert "is at schema 0008" in done[0].stdout
    assert "secret" not in done[0].stdout + done[0].stderr


def test_a_refusal_on_the_command_line_is_a_sentence(sayso: Shell) -> None:
    refused = sayso.refused("referral", SAYSO_DATABASE_URL="postgresql://sayso:secret@127.0.0.1:1/answers")
    assert "can't be used" in refused
    assert "secret" not in refused
