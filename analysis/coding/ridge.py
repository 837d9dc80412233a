"""Ridge regression over likenesses, in closed form, in two stages; must not know what its columns mean.

Stage one learns every code from likeness. Stage two learns again, seeing also the scores that stage one gives to all
other codes, so that codes which go together help one another. The two are averaged. Against one-vs-rest logistic
regression on the same features this was better and quicker on the exemplars, and needs nothing but numpy.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

RIDGE = 0.5
# How fast likeness of stage one's scores falls with their distance.
SCORE_FALL = 2.25


@dataclass(frozen=True)
class TwoStages:
    """Learned from n texts for c columns: `mean` (c,), `first` and `second` (n, c), `scores` (n, c).

    `scores` are stage one's scores of the texts themselves, each as if it had been left out.
    """

    mean: Floats
    first: NDArray[np.float16]
    second: NDArray[np.float16]
    scores: NDArray[np.float16]

    def predict(self, likeness: Floats) -> Floats:
        """Scores (q, c) for texts whose likeness to the n learned ones is (q, n)."""
        first = self.predict_first(likeness)
        second = (likeness + _score_likeness(first, self._wide_scores)) @ self._wide_second
        return np.asarray((first + second + self.mean) / 2, dtype=np.float32)

    def predict_first(self, likeness: Floats) -> Floats:
        """Stage one alone."""
        return np.asarray(likeness @ self.wide_first + self.mean, dtype=np.float32)

    # Kept in half the width on disk; widened once a process, not once an answer.
    @cached_property
    def wide_first(self) -> Floats:
        return self.first.astype(np.float32)

    @cached_property
    def _wide_second(self) -> Floats:
        return self.second.astype(np.float32)

    @cached_property
    def _wide_scores(self) -> Floats:
        return self.scores.astype(np.float32)


def fit(likeness: Floats, truth: Flags, known: Flags, weight: Floats) -> TwoStages:
    """Learn `truth` (n, c) from the texts' likeness to one another (n, n), each text as much as its weight (n,).

    Where `known` (n, c) says that nobody knows, nothing is learned.
    """
    mean = (truth.sum(axis=0, where=known) / np.maximum(known.sum(axis=0), 1)).astype(np.float32)
    ridge = np.diag(RIDGE / weight).astype(np.float32)
    inverse = np.linalg.inv(likeness + ridge)
    wanted = _completed(np.where(known, truth, mean).astype(np.float32), mean, known, inverse)
    first = inverse @ (wanted - mean)
    # Leaving one out has a closed form: no refitting.
    scores = (wanted - first / np.diag(inverse)[:, None]).astype(np.float16)
    wide = scores.astype(np.float32)
    both = likeness + _score_likeness(wide, wide) + ridge
    second = np.linalg.solve(both, wanted - mean)
    return TwoStages(mean.astype(np.float32), first.astype(np.float16), second.astype(np.float16), scores)


def _completed(wanted: Floats, mean: Floats, known: Flags, inverse: Floats) -> Floats:
    """`wanted` with what is not known set to what the rest predicts, so that it pulls at nothing."""
    patterns, of_column = np.unique(known, axis=1, return_inverse=True)
    pull = inverse @ (wanted - mean)
    for number, pattern in enumerate(patterns.T):
        unknown, columns = np.flatnonzero(~pattern), np.flatnonzero(of_column.ravel() == number)
        if 0 < len(unknown) < len(pattern):
            at = np.ix_(unknown, columns)
            wanted[at] -= np.linalg.solve(inverse[np.ix_(unknown, unknown)], pull[at])
    return wanted


def _score_likeness(theirs: Floats, ours: Floats) -> Floats:
    squares = (theirs**2).sum(axis=1)[:, None] + (ours**2).sum(axis=1) - 2 * theirs @ ours.T
    return np.asarray(np.exp(-SCORE_FALL * np.maximum(squares, 0)), dtype=np.float32)
