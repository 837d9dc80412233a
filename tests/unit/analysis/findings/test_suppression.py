"""Nothing small is shown, and nothing hidden can be worked out from what is."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings.suppression import DEFAULT, Rule, guard, guard_part, guard_table, may_break_down

TABLES = st.lists(st.one_of(st.integers(0, 15), st.integers(0, 300)), min_size=2, max_size=9)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (1_002, 1_000)]
)
def test_a_count_is_hidden_rounded_or_nought(count: int, shown: int | None) -> None:
    assert guard(count).shown == shown


def test_a_hidden_count_does_not_say_how_small_it_is() -> None:
    assert str(guard(3)) == "not shown"
    assert str(guard(41)) == "about 40"


def test_parts_of_a_small_base_are_hidden_nought_too() -> None:
    assert not may_break_down(9)
    assert guard_part(9, 9).count.hidden
    assert guard_part(0, 9).count.hidden


@pytest.mark.parametrize(("count", "base", "percent"), [(12, 29, None), (12, 30, 33), (42, 113, 35), (33, 33, 100)])
def test_percentages_are_of_rounded_counts_and_need_a_base(count: int, base: int, percent: int | None) -> None:
    assert guard_part(count, base).percent == percent


def test_an_impossible_count_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        guard(-1)
    with pytest.raises(ValueError, match="cannot be"):
        guard_part(8, 7)


def test_a_rule_that_protects_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="a rule"):
        Rule(hide_up_to=0)
    with pytest.raises(ValueError, match="a rule"):
        Rule(round_to=4)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((20, 30, 5), [None, 30, None]),  # one small cell: the next smallest goes too
        ((60, 3, 0, 4, 40), [60, None, 0, None, 40]),  # two protect one another
        ((12, 12, 7), [None, None, None]),  # hiding one 12 would show that the other cannot be more than 12
        ((1, 8, 8), [None, None, None]),  # two 8s shown as 10 leave 1 of 17
        ((0, 40, 0), [None, None, None]),  # the noughts would say what everybody is
        ((3, 3, 3), [None, None, None]),  # too small a base
        ((20, 30, 40), [20, 30, 40]),
    ],
)
def test_what_a_table_shows(counts: tuple[int, ...], shown: list[int | None]) -> None:
    assert [each.count.shown for each in guard_table(counts)] == shown


@settings(deadline=None, max_examples=150)
@given(TABLES)
def test_no_small_cell_and_no_single_hidden_cell_is_left(counts: list[int]) -> None:
    cells = guard_table(counts)
    hidden = [place for place, each in enumerate(cells) if each.count.hidden]
    assert {place for place, each in enumerate(counts) if 0 < each < 8} <= set(hidden)
    assert len(hidden) != 1
    assert all(cells[place].percent is None for place in hidden)


@settings(deadline=None, max_examples=150)
@given(TABLES)
def test_the_total_leaves_doubt_about_every_small_cell(counts: list[int]) -> None:
    """The interval attack, for tables too large to try every one: the exact total less all that is shown."""
    cells = guard_table(counts)
    hidden = {place for place, each in enumerate(cells) if each.count.hidden}
    if len(hidden) == len(counts):
        return
    behind = [each.count.shown for each in cells if each.count.shown]
    least = sum(counts) - sum(shown + 2 for shown in behind)
    most = sum(counts) - sum(max(8, shown - 2) for shown in behind)
    for place in hidden:
        others = [each for other in hidden - {place} for each in [counts[other]]]
        highest = sum(7 if each < 8 else min(shown + 2 for shown in behind) for each in others)
        lowest = sum(1 if each < 8 else 8 for each in others)
        assert min(7, most - lowest) - max(1, least - highest) + 1 >= DEFAULT.least_doubt or counts[place] > 7


@pytest.mark.parametrize(("cells", "largest"), [(2, 60), (3, 48), (4, 24)])
def test_no_hidden_cell_can_be_derived_by_someone_who_knows_the_rule_and_the_exact_total(
    cells: int, largest: int
) -> None:
    """Every table up to a total is published. Tables that come out alike, with the same exact total, are what the
    adversary cannot tell apart: among them, each hidden cell must take several values."""
    alike: defaultdict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(largest + 1), repeat=cells):
        if DEFAULT.least_base <= sum(counts) <= largest:
            shown = guard_table(counts)
            alike[(*((each.count.shown, each.percent) for each in shown), sum(counts))].append(counts)
    looked_at = 0
    for tables in alike.values():
        for place, cell in enumerate(guard_table(tables[0])):
            if cell.count.hidden:
                looked_at += 1
                assert len({each[place] for each in tables}) >= DEFAULT.least_doubt, tables
    assert looked_at > 50
