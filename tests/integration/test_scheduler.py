"""What the scheduler wakes: due work of waves and records, and a coder that reads only what is new."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlmodel import select

from analysis.storage.codings import read_by
from analysis.storage.tables import CodedRow
from bot.chapters import code_what_is_new
from bot.metrics import Metrics
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from consultation.domain.consultation import Audience, Consultation, Wave
from consultation.domain.ids import ConsultationId, SurveyId, WaveId
from consultation.operations.advance_figures import advance_figures
from consultation.operations.reach import reach
from consultation.operations.redacted_answers import unread_answers
from consultation.storage.store import open_store
from consultation.storage.tables import AnswerRow
from tests.builders import Opened, Person, open_consultation
from tests.contracts.databases import Cluster, cluster, until
from tests.integration.test_due_work import planned

__all__ = ["cluster"]  # a fixture

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


# -- at scale -----------------------------------------------------------------------------------------------------


def one_who_wrote(opened: Opened, name: str) -> None:
    person = Person(opened, name)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("They always asked what we thought first.")


@contextmanager
def answers_loaded() -> Iterator[list[str]]:
    """Ids of the answers that are read from the database within the block."""
    loaded: list[str] = []

    def note(row: AnswerRow, _: object) -> None:
        loaded.append(row.id)

    event.listen(AnswerRow, "load", note)
    yield loaded
    event.remove(AnswerRow, "load", note)


def test_the_coder_reads_what_is_new_and_nothing_else(opened: Opened) -> None:
    for name in ("a", "b", "c"):
        one_who_wrote(opened, name)
    assert code_what_is_new(opened.sayso) == 3
    one_who_wrote(opened, "d")
    with answers_loaded() as loaded:
        assert code_what_is_new(opened.sayso) == 1
        assert code_what_is_new(opened.sayso) == 0
    assert len(loaded) == 1, "skips and what was read before are read again"


def test_unread_answers_come_some_at_a_time_each_once(opened: Opened) -> None:
    for name in "abcde":
        one_who_wrote(opened, name)
    pages = list(unread_answers(opened.sayso.store, opened.wave.id, read_by("nobody yet"), 2))
    assert [len(each) for each in pages] == [2, 2, 1]
    answers = [response.answers[0].answer_id for page in pages for response in page]
    assert len(set(answers)) == 5


def test_coding_stops_between_two_pages_when_sayso_stops(opened: Opened) -> None:
    for name in ("a", "b", "c"):
        one_who_wrote(opened, name)
    with opened.sayso.store.database.only_one("coding"):
        assert code_what_is_new(opened.sayso) == 0, "somebody else is coding just now"
    assert code_what_is_new(opened.sayso, go_on=lambda: False, page=2) == 2
    assert code_what_is_new(opened.sayso, page=2) == 1


def test_postgresql_counts_figures_and_finds_the_unread_by_index(cluster: Cluster) -> None:
    consultation = Consultation(ConsultationId("c"), "s", "t", "a", "p", "d", "f", simulated=False)
    wave = Wave(WaveId("w"), consultation, SurveyId("s"), 1, NOW.date(), NOW.date())
    asked: list[tuple[str, Any]] = []
    with cluster.fresh() as url:
        store = open_store(url)
        engine = store.database.reading
        event.listen(engine, "before_cursor_execute", lambda *now: asked.append((now[2], now[3])))
        assert reach(store, wave.id).begun == {}
        assert advance_figures(store, wave, NOW.date()) == 0
        assert list(unread_answers(store, wave.id, read_by("x"), 500)) == []
        counts, unread = asked[-3:-1], asked[-1]
        with engine.connect() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")  # the tables are empty: what it would do if not
            connection.exec_driver_sql("SET enable_bitmapscan = off")
            for each in counts:
                assert "Index Only Scan using ix_response_reach" in explained(connection, each)
            plan = explained(connection, unread)
            assert "SubPlan" in plan, "all that was ever read would be joined, for every page"
            assert "using coded_pkey" in plan
        store.close()


def explained(connection: Connection, asked: tuple[str, Any]) -> str:
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {asked[0]}", asked[1]))


# -- the scheduler ------------------------------------------------------------------------------------------------


def scheduling(opened: Opened, now: datetime, heavy: bool) -> tuple[Sayso, Scheduler]:
    """A scheduler of a process of its own, whose clock stands at `now`."""
    sayso = replace(opened.sayso, desk=replace(opened.sayso.desk, now=lambda: now), metrics=Metrics())
    return sayso, Scheduler(sayso, heavy, seconds=0.05, settled=timedelta(0))


def work_done(sayso: Sayso, kind: str) -> bool:
    return f'sayso_due_work_total{{kind="{kind}",outcome="done"}} 1.0' in sayso.metrics.render()[0].decode()


def test_the_scheduler_opens_closes_purges_and_codes(opened: Opened) -> None:
    store = opened.sayso.store
    one_who_wrote(opened, "a")
    light, scheduler = scheduling(opened, NOW, heavy=False)
    scheduler.start()
    until(lambda: work_done(light, "open"))
    time.sleep(0.3)  # some more looks
    scheduler.stop()
    assert planned(store)["code", ""] == NOW, "a process that answers people does nothing heavy"
    heavy, scheduler = scheduling(opened, NOW, heavy=True)
    scheduler.start()
    until(lambda: work_done(heavy, "code"))
    scheduler.stop()
    assert planned(store)["code", ""] == NOW + 2 * MINUTE
    with store.read() as session:
        assert len(session.exec(select(CodedRow)).all()) == 1
    over = datetime(2027, 2, 1, 0, 1, tzinfo=UTC)
    late, scheduler = scheduling(opened, over, heavy=False)
    scheduler.do_light_work()
    assert work_done(late, "close")
    assert work_done(late, "purge")
    assert reach(store, opened.wave.id).begun == {"young_person": 1}
    once_more = ("open", opened.wave.id)  # in the morning, when it finds nothing open
    all_day = {(each, "") for each in ("purge", "wipe", "code", "learn", "themes", "forget", "remind")}
    assert set(planned(store)) == {*all_day, once_more}


def test_a_database_that_is_away_is_told_of_once_and_waited_for(
    cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with cluster.fresh() as url:
        opened = open_consultation(tmp_path / "data", database_url=url.render_as_string(hide_password=False))
        _, scheduler = scheduling(opened, NOW, heavy=False)
        cluster.run(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        cluster.hang_up(url)
        with caplog.at_level(logging.INFO, "sayso"):
            for _ in range(3):
                scheduler.do_light_work()
            cluster.run(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
            scheduler.do_light_work()
        opened.sayso.store.close()
    told = [each.getMessage() for each in caplog.records if each.getMessage().startswith("due work")]
    assert told == ["due work failed (OperationalError); it is tried again every 0.05 seconds", "due work works again"]
