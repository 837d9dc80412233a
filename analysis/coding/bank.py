"""How like texts are to stored ones: one number a pair; must not know codes, nor how anything is learned from it.

A sum of positive-definite kernels: likeness in each view, of the clauses (so that an answer on two topics is like an
answer on either), of words and letters, and of what was asked. How much words count beside meaning is for the learner
to say, since it differs most from one set of answers to another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from analysis.coding.views import VIEWS, WORD_BUCKETS, Passage, Place
from analysis.vectors import unit
from consultation.encoder import Vectors

Floats = NDArray[np.float32]

CLAUSES, CLAUSE_FALL, ASKED = 1.0, 4.0, 0.2
_AT_ONCE = 256  # rows of a large table of likenesses


@dataclass(frozen=True)
class Texts:
    """n passages as arrays: `views` (n, d) each, `clauses` (m, 384), of which each text's last one is before its
    `ends`; `terms` (n, 2**20), 1 + the logarithm of how often each occurs; `places`."""

    views: Mapping[str, Vectors]
    clauses: Vectors
    ends: NDArray[np.int64]
    terms: sparse.csr_array
    places: tuple[Place, ...]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Texts":
        ids = [np.array(sorted(each.terms), dtype=np.int32) for each in passages]
        often = [np.array([each.terms[at] for at in row.tolist()]) for each, row in zip(passages, ids, strict=True)]
        starts = np.cumsum([0, *map(len, ids)])
        found = (1 + np.log(np.concatenate(often)), np.concatenate(ids), starts)
        return cls(
            views={name: np.stack([each.vectors[name] for each in passages]) for name in passages[0].vectors},
            clauses=np.concatenate([each.clauses for each in passages]),
            ends=np.cumsum([len(each.clauses) for each in passages]),
            terms=sparse.csr_array(found, shape=(len(passages), 2 * WORD_BUCKETS), dtype=np.float32),
            places=tuple(each.place for each in passages),
        )

    def __len__(self) -> int:
        return len(self.places)

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.concatenate([[0], self.ends[:-1]]).astype(np.int64)

    def only(self, kept: NDArray[np.int64]) -> "Texts":
        """The texts numbered `kept`."""
        spans = [np.arange(first, last) for first, last in zip(self.starts[kept], self.ends[kept], strict=True)]
        return Texts(
            {name: each[kept] for name, each in self.views.items()},
            self.clauses[np.concatenate(spans)],
            np.cumsum([len(each) for each in spans]),
            self.terms[kept],
            tuple(self.places[at] for at in kept.tolist()),
        )


@dataclass(frozen=True)
class Bank:
    """Stored texts, to which others are likened."""

    texts: Texts

    def likeness(self, query: Texts, words: float) -> Floats:
        """(q, n), where words and letters weigh `words`."""
        total = self._by_clause(query)
        for name in self.texts.views:
            view = VIEWS[name]
            cosines = self._placed(name, query.views[name]) @ self._views[name].T
            total += view.weight * np.exp(view.fall * (cosines - 1))
        total += words * (self._weighed(query.terms) @ self._terms).toarray()
        return total + ASKED * self._asked(query.places)

    def own_likeness(self, words: float) -> Floats:
        """(n, n), of each stored text to each."""
        total = np.empty((len(self.texts), len(self.texts)), dtype=np.float32)
        for start in range(0, len(total), _AT_ONCE):
            some = np.arange(start, min(start + _AT_ONCE, len(total)))
            total[some] = self.likeness(self.texts.only(some), words)
        return total

    def carried(self, terms: Mapping[int, int], among: Sequence[int], weights: Floats) -> dict[int, float]:
        """What each of some terms of a text adds to its score, where the stored texts weigh `weights` (n,)."""
        rows = sparse.csr_array(
            (np.ones(len(among), dtype=np.float32), (np.arange(len(among)), np.array(among, dtype=np.int64))),
            shape=(len(among), 2 * WORD_BUCKETS),
        )
        worth = (rows @ self._terms) @ weights
        return {each: float(worth[at] * self._rarity[each] * terms[each]) for at, each in enumerate(among)}

    def _by_clause(self, query: Texts) -> Floats:
        alike = np.exp(CLAUSE_FALL * (query.clauses @ self.texts.clauses.T - 1))
        sums = np.add.reduceat(np.add.reduceat(alike, self.texts.starts, axis=1), query.starts, axis=0)
        return np.asarray(CLAUSES * sums / _own(query)[:, None] / self._own, dtype=np.float32)

    def _placed(self, name: str, vectors: Vectors) -> Vectors:
        return unit(vectors - self._centres[name]) if VIEWS[name].centred else vectors

    def _weighed(self, terms: sparse.csr_array) -> sparse.csr_array:
        """By rarity; then words, and letters, of each text at the same length."""
        weighed = terms.copy()
        weighed.data = weighed.data * self._rarity[weighed.indices]
        row = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
        kind = 2 * row + (weighed.indices >= WORD_BUCKETS)
        length = np.sqrt(np.bincount(kind, weighed.data**2, 2 * weighed.shape[0]))
        weighed.data = (weighed.data / np.maximum(length[kind], 1e-9) / np.sqrt(2)).astype(np.float32)
        return weighed

    def _asked(self, places: Sequence[Place]) -> Floats:
        number, ours = self._places
        theirs = np.array([number.get(each, -1) if each[1] else -1 for each in places])
        return np.asarray(theirs[:, None] == ours, dtype=np.float32)

    # Made once a bank, not once an answer.
    @cached_property
    def _centres(self) -> Mapping[str, Vectors]:
        return {name: each.mean(axis=0) for name, each in self.texts.views.items()}

    @cached_property
    def _views(self) -> Mapping[str, Vectors]:
        return {name: self._placed(name, each) for name, each in self.texts.views.items()}

    @cached_property
    def _places(self) -> tuple[Mapping[Place, int], NDArray[np.int64]]:
        number = {place: at for at, place in enumerate(sorted(set(self.texts.places)))}
        return number, np.array([number[each] for each in self.texts.places])

    @cached_property
    def _rarity(self) -> Floats:
        """Inverse document frequency. A term never met weighs as one met once: in learning, every text's own were."""
        seen = np.bincount(self.texts.terms.indices, minlength=2 * WORD_BUCKETS)
        return np.asarray(np.log((1 + len(self.texts)) / (1 + np.maximum(seen, 1))) + 1, dtype=np.float32)

    @cached_property
    def _terms(self) -> sparse.csr_array:
        """Term by term, which stored texts have it."""
        return self._weighed(self.texts.terms).T.tocsr()

    @cached_property
    def _own(self) -> Floats:
        return _own(self.texts)


def _own(texts: Texts) -> Floats:
    """The square root of each text's clause likeness with itself."""
    own = []
    for first, last in zip(texts.starts.tolist(), texts.ends.tolist(), strict=True):
        clauses = texts.clauses[first:last]
        own.append(np.exp(CLAUSE_FALL * (clauses @ clauses.T - 1)).sum())
    return np.sqrt(np.array(own, dtype=np.float32))
