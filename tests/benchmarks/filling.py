"""Fills a SQLite place with very many responses: talks that were really played, copied under ids of their own.

Written by SQL over the same tables, since playing a million talks would take an hour. Knows nothing of what is
measured.
"""

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.settings import Settings
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.ids import Pseudonym
from consultation.operations.converse import Desk, Input, whose
from tests.benchmarks.places import opened
from tests.benchmarks.talk import talk
from tests.benchmarks.throughput import Talk, drive

STOPS = (6, 10, 14, *[None] * 7)  # after how many turns one in ten stands; the others are through
MARKS = [1, 2]  # a response: of the last days alone, for older ones are purged
LEFT_OVER = timedelta(days=5)  # the age of every fourth mark, which the next purge takes
QUICKLY = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-4000000", "temp_store=FILE")
COPIES = (
    "INSERT INTO response SELECT g.response, t.wave_id, t.audience, t.channel, t.locale, t.consent_wording, "
    "t.consented_on, t.finished, g.number % 100 <> 0 FROM grown g JOIN shape s USING (shape) "
    "JOIN response t ON t.id = s.response ORDER BY g.response",
    "INSERT INTO conversation SELECT g.pseudonym, t.wave_id, g.response, t.version, t.state, t.said "
    "FROM grown g JOIN shape s USING (shape) JOIN conversation t ON t.pseudonym = s.pseudonym ORDER BY g.pseudonym",
    "INSERT INTO answer SELECT lower(hex(randomblob(16))) AS id, g.response, t.question, t.kind, t.value, t.text, "
    "t.answered_on FROM grown g JOIN shape s USING (shape) JOIN answer t ON t.response_id = s.response ORDER BY id",
    "INSERT INTO inbox SELECT lower(hex(randomblob(11))) AS mark, CASE g.number % 4 WHEN 0 THEN :old ELSE :today END "
    "FROM grown g, json_each(:marks) ORDER BY mark",
)


@dataclass(frozen=True)
class Shape:
    """One of the talks that are copied: who talks, and after how many turns they stand; None at the end."""

    script: Sequence[Input]
    stop: int | None


def fill(place: Settings, responses: int) -> None:
    """Add so many responses, of whom one in a hundred is not counted yet."""
    with opened(place) as (sayso, wave):
        desk, today = sayso.desk, sayso.desk.today()
        shapes = shapes_of(desk, wave)
        talks = [Talk(_model(number), each.script[: each.stop]) for number, each in enumerate(shapes)]
        drive(desk, wave, talks, len(talks))
        models = [_whose(desk, wave, _model(number)) for number in range(len(shapes))]
        people = [(_whose(desk, wave, person(number)), number, number % len(shapes)) for number in range(responses)]
    assert isinstance(place.database_at, Path)
    with closing(sqlite3.connect(place.database_at, isolation_level=None)) as connection:
        for each in QUICKLY:
            connection.execute(f"PRAGMA {each}")
        connection.execute("BEGIN")
        connection.execute("CREATE TEMP TABLE shape (shape INTEGER PRIMARY KEY, pseudonym TEXT, response TEXT)")
        held = "SELECT ?, pseudonym, response_id FROM conversation WHERE pseudonym = ?"
        connection.executemany(f"INSERT INTO shape {held}", enumerate(models))
        connection.execute("CREATE TEMP TABLE grown (pseudonym TEXT, number INTEGER, shape INTEGER, response TEXT)")
        connection.executemany("INSERT INTO grown VALUES (?, ?, ?, lower(hex(randomblob(16))))", people)
        dates = {"old": (today - LEFT_OVER).isoformat(), "today": today.isoformat(), "marks": json.dumps(MARKS)}
        for statement in COPIES:
            connection.execute(statement, dates if ":old" in statement else {})
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    os.sync()  # what is still on its way to the disk would hold up what is measured


def running(desk: Desk, wave: Wave, responses: int) -> list[tuple[int, Shape]]:
    """The people who are not through yet."""
    shapes = shapes_of(desk, wave)
    return [(each, shapes[each % len(shapes)]) for each in range(responses) if shapes[each % len(shapes)].stop]


def shapes_of(desk: Desk, wave: Wave) -> list[Shape]:
    survey = desk.survey_of(wave)
    return [Shape(talk(survey, each, typing=True), stop) for each in Audience for stop in STOPS]


def person(number: int) -> str:
    """The chat of one of those who were copied."""
    return f"person {number}"


def _model(number: int) -> str:
    return f"model {number}"


def _whose(desk: Desk, wave: Wave, chat: str) -> Pseudonym:
    return whose(desk, wave, Channel.WEB, chat)
