"""Due work in real databases: once each however many processes ask, again after a kill, at its time by any clock."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlmodel import select

from consultation.domain.due import Next
from consultation.operations.due_work import NotYet, Operation, do_what_is_due
from consultation.storage import due
from consultation.storage.store import Store, open_store
from consultation.storage.tables import DueRow
from tests.contracts.databases import Cluster, cluster, kind, place, until

__all__ = ["cluster", "kind", "place"]  # fixtures

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store(place: Path | URL) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def plan(store: Store, *rows: tuple[str, str], at: datetime = NOW) -> None:
    with store.write() as session:
        for each in rows:
            due.plan(session, *each, at)


def planned(store: Store) -> dict[tuple[str, str], datetime]:
    with store.read() as session:
        rows = session.exec(select(DueRow)).all()
    return {(row.kind, row.subject): row.due_at.replace(tzinfo=row.due_at.tzinfo or UTC) for row in rows}


class Knitting:
    """Work of a kind that this version of Sayso has never heard of."""

    def __init__(self, then: Callable[[], Next] = lambda: None) -> None:
        self.done: list[str] = []
        self._then = then

    def __call__(self, subject: str) -> Next:
        self.done.append(subject)
        return self._then()


# -- at its time, and once ----------------------------------------------------------------------------------------


def test_a_made_up_kind_is_done_when_it_is_due_and_then_no_more(store: Store) -> None:
    knit = Knitting()
    plan(store, ("knit", "socks"), at=NOW)
    plan(store, ("knit", "hat"), at=NOW + HOUR)
    assert do_what_is_due(store, NOW - MINUTE, {"knit": knit}) == []
    assert do_what_is_due(store, NOW, {"knit": knit}) == [("knit", "done")]
    assert do_what_is_due(store, NOW, {"knit": knit}) == []
    assert knit.done == ["socks"]
    assert planned(store) == {("knit", "hat"): NOW + HOUR}


def test_work_that_comes_round_is_moved_to_its_next_time(store: Store) -> None:
    knit = Knitting(lambda: NOW + DAY)
    plan(store, ("knit", ""))
    do_what_is_due(store, NOW, {"knit": knit})
    assert planned(store) == {("knit", ""): NOW + DAY}


def test_the_longest_overdue_is_done_first(store: Store) -> None:
    knit = Knitting()
    for at, what in ((NOW - HOUR, "hat"), (NOW, "gloves"), (NOW - DAY, "socks")):
        plan(store, ("knit", what), at=at)
    do_what_is_due(store, NOW, {"knit": knit})
    assert knit.done == ["socks", "hat", "gloves"]


def test_what_is_planned_already_keeps_its_time(store: Store) -> None:
    plan(store, ("knit", "hat"), at=NOW)
    plan(store, ("knit", "hat"), at=NOW + DAY)
    assert planned(store) == {("knit", "hat"): NOW}


def test_what_was_planned_anew_while_it_was_done_is_done_again(store: Store) -> None:
    def meanwhile() -> Next:
        with store.write() as session:
            row = session.get(DueRow, ("knit", "hat"))
            assert row is not None
            row.due_at = NOW + HOUR
        return None

    plan(store, ("knit", "hat"))
    do_what_is_due(store, NOW, {"knit": Knitting(meanwhile)})
    assert planned(store) == {("knit", "hat"): NOW + HOUR}


def test_a_newer_versions_work_is_left_alone_and_told_of_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    newer = f"crochet on {store.database.reading.dialect.name}"
    plan(store, (newer, "shawl"), ("knit", "socks"))
    for _ in range(3):
        do_what_is_due(store, NOW, {"knit": Knitting()})
    assert list(planned(store)) == [(newer, "shawl")]
    assert caplog.text.count(newer) == 1


# -- what fails ---------------------------------------------------------------------------------------------------


def test_what_fails_waits_longer_each_time_and_holds_nothing_up(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    def fails(subject: str) -> Next:
        raise ZeroDivisionError("the words of somebody's answer")

    knit = Knitting()
    plan(store, ("fray", "x"), at=NOW - DAY)
    plan(store, ("knit", "socks"))
    assert do_what_is_due(store, NOW, {"fray": fails, "knit": knit}) == [("fray", "failed"), ("knit", "done")]
    waits, now = [], NOW
    for _ in range(9):
        waits.append(planned(store)["fray", "x"] - now)
        now += waits[-1]
        do_what_is_due(store, now, {"fray": fails})
    assert [each / MINUTE for each in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert "'fray': It failed (ZeroDivisionError)" in caplog.text
    assert "somebody's answer" not in caplog.text
    then = planned(store)["fray", "x"]
    do_what_is_due(store, then, {"fray": Knitting(lambda: then + DAY)})
    do_what_is_due(store, then + DAY, {"fray": fails})
    assert planned(store)["fray", "x"] == then + DAY + MINUTE, "the failures of before are counted on"


def test_what_is_missing_is_said_in_its_own_words(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    def waits(subject: str) -> Next:
        raise NotYet("The wool has run out. Buy some.")

    plan(store, ("knit", "socks"))
    do_what_is_due(store, NOW, {"knit": waits})
    assert "The wool has run out. Buy some. It is tried again in 0:01:00" in caplog.text


# -- clocks -------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_forward_does_things_early_and_once(store: Store) -> None:
    knit = Knitting()
    plan(store, ("knit", "hat"), at=NOW + 30 * DAY)
    do_what_is_due(store, NOW + 365 * DAY, {"knit": knit})
    for day in range(40):
        do_what_is_due(store, NOW + day * DAY, {"knit": knit})
    assert knit.done == ["hat"]


def test_a_clock_that_is_set_back_makes_things_wait(store: Store) -> None:
    knit = Knitting()
    plan(store, ("knit", "hat"))
    assert do_what_is_due(store, NOW - 7 * DAY, {"knit": knit}) == []
    assert do_what_is_due(store, NOW, {"knit": knit}) == [("knit", "done")]


# -- several at once, and killed ----------------------------------------------------------------------------------

WORKER = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from consultation.operations.due_work import do_what_is_due
from consultation.storage.postgres import postgres_url
from consultation.storage.store import open_store

at, seconds = sys.argv[1], float(sys.argv[2])
store = open_store(postgres_url(at) if ":" in at else Path(at))

def knit(subject):
    print(subject, flush=True)
    time.sleep(seconds)

print("ready", flush=True)
sys.stdin.readline()
for _ in range(40):
    do_what_is_due(store, datetime(2026, 11, 23, 9, tzinfo=UTC), {f"knit {n}": knit for n in range(20)})
"""


