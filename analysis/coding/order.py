"""In which order answers are best reviewed, so that a person's time changes most. Knows no storage, coder or page.

What is least certain comes first; each fourth answer is one of the code that has been seen least (`RARE_EACH`), since
doubt alone starves rare codes. What either is worth is measured in `effort.py`.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RARE_EACH = 4


@dataclass(frozen=True)
class Waiting:
    """An answer that nobody has reviewed: how much the machine doubts, and the codes that it proposes."""

    answer: str
    doubt: float
    codes: frozenset[str]


def doubt(confidences: ArrayLike) -> NDArray[np.float64]:
    """How many bits the machine lacks to be sure of every code: the sum of the entropies along the last axis."""
    sure = np.clip(np.asarray(confidences, dtype=np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(-(sure * np.log2(sure) + (1 - sure) * np.log2(1 - sure)).sum(axis=-1))


def least_certain(waiting: Iterable[Waiting]) -> list[str]:
    """The ids, the most doubtful first; ties by id, so that two analysts see one order."""
    return [each.answer for each in _by_doubt(waiting)]


def order_to_review(waiting: Sequence[Waiting], reviewed: Mapping[str, int], rare_each: int = RARE_EACH) -> list[str]:
    """All ids in the best order. `reviewed` says how many reviewed answers carry each code.

    A code that is proposed for nobody any more has no more rounds. With a `rare_each` of 1 every round is a rare one.
    """
    queue = deque(_by_doubt(waiting))
    of_code: dict[str, deque[Waiting]] = {}
    for each in queue:
        for code in each.codes:
            of_code.setdefault(code, deque()).append(each)
    seen = dict.fromkeys(of_code, 0) | {code: count for code, count in reviewed.items() if code in of_code}
    ordered: dict[str, None] = {}
    while len(ordered) < len(waiting):
        is_rare = len(ordered) % rare_each == rare_each - 1
        taken = (_rarest(of_code, seen, ordered) if is_rare else None) or _next(queue, ordered)
        if taken is None:
            break
        ordered[taken.answer] = None
        for code in taken.codes:
            seen[code] += 1
    return list(ordered)


def _by_doubt(waiting: Iterable[Waiting]) -> list[Waiting]:
    return sorted(waiting, key=lambda each: (-each.doubt, each.answer))


def _rarest(of_code: dict[str, deque[Waiting]], seen: Mapping[str, int], gone: Mapping[str, None]) -> Waiting | None:
    """The most doubtful answer of the code that was seen least, of those codes that still wait."""
    for code in sorted(of_code, key=lambda code: (seen[code], code)):
        found = _next(of_code[code], gone)
        if found is not None:
            return found
        del of_code[code]
    return None


def _next(queue: deque[Waiting], gone: Mapping[str, None]) -> Waiting | None:
    while queue:
        first = queue.popleft()
        if first.answer not in gone:
            return first
    return None
