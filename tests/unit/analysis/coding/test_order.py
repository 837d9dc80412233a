"""The order in which answers are reviewed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.coding.order import RARE_EACH, Waiting, doubt, least_certain, order_to_review

CODES = st.frozensets(st.sampled_from("abcde"), max_size=3)
WAITING = st.lists(st.builds(Waiting, st.uuids().map(str), st.floats(0, 9), CODES), unique_by=lambda each: each.answer)
SEEN = st.dictionaries(st.sampled_from("abcdez"), st.integers(0, 9))


@given(WAITING, SEEN, st.integers(1, 5), st.randoms())
def test_each_answer_comes_once_however_they_are_given(
    waiting: list[Waiting], seen: dict[str, int], rare_each: int, chance: object
) -> None:
    order = order_to_review(waiting, seen, rare_each)
    assert sorted(order) == sorted(each.answer for each in waiting)
    chance.shuffle(waiting)  # type: ignore[attr-defined]
    assert order_to_review(waiting, seen, rare_each) == order


def test_the_most_doubtful_come_first_but_each_fourth_is_of_the_rarest_code() -> None:
    usual = [Waiting(f"usual {9 - at}", float(at), frozenset({"listening"})) for at in range(1, 10)]
    rare = [Waiting("rare", 0.1, frozenset({"play"})), Waiting("rarer", 0.2, frozenset({"play", "faith"}))]
    order = order_to_review([*usual, *rare], {"listening": 5, "play": 2})
    assert order[: RARE_EACH - 1] == least_certain(usual)[: RARE_EACH - 1]
    assert order[RARE_EACH - 1] == "rarer"
    assert order[2 * RARE_EACH - 1] == "rare", "play has been seen less often than listening"
    assert [each for each in order if each.startswith("usual")] == least_certain(usual)


def test_doubt_is_of_all_codes_together() -> None:
    assert doubt([0.5, 0.5]) == 2
    assert doubt([0.0, 1.0]) < 0.001
    assert np.argmax(doubt([[0.1, 0.1], [0.4, 0.9], [0.9, 0.9]])) == 1
    assert doubt([]) == 0
