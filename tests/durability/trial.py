"""One trial: a consultation that is served, people who talk, and kills; then the reckoning. Knows no database."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import aiohttp
from sqlmodel import select

from bot.wiring import wire
from consultation.storage.store import Store, open_store
from consultation.storage.tables import OutboxRow
from tests.builders import Opened, survey
from tests.durability.keeping import Kept, Nursery, keep_killing
from tests.durability.people import Line, Person
from tests.durability.reckoning import faults
from tests.durability.tally import Tally
from tests.durability.talks import make_talk

POST_SECONDS = 15
PATIENCE = 30.0  # seconds in which what is left to say must be said


@dataclass
class Trial:
    """`chats` says how many people talk at once on each line. When one has finished, the next begins."""

    opened: Opened
    doors: Sequence[Kept]
    chats: dict[Line, int]
    chance: Random
    tally: Tally = field(default_factory=Tally)
    people: list[Person] = field(default_factory=list)
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, kills: int) -> list[str]:
        """So many kills, and what is wrong at the end."""
        talking = asyncio.create_task(self._everybody())
        each = kills // len(self.doors)
        await asyncio.gather(*(keep_killing(door, self.chance, each, self.tally) for door in self.doors))
        self._enough.set()
        for door in self.doors:
            await door.start()
            await door.serves()
        await talking
        ended = [await door.stop() for door in self.doors]
        return [*(f"a process ended with {code}" for code in ended if code), *await self._reckon()]

    async def _reckon(self) -> list[str]:
        store = open_store(self.opened.sayso.settings.database_at)
        try:
            await self._say_what_is_left(store)
            return faults(replace(self.opened, sayso=replace(self.opened.sayso, store=store)), self.people)
        finally:
            store.close()

    async def _say_what_is_left(self, store: Store) -> None:
        """Somebody takes over what the others could not say before they ended."""
        def left() -> bool:
            with store.read() as session:
                return session.exec(select(OutboxRow)).first() is not None

        if left():
            await self.doors[0].start()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    while left():
                        await asyncio.sleep(0.1)
            await self.doors[0].stop()

    async def _everybody(self) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(POST_SECONDS)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
            places = [(line, at % 2 == 1) for line, number in self.chats.items() for at in range(number)]
            await asyncio.gather(*(self._one_after_another(http, *place) for place in places))

    async def _one_after_another(self, http: aiohttp.ClientSession, line: Line, gives_up: bool) -> None:
        await line.opens()
        while not self._enough.is_set():
            talk = make_talk(survey(), self.chance)
            person = Person(talk, line, self.doors, self.tally, self.chance)
            self.people.append(person)
            await person.talks(http, self._enough, gives_up=gives_up)
