"""People who talk, many at once. Each delivers every update until it is acknowledged, with trouble around it: the same
one on two connections at once, earlier ones again and late, old buttons. Knows no channel, and not what is stored.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

import aiohttp

from consultation.domain.consultation import Channel
from consultation.flow.events import Tapped
from tests.durability.keeping import Kept
from tests.durability.talks import Move, Talk
from tests.durability.tally import Tally
from tests.durability.waiting import until

FOR_EVER = 600.0  # seconds: how long a Sayso is away is not for those who talk to say
PAUSE = 0.1  # seconds at most until what was not acknowledged is delivered again; so many more each time
TWICE, AROUND = 0.15, 0.2  # of all updates: delivered twice at once; delivered with something old around them


@dataclass(frozen=True)
class Delivery:
    """One update as it goes over the wire: the same one again is the same bytes."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Line(Protocol):
    """How one channel carries updates."""

    channel: Channel

    async def opens(self) -> None:
        """Wait until updates can be delivered at all."""

    def new_chat(self, chance: Random) -> str: ...
    def delivery(self, move: Move, chat: str, chance: Random) -> Delivery: ...
    def is_acknowledged(self, status: int, headers: Mapping[str, str]) -> bool: ...
    def is_closed(self, status: int) -> bool:
        """Whether the person is told that no answers are taken just now."""
        ...

    async def hear(self, talk: Talk, taken: int, chat: str) -> None:
        """Wait for what is said to the last of so many updates, on a channel that says it by itself."""

    def unsaid(self, talk: Talk, taken: int, chat: str) -> Sequence[object]:
        """What was never said, and had to be."""


@dataclass
class Person:
    """One chat. `taken` updates of its talk are acknowledged; `in_flight` where one more may have been taken."""

    talk: Talk
    line: Line
    doors: Sequence[Kept]
    tally: Tally
    chance: Random
    taken: int = 0
    in_flight: bool = False
    chat: str = ""
    _deliveries: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chat = self.line.new_chat(self.chance)
        self._deliveries = [self.line.delivery(each, self.chat, self.chance) for each in self.talk.moves]

    async def talks(self, http: aiohttp.ClientSession, enough: asyncio.Event, *, gives_up: bool) -> None:
        """To the end, or until it is `enough`; who `gives_up` then leaves an update in flight."""
        while self.taken < len(self.talk.moves) and not enough.is_set():
            tried = 0
            while not await self._try(http):
                tried += 1  # who tried again as fast for as long as a trouble lasts would be a flood
                await asyncio.sleep(self.chance.uniform(0, tried * PAUSE))
                if enough.is_set() and gives_up:
                    self.in_flight = True
                    return
            self.taken += 1
            self.tally.acknowledged += 1
            await self.line.hear(self.talk, self.taken, self.chat)

    async def _try(self, http: aiohttp.ClientSession) -> bool:
        """Deliver the next update; whether it was acknowledged."""
        delivery, twice = self._deliveries[self.taken], self.chance.random() < TWICE
        self.tally.at_once += twice
        old = [self._deliver(http, self._something_old())] if self.taken and self.chance.random() < AROUND else []
        answers = await asyncio.gather(*(self._deliver(http, delivery) for _ in range(1 + twice)), *old)
        return any(answers[: 1 + twice])

    def _something_old(self) -> Delivery:
        """An update that was acknowledged, once more; or a button of a prompt that has passed, pressed only now."""
        number = self.chance.randrange(self.taken)
        if self.chance.random() < 0.6:
            self.tally.again += 1
            return self._deliveries[number]
        self.tally.stale += 1
        then, now = self.talk.after(number).state.step, self.talk.after(self.taken).state.step
        press = Move(Tapped(then if then < now else now - 1, ("yes",)), self.talk.after(self.taken))
        return self.line.delivery(press, self.chat, self.chance)

    async def _deliver(self, http: aiohttp.ClientSession, delivery: Delivery) -> bool:
        await until(lambda: any(each.serving for each in self.doors), FOR_EVER)
        door = self.chance.choice([each for each in self.doors if each.serving])
        self.tally.under_way += 1
        try:
            address = f"http://127.0.0.1:{door.port}{delivery.path}"
            asking = http.post(address, data=delivery.body, headers=delivery.headers, allow_redirects=False)
            async with asking as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            self.tally.cut_off += 1
            return False
        finally:
            self.tally.under_way -= 1
        return self._judge(answer)

    def _judge(self, answer: aiohttp.ClientResponse) -> bool:
        if self.line.is_acknowledged(answer.status, answer.headers):
            return True
        if answer.status == 503 or self.line.is_closed(answer.status):
            self.tally.refused += 1
        else:
            self.tally.strange.append(f"{answer.status} {answer.headers.get('location', '')}")
        return False
