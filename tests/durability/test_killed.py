"""Hundreds of kills at random moments under load: every answer that was acknowledged is there, once, and at most what
was in flight beside it; and whoever was to be told something was told."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.builders import open_consultation
from tests.contracts.databases import running
from tests.durability.keeping import Nursery, keep_killing, kept_at
from tests.durability.people import Line
from tests.durability.telegram_line import BotApi, TelegramLine, served, settings_for
from tests.durability.trial import Trial
from tests.durability.web_line import WebLine

KILLS = {"web": 120, "web and telegram": 80}  # on each database; a start with Telegram costs twice as much
IN_PEACE = 300  # updates while nobody is killed yet, so that several processes come in each other's way
PROCESSES = {"sqlite": 1, "postgresql": 2}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("lines", KILLS)
@pytest.mark.parametrize("kind", PROCESSES)
async def test_killed_and_killed_again(
    tmp_path: Path,
    nursery: Nursery,
    chance: Random,
    record_property: Callable[[str, object], None],
    kind: str,
    lines: str,
) -> None:
    kills = KILLS[lines]
    api = BotApi()
    with ExitStack() as databases:
        async with served(api) as address:
            settings: dict[str, Any] = settings_for(address) if "telegram" in lines else {}
            if kind == "postgresql":
                url = databases.enter_context(running().fresh())
                settings["database_url"] = url.render_as_string(hide_password=False)
            opened = open_consultation(tmp_path / "data", **settings)
            opened.sayso.store.close()
            doors = [kept_at(nursery, tmp_path / "data", **settings) for _ in range(PROCESSES[kind])]
            chats: dict[Line, int] = {WebLine(): 12}
            if "telegram" in lines:
                chats[TelegramLine(api, opened.wave)] = 8
            trial = Trial(opened, doors, chats, chance)

            async def kill() -> None:
                await trial.open_doors()
                await trial.tally.gains(IN_PEACE)
                await asyncio.gather(*(keep_killing(each, chance, kills // len(doors), trial.tally) for each in doors))

            found = await trial.run(kill)
    record_property("trial", str(trial))
    print(trial)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial
    _shows_what_it_claims(trial, kills)


def _shows_what_it_claims(trial: Trial, kills: int) -> None:
    """So that nothing is proved by nothing happening."""
    tally = trial.tally
    assert sum(KILLS.values()) >= 200
    assert tally.kills == kills, trial
    assert sum(1 for each in tally.caught if each) > kills / 2, trial
    assert tally.acknowledged > 3 * kills, trial
    assert min(tally.at_once, tally.again, tally.stale) > kills / 4, trial
