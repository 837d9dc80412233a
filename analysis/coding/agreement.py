"""How far two codings of the same answers agree: figures with their 95 % intervals. Knows no storage and no wording.

Every figure is one minus the disagreement seen over the disagreement that chance would give (1 for those that leave
chance aside), so that 1 is full agreement. Cohen's kappa takes chance from how often each of the two gave the code,
Krippendorff's alpha (2019, ch. 12) from how often both did together. Intervals are percentiles of a bootstrap over
answers with a fixed seed; for alpha chance stays as in the sample, as Krippendorff has it, since an answer drawn twice
agrees with itself. Where nothing differs, or everything does, every resample is alike and would claim to be
certain; there the far end is what the exact binomial bound leaves possible for answers that were not seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pairs: TypeAlias = Sequence[tuple[frozenset[str], frozenset[str]]]
Floats: TypeAlias = NDArray[np.float64]

FEWEST = 10  # answers, below which a figure says nothing
RESAMPLES = 1000
TAIL = 0.025
UNDEFINED_MOST = 0.05  # of the resamples, or there is no interval


@dataclass(frozen=True)
class Estimate:
    """A figure from `n` answers; `low` and `high` are None where there is no interval: too rare a code, or one
    that one of the two gave always or never."""

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def too_few(self) -> bool:
        return self.n < FEWEST


@dataclass(frozen=True)
class CodeAgreement:
    """One code as present or absent: `both`, `first` alone, `second` alone, `neither` count answers. `kappa` and
    `alpha` are None where they are undefined, because nobody or everybody gave the code."""

    code: str
    both: int
    first: int
    second: int
    neither: int
    agreed: Estimate
    kappa: Estimate | None
    alpha: Estimate | None

    @property
    def prevalence(self) -> float:
        """The share of all that was coded which has the code."""
        return (2 * self.both + self.first + self.second) / (2 * self.agreed.n)


@dataclass(frozen=True)
class Agreement:
    """Of `n` answers. `alike` is the share with the same codes throughout, `alpha` counts sets by how far apart they
    are (`apart`), `f1` is micro; each None where it is undefined."""

    n: int
    alike: Estimate | None
    alpha: Estimate | None
    f1: Estimate | None
    codes: tuple[CodeAgreement, ...]


def compare(pairs: Pairs, codes: Sequence[str]) -> Agreement:
    """Agreement on these codes, and on each alone. Each pair is what the first and the second made of one answer."""
    n = len(pairs)
    pairs = [(first & set(codes), second & set(codes)) for first, second in pairs]
    weights = _weights(n)
    return Agreement(
        n=n,
        alike=_estimate(*_plain(weights, [first != second for first, second in pairs]), n) if n else None,
        alpha=alpha(pairs),
        f1=f1(pairs),
        codes=tuple(_of_code(code, pairs, weights) for code in codes) if n else (),
    )


def alpha(pairs: Pairs) -> Estimate | None:
    """Krippendorff's, of whole sets; None where all are the same."""
    return _estimate(*_by_alpha(_weights(len(pairs)), pairs, apart), len(pairs)) if pairs else None


def f1(pairs: Pairs) -> Estimate | None:
    """Micro-F1, which is the same whichever of the two is taken for right; None where neither gave any code."""
    counted = np.array([(len(one ^ other), len(one) + len(other)) for one, other in pairs], float).reshape(-1, 2)
    differing, given = (_weights(len(pairs)) @ counted).T
    if not given[0]:
        return None
    missed = np.divide(differing, given, out=np.full_like(given, np.nan), where=given > 0)
    return _estimate(missed, np.ones_like(missed), len(pairs))


def apart(one: frozenset[str], other: frozenset[str]) -> float:
    """The MASI distance (Passonneau 2006): Jaccard's, and more where neither set lies within the other. Two who see
    the same, one of them a little more, differ less than two who each see something else."""
    if one == other:
        return 0.0
    shared = len(one & other)
    within = 2 / 3 if shared == min(len(one), len(other)) else 1 / 3
    return 1 - within * shared / len(one | other)


def _of_code(code: str, pairs: Pairs, weights: Floats) -> CodeAgreement:
    given = [(code in first, code in second) for first, second in pairs]
    both, first, second = (given.count(each) for each in ((True, True), (True, False), (False, True)))
    alone = [(one & {code}, other & {code}) for one, other in pairs]
    agreed = _estimate(*_plain(weights, [one != other for one, other in given]), len(pairs))
    assert agreed is not None
    return CodeAgreement(
        code, both, first, second, len(pairs) - both - first - second, agreed,
        kappa=_estimate(*_by_kappa(weights, given), len(pairs)),
        alpha=_estimate(*_by_alpha(weights, alone, apart), len(pairs)),
    )  # fmt: skip


def _weights(n: int) -> Floats:
    """How often each answer is in each resample, one a row. The first row is the sample itself."""
    drawn = np.random.default_rng(7).integers(n, size=(RESAMPLES, n)) if n else np.zeros((RESAMPLES, 0), int)
    counted = np.bincount((drawn + n * np.arange(RESAMPLES)[:, None]).ravel(), minlength=RESAMPLES * n)
    return np.vstack([np.ones((1, n)), counted.reshape(RESAMPLES, n)])


def _plain(weights: Floats, differ: Sequence[bool]) -> tuple[Floats, Floats]:
    observed = weights @ np.array(differ, float) / len(differ)
    return observed, np.ones_like(observed)


def _by_kappa(weights: Floats, given: Sequence[tuple[bool, bool]]) -> tuple[Floats, Floats]:
    share = weights @ np.array(given, float) / len(given)
    one, other = share.T
    return _plain(weights, [first != second for first, second in given])[0], one + other - 2 * one * other


def _by_alpha(
    weights: Floats, pairs: Sequence[tuple[Any, Any]], distance: Callable[[Any, Any], float]
) -> tuple[Floats, Floats]:
    kinds = {each: at for at, each in enumerate(dict.fromkeys(each for pair in pairs for each in pair))}
    between = np.array([[distance(one, other) for other in kinds] for one in kinds])
    first, second = ([kinds[each] for each in side] for side in zip(*pairs, strict=True))
    held = np.bincount([*first, *second], minlength=len(kinds)).astype(float)
    expected = held @ between @ held / (held.sum() * (held.sum() - 1))
    observed = weights @ between[first, second] / len(pairs)
    return observed, np.full_like(observed, expected)


def _estimate(observed: Floats, expected: Floats, n: int) -> Estimate | None:
    """1 - observed / expected, the sample's in the first place; None where chance leaves no disagreement at all."""
    if expected[0] < 1e-12:
        return None
    value = _rounded(1 - observed[0] / expected[0])
    if observed[0] in (0, 1):
        unseen = 1 - TAIL ** (1 / n)
        nearest, farthest = (0, unseen) if not observed[0] else (1 - unseen, 1)
        return Estimate(value, max(-1.0, _rounded(1 - farthest / expected[0])), _rounded(1 - nearest / expected[0]), n)
    defined = (expected[1:] > 1e-12) & np.isfinite(observed[1:])
    if defined.mean() < 1 - UNDEFINED_MOST:
        return Estimate(value, None, None, n)
    low, high = np.quantile(1 - observed[1:][defined] / expected[1:][defined], [TAIL, 1 - TAIL])
    if high - low < 1e-9:  # one of the two gave the code always or never: kappa is 0 whatever the other does
        return Estimate(value, None, None, n)
    return Estimate(value, _rounded(low), _rounded(high), n)


def _rounded(figure: float) -> float:
    return round(float(figure), 4) + 0.0  # never -0.0
