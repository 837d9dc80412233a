"""A text as a coder sees it: vectors of the whole and of its clauses, its words and letters, who was asked what.

Must not know codes, nor which features matter.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias
from zlib import crc32

import numpy as np

from analysis.text import Segment, clauses, normalise
from consultation.encoder import Encoder, Offsets, Vectors

Counts: TypeAlias = dict[int, int]  # hashed feature -> how often

BUCKETS = 1 << 16
_TOKEN = re.compile(r"\[[a-z_ ]+\]|[\w']+")
_LETTERS = 4


@dataclass(frozen=True)
class Passage:
    """`whole` (384,), `clauses` (k, 384) with k >= 1, hashed counts of words and letters, and the question's place."""

    whole: Vectors
    clauses: Vectors
    words: Counts
    letters: Counts
    place: tuple[str, str]


@dataclass(frozen=True)
class ReadAnswer:
    """An answer's passage and, for each clause, its place in the text and itself as a passage (without letters)."""

    passage: Passage
    segments: tuple[Segment, ...]
    parts: tuple[Passage, ...]


def read_answer(text: str, place: tuple[str, str], encoder: Encoder) -> ReadAnswer:
    """`text` with its clauses, from one reading. A text without clauses counts as one clause."""
    segments = tuple(clauses(text)) or (Segment(0, len(text), text),)
    offsets, tokens = encoder.tokens(text)
    whole = _unit(tokens.mean(axis=0))
    if len(segments) == 1:
        passage = Passage(whole, whole[None], word_counts(text), letter_counts(text), place)
        return ReadAnswer(passage, segments, (passage,))
    vectors = np.stack([_pooled(each, offsets, tokens, whole) for each in segments])
    parts = tuple(
        Passage(vector, vector[None], word_counts(each.text), {}, place)
        for each, vector in zip(segments, vectors, strict=True)
    )
    return ReadAnswer(Passage(whole, vectors, word_counts(text), letter_counts(text), place), segments, parts)


def _pooled(segment: Segment, offsets: Offsets, tokens: Vectors, whole: Vectors) -> Vectors:
    """The mean of the clause's tokens; where it has none (an emoji that the model drops), the whole stands for it."""
    first, last = offsets.T
    inside = (first < last) & (first < segment.end) & (last > segment.start)
    return _unit(tokens[inside].mean(axis=0)) if inside.any() else whole


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def word_counts(text: str) -> Counts:
    """Hashed words and pairs of words."""
    return _hashed(word_features(_TOKEN.findall(normalise(text))))


def word_features(tokens: Sequence[str]) -> list[str]:
    return [*tokens, *(f"{first} {second}" for first, second in pairwise(tokens))]


def letter_counts(text: str) -> Counts:
    """Hashed runs of four letters inside words: what is left of a word when it is misspelt."""
    padded = [f" {token} " for token in _TOKEN.findall(normalise(text))]
    return _hashed([token[at : at + _LETTERS] for token in padded for at in range(len(token) - _LETTERS + 1)])


def bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % BUCKETS


def _hashed(features: Sequence[str]) -> Counts:
    return dict(Counter(bucket(each) for each in features))
