"""Weighs hashed counts by how rare they are and finds which stored texts share them; must not know words or codes."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.coding.passages import BUCKETS, Counts

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SparseIndex:
    """Stored texts as rows of weighted features, each row of length 1.

    `ends` (n,) closes each row in `features` (uint16) and `weights` (uint8, in 255ths); `rarity` (65536,) is the
    inverse document frequency. Cosines come from postings, since a dense matrix of this width would not fit.
    """

    ends: NDArray[np.uint32]
    features: NDArray[np.uint16]
    weights: NDArray[np.uint8]
    rarity: NDArray[np.float16]

    @classmethod
    def of(cls, texts: Sequence[Counts]) -> "SparseIndex":
        seen = np.zeros(BUCKETS, dtype=np.int64)
        for counts in texts:
            seen[list(counts)] += 1
        # An unseen feature weighs as one seen once: in training, every text's own words were seen at least once.
        rarity = (np.log((1 + len(texts)) / (1 + np.maximum(seen, 1))) + 1).astype(np.float16)
        rows = [_weighted(counts, rarity) for counts in texts]
        return cls(
            ends=np.cumsum([len(ids) for ids, _ in rows]).astype(np.uint32),
            features=np.concatenate([ids for ids, _ in rows]).astype(np.uint16),
            weights=np.concatenate([np.round(weights * 255) for _, weights in rows]).astype(np.uint8),
            rarity=rarity,
        )

    def cosines(self, counts: Counts) -> Floats:
        """The cosine of a text with every stored one, (n,)."""
        ids, weights = _weighted(counts, self.rarity)
        starts, rows, stored = self._postings
        spans = [(starts[each], starts[each + 1]) for each in ids]
        if not spans:
            return np.zeros(len(self.ends), dtype=np.float32)
        at = np.concatenate([rows[first:last] for first, last in spans])
        shares = np.concatenate(
            [stored[first:last] * weight for (first, last), weight in zip(spans, weights, strict=True)]
        )
        return np.bincount(at, shares, len(self.ends)).astype(np.float32)

    def carried(self, counts: Counts, among: Collection[int], weights: Floats) -> dict[int, float]:
        """What each feature among some adds to a text's score, where the stored texts weigh `weights` (n,)."""
        ids, shares = _weighted(counts, self.rarity)
        starts, rows, stored = self._postings
        return {
            each: float(
                stored[starts[each] : starts[each + 1]] @ weights[rows[starts[each] : starts[each + 1]]] * share
            )
            for each, share in zip(ids.tolist(), shares.tolist(), strict=True)
            if each in among
        }

    @cached_property
    def _postings(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Feature by feature: where its rows start, the rows, their weights."""
        order = np.argsort(self.features, kind="stable")
        ends = self.ends.astype(np.int64)
        rows = np.repeat(np.arange(len(ends), dtype=np.int64), ends - np.concatenate([[0], ends[:-1]]))
        starts = np.searchsorted(self.features[order], np.arange(BUCKETS + 1)).astype(np.int64)
        return starts, rows[order], (self.weights[order] / 255).astype(np.float32)


def _weighted(counts: Counts, rarity: NDArray[np.float16]) -> tuple[NDArray[np.int64], Floats]:
    ids = np.array(sorted(counts), dtype=np.int64)
    times = np.array([counts[each] for each in ids.tolist()], dtype=np.float32)
    weights = ((1 + np.log(times)) * rarity[ids].astype(np.float32)).astype(np.float32)
    return ids, weights / np.float32(max(math.sqrt(float(weights @ weights)), 1e-9))