@contextmanager
def worker(place: Path | URL, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Another process, which knits from when a line is written to it and takes so long over each piece."""
    at = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WORKER, at, str(seconds)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_of_several_processes_one_does_each_piece(cluster: Cluster) -> None:
    with cluster.fresh() as url, worker(url, 0.02) as one, worker(url, 0.02) as two:
        store = open_store(url)
        pieces = [(f"knit {n}", f"piece {n}") for n in range(20)]
        plan(store, *pieces)
        for each in (one, two):
            assert heard(each) == "ready"
        for each in (one, two):
            tell(each)
        said = [each.communicate()[0].split("\n")[:-1] for each in (one, two)]
        assert sorted(piece for each in said for piece in each) == sorted(piece for _, piece in pieces)
        assert all(said), "one process did everything, so nothing was shown"
        assert planned(store) == {}
        store.close()


def test_threads_of_one_process_do_each_piece_once(store: Store) -> None:
    knit = Knitting()
    operations: dict[str, Operation] = {f"knit {n}": knit for n in range(20)}
    plan(store, *((each, each) for each in operations))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: do_what_is_due(store, NOW, operations), range(8)))
    assert sorted(knit.done) == sorted(operations)


def test_what_is_killed_half_way_is_done_again_by_another(
    store: Store, place: Path | URL, caplog: pytest.LogCaptureFixture
) -> None:
    plan(store, ("knit 7", "socks"))
    knit = Knitting()
    with worker(place, 60) as other:
        assert heard(other) == "ready"
        tell(other)
        assert heard(other) == "socks"
        if isinstance(place, URL):  # on SQLite nobody else serves
            assert do_what_is_due(store, NOW, {"knit 7": knit}) == []
        other.kill()
        other.wait()
    with caplog.at_level(logging.ERROR):
        until(lambda: do_what_is_due(store, NOW, {"knit 7": knit}))
    assert knit.done == ["socks"]
    assert planned(store) == {}
    assert not caplog.records
