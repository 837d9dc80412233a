"""How fast, how small and how steady Sayso is: `python -m tests.benchmarks [NAME ...] [--quick]`, NAME a letter below.

Each line shows Sayso's figure, that of a bare reference in the same run, their ratio, and the target. Machines are
shared and noisy, so subject and reference take turns: the ratio is the median over rounds, with the least and the most,
and "by CPU" is the ratio of what both computed, which a slow disk leaves alone. Nothing fails here, and nothing is
measured in CI. Sayso's garbage collector is frozen as `sayso serve` freezes it, and so is that of the references.

a   Durable turns of engine and store, taken from callbacks with 64 or 256 in flight, beside:
    the same SQL bare: what the store ran (statements, parameters, batches, settings) is recorded while it does, and run
    again by plain sqlite3 or psycopg over a copy of the database as it was before;
    an ORM session a turn: select, the same engine step, rows as objects, commit, on the same database.
b   The Telegram door by polling, with pseudonyms, engine, commit, outbox and rate buckets (set so high that they never
    wait), beside an aiogram bot that polls as aiogram does, answers each press and sends the message again with its
    buttons: the same two calls. Both talk to the same small Bot API server on loopback. Typed texts are read by two
    models for some milliseconds; the line without them shows what the rest costs.
c   A post of the web chat over HTTP, beside a Starlette route that reads the same form and answers with the same
    redirect, under the same server; then the post with the page that a browser loads after it.
d   How long a turn takes with 64 chats, through `Turns` in an event loop and over HTTP: with each chat going on at
    once, and with turns that come at random at half of that rate. The reference is what the disk alone takes.
e   Resident memory of `sayso serve`, and bytes on the disk for a whole response.
f   The same work with 10,000, 100,000 and 1,000,000 responses of some twenty turns in the database, which are copied
    from talks that were really played; about 8 GB of room is needed for some minutes. `--quick` leaves out the million.
g   Answers coded by the coder that ships, with reasons and nearest examples, beside one pass of plain MiniLM-int8, the
    package's own model, over the same texts; both with two threads.

a and d are measured on PostgreSQL as well.
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from tests.benchmarks import coding, growth, latency, memory, telegram, throughput, web
from tests.benchmarks.figures import Line, table
from tests.benchmarks.places import Kind

ROUNDS, ROUNDS_QUICKLY = 5, 2
ROOM = 12e9  # bytes for the million responses

Part = Callable[[int, bool], Iterator[Line]]
PARTS: dict[str, Part] = {
    "a": lambda rounds, quick: chain.from_iterable(throughput.measure(each, rounds) for each in Kind),
    "b": lambda rounds, quick: telegram.measure(rounds),
    "c": lambda rounds, quick: web.measure(rounds),
    "d": lambda rounds, quick: chain.from_iterable(latency.measure(each, rounds) for each in Kind),
    "e": lambda rounds, quick: memory.measure(),
    "f": lambda rounds, quick: growth.measure(rounds, growth.SIZES[: 2 if quick else 3]),
    "g": lambda rounds, quick: coding.measure(rounds),
}


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    names = [each for each in arguments if each != "--quick"] or list(PARTS)
    if unknown := set(names) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}. The parts are {', '.join(PARTS)}; see {__file__}.")
        return 2
    if "f" in names and not quick and shutil.disk_usage(tempfile.gettempdir()).free < ROOM:
        print(f"A million responses need {ROOM / 1e9:.0f} GB in {tempfile.gettempdir()}. Set TMPDIR, or add --quick.")
        return 2
    print(_machine(), flush=True)
    lines = []
    for name in names:
        for line in PARTS[name](ROUNDS_QUICKLY if quick else ROUNDS, quick):
            print(f"  {line.name}: {line.subject} {line.ratio}", file=sys.stderr, flush=True)
            lines.append(line)
    print(table(lines))
    return 0


def _machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "unknown",
    )
    busy = os.getloadavg()[0]
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"{os.cpu_count()} cores ({model}), Python {python}, SQLite {sqlite3.sqlite_version}, load before: {busy:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
