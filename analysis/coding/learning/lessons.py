"""Coded answers as numbers to learn: pieces of words, what was asked, and how far each code applies.

Most answers were coded twice, the second time by readers who saw no author and no codes (see `Coded`). Where the two
differ the truth lies between, nearer to the second, whose situation is an analyst's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.coding.exemplars import Coded, Exemplar
from analysis.coding.reading import NOT_KNOWN, Place
from analysis.records import Facet
from consultation.encoder import MiniLM

READER = 0.8  # how much the second coding weighs
LONGEST = 200  # pieces; what is beyond is too rare to learn from

Columns = Sequence[tuple[Facet, str]]


@dataclass(frozen=True)
class Lesson:
    """`ids` of its pieces, the number of its `place` (0 where unknown), and how far each column applies, (c,).
    `taught`, (c,), is what teachers score it, where there were any."""

    ids: tuple[int, ...]
    place: int
    truth: NDArray[np.float32]
    taught: NDArray[np.float32] | None = None


def lessons(rows: Sequence[Exemplar], columns: Columns, places: Sequence[Place], encoder: MiniLM) -> list[Lesson]:
    """One a row."""
    number = {place: at for at, place in enumerate(places, 1)}
    return [
        Lesson(
            tuple(encoder.pieces(row.text)[:LONGEST]), number.get((row.audience, row.question), 0), truth(row, columns)
        )
        for row in rows
    ]


def truth(row: Exemplar, columns: Columns) -> NDArray[np.float32]:
    """How far each column applies, (c,), 0 to 1."""
    first = _said(row, columns)
    if row.again is None:
        return first
    return np.asarray((1 - READER) * first + READER * _said(row.again, columns), dtype=np.float32)


def _said(row: Exemplar | Coded, columns: Columns) -> NDArray[np.float32]:
    codes = {*(row.outcomes or ()), *(row.themes or ()), row.sentiment}
    return np.array([code in codes for _, code in columns], dtype=np.float32)


def with_place(ids: Sequence[int], place: int) -> list[int]:
    """The pieces with that of the place second, as `analysis.coding.reading` has them."""
    return [ids[0], NOT_KNOWN + place, *ids[1:]]
