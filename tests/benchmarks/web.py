"""A post of the web chat beside the same post to a bare Starlette route."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from consultation.operations.converse import Input
from tests.benchmarks.figures import Line, Speed, compared
from tests.benchmarks.http_load import HttpChat, connect
from tests.benchmarks.load import Run, as_fast_as_it_goes, steadily
from tests.benchmarks.places import Places
from tests.benchmarks.processes import Server, free_port, process, serving
from tests.benchmarks.talk import talk
from tests.builders import survey

CONNECTIONS = 64
SECONDS, WARMING = 4.0, 1.0
TARGET = 0.4


def measure(rounds: int) -> Iterator[Line]:
    script = talk(survey())
    port = free_port()
    with Places() as places, serving(places.fresh(), "web") as ours, process(_bare(port), port) as bare:
        pairs = [(_speed(ours, script), _speed(bare, script)) for _ in range(rounds)]
        yield compared("c. web chat post: bare Starlette route", pairs, "posts/s", TARGET)
        looks = [(_speed(ours, script, looking=True), each) for each, _ in pairs]
        yield compared("c. web chat post and the page after it: the post alone", looks, "posts/s", None)


def _speed(server: Server, script: Sequence[Input], *, looking: bool = False) -> Speed:
    cpu = server.computed()
    run = asyncio.run(post(server.port, script, looking=looking))
    return Speed(run.rate, (server.computed() - cpu) / run.turns * 1e6)


async def post(
    port: int, script: Sequence[Input], rate: float | None = None, seconds: float = SECONDS, *, looking: bool = False
) -> Run:
    """Post from all chats at once; at a steady rate where one is given."""
    connections = [await connect(port) for _ in range(CONNECTIONS)]
    chats = [HttpChat(each, script, looking=looking) for each in connections]
    warm = await as_fast_as_it_goes(chats, WARMING)
    run = await (as_fast_as_it_goes(chats, seconds) if rate is None else steadily(chats, rate, seconds))
    for each in connections:
        each.close()
    return replace(run, turns=len(warm.took) + len(run.took))


def _bare(port: int) -> list[str]:
    return ["-m", "tests.benchmarks.bare_web", str(port)]
