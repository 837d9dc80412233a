"""From confidences to the codes that are proposed; must not know texts, nor how confidences came about.

No one rule is best for all answers: where each has one code, the likeliest is worth proposing even if it is unlikely;
where answers have many or none, each code is judged by itself. The rule that serves best is learned with the rest.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.coding.calibration import calibrate

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Rule = Literal["each", "one", "set"]

# With no coded answer nothing can be calibrated. What then serves was found on our own answers and codebook: of codes
# that were proposed from here on, a third was right.
_SLOPE, _SHIFT, _THRESHOLD = 18.0, -3.8, 0.15


@dataclass(frozen=True)
class Decision:
    """`slope`, `shift`, `threshold` (c,) of one facet's codes and, last, of "there is nothing to code".

    `rule`: "each" code from its own threshold on; "one" at least; or the "set" whose expected F1 is highest.
    """

    slope: Floats
    shift: Floats
    threshold: Floats
    rule: Rule

    def confidence(self, scores: Floats) -> Floats:
        """(q, c) between 0 and 1."""
        return np.asarray(1 / (1 + np.exp(-np.clip(scores * self.slope + self.shift, -30, 30))), dtype=np.float32)

    def proposed(self, confidence: Floats) -> Flags:
        """(q, c - 1): which codes are proposed."""
        silent, codes = confidence[:, -1], confidence[:, :-1]
        if self.threshold[-1] > 1:  # nobody ever left an answer uncoded
            silent = np.zeros_like(silent)
        if self.rule == "set":
            return best_sets(codes, silent)
        reached = codes >= self.threshold[:-1]
        if self.rule == "one":
            reached[np.arange(len(codes)), codes.argmax(axis=1)] |= ~reached.any(axis=1)
        return np.asarray(reached & (silent < self.threshold[-1])[:, None])


def learn_decision(scores: Floats, truth: Flags) -> Decision:
    """From held-out `scores` (n, c) and `truth` (n, c), whose last column is "there is nothing to code"."""
    count = truth.shape[1]
    if not len(truth):
        slope, shift, threshold = (np.full(count, each, dtype=np.float32) for each in (_SLOPE, _SHIFT, _THRESHOLD))
        threshold[-1] = 2
        return Decision(slope, shift, threshold, "each")
    found = calibrate(scores, truth, [slice(0, count - 1), slice(count - 1, count)])
    decisions = [Decision(found.slope, found.shift, found.threshold, rule) for rule in get_args(Rule)]
    confidence = found.confidence(scores)
    return max(decisions, key=lambda each: overall_f1(truth[:, :-1], each.proposed(confidence)))


def best_sets(confidence: Floats, silent: Floats) -> Flags:
    """For each row the codes whose F1 with the truth is to be expected highest, if codes came independently; none
    where it is likelier that nothing is to be coded."""
    order = np.argsort(-confidence, axis=1, kind="stable")
    falling = np.take_along_axis(confidence, order, axis=1)
    number = np.maximum(confidence.sum(axis=1), 1 - silent)[:, None]
    expected = 2 * np.cumsum(falling, axis=1) / (np.arange(1, confidence.shape[1] + 1) + number)
    taken = np.arange(confidence.shape[1]) <= expected.argmax(axis=1)[:, None]
    taken &= (expected.max(axis=1) >= silent)[:, None]
    proposed = np.zeros(confidence.shape, dtype=bool)
    np.put_along_axis(proposed, order, taken, axis=1)
    return proposed


def overall_f1(truth: Flags, proposed: Flags) -> float:
    """The mean of micro-, macro- and samples-F1."""
    hits, both = truth & proposed, truth.sum() + proposed.sum()
    by_code = 2 * hits.sum(axis=0) / np.maximum(truth.sum(axis=0) + proposed.sum(axis=0), 1)
    of_rows = truth.sum(axis=1) + proposed.sum(axis=1)
    by_row = np.where(of_rows > 0, 2 * hits.sum(axis=1) / np.maximum(of_rows, 1), 1)
    some = truth.any(axis=0)
    macro = float(by_code[some].mean()) if some.any() else 0.0
    return (2 * float(hits.sum()) / max(float(both), 1) + macro + float(by_row.mean())) / 3
