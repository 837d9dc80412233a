"""The database fails in the middle: each turn of the batch hears of it, nothing of it is stored, and Sayso goes on."""

import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from consultation.storage.store import Store
from consultation.storage.turns import Recorded, Standing, Taken
from tests.contracts.databases import Cluster, on_postgresql, on_sqlite, until
from tests.contracts.talks import (
    Asked,
    answering,
    outgoing,
    pseudonym,
    response_of,
    stored,
    together,
    turn,
)


@contextmanager
def no_room() -> Iterator[Callable[[], None]]:
    """Called, it lets no file of this process grow, until the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def breaking(place: Path | URL, request: pytest.FixtureRequest) -> Iterator[Callable[[], object]]:
    """Called, it breaks what the database stands on; at the end that is mended."""
    if isinstance(place, Path):
        with no_room() as break_it:
            yield break_it
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        yield lambda: cluster.hang_up(place)


def test_in_the_middle_of_a_batch(database: Store, place: Path | URL, request: pytest.FixtureRequest) -> None:
    database.database.writers = 1  # so that the batch is the only thing under way
    database.writer.take(turn("before", "before", outgoing=outgoing("hello")))
    with breaking(place, request) as break_it:

        def fill(standing: Standing, recorded: Recorded) -> None:
            break_it()

        turns = [answering(chat, f"{chat}") for chat in range(40)]
        database.writer.strike(pseudonym("before"), 1)
        results = together(database, [*turns[:20], turn("break", "break", fill), *turns[20:]])
    assert [isinstance(each, SQLAlchemyError) for each in results] == [True] * 41
    found = stored(database)
    assert (set(found.versions), found.marks, found.answers) == ({pseudonym("before")}, {"before"}, {})
    assert [isinstance(each, Taken) for each in together(database, turns)] == [True] * 40
    assert len(stored(database).answers) == 40
    until(lambda: stored(database).outbox == set())


def test_what_was_struck_in_a_batch_that_failed_goes_with_the_next(
    database: Store, place: Path | URL, request: pytest.FixtureRequest
) -> None:
    database.writer.take(turn("c", "first", outgoing=outgoing("hello")))
    with breaking(place, request) as break_it:
        ends = Asked()

        def fill(standing: Standing, recorded: Recorded) -> None:
            database.writer.strike(pseudonym("c"), 1)
            break_it()

        ends.submit(database, turn("break", "break", fill))
        assert isinstance(ends.wait()[0], SQLAlchemyError)
    until(lambda: stored(database).outbox == set())


@on_postgresql
class TestPostgresql:
    def test_connections_that_were_cut_while_nobody_used_them_are_made_anew(
        self, cluster: Cluster, place: URL, database: Store
    ) -> None:
        database.writer.take(turn("c", "before"))
        assert cluster.hang_up(place) > 0
        assert database.writer.take(turn("c", "after")).turn == 2
        assert cluster.hang_up(place) > 0
        database.check()

    def test_a_server_that_crashed_has_what_was_acknowledged_and_goes_on(
        self, cluster: Cluster, database: Store
    ) -> None:
        with ThreadPoolExecutor(8) as threads:
            writing = [threads.submit(database.writer.take, answering(chat, f"{chat}")) for chat in range(400)]
            until(lambda: sum(each.done() for each in writing) > 50)
            cluster.restart()
        failed = [each.exception() for each in writing]
        stood = {response_of(chat) for chat, error in enumerate(failed) if error is None}
        assert set(stored(database).answers) >= stood
        assert all(isinstance(error, SQLAlchemyError | None) for error in failed)
        for chat in range(400):
            database.writer.take(answering(chat, f"{chat}"))
        assert stored(database).answers == {response_of(chat): "because" for chat in range(400)}
        assert set(stored(database).versions.values()) == {1}

    def test_who_waits_for_a_lock_that_is_never_let_go_hears_of_it(self, database: Store) -> None:
        """As of a machine that stands still with a conversation in hand. Ten seconds; in this test two hundredths."""
        database.writer.take(turn("held", "first"))
        writing = database.database.writing
        with writing.connect() as holder, writing.connect() as other:
            holder.execute(text("SELECT 1 FROM conversation FOR UPDATE"))
            assert other.execute(text("SHOW lock_timeout")).scalar() == "10s"
            other.execute(text("SET LOCAL lock_timeout = '20ms'"))
            with pytest.raises(OperationalError):
                other.execute(text("UPDATE conversation SET version = 9"))


@on_sqlite
class TestSqlite:
    def test_a_full_disk_is_said_and_mends(self, database: Store) -> None:
        database.writer.take(answering("before", "before"))
        self._allow_pages(database, 10)
        long = [answering(chat, f"{chat}", "so slow " * 2_000) for chat in range(10)]
        for each in together(database, [turn("short", "short"), *long]):
            assert isinstance(each, OperationalError)
            assert "full" in str(each)
        assert stored(database).answers == {response_of("before"): "because"}
        self._allow_pages(database, 100_000)
        assert [isinstance(each, Taken) for each in together(database, long)] == [True] * 10

    def _allow_pages(self, database: Store, more: int) -> None:
        with database.database.writing.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {int(pages or 0) + more}")

    def test_a_long_read_does_not_hold_up_who_takes_everything_back(self, place: Path, database: Store) -> None:
        """The journal can't be emptied under a reader. It is, with the first write after that has gone."""
        journal = place.with_name("sayso.db-wal")
        with database.read() as session:
            session.execute(text("SELECT count(*) FROM answer")).scalar()
            database.writer.take(answering("c", "first", "Marmalade"))
            began = time.monotonic()
            database.wipe_journal()
            database.writer.take(turn("c", "second"))
            assert time.monotonic() - began < 5
            assert b"Marmalade" in journal.read_bytes()
        database.writer.take(turn("c", "third"))
        assert journal.read_bytes() == b""

    def test_what_a_killed_process_left_in_the_journal_goes_with_the_first_write(
        self, place: Path, database: Store, second: Store
    ) -> None:
        database.writer.take(answering("c", "first", "Marmalade"))
        assert b"Marmalade" in place.with_name("sayso.db-wal").read_bytes()
        second.database.begin_serving()
        second.writer.take(turn("c", "second"))
        assert place.with_name("sayso.db-wal").read_bytes() == b""
