"""Writes down all that a store's connections ran, and runs it again without the store: the bare reference.

The same statements with the same parameters in the same transactions, over a copy of the same database with the same
settings. Knows nothing of turns.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

import psycopg
from sqlalchemy import URL, event

from consultation.storage.postgres import CONNECTING, SESSION
from consultation.storage.store import Database

Connection: TypeAlias = Any  # of whichever database: the two have no type in common
SETTINGS = (
    "journal_mode", "synchronous", "foreign_keys", "secure_delete", "cache_size", "wal_autocheckpoint", "temp_store",
    "mmap_size",
)  # fmt: skip


@dataclass
class Transaction:
    """`beside` are the numbers of those that were under way when it began: it need not wait for them."""

    number: int
    beside: frozenset[int]
    statements: list[tuple[Any, Any]] = field(default_factory=list)
    committed: bool = False


class Recording:
    """What was run since `begin`, transaction by transaction."""

    def __init__(self) -> None:
        self.pragmas: list[str] = []
        self._kept: list[Transaction] = []
        self._under_way: dict[int, Transaction] = {}
        self._on = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        self._kept.clear()
        self._under_way.clear()
        self._on = True

    def end(self) -> list[Transaction]:
        """Those that wrote something and were committed, in the order in which they began."""
        self._on = False
        return [each for each in self._kept if each.committed]

    def ran(self, connection: Connection, statement: Any, parameters: Any) -> None:
        if not self._on:
            return
        found = self._under_way.get(id(connection))
        if found is None:
            with self._lock:
                beside = frozenset(each.number for each in self._under_way.values())
                found = self._under_way[id(connection)] = Transaction(len(self._kept), beside)
                self._kept.append(found)
        found.statements.append((statement, parameters))

    def ended(self, connection: Connection, *, committed: bool) -> None:
        with self._lock:
            found = self._under_way.pop(id(connection), None)
        if found is not None:
            found.committed = committed


def record(database: Database) -> Recording:
    """Listen to the writing connections from here on. None may be in use."""
    recording = Recording()
    connect = _sqlite_connect(recording) if database.writing.dialect.name == "sqlite" else _postgres_connect(recording)
    event.listen(database.writing, "do_connect", connect)
    database.writing.dispose()
    if database.writing.dialect.name == "sqlite":
        with closing(database.writing.raw_connection()) as connection:
            recording.pragmas = [f"{each}={connection.execute(f'PRAGMA {each}').fetchone()[0]}" for each in SETTINGS]
    return recording


def _sqlite_connect(recording: Recording) -> Callable[..., Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
            recording.ran(self.connection, sql, parameters)
            return super().execute(sql, parameters)

    class RecordedConnection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            super().commit()
            recording.ended(self, committed=True)

        def rollback(self) -> None:
            super().rollback()
            recording.ended(self, committed=False)

    def connect(_: Any, __: Any, arguments: list[Any], named: dict[str, Any]) -> Connection:
        return sqlite3.connect(*arguments, **named, factory=RecordedConnection)

    return connect


def _postgres_connect(recording: Recording) -> Callable[..., Connection]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **how: Any) -> "Cursor":
            recording.ran(self.connection, query, params)
            return super().execute(query, params, **how)

    class RecordedConnection(psycopg.Connection[Any]):
        def commit(self) -> None:
            super().commit()
            recording.ended(self, committed=True)

        def rollback(self) -> None:
            super().rollback()
            recording.ended(self, committed=False)

    def connect(_: Any, __: Any, arguments: list[Any], named: dict[str, Any]) -> Connection:
        return RecordedConnection.connect(*arguments, **named, cursor_factory=Cursor)

    return connect


def replay(transactions: Sequence[Transaction], at: Path | URL, pragmas: Sequence[str], connections: int) -> float:
    """Run it all again at `at`, over plain connections of the same driver. Returns the seconds that it took."""
    order = _Order(transactions)
    with _plain_connections(at, pragmas, connections) as plain:
        threads = [threading.Thread(target=order.work, args=(each,)) for each in plain]
        began = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = perf_counter() - began
    if order.failed:
        raise order.failed[0]
    return took


class _Order:
    """Hands out the transactions as they began, each once those are committed that had been when it was recorded."""

    def __init__(self, transactions: Sequence[Transaction]) -> None:
        self._left = iter(transactions)
        self._under_way: set[int] = set()
        self._change = threading.Condition()
        self.failed: list[BaseException] = []

    def work(self, connection: Connection) -> None:
        try:
            while (transaction := self._next()) is not None:
                cursor = connection.cursor()
                for statement, parameters in transaction.statements:
                    cursor.execute(statement, parameters)
                    if cursor.description:
                        cursor.fetchall()
                connection.commit()
                self._end(transaction)
        except BaseException as error:
            self.failed.append(error)
            with self._change:
                self._left, self._under_way = iter(()), set()
                self._change.notify_all()

    def _next(self) -> Transaction | None:
        with self._change:
            transaction = next(self._left, None)
            if transaction is not None:
                self._under_way.add(transaction.number)
                self._change.wait_for(lambda: self._before(transaction) <= transaction.beside)
            return transaction

    def _before(self, transaction: Transaction) -> set[int]:
        return {each for each in self._under_way if each < transaction.number}

    def _end(self, transaction: Transaction) -> None:
        with self._change:
            self._under_way.discard(transaction.number)
            self._change.notify_all()


@contextmanager
def _plain_connections(at: Path | URL, pragmas: Sequence[str], number: int) -> Iterator[list[Connection]]:
    made = [_plain_sqlite(at, pragmas) if isinstance(at, Path) else _plain_postgres(at) for _ in range(number)]
    try:
        yield made
    finally:
        for each in made:
            each.close()


def _plain_sqlite(path: Path, pragmas: Sequence[str]) -> Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for each in pragmas:
        connection.execute(f"PRAGMA {each}")
    return connection


def _plain_postgres(url: URL) -> Connection:
    where = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(where, **CONNECTING)  # type: ignore[arg-type]
    connection.execute(SESSION)
    connection.commit()
    return connection
