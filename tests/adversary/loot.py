"""What was stolen, read once: rows as they come, all files as bytes, and every order that a response can be found in.

SQLite's file is opened by `sqlite3` and as bytes, PostgreSQL through `psycopg` and as the files of its cluster. Uses
nothing of Sayso's own reading or hashing.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from consultation.domain.consultation import Channel
from tests.adversary.pages import cells_in_order_of_entry, first_frames
from tests.contracts.databases import Cluster

PEOPLE = (
    "response",
    "answer",
    "coded",
    "suggestion",
    "coding_decision",
    "clearance",
    "coding_act",
    "review",
    "analyst_note",
    "blind_reading",
    "blind_coding",
    "candidate_answer",
)  # tables about what was said
PUBLIC = ("consultation", "wave", "survey")  # whose ids everybody may know
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}")
BEGINNING = 16  # letters of a token that suffice to know it again
SHORTEST_ID = 20  # letters; what is shorter is followed nowhere, for dates and numbers lead everywhere

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Watched:
    """What the attacker knows of one who answered, and (for the reckoning alone) a word that only they wrote."""

    channel: Channel
    chat: str
    day: date
    after: int  # how many had begun before them on the same channel
    began: datetime
    turns: int
    word: str


@dataclass(frozen=True)
class Loot:
    """`orders`: for each order that was found, how late each response comes in it."""

    tables: Mapping[str, Sequence[Row]] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    orders: Mapping[str, Mapping[str, float]] = field(repr=False)
    key: bytes | None = field(default=None, repr=False)

    def response_of(self, watched: Watched) -> str:
        """For the reckoning: no attack asks this."""
        found = {row["response_id"] for row in self.tables["answer"] if watched.word in (row["text"] or "")}
        assert len(found) == 1, f"{len(found)} responses say {watched.word!r}"
        return str(found.pop())

    def candidates(self, watched: Watched) -> list[str]:
        """The responses among which anybody may look: those of the same channel and day."""
        of_channel = [row for row in self.tables["response"] if row["channel"] == watched.channel.value]
        that_day = [row["id"] for row in of_channel if str(row["consented_on"]) == watched.day.isoformat()]
        return that_day or [row["id"] for row in of_channel]

    @cached_property
    def rows_by_token(self) -> Mapping[str, list[frozenset[str]]]:
        """The ids in each row, by the beginnings of all its tokens."""
        index: dict[str, list[frozenset[str]]] = defaultdict(list)
        for row in (row for table in self.tables.values() for row in table):
            found = tokens(row) - self.public
            ids = frozenset(each for each in found if is_id(each))
            for each in found:
                index[each[:BEGINNING]].append(ids)
        return index

    @cached_property
    def ids(self) -> set[str]:
        return {token for table in self.tables.values() for row in table for token in tokens(row) if is_id(token)}

    @cached_property
    def public(self) -> set[str]:
        """Words and ids that tell nothing of anybody."""
        return {token for table in PUBLIC for row in self.tables[table] for token in tokens(row)}


def tokens(row: Row) -> set[str]:
    """Whatever in the row may be an id."""
    return {found for value in row.values() for found in TOKEN.findall(str(value))}


def is_id(token: str) -> bool:
    return len(token) >= SHORTEST_ID and any(map(str.isdigit, token))


def sqlite_loot(folder: Path, key: bytes | None = None, journals: Sequence[bytes] = ()) -> Loot:
    """From a copy of the data folder, and `journals` that were copied earlier."""
    files = {each.name: each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}
    path = folder / "sayso.db"
    cells = cells_in_order_of_entry(path, "response")  # before SQLite takes in the journal
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        tables = {name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')] for name in names}  # noqa: S608
    ids = [row["id"] for row in tables["response"]]
    frames = first_frames([*journals, files.get("sayso.db-wal", b"")])
    orders = {"rows": _places(ids), "cells": cells, "journal": {each: frames[each] for each in ids if each in frames}}
    return Loot(tables, files, orders, key)


def postgres_loot(cluster: Cluster, name: str, key: bytes | None = None) -> Loot:
    """From the database `name`, and the files of the cluster that are its own or the journal's."""
    home = Path(cluster.run("SHOW data_directory")[0][0])
    files = _files_of(home, "pg_wal/0*")  # before anything is cut off from it
    cluster.run("CHECKPOINT")
    names = [row[0] for row in cluster.run("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                                           "'public'::regnamespace", database=name)]  # fmt: skip
    tables = {each: [row[0] for row in cluster.run(f'SELECT to_jsonb(it) FROM "{each}" it', database=name)]  # noqa: S608
              for each in names}  # fmt: skip
    (oid,) = cluster.run("SELECT oid FROM pg_database WHERE datname = %s", name)[0]
    journal = b"".join(files.values())
    files |= _files_of(home, f"base/{oid}/*")
    ids = [row["id"] for row in tables["response"]]
    orders = {
        how: _places([row[0] for row in cluster.run(f"SELECT id FROM response ORDER BY {how}", database=name)])  # noqa: S608
        for how in ("ctid", "age(xmin) DESC, ctid")
    }
    seen = {each: [at for half in (each[:16], each[16:]) if (at := journal.find(half.encode())) >= 0] for each in ids}
    orders |= {"rows": _places(ids), "journal": {each: float(min(at)) for each, at in seen.items() if at}}
    first = cluster.run("SELECT response_id FROM answer GROUP BY 1 ORDER BY min(ctid)", database=name)
    orders["answers"] = _places([row[0] for row in first])
    return Loot(tables, files, orders, key)


def _files_of(home: Path, which: str) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in sorted(home.glob(which)) if each.is_file()}


def _places(names: list[str]) -> dict[str, float]:
    return {name: float(place) for place, name in enumerate(names)}
