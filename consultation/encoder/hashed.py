"""A small deterministic encoder without a model, for tests; must not be used to judge anything real."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from consultation.encoder.contract import DIMENSIONS, Vectors

_WORD = re.compile(r"\w+")


class HashEncoder:
    """Each word adds one signed dimension chosen by its hash; texts that share words are near."""

    name = "hashed-words-384"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                digest = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
                row[digest % DIMENSIONS] += 1.0 if digest >> 63 else -1.0
            if not row.any():
                row[0] = 1.0  # a blank text, or words that cancel out, still gets a unit vector
            row /= np.linalg.norm(row)
        return vectors
