"""Lessons as numbers that the arithmetic of learning takes: batches of lessons of about equal length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from consultation.encoder import MiniLM
from consultation.safeguarding.head import QUESTIONS
from consultation.safeguarding.learning.lessons import Lesson

_LENGTHS = (8, 12, 16, 24, 32, 48, 64, 96, 160)
_PIECES_A_BATCH, _MOST_TEXTS = 1024, 64

Numbers: TypeAlias = Any  # a numpy array of a batch, its shape said where it is made


class Batch(NamedTuple):
    """b texts of at most p pieces."""

    pieces: Numbers  # b x p
    mask: Numbers  # b x p, 1 where there is a piece
    truth: Numbers  # b x QUESTIONS
    asked: Numbers  # b x QUESTIONS, how much each answer weighs
    kind: Numbers  # b, numbers of kinds


def batches(
    lessons: Iterable[Lesson], kinds: Mapping[str, int], encoder: MiniLM, rng: np.random.Generator
) -> list[Batch]:
    """The lessons, those of like length together, in a shuffled order."""
    by_length: dict[int, list[tuple[list[int], Lesson]]] = defaultdict(list)
    for lesson in lessons:
        pieces = encoder.pieces(lesson.text)[: _LENGTHS[-1]]
        by_length[next(length for length in _LENGTHS if length >= len(pieces))].append((pieces, lesson))
    made: list[Batch] = []
    for length, alike in sorted(by_length.items()):
        order, most = rng.permutation(len(alike)), min(_MOST_TEXTS, _PIECES_A_BATCH // length)
        made += [
            _batch([alike[at] for at in order[start : start + most]], most, length, kinds)
            for start in range(0, len(alike), most)
        ]
    return [made[at] for at in rng.permutation(len(made))]


def _batch(rows: list[tuple[list[int], Lesson]], size: int, length: int, kinds: Mapping[str, int]) -> Batch:
    batch = Batch(
        np.zeros((size, length), np.int64),
        np.eye(1, length, dtype=np.float32).repeat(size, axis=0),  # a row of padding alone would divide by nothing
        np.zeros((size, len(QUESTIONS)), np.float32),
        np.zeros((size, len(QUESTIONS)), np.float32),
        np.zeros(size, np.int64),
    )
    for at, (pieces, lesson) in enumerate(rows):
        batch.pieces[at, : len(pieces)] = pieces
        batch.mask[at, : len(pieces)] = 1
        batch.truth[at] = lesson.concern, lesson.immediate, bool(lesson.staff)
        batch.asked[at] = lesson.weight, lesson.weight, 0.0 if lesson.staff is None else lesson.weight / 2
        batch.kind[at] = kinds[lesson.kind]
    return batch
