"""The clock on the wall jumps, forth and back, in the middle of talks: nothing is lost or doubled by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlmodel import select

from bot.clock import Steadiness
from bot.scheduler import Scheduler
from consultation.domain.due import Kind
from consultation.flow.events import Began
from consultation.storage.keys import MissingKey
from consultation.storage.tables import DueRow
from tests.builders import Opened, open_consultation, survey
from tests.durability.keeping import Nursery, kept_at
from tests.durability.talks import Talk, make_talk
from tests.durability.trial import Trial
from tests.durability.waiting import until
from tests.durability.web_line import WebLine

LAST_DAY = datetime(2027, 1, 31, 12, tzinfo=UTC)  # of the consultation that tests open
JUMPS = [timedelta(hours=-1), timedelta(days=1), timedelta(hours=11), timedelta(days=-100), timedelta(days=2)]
CLOSED = [timedelta(days=1), timedelta(days=-100), timedelta(days=2)]
CHATS = 30


def begins_once(chance: Random) -> Talk:
    """Whoever begins anew while no answers are taken is told so on a page, which nobody here reads."""
    talk = make_talk(survey(), chance)
    return begins_once(chance) if any(isinstance(each.given, Began) for each in talk.moves[1:]) else talk


@pytest.mark.timeout(200)
async def test_jumps_in_the_middle_of_talks(tmp_path: Path, nursery: Nursery, chance: Random) -> None:
    """Some of them out of the consultation's days, so that it is closed for a moment; in one of them Sayso starts."""
    folder, clock = tmp_path / "data", tmp_path / "clock"
    set_clock(clock, LAST_DAY)
    opened = open_consultation(folder)
    opened.sayso.store.close()
    kept = kept_at(nursery, folder, clock=clock)
    trial = Trial(opened, [kept], {WebLine(): CHATS}, chance, new_talk=begins_once, keep_coming=False)

    async def jump() -> None:
        await trial.open_doors()
        await until(lambda: len(trial.people) == CHATS and all(each.taken for each in trial.people))
        left = sum(len(each.talk.moves) - each.taken for each in trial.people)
        for by in JUMPS:
            refused = trial.tally.refused
            set_clock(clock, LAST_DAY + by)
            if by == JUMPS[-1]:
                await kept.kill()
                await trial.open_doors()
            if by in CLOSED:
                await until(lambda refused=refused: trial.tally.refused > refused + CHATS / 2)
            set_clock(clock, LAST_DAY)
            await trial.tally.gains(left // (len(JUMPS) + 2))

    found = await trial.run(jump)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial


def set_clock(path: Path, now: datetime) -> None:
    part = path.with_suffix(".part")
    part.write_text(now.isoformat())
    part.replace(path)


def test_a_wrong_clock_closes_nothing_and_the_right_one_does(opened: Opened) -> None:
    """Its key would be gone for good."""
    now = LAST_DAY - timedelta(days=10)
    desk = replace(opened.sayso.desk, now=lambda: now)
    scheduler = Scheduler(replace(opened.sayso, desk=desk), heavy=False)
    for at in (now, now + timedelta(days=20), now):
        now = at
        scheduler.do_light_work()
    with opened.sayso.store.read() as session:
        assert session.exec(select(DueRow).where(DueRow.kind == Kind.CLOSE)).one().due_at.date() > now.date()
    assert opened.sayso.keys.key(opened.wave.consultation.id)
    now += timedelta(days=20)
    Scheduler(replace(opened.sayso, desk=desk), heavy=False, settled=timedelta(0)).do_light_work()
    with pytest.raises(MissingKey):
        opened.sayso.keys.key(opened.wave.consultation.id)


def test_a_clock_is_trusted_when_it_has_gone_on_for_an_hour() -> None:
    machine = [0.0]
    clock = Steadiness(clock=lambda: machine[0])
    looks = ((0, 0), (3599, 3599), (3600, 3600), (3610, 90_000), (7200, 93_590), (7211, 93_601), (7300, 93_720))
    held = []
    for machine[0], wall in looks:
        held.append(clock.holds(LAST_DAY + timedelta(seconds=wall)))
    assert held == [False, False, True, False, False, True, True]
