"""How well codes agree with people's, with intervals: micro- and macro-F1 and the difference between two coders.

Intervals are the middle 95 % of a bootstrap over answers with a fixed seed. Trains and chooses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.coding.held_out import Flags

Floats = NDArray[np.float64]

RESAMPLES, SEED = 1000, 7


@dataclass(frozen=True)
class Estimate:
    """A figure, and the 95 % interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """F1 over all codes together, and its mean over the codes that people gave."""

    micro: Estimate
    macro: Estimate


@dataclass(frozen=True)
class Moved:
    """A code whose F1 is another than before; `n` answers carry it."""

    code: str
    n: int
    before: float
    after: float


@dataclass(frozen=True)
class Comparison:
    """Two coders on the same n answers. `as_good` is the share of resamples in which the mean of micro- and macro-F1
    is at least what it was before; `moved` are the codes that gained most, and last those that lost most."""

    n: int
    before: Score
    after: Score
    as_good: float
    moved: tuple[Moved, ...]


def f1(truth: Flags, given: Flags) -> tuple[float, float]:
    """Micro and macro."""
    micro, macro = _f1(np.ones((1, len(truth))), truth, given)
    return float(micro[0]), float(macro[0])


def compare(codes: Sequence[str], truth: Flags, before: Flags, after: Flags) -> Comparison:
    """What `after` is worth beside `before`, on the same resamples."""
    draws = _draws(len(truth))
    was, now = _f1(draws, truth, before), _f1(draws, truth, after)
    as_good = float(np.mean(sum(now) >= sum(was))) if len(truth) else 1.0
    return Comparison(
        len(truth),
        _score(truth, before, was),
        _score(truth, after, now),
        as_good,
        _moved(codes, truth, before, after),
    )


def _score(truth: Flags, given: Flags, resampled: tuple[Floats, Floats]) -> Score:
    micro, macro = (
        Estimate(value, *(float(each) for each in np.quantile(drawn, (0.025, 0.975))))
        for value, drawn in zip(f1(truth, given), resampled, strict=True)
    )
    return Score(micro, macro)


def _draws(n: int) -> Floats:
    """(r, n): how often each answer is in each resample."""
    if n == 0:
        return np.ones((1, 0))
    chance = np.random.default_rng(SEED)
    return chance.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)


def _f1(draws: Floats, truth: Flags, given: Flags) -> tuple[Floats, Floats]:
    """(r,) and (r,). Where nobody gave anything, nothing can be wrong or right: 0."""
    hits, hand, machine = (draws @ each.astype(np.float64) for each in (truth & given, truth, given))
    both = (hand + machine).sum(axis=1)
    micro = 2 * hits.sum(axis=1) / np.maximum(both, 1)
    each = 2 * hits / np.maximum(hand + machine, 1)
    macro = (each * (hand > 0)).sum(axis=1) / np.maximum((hand > 0).sum(axis=1), 1)
    return micro, macro


def _moved(codes: Sequence[str], truth: Flags, before: Flags, after: Flags) -> tuple[Moved, ...]:
    found = []
    for at, code in enumerate(codes):
        if truth[:, at].any():
            was, now = (f1(truth[:, [at]], given[:, [at]])[0] for given in (before, after))
            if was != now:
                found.append(Moved(code, int(truth[:, at].sum()), was, now))
    return tuple(sorted(found, key=lambda each: (each.before - each.after, each.code)))
