"""Groups of vectors that point the same way, by average linkage. Knows not what the vectors stand for."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import unit

Floats = NDArray[np.float32]

NEVER = np.float32(-9)  # below any cosine
SHRUNK = 10  # as if so many vectors of the mean were in each kind


def common_of(vectors: Floats, kinds: Sequence[Hashable]) -> dict[Hashable, Floats]:
    """What those of one kind have in common: their mean. Small kinds lean on the mean of all."""
    of_all = vectors.mean(axis=0)
    sums: dict[Hashable, tuple[Floats, int]] = {}
    for kind, vector in zip(kinds, vectors, strict=True):
        total, count = sums.get(kind, (SHRUNK * of_all, SHRUNK))
        sums[kind] = (total + vector, count + 1)
    return {kind: np.asarray(total / count, dtype=np.float32) for kind, (total, count) in sums.items()}


def apart_from(common: Mapping[Hashable, Floats], vectors: Floats, kinds: Sequence[Hashable]) -> Floats:
    """Unit vectors of what is left when that is taken out: answers to one question are alike in what was asked, which
    says nothing about what they say."""
    return unit(vectors - np.stack([common[each] for each in kinds]))


def average_link(vectors: Floats, least: float) -> list[list[int]]:
    """Groups of row numbers: two are joined while the mean cosine between their members is `least` or more.

    Chains of nearest neighbours, which give what joining the nearest pair each time would, in time and memory of the
    square of the rows. No draws: the same rows give the same groups.
    """
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, NEVER)
    members = [[row] for row in range(len(vectors))]
    waiting = np.ones(len(vectors), dtype=bool)
    chain: list[int] = []
    while waiting.any():
        last = chain[-1] if chain else int(waiting.argmax())
        chain = chain or [last]
        nearest = int(likeness[last].argmax())
        if likeness[last, nearest] < least:  # joining others never brings them nearer
            waiting[last] = False
            likeness[last] = likeness[:, last] = NEVER
            chain.pop()
        elif len(chain) > 1 and likeness[last, chain[-2]] >= likeness[last, nearest]:
            other = chain[-2]
            del chain[-2:]
            _join(likeness, members, last, other)
            waiting[other] = False
        else:
            chain.append(nearest)
    return sorted(sorted(each) for each in members if each)


def _join(likeness: Floats, members: list[list[int]], kept: int, gone: int) -> None:
    ours, theirs = len(members[kept]), len(members[gone])
    joined = (ours * likeness[kept] + theirs * likeness[gone]) / (ours + theirs)
    joined[(likeness[kept] == NEVER) | (likeness[gone] == NEVER)] = NEVER  # themselves, and whoever is done
    likeness[kept] = likeness[:, kept] = joined
    likeness[gone] = likeness[:, gone] = NEVER
    members[kept] += members[gone]
    members[gone] = []
