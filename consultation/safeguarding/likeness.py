"""One half of what the head has learnt: how like each example a text means, and how it is put.

Kernel ridge regression: a weight for each example, spoken for as far as the text means the same to MiniLM as it comes,
and a weight for each feature. Must not know what the questions are that it rates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consultation.encoder import Encoder, Vectors
from consultation.safeguarding import features

FALL = np.float32(2.0)  # how fast an example's say falls as its meaning differs

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Weights of q questions: `examples` (n x q) for the n known `vectors`, `buckets` (BUCKETS x q), `bias` (q)."""

    rarity: Floats  # (BUCKETS,)
    vectors: Floats  # (n, 384)
    examples: Floats
    buckets: Floats
    bias: Floats

    def rate(self, text: str, encoder: Encoder) -> tuple[Floats, Floats]:
        """A rating for each question, and how like each of the known examples the read text is."""
        near = likeness(encoder.encode([text]), self.vectors)[0]
        places, values = features.weigh(features.count(text), self.rarity)
        return near @ self.examples + values @ self.buckets[places] + self.bias, near


def likeness(vectors: Vectors, known: Floats) -> Floats:
    """1 for the same meaning, falling towards 0: shape (len(vectors), len(known))."""
    return np.asarray(np.exp(FALL * (vectors @ known.T - 1)), dtype=np.float32)
