"""A small deterministic encoder without a model, for tests; must not be used to judge anything real."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from consultation.encoder.contract import DIMENSIONS, Offsets, Vectors

_WORD = re.compile(r"\w+")


class HashEncoder:
    """Each word adds one signed dimension chosen by its hash; texts that share words are near."""

    name = "hashed-words-384"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                at, sign = _place(word)
                row[at] += sign
            if not row.any():
                row[0] = 1.0  # a blank text, or words that cancel out, still gets a unit vector
            row /= np.linalg.norm(row)
        return vectors

    def tokens(self, text: str) -> tuple[Offsets, Vectors]:
        found = list(_WORD.finditer(text))
        offsets = np.array([each.span() for each in found] or [(0, 0)], dtype=np.int32)
        vectors = np.zeros((len(offsets), DIMENSIONS), dtype=np.float32)
        for row, word in zip(vectors, found, strict=False):  # a blank text has one token that stands nowhere
            at, sign = _place(word.group().lower())
            row[at] = sign
        return offsets, vectors


def _place(word: str) -> tuple[int, float]:
    digest = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    return digest % DIMENSIONS, 1.0 if digest >> 63 else -1.0
