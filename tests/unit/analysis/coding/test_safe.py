"""The band of codes that may be accepted without a look: it holds as often as it promises."""

import numpy as np
import pytest

from analysis.coding.safe import (
    PRECISION,
    RISK,
    Band,
    as_data,
    band_from,
    checked,
    find_band,
    lower_bound,
    shipped_band,
)
from tests.unit.analysis.coding.predictions import predictions, truly

WORLDS = 40


@pytest.mark.parametrize("honest", [1.0, 0.97, 0.9])
def test_the_band_breaks_its_promise_no_more_often_than_it_says(honest: float) -> None:
    """Many worlds in which the truth is known; one of twenty may be wrong, and chance may double that."""
    broken = found = 0
    for seed in range(WORLDS):
        world = predictions(np.random.default_rng(seed), 800, honest=honest)
        band = find_band(world)
        if band is not None:
            found += 1
            start = np.array([band.start.get(code, 2.0) for code in world.codes])
            inside = world.proposed & (world.confidence >= start)
            broken += float(truly(world.confidence, honest)[inside].mean()) < PRECISION
    assert broken <= 2 * RISK * WORLDS
    assert found > WORLDS / 4 or honest < 1, "a promise that is never made is kept easily"


def test_a_code_that_is_wrong_too_often_stays_outside() -> None:
    world = predictions(np.random.default_rng(1), 8000)
    world.truth[:, 5] &= np.random.default_rng(2).random(8000) < 0.8
    band = find_band(world)
    assert band is not None
    assert band.covered > 0.2
    # A fifth of c5 is wrong however sure the machine is.
    assert band.start.get("c5", 2.0) > max(band.start[f"c{at}"] for at in range(12) if at != 5)
    inside = world.proposed[:, 5] & (world.confidence[:, 5] >= band.start.get("c5", 2.0))
    assert inside.sum() < 0.1 * world.proposed[:, 5].sum()
    assert band.holds("c4", 1.0)
    assert not band.holds("c4", 0.5)
    assert not band.holds("a code that came later", 1.0)
    assert band_from(as_data(band)) == band


def test_nothing_is_promised_where_little_or_nothing_was_reviewed() -> None:
    assert find_band(predictions(np.random.default_rng(1), 20)) is None
    assert find_band(predictions(np.random.default_rng(1), 1)) is None
    assert as_data(None) is None


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert lower_bound(59, 59) >= PRECISION > lower_bound(58, 58)  # 0.95 ** 59 < 0.05
    assert lower_bound(9, 10, 0.025) == pytest.approx(0.5550, abs=1e-4)  # their tables
    assert lower_bound(0, 10) == lower_bound(0, 0) == 0
    assert 1 - lower_bound(1, 10, 0.025) == pytest.approx(0.9975, abs=1e-4)


def test_a_check_says_whether_it_holds_fails_or_neither() -> None:
    assert checked(200, 199).verdict == "holds"
    assert checked(200, 170).verdict == "fails"
    assert checked(40, 39).verdict == "open"
    assert (checked(0, 0).low, checked(0, 0).high, checked(0, 0).verdict) == (0, 1, "open")


def test_the_band_that_ships_is_one() -> None:
    band = shipped_band()
    assert band is None or (isinstance(band, Band) and band.low >= PRECISION)
