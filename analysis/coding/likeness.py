"""How like an answer is to each stored exemplar: one number a pair; must not know codes.

A sum of positive-definite kernels, so that closed-form ridge regression over it is sound: the meaning of the whole,
the meaning of its clauses (so that an answer on two topics is like an answer on either), its words, its letters, and
whether the same question was asked. The weights were chosen by cross-validation on the exemplars alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.coding.passages import Passage
from analysis.coding.sparse import SparseIndex

Floats = NDArray[np.float32]

WHOLE, CLAUSES, WORDS, LETTERS, QUESTION = 1.0, 1.0, 0.5, 0.5, 0.2
# How fast likeness falls with distance: of wholes, of clauses.
WHOLE_FALL, CLAUSE_FALL = 2.0, 3.0


@dataclass(frozen=True)
class Bank:
    """Stored exemplars. `whole` (n, 384) and `clauses` (m, 384) in int8 with a scale a row; `ends` (n,) closes each
    exemplar's clauses; `places` (n,) number the (audience, question) pairs of `known_places`."""

    whole: NDArray[np.int8]
    whole_scale: NDArray[np.float16]
    clauses: NDArray[np.int8]
    clause_scale: NDArray[np.float16]
    ends: NDArray[np.uint32]
    words: SparseIndex
    letters: SparseIndex
    places: NDArray[np.uint16]
    known_places: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Bank":
        whole, whole_scale = _small(np.stack([each.whole for each in passages]))
        clauses, clause_scale = _small(np.concatenate([each.clauses for each in passages]))
        known = sorted({each.place for each in passages})
        return cls(
            whole,
            whole_scale,
            clauses,
            clause_scale,
            np.cumsum([len(each.clauses) for each in passages]).astype(np.uint32),
            SparseIndex.of([each.words for each in passages]),
            SparseIndex.of([each.letters for each in passages]),
            np.array([known.index(each.place) for each in passages], dtype=np.uint16),
            tuple(known),
        )

    def __len__(self) -> int:
        return len(self.whole)

    def likeness(self, passages: Sequence[Passage]) -> Floats:
        """(len(passages), n). Give one answer at a time where it must not depend on its neighbours in the last bit."""
        near = self._unit_whole @ np.stack([each.whole for each in passages]).T
        total = WHOLE * np.exp(WHOLE_FALL * (near.T - 1)) + CLAUSES * self._clause_likeness(passages)
        for row, each in zip(total, passages, strict=True):
            row += WORDS * self.words.cosines(each.words) + LETTERS * self.letters.cosines(each.letters)
            if each.place in self.known_places:
                row += QUESTION * (self.places == self.known_places.index(each.place))
        return np.asarray(total, dtype=np.float32)

    def nearness(self, passage: Passage) -> Floats:
        """Cosines of the whole with every exemplar's whole, (n,)."""
        return np.asarray(self._unit_whole @ passage.whole, dtype=np.float32)

    def _clause_likeness(self, passages: Sequence[Passage]) -> Floats:
        """The sum over pairs of clauses, brought back to 1 for a text with itself."""
        theirs = np.concatenate([each.clauses for each in passages])
        ends = np.cumsum([len(each.clauses) for each in passages])
        pairs = np.exp(CLAUSE_FALL * (self._unit_clauses @ theirs.T - 1))
        summed = np.add.reduceat(_by_owner(pairs, self.ends), _starts(ends), axis=1)
        return np.asarray((summed / np.outer(self._own, _own_likeness(theirs, ends))).T, dtype=np.float32)

    @cached_property
    def _unit_whole(self) -> Floats:
        return self.whole.astype(np.float32) * self.whole_scale.astype(np.float32)[:, None]

    @cached_property
    def _unit_clauses(self) -> Floats:
        return self.clauses.astype(np.float32) * self.clause_scale.astype(np.float32)[:, None]

    @cached_property
    def _own(self) -> Floats:
        return _own_likeness(self._unit_clauses, self.ends)


def _own_likeness(clauses: Floats, ends: NDArray[np.uint32] | NDArray[np.int64]) -> Floats:
    """The square root of each text's clause likeness with itself."""
    own = [
        np.exp(CLAUSE_FALL * (clauses[first:last] @ clauses[first:last].T - 1)).sum()
        for first, last in zip(_starts(ends).tolist(), ends.tolist(), strict=True)
    ]
    return np.sqrt(np.array(own, dtype=np.float32))


def _by_owner(pairs: Floats, ends: NDArray[np.uint32]) -> Floats:
    return np.asarray(np.add.reduceat(pairs, _starts(ends), axis=0), dtype=np.float32)


def _starts(ends: NDArray[np.uint32] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], ends[:-1]]).astype(np.int64)


def _small(vectors: Floats) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Vectors in a quarter of the space, to within half a hundredth of their largest element."""
    scale = (np.abs(vectors).max(axis=1) / 127).astype(np.float16)
    return np.round(vectors / scale.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8), scale
