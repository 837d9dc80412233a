"""Reads an answer with the tuned encoder, in the light of what was asked; must not know codes.

The encoder is MiniLM, tuned on coded answers (see `shipped/model-card.md`). What was asked stands as one piece of its
own before the text: pieces of BERT's vocabulary that were never used, one a place.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from consultation.encoder import MiniLM, Offsets, Vectors

MODEL = Path(__file__).parent / "shipped" / "encoder.onnx"
NOT_KNOWN = 1  # the number of "[unused0]", which stands for a question that is not known; the known ones follow

Place = tuple[str, str]  # audience, question
_Asked = TypeVar("_Asked")
_Seen = TypeVar("_Seen")

_READERS = 2  # texts read at the same time: onnxruntime keeps one core busy with each


class Reader(MiniLM):
    """Gives the pieces of a text with their vectors. Raises ModelUnavailable."""

    name = "all-MiniLM-L6-v2-tuned-on-coded-answers"

    def __init__(self, places: Sequence[Place], model: Path = MODEL) -> None:
        super().__init__(model)
        self._pieces = {place: NOT_KNOWN + at for at, place in enumerate(places, 1)}

    def read(self, text: str, place: Place) -> tuple[Offsets, Vectors]:
        """Where each piece stands in `text` (t, 2), and its vector (t, 384). The place's own piece stands nowhere."""
        asked = self._pieces.get(place, NOT_KNOWN)
        windows = self.windows(text)
        offsets = [each for _, places in windows for each in (places[0], (0, 0), *places[1:])]
        vectors = [self.run([ids[0], asked, *ids[1:]]) for ids, _ in windows]
        return np.array(offsets, dtype=np.int32), np.concatenate(vectors)

    def pieces_of(self, text: str) -> Vectors:
        """The pieces' vectors, whatever was asked: one for each piece that MiniLM gives."""
        seen = [self.run([ids[0], NOT_KNOWN, *ids[1:]]) for ids, _ in self.windows(text)]
        return np.concatenate([np.delete(each, 1, axis=0) for each in seen])


def side_by_side(read: Callable[[_Asked], _Seen], texts: Iterable[_Asked]) -> list[_Seen]:
    """What `read` makes of each, in order. Sums stay on the thread that asks for them: shared out over more, they took
    twice the work and longer."""
    with _sums().limit(limits=1, user_api="blas"), ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(read, texts))


@cache
def _sums() -> ThreadpoolController:
    return ThreadpoolController()
