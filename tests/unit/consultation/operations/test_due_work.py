"""What due work does for waves and records: open, close, purge, figures. Each is safe to do twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select

from analysis.findings.suppression import shown
from bot.closings import close
from consultation.domain.consultation import Audience, Channel
from consultation.domain.due import closing, day_in_london, next_at, opening
from consultation.domain.ids import WaveId
from consultation.operations import purge as purging
from consultation.operations.advance_figures import STEP, advance_figures
from consultation.operations.due_work import NotYet, ensure_due
from consultation.operations.open_wave import open_wave, see_it_open
from consultation.operations.purge import purge
from consultation.operations.reach import reach
from consultation.operations.set_aside import set_aside, updates_set_aside
from consultation.safeguarding.lead_keys import Keyring
from consultation.storage.keys import KeyFolder
from consultation.storage.store import Store
from consultation.storage.tables import DueRow, InboxRow, OutboxRow, ResponseRow
from consultation.surveys import template
from tests.builders import SURVEY, TODAY, Opened, Person, commission, ids_from

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OVER = datetime(2027, 2, 1, 0, 1, tzinfo=UTC)  # for the wave of these tests

COMES_ROUND = ("purge", "wipe", "code", "learn", "themes", "remind", "forget")


def planned(store: Store) -> dict[tuple[str, str], datetime]:
    with store.read() as session:
        return {(each.kind, each.subject): each.due_at.replace(tzinfo=UTC) for each in session.exec(select(DueRow))}


def close_here(opened: Opened, wave: WaveId, now: datetime) -> datetime | None:
    return close(opened.sayso.settings, opened.sayso.store, opened.sayso.keys, wave, now)


def respond(opened: Opened, people: range) -> None:
    with opened.sayso.store.write() as session:
        session.add_all(
            ResponseRow(
                id=f"r{n}", wave_id=opened.wave.id, audience="staff", channel="web", locale="en",
                consent_wording="1", consented_on=TODAY, finished=n % 2 == 0,
            )
            for n in people
        )  # fmt: skip


# -- London's calendar --------------------------------------------------------------------------------------------


def test_days_are_londons_in_summer_and_in_winter() -> None:
    assert opening(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert opening(date(2026, 12, 1)) == datetime(2026, 12, 1, tzinfo=UTC)
    assert closing(date(2026, 10, 24)) == datetime(2026, 10, 24, 23, 1, tzinfo=UTC), "the clocks go back on the 25th"
    assert closing(date(2026, 10, 25)) == datetime(2026, 10, 26, 0, 1, tzinfo=UTC)
    assert day_in_london(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_three_at_night_comes_once_a_day_whatever_the_clocks_do() -> None:
    now, times = datetime(2026, 3, 27, 12, tzinfo=UTC), []
    for _ in range(3):
        now = next_at(now, time(3))
        times.append(now)
    assert times == [datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((28, 3), (29, 2), (30, 2))]
    assert next_at(times[0], time(3)) > times[0], "at three it is due the next day"


# -- opening and closing ------------------------------------------------------------------------------------------


def test_a_wave_is_planned_with_its_opening_and_its_close(opened: Opened) -> None:
    sayso = opened.sayso
    how = commission("into-summer", opens_on=date(2027, 2, 1), closes_on=date(2027, 6, 30))
    wave = open_wave(sayso.desk, sayso.keys, how, template(SURVEY))
    rows = planned(sayso.store)
    assert rows["open", wave.id] == datetime(2027, 2, 1, tzinfo=UTC)
    assert rows["close", wave.id] == datetime(2027, 6, 30, 23, 1, tzinfo=UTC)


def test_a_wave_that_opens_today_is_not_looked_at_again_before_tomorrow(opened: Opened) -> None:
    """Its opening was the look. What an upgrade changes an hour later must not cut off whoever is talking."""
    sayso = opened.sayso
    wave = open_wave(sayso.desk, sayso.keys, commission("today", opens_on=TODAY), template(SURVEY))
    assert planned(sayso.store)["open", wave.id] > sayso.desk.now()


def test_waves_of_before_there_was_due_work_get_what_they_still_need(opened: Opened) -> None:
    store, wave = opened.sayso.store, opened.wave.id
    found = {}
    for when, now in (("before", datetime(2026, 10, 1, tzinfo=UTC)), ("during", NOON), ("after", OVER)):
        with store.write() as session:
            for row in session.exec(select(DueRow)):
                session.delete(row)
        ensure_due(store, now)
        ensure_due(store, now + DAY)  # and a second start changes nothing
        found[when] = set(planned(store)) - {(each, "") for each in COMES_ROUND}
        assert planned(store)["purge", ""] == next_at(now, time(3))
    assert found == {
        "before": {("open", wave), ("close", wave)},
        "during": {("open", wave), ("close", wave)},
        "after": {("close", wave)},
    }


def test_what_an_opening_wave_lacks_is_said_until_it_is_there(opened: Opened) -> None:
    keys, wave = opened.sayso.settings.key_folder, opened.wave
    desk = replace(opened.sayso.desk, key_of=lambda consultation: KeyFolder(keys).key(consultation))  # read afresh
    assert see_it_open(desk, wave.id) is not None, "it is looked at again tomorrow"
    (key,) = keys.glob("*.key")
    kept = key.rename(key.with_suffix(".away"))
    with pytest.raises(NotYet, match=r"'have-your-say' has opened and can't take answers\. The key .* is missing"):
        see_it_open(desk, wave.id)
    kept.rename(key)
    assert see_it_open(desk, wave.id) is not None, "it is looked at again tomorrow"
    with pytest.raises(NotYet, match="No safeguarding lead has a key"):
        see_it_open(replace(desk, keyring=Keyring), wave.id)

    def no_survey(_: object) -> Any:
        raise KeyError

    with pytest.raises(NotYet, match="Version 3 of the survey 'what-we-want' isn't in the database"):
        see_it_open(replace(desk, survey_of=no_survey), wave.id)
    assert see_it_open(desk, WaveId("gone")) is None


def test_a_wave_that_is_over_counts_everybody_and_keeps_no_address(opened: Opened) -> None:
    store = opened.sayso.store
    Person(opened, "4711", Channel.TELEGRAM).begins(Audience.STAFF)
    respond(opened, range(3))
    for _ in range(2):
        assert close_here(opened, opened.wave.id, OVER) is None
        assert reach(store, opened.wave.id).begun == {"staff": 3}
        with store.read() as session:
            assert session.exec(select(OutboxRow)).all() == []


def test_a_wave_that_goes_on_longer_is_closed_later(opened: Opened) -> None:
    Person(opened, "4711", Channel.TELEGRAM).begins(Audience.STAFF)
    assert close_here(opened, opened.wave.id, OVER - 2 * DAY) == OVER
    with opened.sayso.store.read() as session:
        assert session.exec(select(OutboxRow)).all() != []
    assert close_here(opened, WaveId("gone"), OVER) is None


# -- purging ------------------------------------------------------------------------------------------------------


def test_marks_go_when_no_channel_can_deliver_again_and_troubles_after_a_month(opened: Opened) -> None:
    store, new_id, many = opened.sayso.store, ids_from(7), purging.SOME + 10
    with store.write() as session:
        session.add_all(InboxRow(mark=new_id(), taken_on=TODAY - 4 * DAY) for _ in range(many))
        session.add_all(InboxRow(mark=f"{days} days", taken_on=TODAY - days * DAY) for days in range(6))
    for days in (0, 30, 31):
        set_aside(store, "web", f"Fault{days}", new_id, TODAY - days * DAY)
    for _ in range(2):
        assert purge(store, NOON, shown) == datetime(2026, 11, 24, 3, tzinfo=UTC)
        with store.read() as session:
            assert set(session.exec(select(InboxRow.mark))) == {f"{days} days" for days in range(4)}
        assert [each.fault for each in updates_set_aside(store)] == ["Fault0", "Fault30"]


# -- figures ------------------------------------------------------------------------------------------------------


def test_of_two_that_move_the_figures_on_at_once_one_does(opened: Opened) -> None:
    store, wave = opened.sayso.store, opened.wave
    respond(opened, range(STEP))
    with store.database.only_one(f"figures of {wave.id}"):
        assert advance_figures(store, wave, TODAY) == STEP
        assert reach(store, wave.id).begun == {}
    assert advance_figures(store, wave, TODAY) == 0
    assert reach(store, wave.id).begun == {"staff": STEP}
    assert reach(store, wave.id).finished == {"staff": STEP // 2}


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked within the block."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_figures_are_counted_by_the_database_from_an_index_alone(opened: Opened) -> None:
    store = opened.sayso.store
    respond(opened, range(5))
    engine = store.database.reading
    with statements(engine) as asked:
        reach(store, opened.wave.id)
        advance_figures(store, opened.wave, TODAY)
    counts = [each for each in asked if each[0].startswith("SELECT")]
    assert len(counts) == 2
    with engine.connect() as connection:
        for statement, parameters in counts:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[3]) for row in plan]
            assert steps == ["SEARCH response USING COVERING INDEX ix_response_reach (wave_id=? AND counted=?)"]
