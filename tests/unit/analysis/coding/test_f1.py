"""F1 with intervals, and two coders beside each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.coding.evaluate import agreement
from analysis.coding.f1 import compare, f1
from analysis.coding.held_out import Flags, flags

CODES = ("a", "b", "c", "d")
SETS = st.lists(st.tuples(*[st.frozensets(st.sampled_from(CODES))] * 2), min_size=1, max_size=20)


@given(SETS)
def test_it_is_the_f1_that_sayso_reports_elsewhere(pairs: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    hand, machine = [set(each) for each, _ in pairs], [set(each) for _, each in pairs]
    known = agreement(hand, machine)
    micro, macro = f1(flags(CODES, hand), flags(CODES, machine))
    assert micro == pytest.approx(known["micro_f1"] or 0, abs=1e-4)
    assert macro == pytest.approx(known["macro_f1"] or 0, abs=1e-4)


def world(n: int, wrong: float, seed: int = 0) -> tuple[Flags, Flags]:
    """Truth, and a coder that gets this share of all codes wrong."""
    chance = np.random.default_rng(seed)
    truth = chance.random((n, 4)) < 0.4
    return truth, truth ^ (np.random.default_rng(seed + 1).random((n, 4)) < wrong)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    exact = f1(*world(200_000, 0.2))[0]
    worlds = [world(60, 0.2, seed) for seed in range(2, 102, 2)]
    held = [compare(CODES, truth, coded, coded).after.micro for truth, coded in worlds]
    assert sum(each.low <= exact <= each.high for each in held) >= 42  # of 50, at 95 %


def test_a_better_coder_is_as_good_and_a_worse_one_is_not() -> None:
    truth, good = world(100, 0.1)
    _, bad = world(100, 0.4)
    better, worse = compare(CODES, truth, bad, good), compare(CODES, truth, good, bad)
    assert better.as_good > 0.99
    assert worse.as_good < 0.01
    assert better.moved[0].after > better.moved[0].before
    assert worse.moved[-1].after < worse.moved[-1].before
    assert compare(CODES, truth, good, good).as_good == 1, "no change is no loss"
    assert compare(CODES, truth, good, good).moved == ()


def test_nothing_held_out_says_nothing_against_a_coder() -> None:
    none = np.zeros((0, 4), dtype=bool)
    found = compare(CODES, none, none, none)
    assert (found.n, found.as_good, found.after.micro.value) == (0, 1.0, 0.0)
