"""The database and its transactions: one writer at a time, durable before it is acknowledged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, create_engine


class UnusableDatabase(Exception):
    """The database cannot be used as it is. `str()` says why and what to do."""


class Store:
    """A database with its schema. `read` and `write` give a session; `write` commits at its end or not at all."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A write takes its lock when it begins, and waits its turn beside other processes, instead of failing half-way.
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        # SQLite before 3.51.3 can corrupt a WAL that several connections write: one writer, whatever the version.
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._writing, Session(self._writer) as session, session.begin():
            yield session

    def wipe_journal(self) -> None:
        """Move what is committed out of the journal and empty it, so that deleted content is not read there."""
        with self._writing, self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def open_store(path: Path) -> Store:
    """The SQLite database at `path`, at the schema of this version of Sayso.

    Raises `UnusableDatabase` where it is missing, older (migrate it), newer, or not a database.
    """
    if not path.is_file():
        raise UnusableDatabase(f"There is no Sayso database at {path}. Run 'sayso migrate' to make one.")
    store = Store(sqlite_engine(path))
    at, newest = _revisions(store.engine, path)
    if at != newest and at is not None and at not in _known_revisions():
        raise UnusableDatabase(
            f"{path} was made by a newer version of Sayso (schema {at}; this version knows {newest}). "
            "Nothing was changed. Install the newer version, or use another data folder."
        )
    if at != newest:
        raise UnusableDatabase(
            f"{path} has schema {at or 'none'}, and this version of Sayso needs {newest}. "
            "Make a copy of the file, then run 'sayso migrate'."
        )
    return store


def sqlite_engine(path: Path) -> Engine:
    """SQLite, with every commit on the disk before it returns and deleted content overwritten."""
    patience = {"check_same_thread": False, "timeout": 30}  # seconds to wait for another process's write
    # Parameters are hidden because an error that names them would put answers into a log.
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args=patience)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, so that reads stay consistent too
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def migrate(path: Path) -> str:
    """Bring the database at `path` to this version's schema, making it if need be. Returns the revision."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)  # SQLite gives its journal the same mode
    engine = sqlite_engine(path)
    at, newest = _revisions(engine, path)
    if at is not None and at not in _known_revisions():
        raise UnusableDatabase(f"{path} was made by a newer version of Sayso (schema {at}). Nothing was changed.")
    config = _alembic()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
    return newest


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    return config


def _known_revisions() -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _revisions(engine: Engine, path: Path) -> tuple[str | None, str]:
    """(the revision the database is at, the newest one known)."""
    newest = ScriptDirectory.from_config(_alembic()).get_current_head()
    assert newest is not None
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision(), newest
    except Exception as error:
        if isinstance(error, OperationalError) or "not a database" in str(error):
            raise UnusableDatabase(
                f"{path} cannot be opened as a database ({getattr(error, 'orig', error)}). Nothing was changed. "
                "Check the file and its permissions, or use another data folder."
            ) from None
        raise
