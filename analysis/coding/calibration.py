"""From scores to honest confidences and to the confidence from which a code is proposed; knows no texts or codes.

Everything is learned from scores of texts that were held out, and codes with few examples lean on the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# How hard a code's confidence is drawn towards that of all codes together, and theirs towards a usual start.
_PULL, _FAINT_PULL = 1.0, 0.01
_USUAL_START = (8.0, -3.0)
# How many examples it takes for a code's own threshold to weigh as much as the shared one.
_TRUSTED_FROM = 100.0
_STEPS, _LONGEST_STEP = 30, 4.0
_SLOPES = (0.01, 100.0)  # within which a softmax's slope is looked for


@dataclass(frozen=True)
class Calibration:
    """`slope` and `shift` (c,) turn a score into a confidence (those of `one_of` in a softmax, which the head does);
    from `threshold` (c,) on a code is proposed."""

    slope: Floats
    shift: Floats
    threshold: Floats

    def confidence(self, scores: Floats) -> Floats:
        """(q, c) between 0 and 1."""
        return np.asarray(_logistic(scores * self.slope + self.shift), dtype=np.float32)


def calibrate(scores: Floats, truth: Flags, groups: list[slice], one_of: slice | None = None) -> Calibration:
    """Fit on held-out `scores` (n, c) and `truth` (n, c). Columns of one group lean on one another. Of those of
    `one_of` just one is true in each row; they share the slope that makes their softmax honest."""
    count = truth.shape[1]
    slope, shift, threshold = np.ones(count), np.zeros(count), np.ones(count)
    for group in groups:
        if not truth[:, group].any():
            continue
        start = _fit_logistic(scores[:, group].ravel(), truth[:, group].ravel(), _USUAL_START, _FAINT_PULL)
        for column in range(*group.indices(count)):
            slope[column], shift[column] = _fit_logistic(scores[:, column], truth[:, column], start, _PULL)
        confidence = _logistic(scores[:, group] * slope[group] + shift[group])
        threshold[group] = _thresholds(confidence, truth[:, group])
    if one_of is not None:
        slope[one_of] = _steepness(scores[:, one_of], truth[:, one_of])
    return Calibration(slope.astype(np.float32), shift.astype(np.float32), threshold.astype(np.float32))


def _steepness(scores: Floats, truth: Flags) -> float:
    """Temperature scaling (Guo and others, "On calibration of modern neural networks", ICML 2017): what the rows lose
    has one lowest point, so halving finds it."""
    low, high = _SLOPES
    for _ in range(_STEPS):
        slope = float(np.sqrt(low * high))
        share = np.exp(slope * (scores - scores.max(axis=1, keepdims=True)))
        rises = (share / share.sum(axis=1, keepdims=True) * scores).sum() > scores[truth].sum()
        low, high = (low, slope) if rises else (slope, high)
    return slope


def _thresholds(confidence: Floats, truth: Flags) -> Floats:
    """Each column's best, drawn towards the best for all the less often the code occurs."""
    shared = _best_threshold(confidence.ravel(), truth.ravel())
    own = np.array([_best_threshold(confidence[:, at], truth[:, at]) for at in range(truth.shape[1])])
    weight = truth.sum(axis=0) / (truth.sum(axis=0) + _TRUSTED_FROM)
    return np.asarray(np.where(truth.any(axis=0), weight * own + (1 - weight) * shared, 1.1), dtype=np.float32)


def _best_threshold(confidence: Floats, truth: Flags) -> float:
    """Where F1 is highest, smoothed over neighbours so that one lucky row does not decide."""
    if not truth.any():
        return 1.1
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    width = min(9, len(f1))
    best = int(np.convolve(f1, np.ones(width) / width, "same").argmax())
    after = min(best + 1, len(order) - 1)
    return float(confidence[order[best]] + confidence[order[after]]) / 2


def _fit_logistic(scores: Floats, truth: Flags, start: tuple[float, float], pull: float) -> tuple[float, float]:
    """Newton's method on slope and shift, drawn towards `start` with strength `pull`."""
    inputs = np.stack([scores.astype(np.float64), np.ones(len(scores))], axis=1)
    aim = np.array(start)
    weights = aim.copy()
    for _ in range(_STEPS):
        guess = _logistic(inputs @ weights)
        gradient = inputs.T @ (guess - truth) + pull * (weights - aim)
        curvature = (inputs * (guess * (1 - guess))[:, None]).T @ inputs + pull * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # A few separable rows would send a full step to infinity.
        weights = weights - step * min(1.0, _LONGEST_STEP / max(float(np.linalg.norm(step)), 1e-9))
    return float(weights[0]), float(weights[1])


def _logistic(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
