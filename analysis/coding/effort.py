"""What reviewing a part of the answers is worth, by the order in which they are reviewed: simulated on answers that
people coded. The person's codes stand for what is reviewed, the machine's for the rest. Changes nothing.

`python -m analysis.coding.effort PREDICTIONS` (see `held_out.py`) writes the curves of the corpus that ships.
"""

import json
import random
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from analysis.coding.f1 import f1
from analysis.coding.held_out import HeldOut, read_held_out
from analysis.coding.order import Waiting, doubt, least_certain, order_to_review

SHIPPED = Path(__file__).parent / "effort.json"
SHARES = tuple(range(0, 101, 10))  # per cent reviewed
MIXED, DOUBT, RANDOM = "least certain, with rounds of rare codes", "least certain", "random"
_SHUFFLES, _SEED = 20, 7

Curve = Sequence[tuple[int, float, float]]  # per cent reviewed, micro-F1, macro-F1


def effort_curves(found: HeldOut) -> dict[str, Curve]:
    """The curve of each order, by its name. The random one is the mean of some shuffles."""
    waiting = [
        Waiting(str(at), float(bits), frozenset(np.array(found.codes)[proposed].tolist()))
        for at, (bits, proposed) in enumerate(zip(doubt(found.confidence), found.proposed, strict=True))
    ]
    chance = random.Random(_SEED)  # noqa: S311 - of a simulation
    shuffled = [chance.sample(range(len(found)), len(found)) for _ in range(_SHUFFLES)]
    curves = [_curve(found, each) for each in shuffled]
    return {
        MIXED: _curve(found, list(map(int, order_to_review(waiting, {})))),
        DOUBT: _curve(found, list(map(int, least_certain(waiting)))),
        RANDOM: [
            (same[0][0], fmean(each[1] for each in same), fmean(each[2] for each in same))
            for same in zip(*curves, strict=True)
        ],
    }


def _curve(found: HeldOut, order: Sequence[int]) -> Curve:
    points = []
    for share in SHARES:
        stands = found.proposed.copy()
        reviewed = order[: round(len(order) * share / 100)]
        stands[reviewed] = found.truth[reviewed]
        points.append((share, *f1(found.truth, stands)))
    return points


@cache
def shipped_effort() -> Mapping[str, Any]:
    """`n` answers of our own corpus, and the `curves` by the names of their orders."""
    found: Mapping[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return found


def main(path: Path) -> None:
    found = read_held_out(path)
    rounded = {
        name: [[share, round(micro, 3), round(macro, 3)] for share, micro, macro in curve]
        for name, curve in effort_curves(found).items()
    }
    SHIPPED.write_text(json.dumps({"n": len(found), "curves": rounded}, indent=1) + "\n", encoding="utf-8")
    for name, points in rounded.items():
        print(name, *(f"{share} %: {micro:.2f}/{macro:.2f}" for share, micro, macro in points), sep="  ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
