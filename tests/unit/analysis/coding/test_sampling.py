"""A fair sample of answers."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.coding.sampling import fair_sample, in_random_order

IDS = st.lists(st.text("abcdef", min_size=1, max_size=6), unique=True, max_size=30)


@given(IDS, st.randoms())
def test_the_order_hangs_on_the_ids_and_the_seed_alone(ids: list[str], chance: object) -> None:
    ordered = in_random_order(ids, "one")
    assert in_random_order(reversed(ids), "one") == ordered
    assert [each for each in in_random_order([*ids, "later"], "one") if each != "later"] == ordered


def test_another_consultation_draws_in_another_order() -> None:
    ids = [str(each) for each in range(50)]
    assert in_random_order(ids, "one") != in_random_order(ids, "two") != ids


def test_what_was_reviewed_before_the_draw_came_to_it_belongs_to_the_sample() -> None:
    ids = [str(each) for each in range(9)]
    ordered = in_random_order(ids, "one")
    first, second, third, *rest = ordered
    assert fair_sample(ids, "one", reviewed=[first, second, third, rest[-1]], drawn=[first, third]) == ordered[:3]
    assert fair_sample(ids, "one", reviewed=[first, third, rest[-1]], drawn=[third]) == [first, third]
    assert fair_sample(ids, "one", reviewed=ids, drawn=[]) == []
