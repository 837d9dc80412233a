"""The records: sessions to read and write them, and the writer that takes turns. Knows no rule of consulting people."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Engine, text
from sqlmodel import Session

from consultation.storage.faults import UnusableDatabase
from consultation.storage.postgres import migrate_postgres, name_of, open_postgres
from consultation.storage.roles import Role
from consultation.storage.sqlite import migrate_sqlite, open_sqlite
from consultation.storage.writer import Writer

__all__ = ["Database", "Store", "UnusableDatabase", "migrate", "name_database", "open_store"]


class Database(Protocol):
    """What SQLite and PostgreSQL do each in its own way."""

    reading: Engine
    writing: Engine
    writers: int  # how many batches may be written at once
    me: int  # this process, as its leases call it
    roles: frozenset[Role]  # whose work it may do
    patience: float  # seconds that `scramble` waits for whoever reads an older state
    stale: bool  # bytes of what was changed or deleted may still lie in unused corners: see `rewrite`

    def turn_to_write(self) -> AbstractContextManager[None]: ...
    def begin_serving(self) -> None: ...
    def only_one(self, name: str) -> AbstractContextManager[bool]: ...
    def living(self) -> set[int]: ...
    def servers(self) -> int: ...
    def wipe_journal(self) -> None: ...
    def rewrite(self) -> None: ...
    def scramble(self) -> None: ...
    def contents(self) -> Iterator[tuple[str, Iterator[str]]]: ...  # tables that lie in no file of the data folder
    def size(self) -> int: ...  # bytes
    def close(self) -> None: ...


class Store:
    """A database with its schema. `write` commits at its end or not at all; turns go through `writer`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.writer = Writer(database)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.database.reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.database.turn_to_write(), Session(self.database.writing) as session, session.begin():
            yield session

    def check(self) -> None:
        """Raise what the database raises where it can't be read."""
        with self.read() as session:
            session.execute(text("SELECT 1 FROM wave LIMIT 1"))

    def wipe_journal(self) -> None:
        self.database.wipe_journal()

    def close(self) -> None:
        """Finish what is in hand and let go of the database."""
        self.writer.close()
        self.database.close()


def open_store(at: Path | URL, needs: Collection[Role] = ()) -> Store:
    """The records in the SQLite file or PostgreSQL database `at`, at the schema of this version of Sayso.

    Raises `UnusableDatabase` where it is missing, older (migrate it), newer, not a database, or where its user lacks
    one of the roles whose work is to be done.
    """
    return Store(open_sqlite(at) if isinstance(at, Path) else open_postgres(at, needs))


def migrate(at: Path | URL) -> str:
    """Bring the database to this version's schema, making the file if need be. Returns the revision."""
    return migrate_sqlite(at) if isinstance(at, Path) else migrate_postgres(at)


def name_database(at: Path | URL) -> str:
    """The database as an operator knows it, with no password."""
    return str(at) if isinstance(at, Path) else name_of(at)
