"""Ridge regression over likenesses in closed form, each text also scored as if it had been left out.

Must not know texts or what its columns mean. One Cholesky factor gives the weights and, without fitting again, what
each text would get from all others (Rifkin & Lippert, "Notes on regularized least squares", MIT 2007): so nothing has
to be held back where there are only eight examples of a code.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky
from scipy.linalg.lapack import strtri

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# How fast likeness of stage one's scores falls with their distance.
SCORE_FALL = 2.25
_AT_ONCE = 256  # rows of a large table of likenesses


@dataclass(frozen=True)
class Lesson:
    """What is to be learned of n texts: which of c columns apply, for which that is known (n, c), how much each text
    weighs (n,)."""

    truth: Flags
    known: Flags
    weight: Floats

    def only(self, kept: NDArray[np.int64]) -> "Lesson":
        return Lesson(self.truth[kept], self.known[kept], self.weight[kept])

    @property
    def mean(self) -> Floats:
        share = self.truth.sum(axis=0, where=self.known) / np.maximum(self.known.sum(axis=0), 1)
        return np.asarray(share, dtype=np.float32)


@dataclass(frozen=True)
class TwoStages:
    """`mean` (c,), `first` and `second` (n, c) weigh the n learned texts; `scores` (n, c) are stage one's scores of
    them, each as if left out. Stage two sees them, so that codes that go together help one another."""

    mean: Floats
    first: Floats
    second: Floats
    scores: Floats

    def predict(self, likeness: Floats) -> Floats:
        """Scores (q, c) of texts whose likeness to the learned ones is (q, n)."""
        first = self.predict_first(likeness)
        second = (likeness + score_likeness(first, self.scores)) @ self.second + self.mean
        return np.asarray((first + second) / 2, dtype=np.float32)

    def predict_first(self, likeness: Floats) -> Floats:
        """Stage one alone."""
        return np.asarray(likeness @ self.first + self.mean, dtype=np.float32)


def fit(likeness: Floats, lesson: Lesson, ridge: float) -> tuple[TwoStages, Floats]:
    """What was learned, and the texts' own scores (n, c), each as if left out. Overwrites `likeness` (n, n)."""
    first, scores = solve(likeness, lesson, ridge)
    first, scores = _rounded(first), _rounded(scores)
    for start in range(0, len(scores), _AT_ONCE):
        likeness[start : start + _AT_ONCE] += score_likeness(scores[start : start + _AT_ONCE], scores)
    second, again = solve(likeness, lesson, ridge)
    both = np.asarray((scores + again) / 2, dtype=np.float32)
    return TwoStages(lesson.mean, first, _rounded(second), scores), both


def solve(likeness: Floats, lesson: Lesson, ridge: float) -> tuple[Floats, Floats]:
    """One stage: weights and scores (n, c). What nobody knows teaches nothing."""
    mean, wanted = lesson.mean, lesson.truth - lesson.mean
    weights, scores = np.zeros_like(wanted), np.empty_like(wanted)
    patterns, of_column = np.unique(lesson.known, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        columns = np.flatnonzero(of_column.ravel() == number)
        rows, others = np.flatnonzero(pattern), np.flatnonzero(~pattern)
        if not len(rows):
            scores[:, columns] = 0
            continue
        theirs, held_out = _solve(
            likeness[np.ix_(rows, rows)], wanted[np.ix_(rows, columns)], ridge / lesson.weight[rows]
        )
        weights[np.ix_(rows, columns)] = theirs
        scores[np.ix_(rows, columns)] = held_out
        if len(others):
            scores[np.ix_(others, columns)] = likeness[np.ix_(others, rows)] @ theirs
    return weights, scores + mean


def _solve(likeness: Floats, wanted: Floats, ridge: Floats) -> tuple[Floats, Floats]:
    """Overwrites `likeness`."""
    likeness[np.diag_indices(len(likeness))] += ridge
    factor = cholesky(likeness.T, lower=True, overwrite_a=True, check_finite=False)  # .T: LAPACK reads by column
    inverse, _ = strtri(factor, lower=1, overwrite_c=1)
    weights = inverse.T @ (inverse @ wanted)
    diagonal = np.einsum("ij,ij->j", inverse, inverse)
    return weights, wanted - weights / diagonal[:, None]


def score_likeness(theirs: Floats, ours: Floats) -> Floats:
    squares = (theirs**2).sum(axis=1)[:, None] + (ours**2).sum(axis=1) - 2 * theirs @ ours.T
    return np.asarray(np.exp(-SCORE_FALL * np.maximum(squares, 0)), dtype=np.float32)


def _rounded(values: Floats) -> Floats:
    """To what will be kept."""
    return values.astype(np.float16).astype(np.float32)
