"""Hundreds of kills at random moments under load: every answer that was acknowledged is there, once, and at most what
was in flight beside it; and whoever was to be told something was told."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.builders import open_consultation
from tests.contracts.databases import Cluster
from tests.durability.keeping import Nursery, keep_killing, kept_at
from tests.durability.telegram_line import BotApi, TelegramLine, served, settings_for
from tests.durability.trial import Trial
from tests.durability.web_line import WebLine

KILLS = 200


async def tried(
    folder: Path, nursery: Nursery, chance: Random, *, processes: int, note: Callable[[str, object], None], **more: Any
) -> Trial:
    """People on the web and on Telegram, and processes that are killed."""
    api = BotApi()
    async with served(api) as address:
        settings = {**settings_for(address), **more}
        opened = open_consultation(folder, **settings)
        opened.sayso.store.close()
        doors = [kept_at(nursery, folder, **settings) for _ in range(processes)]
        trial = Trial(opened, doors, {WebLine(): 12, TelegramLine(api, opened.wave): 6}, chance)

        async def kill() -> None:
            await asyncio.gather(*(keep_killing(door, chance, KILLS // processes, trial.tally) for door in doors))

        found = await trial.run(kill)
    note("trial", str(trial))
    print(trial)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial
    return trial


def shows_what_it_claims(trial: Trial) -> bool:
    """So that nothing is proved by nothing happening."""
    tally = trial.tally
    busy = sum(1 for each in tally.caught if each)
    return tally.kills == KILLS and busy > KILLS / 2 and tally.acknowledged > 5 * KILLS and tally.injected > KILLS


@pytest.mark.timeout(400)
async def test_one_process_on_sqlite(
    tmp_path: Path, nursery: Nursery, chance: Random, record_property: Callable[[str, object], None]
) -> None:
    trial = await tried(tmp_path / "data", nursery, chance, processes=1, note=record_property)
    assert shows_what_it_claims(trial), trial


@pytest.mark.timeout(400)
async def test_two_processes_on_postgresql(
    tmp_path: Path, nursery: Nursery, chance: Random, cluster: Cluster, record_property: Callable[[str, object], None]
) -> None:
    with cluster.fresh() as url:
        written = url.render_as_string(hide_password=False)
        trial = await tried(
            tmp_path / "data", nursery, chance, processes=2, note=record_property, database_url=written
        )
    assert shows_what_it_claims(trial), trial
