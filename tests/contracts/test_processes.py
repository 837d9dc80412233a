"""Who serves, who is alive and whose turn it is, among real processes that are really killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from consultation.storage.faults import FolderInUse
from consultation.storage.store import Store, migrate, open_store
from tests.contracts.another import another
from tests.contracts.databases import Cluster, on_postgresql, on_sqlite, until
from tests.contracts.talks import answering, stored


@contextmanager
def opened(place: Path | URL) -> Iterator[Store]:
    store = open_store(place)
    yield store
    store.close()


def only(store: Store, name: str) -> bool:
    with store.database.only_one(name) as mine:
        return mine


class TestOnlyOne:
    """Over both kinds, in one process."""

    def test_of_those_that_ask_at_once(self, database: Store) -> None:
        with database.database.only_one("purge") as first, database.database.only_one("purge") as also:
            assert (first, also) == (True, False)
            assert only(database, "remind"), "another kind of work waits for this one"
        assert only(database, "purge")

    def test_until_it_fails(self, database: Store) -> None:
        def fail() -> None:
            with database.database.only_one("purge") as mine:
                raise ZeroDivisionError(mine)

        with pytest.raises(ZeroDivisionError):
            fail()
        assert only(database, "purge")


@on_sqlite
class TestOneFolder:
    def test_is_served_by_one_store(self, place: Path, database: Store, second: Store) -> None:
        database.database.begin_serving()
        with pytest.raises(FolderInUse, match=f"Another Sayso is serving {place.parent} already. Stop it first"):
            second.database.begin_serving()
        database.close()
        second.database.begin_serving()

    def test_is_served_by_one_process_until_it_dies(self, place: Path, database: Store) -> None:
        with another(place) as other:
            assert int(other.does("serve")) != database.database.me
            with pytest.raises(FolderInUse):
                database.database.begin_serving()
            other.kill()
            database.database.begin_serving()

    def test_that_is_served_refuses_another_process(self, place: Path, database: Store) -> None:
        database.database.begin_serving()
        with another(place) as other:
            assert other.does("serve").startswith("FolderInUse: Another Sayso is serving")
            assert other.does("migrate").startswith("FolderInUse: Another Sayso is serving")

    def test_that_is_served_still_takes_short_commands(self, place: Path, database: Store) -> None:
        """`sayso open`, `sayso chat` and the like: they take turns at writing with the process that serves."""
        database.database.begin_serving()
        with another(place) as other:
            other.begins("write other 150")
            for number in range(150):
                database.writer.take(answering(f"here {number % 3}", f"here-{number}"))
                if number % 50 == 0:
                    database.wipe_journal()
            assert other.ends() == "written"
        assert set(stored(database).versions.values()) == {50}
        assert len(stored(database).versions) == 6
        assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def test_a_writer_that_is_killed_holds_nobody_up(self, place: Path, database: Store) -> None:
        with another(place) as other:
            other.begins("write other 100000")
            until(lambda: len(stored(database).marks) > 20)
            other.kill()
        database.writer.take(answering("here", "here"))
        assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = stored(database)
        assert sum(found.versions.values()) == len(found.marks)

    def test_is_open_to_its_owner_alone(self, place: Path, database: Store) -> None:
        database.database.begin_serving()
        database.writer.take(answering("c", "c"))
        modes = {each.name: oct(each.stat().st_mode & 0o777) for each in place.parent.iterdir()}
        assert modes == dict.fromkeys(
            ("sayso.db", "sayso.db-wal", "sayso.db-shm", "sayso.serving", "sayso.writing"), "0o600"
        )


@on_postgresql
class TestOneServer:
    def test_is_shared_and_everybody_knows_who_lives(self, place: URL) -> None:
        with opened(place) as here, another(place) as other, opened(place) as asks:
            here.database.begin_serving()
            them = int(other.does("serve"))
            assert asks.database.living() == {here.database.me, them, asks.database.me}
            assert here.database.servers() == 3
            other.kill()
            until(lambda: here.database.living() == {here.database.me, asks.database.me})

    def test_does_not_count_who_has_left(self, place: URL) -> None:
        with opened(place) as here:
            with opened(place) as there:
                there.database.begin_serving()
                assert here.database.servers() == 2
            until(lambda: here.database.living() == {here.database.me})

    def test_gives_one_of_several_processes_a_piece_of_work_until_it_dies(self, place: URL) -> None:
        with opened(place) as here, another(place) as other:
            assert other.does("only purge") == "True"
            assert not only(here, "purge")
            assert only(here, "remind")
            other.kill()
            until(lambda: only(here, "purge"))

    def test_that_cut_the_connection_learns_again_that_a_process_lives(self, cluster: Cluster, place: URL) -> None:
        with opened(place) as here, opened(place) as there:
            here.database.begin_serving()
            cluster.hang_up(place)
            assert there.database.living() == {there.database.me}
            assert here.database.living() == {here.database.me, there.database.me}
            assert there.database.living() == {here.database.me, there.database.me}

    def test_that_crashed_knows_again_who_lives(self, cluster: Cluster, place: URL) -> None:
        with opened(place) as here, opened(place) as there:
            for each in (here, there):
                each.database.begin_serving()
            with here.database.only_one("purge") as mine:
                assert mine
                cluster.restart()
            for each in (here, there):
                each.database.living()
            assert here.database.living() == {here.database.me, there.database.me}
            assert only(there, "purge")

    def test_is_not_asked_by_ever_more_connections(self, cluster: Cluster, place: URL) -> None:
        with opened(place) as here:
            for number in range(30):
                here.database.living()
                only(here, f"work {number}")
            assert cluster.hang_up(place) <= 3


def test_migrating_from_two_processes_at_once(cluster: Cluster) -> None:
    with cluster.fresh(template="template1") as url, another(url) as first, another(url) as other:
        for each in (first, other):
            each.begins("migrate")
        assert {first.ends(), other.ends()} == {migrate(url)}
        with opened(url) as store:
            store.check()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell what files are open")
def test_a_store_that_was_closed_holds_no_file_or_connection(place: Path | URL) -> None:
    def use() -> None:
        with opened(place) as store:
            store.database.begin_serving()
            store.check()
            store.database.living()
            store.wipe_journal()

    use()
    before = descriptors()
    for _ in range(5):
        use()
    assert descriptors() == before
