"""One trial: Sayso is served, people talk, trouble is made; and then the reckoning. Knows no kind of trouble."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

import aiohttp
from sqlmodel import select

from consultation.storage.store import Store, open_store
from consultation.storage.tables import OutboxRow
from tests.builders import Opened, survey
from tests.durability.keeping import Kept
from tests.durability.people import Line, Person
from tests.durability.reckoning import faults
from tests.durability.talks import Talk, make_talk
from tests.durability.tally import Tally
from tests.durability.waiting import until

SECONDS = 15  # for one delivery


@dataclass
class Trial:
    """`chats` says how many people talk at once on each line. When one has finished, the next begins, as long as
    people `keep_coming`."""

    opened: Opened
    doors: Sequence[Kept]
    chats: Mapping[Line, int]
    chance: Random
    new_talk: Callable[[Random], Talk] = lambda chance: make_talk(survey(), chance)
    keep_coming: bool = True
    tally: Tally = field(default_factory=Tally)
    people: list[Person] = field(default_factory=list)

    async def run(self, make_trouble: Callable[[], Awaitable[None]]) -> list[str]:
        """What is wrong at the end. Where the trouble ends with a kill, half of them leave an update in flight."""
        enough = asyncio.Event()

        async def live_through_it() -> None:
            await make_trouble()
            enough.set()
            await self.open_doors()

        async with asyncio.TaskGroup() as tasks:  # each ends where the other fails
            tasks.create_task(self._everybody(enough))
            tasks.create_task(live_through_it())
        ended = [await door.stop() for door in self.doors]
        return [*(f"a process ended with {code}" for code in ended if code), *await self._reckon()]

    async def open_doors(self) -> None:
        """Start what does not run, and wait until all serve."""
        for each in self.doors:
            if not each.child:
                await each.start()
        for each in self.doors:
            await each.serves()

    async def _everybody(self, enough: asyncio.Event) -> None:
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(SECONDS)
        ) as http:
            places = [(line, at % 2 == 1) for line, number in self.chats.items() for at in range(number)]
            await asyncio.gather(*(self._one_after_another(http, enough, *place) for place in places))

    async def _one_after_another(
        self, http: aiohttp.ClientSession, enough: asyncio.Event, line: Line, gives_up: bool
    ) -> None:
        await line.opens()
        coming = True
        while coming and not enough.is_set():
            person = Person(self.new_talk(self.chance), line, self.doors, self.tally, self.chance)
            self.people.append(person)
            await person.talks(http, enough, gives_up=gives_up)
            coming = self.keep_coming

    async def _reckon(self) -> list[str]:
        store = open_store(self.opened.sayso.settings.database_at)
        try:
            await self._say_what_is_left(store)
            return faults(replace(self.opened, sayso=replace(self.opened.sayso, store=store)), self.people)
        finally:
            store.close()

    async def _say_what_is_left(self, store: Store) -> None:
        """Somebody takes over what the others could not say before they ended."""

        def is_left() -> bool:
            with store.read() as session:
                return session.exec(select(OutboxRow)).first() is not None

        if is_left():
            await self.doors[0].start()
            with suppress(TimeoutError):
                await until(lambda: not is_left())
            await self.doors[0].stop()

    def __str__(self) -> str:
        in_flight = sum(each.in_flight for each in self.people)
        return f"{len(self.people)} talks, {in_flight} with an update in flight at the end; {self.tally}"
