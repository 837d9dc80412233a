"""Turns from many chats at once, as fast as they go or at a steady rate, and how long each took. Knows no door."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias

Act: TypeAlias = Callable[[], Awaitable[None]]  # the next turn of one chat, until it is answered


@dataclass(frozen=True)
class Run:
    """Seconds of each turn, and of the whole. `turns` counts those with which it was warmed up, too."""

    took: Sequence[float]
    seconds: float
    turns: int = 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    def within(self, share: float) -> float:
        """Milliseconds in which this share of the turns was answered."""
        return 1000 * sorted(self.took)[min(int(len(self.took) * share), len(self.took) - 1)]


async def as_fast_as_it_goes(acts: Sequence[Act], seconds: float) -> Run:
    """Each chat's next turn follows its last one at once."""
    took: list[float] = []
    end = perf_counter() + seconds

    async def go_on(act: Act) -> None:
        while (began := perf_counter()) < end:
            await act()
            took.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*map(go_on, acts))
    return Run(took, perf_counter() - began)


async def steadily(acts: Sequence[Act], rate: float, seconds: float) -> Run:
    """So many turns a second on average, come what may. Each is timed from when it should have begun, so that one
    that has to wait for a free chat counts as slow."""
    took: list[float] = []
    due: asyncio.Queue[float | None] = asyncio.Queue()

    async def go_on(act: Act) -> None:
        while (at := await due.get()) is not None:
            await act()
            took.append(perf_counter() - at)

    going = [asyncio.create_task(go_on(each)) for each in acts]
    began = at = perf_counter()
    chance = random.Random(1)
    while at < began + seconds:
        await asyncio.sleep(max(0, at - perf_counter()))
        while at <= perf_counter():
            due.put_nowait(at)
            at += chance.expovariate(rate)
    for _ in acts:
        due.put_nowait(None)
    await asyncio.gather(*going)
    return Run(took, perf_counter() - began)
