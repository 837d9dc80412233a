"""The Telegram door as `sayso serve` opens it, without the two models that read what is typed.

Run as `python -m tests.benchmarks.door`, with the settings in the environment.
"""

import asyncio

from bot.cli.serve import Door, run
from bot.settings import Settings
from tests.benchmarks.places import opened

if __name__ == "__main__":
    with opened(Settings()) as (sayso, _):
        sayso.store.database.begin_serving()
        asyncio.run(run(sayso, [Door.RESPONDENT]))
