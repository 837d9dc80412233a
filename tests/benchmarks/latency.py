"""How long a turn takes under 64 chats at once: in an event loop alone, and through the web door over HTTP."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count
from statistics import median
from time import perf_counter

from bot.sayso import Sayso
from bot.turns import Turns
from consultation.domain.consultation import Channel, Wave
from consultation.operations.converse import Incoming, Input
from tests.benchmarks.figures import Line
from tests.benchmarks.load import Run, as_fast_as_it_goes, steadily
from tests.benchmarks.places import Kind, Places, opened
from tests.benchmarks.processes import serving
from tests.benchmarks.talk import talk
from tests.benchmarks.throughput import frozen
from tests.benchmarks.web import post
from tests.builders import survey

CHATS, SECONDS = 64, 4.0
SYNCS, BATCH_BYTES = 200, 256 * 1024
MOST = 25.0  # milliseconds for 99 of 100 turns
Load = Callable[[float | None], Run]  # at a rate; as fast as it goes without one


def measure(kind: Kind, rounds: int) -> Iterator[Line]:
    name = "" if kind is Kind.SQLITE else ", PostgreSQL"
    script = talk(survey())
    with Places(kind) as places:
        with opened(places.fresh()) as (sayso, wave), frozen():
            yield from _lines(f"event loop{name}", lambda rate: asyncio.run(_turns(sayso, wave, script, rate)), rounds)
        with serving(places.fresh(), "web") as server:
            yield from _lines(
                f"web over HTTP{name}", lambda rate: asyncio.run(post(server.port, script, rate, SECONDS)), rounds
            )


def _lines(where: str, load: Load, rounds: int) -> Iterator[Line]:
    """At saturation, and at half of the rate that was reached there."""
    full = [load(None) for _ in range(rounds)]
    rate = median(each.rate for each in full)
    yield _line(f"d. {where}, 64 chats without pause", full)
    yield _line(f"d. {where}, half as many turns", [load(rate / 2) for _ in range(rounds)])


def _line(name: str, runs: Sequence[Run]) -> Line:
    slow, middle = (median(each.within(share) for each in runs) for share in (0.99, 0.5))
    most = max(each.within(1) for each in runs)
    rate = median(each.rate for each in runs)
    shown = f"p99 {slow:.1f} ms, p50 {middle:.1f}, max {most:.0f}, at {rate:,.0f} turns/s"
    return Line(name, shown, _disk(), target=f"p99 < {MOST:g} ms", met=slow < MOST)


def _disk() -> str:
    """What it takes to write a batch's worth of bytes here and have them on the disk, with nothing else about it."""
    took = []
    with tempfile.TemporaryFile(prefix="sayso-benchmarks-") as file:
        for _ in range(SYNCS):
            began = perf_counter()
            os.pwrite(file.fileno(), bytes(BATCH_BYTES), 0)
            os.fdatasync(file.fileno())
            took.append(perf_counter() - began)
    alone = Run(took, sum(took))
    return f"bare write and fsync: p99 {alone.within(0.99):.1f} ms, p50 {alone.within(0.5):.1f}"


async def _turns(sayso: Sayso, wave: Wave, script: Sequence[Input], rate: float | None) -> Run:
    turns = Turns(sayso.metrics)
    chats = [_chat(turns, sayso, wave, script) for _ in range(CHATS)]
    await as_fast_as_it_goes(chats, 0.5)
    return await (as_fast_as_it_goes(chats, SECONDS) if rate is None else steadily(chats, rate, SECONDS))


_people = count()


def _chat(turns: Turns, sayso: Sayso, wave: Wave, script: Sequence[Input]) -> Callable[[], Awaitable[None]]:
    """One person after another."""
    at, chat = 0, ""

    async def act() -> None:
        nonlocal at, chat
        if at == 0:
            chat = f"person {next(_people)}"
        await turns.take(sayso.desk, wave, Incoming(Channel.WEB, chat, f"{at}", script[at]))
        at = (at + 1) % len(script)

    return act
