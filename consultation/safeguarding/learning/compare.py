"""Learns likeness to the examples: kernel ridge regression over what they mean to MiniLM and how they are put."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from consultation.encoder import Encoder
from consultation.safeguarding import features
from consultation.safeguarding.examples import Example
from consultation.safeguarding.learning.lessons import ORDINARY, lesson
from consultation.safeguarding.likeness import Floats, Likeness, likeness

RIDGE = 0.6  # how strongly weights are held small
WORDING = 0.23  # how loudly each of the three blocks of features speaks beside the meaning
LIGHT, HEAVY = 0.8, 3.0  # everyday answers are many and easy, so each weighs less than a near miss

Counts = dict[str, dict[int, float]]


def compare(examples: Sequence[Example], encoder: Encoder) -> Likeness:
    """Weighted kernel ridge over the examples' texts, all questions at once."""
    learnt = [lesson(each, each.text) for each in examples]
    known = encoder.encode([each.text for each in learnt])
    counts = [features.count(each.text) for each in learnt]
    rarity = _rarity(counts)
    wording = _matrix(counts, rarity)
    weights = np.array([LIGHT if each.kind == ORDINARY else HEAVY for each in examples], dtype=np.float32)
    root = np.sqrt(weights)
    kernel = likeness(known, known) + WORDING * (wording @ wording.T).toarray().astype(np.float32)
    kernel *= np.outer(root, root)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    wanted = 2 * np.array([(each.concern, each.immediate, bool(each.staff)) for each in learnt], dtype=np.float32) - 1
    bias = np.average(wanted, axis=0, weights=weights).astype(np.float32)
    solved = linalg.solve(kernel, root[:, None] * (wanted - bias), assume_a="pos", overwrite_a=True, check_finite=False)
    speak = (solved * root[:, None]).astype(np.float32)
    return Likeness(rarity, known, speak, (WORDING * (wording.T @ speak)).astype(np.float32), bias)


def _rarity(counts: list[Counts]) -> Floats:
    """Smoothed inverse document frequency; a bucket seen once tells nothing and gets 0."""
    seen = np.zeros(features.BUCKETS)
    for blocks in counts:
        seen[np.unique(np.fromiter((b for block in blocks.values() for b in block), dtype=np.int64))] += 1
    rarity: NDArray[np.float64] = np.log((1 + len(counts)) / (1 + seen)) + 1
    return np.where(seen >= 2, rarity, 0).astype(np.float32)


def _matrix(counts: list[Counts], rarity: Floats) -> sparse.csr_matrix:
    weighed = [features.weigh(each, rarity) for each in counts]
    rows = np.repeat(np.arange(len(weighed)), [len(places) for places, _ in weighed])
    places = np.concatenate([places for places, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    return sparse.csr_matrix((values, (rows, places)), shape=(len(weighed), features.BUCKETS))
