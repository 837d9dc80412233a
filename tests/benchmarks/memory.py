"""How much memory `sayso serve` holds, and how many bytes a whole response takes on the disk."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.settings import Settings
from tests.benchmarks.figures import Line, bounded
from tests.benchmarks.places import Places, opened
from tests.benchmarks.processes import serving
from tests.benchmarks.talk import talk
from tests.benchmarks.throughput import Talk, drive
from tests.benchmarks.web import post
from tests.builders import survey

RESPONSES = 2_000
TABLES = ("response", "answer", "conversation", "inbox")


def measure() -> Iterator[Line]:
    with Places() as places:
        with serving(places.fresh()) as server:
            before = server.resident()
            asyncio.run(post(server.port, talk(survey()), seconds=10))
            after = server.resident()
            asyncio.run(post(server.port, talk(survey(), typing=True), seconds=10))
            with_models = server.resident()
        yield bounded("e. memory of 'sayso serve', just started", before, "MB", None)
        yield bounded("e. the same after 10 s of taps without pause", after, "MB", None)
        yield bounded("e. the same after 10 s of typing without pause", with_models, "MB", None)
        yield from _stored(places)


def _stored(places: Places) -> Iterator[Line]:
    place = places.fresh()
    with opened(place) as (sayso, wave):
        script = talk(sayso.desk.survey_of(wave), typing=True)
        empty = sum(bytes_of(place).values())
        drive(sayso.desk, wave, [Talk(f"chat {each}", script) for each in range(RESPONSES)], 64)
    found = bytes_of(place)
    parts = ", ".join(f"{each} {found[each] / RESPONSES:,.0f}" for each in TABLES)
    whole = (sum(found.values()) - empty) / RESPONSES
    yield Line(f"e. bytes a response of {len(script)} turns, words included", f"{whole:,.0f} B", parts)


def bytes_of(place: Settings) -> dict[str, int]:
    """Bytes of each table of a SQLite database, its indexes with it."""
    assert isinstance(place.database_at, Path)
    with closing(sqlite3.connect(place.database_at)) as connection:
        rows = connection.execute(
            "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
        )
        return dict(rows.fetchall())
