"""Hundreds of kills in the middle of everything, and every answer that was acknowledged is there, once."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.builders import open_consultation
from tests.contracts.databases import running
from tests.durability.keeping import Kept, Nursery, free_port, order_for
from tests.durability.telegram_line import TOKEN, BotApi, TelegramLine, serving
from tests.durability.trial import Trial
from tests.durability.web_line import WebLine


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_killed(tmp_path: Path, nursery: Nursery, kind) -> None:
    import time
    seed = int(os.environ.get("SEED", "0")) or secrets.randbits(32)
    print("seed", seed)
    api = BotApi()
    async with serving(api) as address:
        more = dict(telegram_token=TOKEN, telegram_webhook=True, telegram_api=address, telegram_rate=1000)
        if kind == "postgresql":
            cm = running().fresh()
            more["database_url"] = cm.__enter__().render_as_string(hide_password=False)
        opened = open_consultation(tmp_path / "data", **more)
        opened.sayso.store.close()
        doors = []
        for _ in range(1 if kind == "sqlite" else 2):
            port = free_port()
            doors.append(Kept(nursery, order_for(tmp_path / "data", port, **more), port))
        t = time.perf_counter(), time.process_time()
        trial = Trial(opened, doors, {WebLine(): 16, TelegramLine(api, opened.wave): 12}, Random(seed))
        found = await trial.run(int(os.environ.get("KILLS", "20")))
        print("killed", time.perf_counter() - t[0], time.process_time() - t[1], trial.tally, sum(len(x) for x in api.heard.values()))
        assert not found, "\n".join(found[:10])
        assert not trial.tally.strange
    if kind == "postgresql":
        cm.__exit__(None,None,None)
