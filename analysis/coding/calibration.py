"""From scores to honest confidences and to the confidence from which a code is proposed; knows no texts or codes.

Everything is learned from scores of texts that were held out, and codes with few examples lean on the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# How many positive examples it takes for a code to weigh as much as all codes together.
_TRUST_OWN_SLOPE = 20.0
_TRUST_OWN_THRESHOLD = 100.0


@dataclass(frozen=True)
class Calibration:
    """`slope` and `shift` (c,) turn a score into a confidence; from `threshold` (c,) on a code is proposed."""

    slope: Floats
    shift: Floats
    threshold: Floats

    def confidence(self, scores: Floats) -> Floats:
        """(q, c) between 0 and 1."""
        return np.asarray(_logistic(scores * self.slope + self.shift), dtype=np.float32)


def calibrate(scores: Floats, truth: Flags, groups: list[slice]) -> Calibration:
    """Fit on held-out `scores` (n, c) and `truth` (n, c). Columns of one group lean on one another."""
    count = truth.shape[1]
    slope, shift, threshold = np.ones(count), np.zeros(count), np.ones(count)
    for group in groups:
        columns = range(*group.indices(count))
        if not truth[:, group].any():
            continue
        start = _fit_logistic(scores[:, group].ravel(), truth[:, group].ravel(), (8.0, -3.0), 1e-6)
        for column in columns:
            pull = _TRUST_OWN_SLOPE * 0.05
            slope[column], shift[column] = _fit_logistic(scores[:, column], truth[:, column], start, pull)
        confidence = _logistic(scores[:, group] * slope[group] + shift[group])
        threshold[group] = _thresholds(confidence, truth[:, group])
    return Calibration(slope.astype(np.float32), shift.astype(np.float32), threshold.astype(np.float32))


def _thresholds(confidence: Floats, truth: Flags) -> Floats:
    """Each column's best, drawn towards the best for all the less often the code occurs."""
    shared = _best_threshold(confidence.ravel(), truth.ravel())
    own = np.array([_best_threshold(confidence[:, at], truth[:, at]) for at in range(truth.shape[1])])
    weight = truth.sum(axis=0) / (truth.sum(axis=0) + _TRUST_OWN_THRESHOLD)
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
    for _ in range(25):
        guess = _logistic(inputs @ weights)
        gradient = inputs.T @ (guess - truth) + pull * (weights - aim)
        curvature = (inputs * (guess * (1 - guess))[:, None]).T @ inputs + (pull + 1e-6) * np.eye(2)
        weights = weights - np.linalg.solve(curvature, gradient)
    return float(weights[0]), float(weights[1])


def _logistic(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))
