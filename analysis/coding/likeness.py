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
WHOLE_FALL, CLAUSE_FALL = 2.0, 4.0
# Half the encoder's axes lose nothing that could be measured, and are read in half the time.
AXES, _MANY = 192, 2000


@dataclass(frozen=True)
class Bank:
    """Stored exemplars. Vectors are kept along `axes` (384, d), the d directions in which the exemplars differ most.

    `whole` (n, d) and `clauses` (m, d) are int8 with a scale a row; `ends` (n,) closes each exemplar's clauses;
    `places` (n,) number the (audience, question) pairs of `known_places`, one more where no question is known.
    """

    axes: NDArray[np.float16]
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
        axes = _axes(np.concatenate([each.clauses for each in passages]))
        whole, whole_scale = _small(_along(axes, np.stack([each.whole for each in passages])))
        clauses, clause_scale = _small(_along(axes, np.concatenate([each.clauses for each in passages])))
        known = sorted({each.place for each in passages if each.place[1]})
        number = {place: at for at, place in enumerate(known)}
        return cls(
            axes,
            whole,
            whole_scale,
            clauses,
            clause_scale,
            np.cumsum([len(each.clauses) for each in passages]).astype(np.uint32),
            SparseIndex.of([each.words for each in passages]),
            SparseIndex.of([each.letters for each in passages]),
            np.array([number.get(each.place, len(known)) for each in passages], dtype=np.uint16),
            tuple(known),
        )

    def __len__(self) -> int:
        return len(self.whole)

    def likeness(self, passage: Passage, parts: Sequence[Passage] = ()) -> Floats:
        """(1 + len(parts), n) for a passage and for its clauses as passages, whatever was asked."""
        clauses = _along(self.axes, passage.clauses)
        sums = np.add.reduceat(np.exp(CLAUSE_FALL * (self._clauses @ clauses.T - 1)), _starts(self.ends), axis=0)
        by_clause = (sums / self._own[:, None]).T
        together = by_clause.sum(axis=0) / _own_likeness(clauses, np.array([len(clauses)]))
        whole = _along(self.axes, passage.whole[None])
        if len(parts) == 1:
            return np.tile(self._total(whole, together[None], [passage]), (2, 1))
        if not parts:
            return self._total(whole, together[None], [passage])
        both = np.concatenate([whole, clauses]), np.concatenate([together[None], by_clause])
        return self._total(*both, [passage, *parts])

    def asked(self, place: tuple[str, str]) -> Floats:
        """(n,) what having been asked the same adds."""
        number = self.known_places.index(place)
        return np.asarray(QUESTION * (self.places == number), dtype=np.float32)

    def _total(self, wholes: Floats, by_clause: Floats, passages: Sequence[Passage]) -> Floats:
        total = WHOLE * np.exp(WHOLE_FALL * (self._wholes @ wholes.T - 1)).T + CLAUSES * by_clause
        for row, each in zip(total, passages, strict=True):
            row += WORDS * self.words.cosines(each.words)
        # Letters tell clauses of one answer apart no better than its words do, and cost as much.
        total[0] += LETTERS * self.letters.cosines(passages[0].letters)
        return np.asarray(total, dtype=np.float32)

    # Widened once a process, not once an answer.
    @cached_property
    def _wholes(self) -> Floats:
        return self.whole.astype(np.float32) * self.whole_scale.astype(np.float32)[:, None]

    @cached_property
    def _clauses(self) -> Floats:
        return self.clauses.astype(np.float32) * self.clause_scale.astype(np.float32)[:, None]

    @cached_property
    def _own(self) -> Floats:
        return _own_likeness(self._clauses, self.ends)


def _own_likeness(clauses: Floats, ends: NDArray[np.uint32] | NDArray[np.int64]) -> Floats:
    """The square root of each text's clause likeness with itself."""
    own = [
        np.exp(CLAUSE_FALL * (clauses[first:last] @ clauses[first:last].T - 1)).sum()
        for first, last in zip(_starts(ends).tolist(), ends.tolist(), strict=True)
    ]
    return np.sqrt(np.array(own, dtype=np.float32))


def _starts(ends: NDArray[np.uint32] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], ends[:-1]]).astype(np.int64)


def _axes(vectors: Floats) -> NDArray[np.float16]:
    """The main axes of many vectors; of few, all axes, since a new text may differ from them in any direction."""
    width = vectors.shape[1]
    if len(vectors) < _MANY:
        return np.eye(width, dtype=np.float16)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return axes[:, : width - AXES - 1 : -1].astype(np.float16)


def _along(axes: NDArray[np.float16], vectors: Floats) -> Floats:
    """Unit vectors along the axes."""
    found = vectors @ axes.astype(np.float32)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _small(vectors: Floats) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Vectors in a quarter of the space, to within half a hundredth of their largest element."""
    scale = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-4).astype(np.float16)
    return np.round(vectors / scale.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8), scale
