"""What a coder made of answers that it did not learn from, beside what people made of them. Trains and judges nothing.

As a file: JSON Lines, `{"confidences": {code: 0 to 1}, "proposed": [codes], "truth": [codes]}` for each answer.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.coding.suggestion import Suggestion

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """n answers by c codes: the machine's confidence, what it proposed, and what people say is true."""

    codes: tuple[str, ...]
    confidence: Floats
    proposed: Flags
    truth: Flags

    def __len__(self) -> int:
        return len(self.truth)

    def only(self, rows: Sequence[int] | NDArray[np.intp]) -> "HeldOut":
        return HeldOut(self.codes, self.confidence[rows], self.proposed[rows], self.truth[rows])


def held_out(codes: Sequence[str], suggestions: Sequence[Suggestion], truth: Sequence[Collection[str]]) -> HeldOut:
    """What people said of codes that are none of `codes` is left out."""
    return _held_out(
        codes,
        [each.confidences for each in suggestions],
        [{coding.code for coding in each.codings} for each in suggestions],
        truth,
    )


def read_held_out(path: Path) -> HeldOut:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    codes = list(dict.fromkeys(code for row in rows for code in row["confidences"]))
    return _held_out(*(codes, *([row[part] for row in rows] for part in ("confidences", "proposed", "truth"))))


def _held_out(
    codes: Sequence[str],
    confidences: Sequence[Mapping[str, float]],
    proposed: Sequence[Collection[str]],
    truth: Sequence[Collection[str]],
) -> HeldOut:
    shape = (len(confidences), len(codes))
    return HeldOut(
        tuple(codes),
        np.array([[each.get(code, 0.0) for code in codes] for each in confidences], dtype=np.float64).reshape(shape),
        flags(codes, proposed),
        flags(codes, truth),
    )


def flags(codes: Sequence[str], said: Sequence[Collection[str]]) -> Flags:
    """(n, c): which of the codes each answer has."""
    found = [[code in each for code in codes] for each in said]
    return np.array(found, dtype=bool).reshape(len(said), len(codes))
