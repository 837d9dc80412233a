"""One SQLite file: every commit on the disk before it returns, and never two writes at the same instant.

SQLite before 3.51.3 can corrupt its journal when several connections write or checkpoint at once. So one connection of
a process writes and checkpoints, readers can't, and processes take turns by a lock on a file beside the database.
"""

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError
from sqlmodel import create_engine

from consultation.storage.faults import FolderInUse, StillRead, UnusableDatabase
from consultation.storage.roles import Role
from consultation.storage.schema import bring_up_to_date, check_schema

log = logging.getLogger("sayso.sqlite")

WRITER_CACHE, READER_CACHE = 64 * 1024, 8 * 1024  # KiB
PAGE = 8192  # bytes
PATIENCE = 30_000  # milliseconds that one connection waits for another
WIPING_PATIENCE = 200  # the same, while everybody else waits too


class SqliteDatabase:
    """`reading` and `writing` are engines over one file; write only within `turn_to_write`."""

    writers = 1
    roles = frozenset(Role)  # whoever may write the file may do everything

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reading = sqlite_engine(path, for_writing=False)
        self.writing = sqlite_engine(path)
        self.me = int.from_bytes(os.urandom(4)) >> 1
        self._turn = threading.Lock()
        self._turns = _LockFile(path.with_suffix(".writing"))
        self._service = _LockFile(path.with_suffix(".serving"))
        self._held: dict[str, threading.Lock] = {}
        self._to_wipe = False
        self.patience = PATIENCE / 1000  # seconds that wiping waits for whoever reads an older state
        self.stale = True  # by a process before this one, for all that is known

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        with self._turn, self._turns.held():
            yield
            if self._to_wipe:
                self._wipe(0)

    def begin_serving(self) -> None:
        """Be the one process that serves this folder. Raises `FolderInUse`."""
        if not self._service.take():
            raise FolderInUse(
                f"Another Sayso is serving {self.path.parent} already. Stop it first, or give this one another --data "
                "folder. Several processes at once need PostgreSQL: see SAYSO_DATABASE_URL in the README."
            )
        self._to_wipe = True  # a process that was killed may have left deleted content in the journal

    @contextmanager
    def only_one(self, name: str) -> Iterator[bool]:
        """True for the one of several that asked for `name`, until it leaves."""
        lock = self._held.setdefault(name, threading.Lock())
        got = lock.acquire(blocking=False)
        try:
            yield got
        finally:
            if got:
                lock.release()

    def living(self) -> set[int]:
        """The processes whose leases hold: this one alone, for nobody else serves the folder."""
        return {self.me}

    def servers(self) -> int:
        return 1

    def wipe_journal(self) -> None:
        """Move what is committed out of the journal and empty it, so that deleted content is not read there. Where
        somebody still reads an older state, that is done after the next write that finds them gone."""
        with self._turn, self._turns.held():
            self._wipe(WIPING_PATIENCE)

    def rewrite(self) -> None:
        """Write the whole file anew, if it is stale. SQLite overwrites what is deleted, but not the copies of it that
        were left behind when rows moved from page to page."""
        if not self.stale:
            return
        with self.turn_to_write():
            self.stale = False
            try:
                with closing(self.writing.raw_connection()) as connection:
                    connection.cursor().execute("VACUUM")
            except BaseException:
                self.stale = True
                raise
            self._to_wipe = True  # the file is in the journal now; on leaving, it is moved out of there

    def scramble(self) -> None:
        """Write the whole file anew, each table in the order of its random names, and see the journal empty. Raises
        `StillRead` where somebody reads an older state for long."""
        self.stale = True
        self.rewrite()
        end = monotonic() + self.patience
        while self._to_wipe:
            if monotonic() > end:
                raise StillRead(
                    f"Somebody has been reading {self.path} for long, so that its journal can't be emptied. End what "
                    "reads it: a copy under way, another program that has the file open."
                )
            self.wipe_journal()

    def contents(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Everything lies in files."""
        return iter(())

    def size(self) -> int:
        return self.path.stat().st_size

    def close(self) -> None:
        self.reading.dispose()
        with self._turn, self._turns.held():  # the last one to leave a database empties its journal
            self.writing.dispose()
        self._turns.close()
        self._service.close()

    def _wipe(self, patience: int) -> None:
        self._to_wipe = True
        try:
            with closing(self.writing.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute(f"PRAGMA busy_timeout={patience}")
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
                self._to_wipe = bool(busy)
        except sqlite3.Error as error:  # what was committed stays committed, and the wiping is still to be done
            log.error("the journal could not be wiped (%s)", type(error).__name__)


class _LockFile:
    """A file that one process at a time holds locked; the system lets go of it when that process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        handle = self._open()
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._handle


def open_sqlite(path: Path) -> SqliteDatabase:
    """The database at `path`, at this version's schema. Raises `UnusableDatabase`."""
    if not path.is_file():
        raise UnusableDatabase(f"There is no Sayso database at {path}. Run 'sayso migrate' to make one.")
    database = SqliteDatabase(path)
    try:
        with _readable(path):
            check_schema(database.reading, str(path))
    except BaseException:
        database.close()
        raise
    return database


def migrate_sqlite(path: Path) -> str:
    """Bring the database at `path` to this version's schema, making it if need be. Returns the revision."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)  # SQLite gives its journal the same mode
    database = SqliteDatabase(path)
    try:
        with _readable(path):
            database.begin_serving()
            with database.turn_to_write():
                return bring_up_to_date(database.writing, str(path))
    finally:
        database.close()


def sqlite_engine(path: Path, *, for_writing: bool = True) -> Engine:
    """SQLite, with every commit on the disk before it returns and deleted content overwritten."""
    # Parameters are hidden because an error that names them would put answers into a log.
    pool = {"pool_size": 1, "max_overflow": 0} if for_writing else {"pool_size": 10}
    how = {"check_same_thread": False, "timeout": PATIENCE / 1000}
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args=how, **pool)
    # The page size holds from the moment a file is made. At 4 kB a conversation spills over into a page of its own.
    pragmas = [f"page_size={PAGE}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"]
    pragmas += ["temp_store=MEMORY"]  # what is sorted or rewritten goes to no other file
    if for_writing:
        pragmas += [f"cache_size=-{WRITER_CACHE}"]
    else:
        pragmas += [f"cache_size=-{READER_CACHE}", "wal_autocheckpoint=0", "query_only=ON"]

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, so that reads stay consistent too
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if for_writing else "BEGIN")

    return engine


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise UnusableDatabase(
            f"{path} cannot be opened as a database ({error.orig}). Nothing was changed. "
            "Check the file and its permissions, or use another data folder."
        ) from None
