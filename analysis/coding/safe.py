"""From which confidence a code may be accepted without a look: the band in which at least 95 % are right.

The answers are halved. On one half each code's errors are counted from its surest proposal down, leaning on all codes
where it has few, and each code gets the confidence from which it keeps within an allowed share of errors. On the other
half, from the share at which the first half is surest, the allowed share is raised step by step for as long as an exact
binomial test (Clopper and Pearson 1934) refutes, at 5 %, that fewer than 95 % are right. The first step that fails ends
it, and the order was fixed before anybody looked at that half (fixed sequence testing; Angelopoulos et al., "Learn then
Test", 2021): so the promise as a whole fails in at most one case of twenty.

`python -m analysis.coding.safe PREDICTIONS` (see `held_out.py`) writes the band of the coder that ships.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import exp, lgamma, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.coding.held_out import Floats, HeldOut, read_held_out

SHIPPED = Path(__file__).parent / "safe.json"
PRECISION = 0.95
RISK = 0.05  # of the promise
_LEANING = 50  # proposals that a code needs for its own errors to weigh as much as those of all codes
_STEPS = np.arange(0.002, 0.1001, 0.001)  # allowed rates of error, in their order
_SEED = 7


@dataclass(frozen=True)
class Band:
    """`start` is the confidence from which each code is in the band; one that is not named never is.

    Measured on `n` codes in the band, of which `right` were right; `low` is the lower bound of the share that is, and
    `covered` the share of all proposed codes that is in the band.
    """

    start: Mapping[str, float]
    n: int
    right: int
    low: float
    covered: float

    def holds(self, code: str, confidence: float) -> bool:
        return confidence >= self.start.get(code, 2.0)


@dataclass(frozen=True)
class Check:
    """The band on a fair sample of reviewed answers: `right` of `n` codes in it, and an exact 95 % interval."""

    n: int
    right: int
    low: float
    high: float

    @property
    def verdict(self) -> str:
        if self.low >= PRECISION:
            return "holds"
        return "fails" if self.high < PRECISION else "open"


def find_band(found: HeldOut) -> Band | None:
    """The widest band that can be shown to hold; None where too little was reviewed to show any."""
    halves = np.random.default_rng(_SEED).random(len(found)) < 0.5
    learnt, shown = found.only(np.flatnonzero(halves)), found.only(np.flatnonzero(~halves))
    expected = _expected(learnt)
    starts = [_start(learnt, expected, float(allowed)) for allowed in _STEPS]
    surest = min(range(len(starts)), key=lambda step: _doubt(*_count(learnt, starts[step])))
    band = None
    for start in starts[surest:]:
        n, right = _count(shown, start)
        if _doubt(n, right) > RISK:
            break
        named = {code: round(float(at), 4) for code, at in zip(found.codes, start, strict=True) if at <= 1}
        band = Band(named, n, right, lower_bound(right, n), n / int(shown.proposed.sum()))
    return band


def _count(found: HeldOut, start: Floats) -> tuple[int, int]:
    """How many codes are in the band, and how many of them are right."""
    inside = found.proposed & (found.confidence >= start)
    return int(inside.sum()), int((inside & found.truth).sum())


def _doubt(n: int, right: int) -> float:
    """How likely so few errors are where only just 95 % are right."""
    return _at_most(n - right, n, 1 - PRECISION)


def _expected(learnt: HeldOut) -> tuple[NDArray[np.float64], ...]:
    """For each code, from its surest proposal down: the share of errors from there up that is to be expected. Where a
    code has few proposals it is that of all codes at such confidences."""
    wrong = learnt.proposed & ~learnt.truth
    announced = np.where(learnt.proposed, 1 - learnt.confidence, 0)
    usual = (wrong.sum() + 1) / (announced.sum() + 1)  # how many times as often as announced the machine is wrong
    found = []
    for at in range(len(learnt.codes)):
        order = _surest_first(learnt, at)
        counted = np.arange(1, len(order) + 1)
        leaning = usual * np.cumsum(announced[order, at]) / counted
        found.append((np.cumsum(wrong[order, at]) + _LEANING * leaning) / (counted + _LEANING))
    return tuple(found)


def _start(learnt: HeldOut, expected: Sequence[NDArray[np.float64]], allowed: float) -> Floats:
    """(c,): the lowest confidence from which a code keeps within the `allowed` share of errors; 2 where none does."""
    start = np.full(len(learnt.codes), 2.0)
    for at, errors in enumerate(expected):
        within = np.flatnonzero(errors <= allowed)
        if len(within):
            start[at] = learnt.confidence[_surest_first(learnt, at)[within[-1]], at]
    return start


def _surest_first(learnt: HeldOut, at: int) -> NDArray[np.intp]:
    rows = np.flatnonzero(learnt.proposed[:, at])
    return np.asarray(rows[np.argsort(-learnt.confidence[rows, at], kind="stable")])


def checked(n: int, right: int) -> Check:
    return Check(n, right, lower_bound(right, n, 0.025), 1 - lower_bound(n - right, n, 0.025))


def lower_bound(right: int, n: int, risk: float = RISK) -> float:
    """Below this the share that is right would bring `right` of `n` only at a chance of `risk` (Clopper-Pearson)."""
    low, high = 0.0, right / n if n else 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(n - right, n, 1 - middle) < risk else (low, middle)
    return low


def _at_most(wrong: int, n: int, rate: float) -> float:
    """How likely `wrong` errors or fewer are among n at this rate."""
    if rate <= 0 or wrong >= n:
        return 1.0
    if rate >= 1:
        return 0.0
    terms: NDArray[np.float64] = np.array(
        [
            lgamma(n + 1) - lgamma(each + 1) - lgamma(n - each + 1) + each * log(rate) + (n - each) * log(1 - rate)
            for each in range(wrong + 1)
        ]
    )
    return min(1.0, exp(terms.max()) * float(np.exp(terms - terms.max()).sum()))


def as_data(band: Band | None) -> Mapping[str, Any] | None:
    return None if band is None else asdict(band)


def band_from(data: Mapping[str, Any] | None) -> Band | None:
    return None if data is None else Band(**data)


@cache
def shipped_band() -> Band | None:
    """Of the coder that ships, on our own corpus."""
    return band_from(json.loads(SHIPPED.read_text(encoding="utf-8")))


def main(path: Path) -> None:
    band = find_band(read_held_out(path))
    SHIPPED.write_text(json.dumps(as_data(band), indent=1) + "\n", encoding="utf-8")
    print(band and f"{band.right} of {band.n} right (at least {band.low:.3f}), {band.covered:.0%} of what is proposed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
