"""Lessons as numbers that the arithmetic of learning takes: rows, and batches of rows of about equal length."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from tokenizers import Tokenizer

from consultation.privacy.allowed import allowed_words
from consultation.privacy.evaluate import type_name
from consultation.privacy.features import features
from consultation.privacy.learning.lessons import Lesson
from consultation.privacy.likelihoods import KINDS, piece_numbers
from consultation.privacy.rampart import installed_folder
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import recognize

RARE = 5  # a feature that a pass has fewer times is not learnt
MOST_FEATURES, MOST_PIECES = 64, 244
_LENGTHS = (16, 24, 32, 48, 64, 96, 128, MOST_PIECES)
_PIECES_A_BATCH = 1536
_COLUMN = {type_name(kind): at for at, kind in enumerate(KINDS) if kind is not None}
_DEBATABLE = -1

Numbers: TypeAlias = Any  # a numpy array of a batch, its shape said where it is made


class Row(NamedTuple):
    """A lesson as numbers: pieces, which of them each word has, each word's features and its column in KINDS."""

    pieces: list[int]
    of_words: list[list[int]]
    features: list[list[str]]
    truth: list[int]
    weight: float


class Batch(NamedTuple):
    """Rows of about equal length. b rows, p pieces, p words at most."""

    pieces: Numbers  # b x p
    mask: Numbers  # b x p, 1 where there is a piece
    means: Numbers  # b x p x p, from pieces to the mean of each word's
    features: Numbers  # b x p x MOST_FEATURES, numbers of features; the one after the last stands for none
    truth: Numbers  # b x p
    weight: Numbers  # b x p, 0 where there is no word


class Reader:
    """Turns lessons into rows."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(installed_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = (int(self._tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))

    def row(self, lesson: Lesson) -> Row | None:
        """None for what has no word, or letters that are folded into more or fewer."""
        reading = Reading.of(lesson.text)
        if len(reading.text) != len(lesson.text) or not reading.words:
            return None
        read = self._tokenizer.encode(reading.low, add_special_tokens=False)
        most = MOST_PIECES - 2
        ids = [self._first, *read.ids[:most], self._last]
        inside = [[at + 1 for at in each] for each in piece_numbers(reading, read.offsets[:most])]
        known = features(reading, recognize(reading), allowed_words(reading), lesson.unlisted)
        return Row(ids, inside, known, _truth(reading, lesson), lesson.weight)


def _truth(reading: Reading, lesson: Lesson) -> list[int]:
    truth = [0] * len(reading.words)
    for start, end, kind in lesson.marks:
        for at in reading.words_in(start, end):
            truth[at] = _DEBATABLE if kind == "?" else _COLUMN[kind]
    return truth


def known_features(passes: Sequence[Sequence[Row]]) -> dict[str, int]:
    """The features that are common enough to be learnt, with their numbers."""
    seen = Counter(name for rows in passes for row in rows for word in row.features for name in word)
    return {name: at for at, name in enumerate(sorted(n for n, times in seen.items() if times >= RARE * len(passes)))}


def batches(rows: Iterable[Row], names: dict[str, int], rng: np.random.Generator) -> list[Batch]:
    """The rows, those of like length together, in a shuffled order."""
    by_length: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_length[next(length for length in _LENGTHS if length >= len(row.pieces))].append(row)
    made: list[Batch] = []
    for length, alike in sorted(by_length.items()):
        order, most = rng.permutation(len(alike)), max(4, _PIECES_A_BATCH // length)
        made += [
            _batch([alike[at] for at in order[start : start + most]], most, length, names)
            for start in range(0, len(alike), most)
        ]
    return [made[at] for at in rng.permutation(len(made))]


def _batch(rows: list[Row], size: int, length: int, names: dict[str, int]) -> Batch:
    batch = Batch(
        np.zeros((size, length), np.int32),
        np.eye(1, length, dtype=np.int32).repeat(size, axis=0),  # a row of padding alone would divide by nothing
        np.zeros((size, length, length), np.float32),
        np.full((size, length, MOST_FEATURES), len(names), np.int32),
        np.zeros((size, length), np.int32),
        np.zeros((size, length), np.float32),
    )
    for at, row in enumerate(rows):
        batch.pieces[at, : len(row.pieces)] = row.pieces
        batch.mask[at, : len(row.pieces)] = 1
        for word, (inside, has, truth) in enumerate(zip(row.of_words, row.features, row.truth, strict=True)):
            if inside and word < length:
                batch.means[at, word, inside] = 1 / len(inside)
                numbers = [names[name] for name in has if name in names][:MOST_FEATURES]
                batch.features[at, word, : len(numbers)] = numbers
                batch.truth[at, word] = max(truth, 0)
                batch.weight[at, word] = row.weight if truth != _DEBATABLE else 0
    return batch
