"""What reviewing is worth: the curves' ends, and that the better order wins where it must."""

from pathlib import Path

import numpy as np
import pytest

from analysis.coding.effort import DOUBT, MIXED, RANDOM, effort_curves, shipped_effort
from analysis.coding.f1 import f1
from analysis.coding.held_out import read_held_out
from tests.unit.analysis.coding.predictions import predictions


def test_what_is_reviewed_is_right_and_what_is_doubtful_is_worth_most() -> None:
    world = predictions(np.random.default_rng(3), 600)
    curves = effort_curves(world)
    micro = {name: [each[1] for each in curve] for name, curve in curves.items()}
    start = f1(world.truth, world.proposed)[0]
    for values in micro.values():
        assert values[0] == pytest.approx(start)
        assert values[-1] == 1
        assert values == sorted(values)
    assert micro[DOUBT][3] > micro[RANDOM][3] + 0.02
    assert micro[MIXED][3] > micro[RANDOM][3] + 0.02


def test_predictions_are_read_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(
        '{"confidences": {"play": 0.9, "faith": 0.2}, "proposed": ["play"], "truth": ["play", "faith"]}\n'
        '{"confidences": {"play": 0.1, "faith": 0.3}, "proposed": [], "truth": []}\n'
    )
    found = read_held_out(path)
    assert found.codes == ("play", "faith")
    assert found.proposed.tolist() == [[True, False], [False, False]]
    assert f1(found.truth, found.proposed) == pytest.approx((2 / 3, 0.5))


def test_the_curves_that_ship_end_at_one() -> None:
    shipped = shipped_effort()
    assert set(shipped["curves"]) == {MIXED, DOUBT, RANDOM}
    assert shipped["n"] > 300
    for curve in shipped["curves"].values():
        assert curve[0][0] == 0
        assert curve[-1] == [100, 1.0, 1.0]
