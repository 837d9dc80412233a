"""The same trial with doors that break a promise on purpose: it finds what is lost and what is doubled."""

from pathlib import Path
from random import Random

from tests.builders import open_consultation
from tests.durability.keeping import Nursery, keep_killing, kept_at
from tests.durability.trial import Trial
from tests.durability.web_line import WebLine

KILLS, TAKEN = 25, 250  # and updates that are taken where nobody is killed


async def faults_of(door: str, folder: Path, nursery: Nursery, chance: Random, kills: int = 0) -> list[str]:
    opened = open_consultation(folder)
    opened.sayso.store.close()
    kept = kept_at(nursery, folder, serves=door)
    trial = Trial(opened, [kept], {WebLine(): 16}, chance)

    async def make_trouble() -> None:
        await keep_killing(kept, chance, kills, trial.tally)
        if not kills:
            await trial.open_doors()
            await trial.tally.gains(TAKEN)

    return [each for each in await trial.run(make_trouble) if "updates" in each]


async def test_what_is_acknowledged_before_the_commit_is_found_lost(
    tmp_path: Path, nursery: Nursery, chance: Random
) -> None:
    assert await faults_of("hasty", tmp_path / "data", nursery, chance, KILLS)


async def test_what_is_taken_twice_is_found_doubled(tmp_path: Path, nursery: Nursery, chance: Random) -> None:
    assert await faults_of("forgetful", tmp_path / "data", nursery, chance)


async def test_a_door_that_keeps_its_promise_slowly_passes(tmp_path: Path, nursery: Nursery, chance: Random) -> None:
    """So what is found above is not the trial's own doing."""
    assert await faults_of("slow", tmp_path / "data", nursery, chance, 5) == []
    assert await faults_of("slow", tmp_path / "more", nursery, chance) == []
