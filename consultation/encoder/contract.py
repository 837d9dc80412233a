"""What every encoder promises; must not know how any of them works."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384

Vectors: TypeAlias = NDArray[np.float32]
Offsets: TypeAlias = NDArray[np.int32]


class ModelUnavailable(RuntimeError):
    """The model cannot be loaded, so nothing that needs it may go on; the message says how to mend it."""


class Encoder(Protocol):
    """Turns texts into unit vectors, one a row."""

    @property
    def name(self) -> str:
        """Which model made the vectors; heads trained on one encoder refuse another."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 384), float32, each of length 1.

        Pure: a text's vector depends on the text alone, never on its neighbours in `texts`.
        """
        ...

    def tokens(self, text: str) -> tuple[Offsets, Vectors]:
        """Where each token stands in `text`, (t, 2), and its vector in the light of the others, (t, 384); t >= 1.

        One reading of the text, to be pooled over any stretch of it. Tokens that stand nowhere have offsets (0, 0).
        """
        ...
