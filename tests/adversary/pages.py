"""SQLite's file format as its documentation describes it: what a page tells of the order in which its rows came.

Reads bytes alone; SQLite itself is asked nothing but where a table begins.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

LEAF, INTERIOR = 0x0A, 0x02  # of the b-trees that tables without rowids are
NAME = re.compile(rb"[0-9a-f]{32}")
WAL_HEADER, FRAME_HEADER = 32, 24


def cells_in_order_of_entry(path: Path, table: str) -> dict[str, float]:
    """Each row's random name, and how late it came into its page: a page is filled from its end towards its middle,
    whatever the order of the names."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    data = path.read_bytes()
    size = int.from_bytes(data[16:18]) or 65536
    found: dict[str, float] = {}
    for page, start in _leaves(data, size, root):
        count = int.from_bytes(page[start + 3 : start + 5])
        offsets = [int.from_bytes(page[start + 8 + 2 * at :][:2]) for at in range(count)]
        for late, offset in enumerate(sorted(offsets, reverse=True)):
            name = NAME.search(page, offset)
            if name:
                found[name.group().decode()] = late / max(1, count)
    return found


def _leaves(data: bytes, size: int, number: int) -> Iterator[tuple[bytes, int]]:
    """(page, where its header begins)."""
    page = data[(number - 1) * size : number * size]
    start = 100 if number == 1 else 0
    if page[start] == LEAF:
        yield page, start
    elif page[start] == INTERIOR:
        count = int.from_bytes(page[start + 3 : start + 5])
        children = [int.from_bytes(page[start + 12 + 2 * at :][:2]) for at in range(count)]
        for each in [*(int.from_bytes(page[at : at + 4]) for at in children), int.from_bytes(page[start + 8 :][:4])]:
            yield from _leaves(data, size, each)


def first_frames(journals: Sequence[bytes]) -> dict[str, float]:
    """How late each random name stands in copies of a write-ahead log for the first time; the copies in their order."""
    found: dict[str, float] = {}
    frames = 0
    for journal in journals:
        size = FRAME_HEADER + (int.from_bytes(journal[8:12]) or len(journal))
        for at in range(WAL_HEADER, len(journal), size):
            frames += 1
            for name in NAME.findall(journal, at, at + size):
                found.setdefault(name.decode(), frames)
    return found
