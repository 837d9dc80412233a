"""The disk is full, and has room again: nothing is half stored, nobody's words are lost, and nobody restarts Sayso."""

import asyncio
import resource
from pathlib import Path
from random import Random

import aiohttp
import pytest

from tests.builders import open_consultation
from tests.durability.keeping import Nursery, kept_at
from tests.durability.telegram_line import BotApi, TelegramLine, served, settings_for
from tests.durability.trial import Trial
from tests.durability.visitor import Visitor
from tests.durability.web_line import WebLine

TIMES = 3


@pytest.mark.timeout(200)
async def test_full_and_room_again(tmp_path: Path, nursery: Nursery, chance: Random) -> None:
    """The system lets the process write no further than the journal goes, and in the middle of a write if need be."""
    api, folder = BotApi(), tmp_path / "data"
    async with served(api) as address, aiohttp.ClientSession() as http:
        opened = open_consultation(folder, **settings_for(address))
        opened.sayso.store.close()
        kept = kept_at(nursery, folder, **settings_for(address))
        trial = Trial(opened, [kept], {WebLine(): 8, TelegramLine(api, opened.wave): 4}, chance)

        async def fill() -> None:
            await trial.open_doors()
            for _ in range(TIMES):
                await trial.tally.gains(40)
                visitor = Visitor(kept, http, chance)
                await visitor.arrives()
                trial.people.append(visitor.person)
                _let_write(kept.child, (folder / "sayso.db-wal").stat().st_size + chance.randint(0, 5000))
                await _nothing_more_is_taken(trial)
                await visitor.is_refused()
                assert await visitor.begins() == 503
                assert await visitor.status_of("/c/have-your-say") == 200
                _let_write(kept.child, resource.RLIM_INFINITY)
                await visitor.tries_again()
            await trial.tally.gains(40)

        found = await trial.run(fill)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial
    assert trial.tally.refused > 20 * TIMES, trial
    log = folder.with_suffix(".log").read_text()
    assert log.count("\n") < 3 * trial.tally.refused + 500, (
        f"{log.count(chr(10))} lines are logged while nothing can be stored"
    )


def _let_write(child: int, size: int) -> None:
    resource.prlimit(child, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def _nothing_more_is_taken(trial: Trial) -> None:
    """Wait until what fits is written, and no more does."""
    async with asyncio.timeout(30):
        refused, taken = trial.tally.refused, -1
        while taken != trial.tally.acknowledged or trial.tally.refused < refused + 20:
            taken = trial.tally.acknowledged
            await asyncio.sleep(0.3)
