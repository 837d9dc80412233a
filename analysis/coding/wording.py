"""What an answer's very words say, beside what they mean: hashed words, pairs of words and letters, weighed linearly.

Must not know how the weights were learned. A tuned encoder of this size misses what a rare word alone would tell;
together they are better than either.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analysis.text import normalise

Floats = NDArray[np.float32]

BUCKETS = 1 << 17
_TOKEN = re.compile(r"\[[a-z_ ]+\]|[\w']+")
_SHORTEST, _LONGEST = 3, 5  # runs of letters
_SURE = 0.005  # a share is never taken to be nearer to 0 or 1 than this


@dataclass(frozen=True)
class Wording:
    """`rarity` (BUCKETS,) is the inverse document frequency; `weights` (BUCKETS, c) int8 in units of `scale` (c,);
    `base` (c,) is what an answer without known words gets."""

    rarity: NDArray[np.float16]
    weights: NDArray[np.int8]
    scale: Floats
    base: Floats

    def score(self, text: str) -> Floats:
        """(c,) log odds."""
        ids, shares = weighed(text, self.rarity)
        share = (shares @ self.weights[ids].astype(np.float32)) * self.scale + self.base
        share = np.clip(share, _SURE, 1 - _SURE)
        return np.asarray(np.log(share / (1 - share)), dtype=np.float32)


def weighed(text: str, rarity: NDArray[np.float16]) -> tuple[NDArray[np.int64], Floats]:
    """The buckets of a text and their weights: words and letters each of length 1."""
    plain = normalise(text)
    parts = [_weighed(each, rarity) for each in (words(plain), letters(plain))]
    return np.concatenate([ids for ids, _ in parts]), np.concatenate([shares for _, shares in parts])


def words(text: str) -> Mapping[int, int]:
    """How often each word and pair of words stands in a normalised text, by bucket."""
    tokens = _TOKEN.findall(text)
    return Counter(map(_bucket, [*tokens, *(f"{first} {second}" for first, second in pairwise(tokens))]))


def letters(text: str) -> Mapping[int, int]:
    """The same for runs of letters inside words: what is left of a word when it is misspelt."""
    padded = [f" {token} " for token in _TOKEN.findall(text)]
    return Counter(
        _bucket(f"#{token[at : at + size]}")
        for token in padded
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(token) - size + 1)
    )


def _weighed(counts: Mapping[int, int], rarity: NDArray[np.float16]) -> tuple[NDArray[np.int64], Floats]:
    ids = np.array(sorted(counts), dtype=np.int64)
    times = np.array([counts[each] for each in ids.tolist()], dtype=np.float32)
    weights = (1 + np.log(times)) * rarity[ids].astype(np.float32)
    return ids, np.asarray(weights / max(float(np.linalg.norm(weights)), 1e-9), dtype=np.float32)


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % BUCKETS
