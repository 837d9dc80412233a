"""The one guard between exact counts and anything that is shown: hides, rounds, and hides what would give it back.

Every view, filter and export takes its numbers from here. Knows neither people nor questions, only whole numbers.

Who is the adversary: someone who sees a published one-way table, knows its exact total from elsewhere, and has read
this file. A hidden cell must still be able to have had several values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.findings.report import Cell, Count

HIDDEN = Cell(Count(None))


@dataclass(frozen=True)
class Rule:
    """The default is for areas below national level. `least_doubt` is how many values a hidden cell must still be
    able to have for someone who knows the exact total."""

    hide_up_to: int = 7
    round_to: int = 5
    least_base: int = 10
    least_base_for_percentages: int = 30
    least_doubt: int = 3

    def __post_init__(self) -> None:
        if not (self.hide_up_to >= 1 and self.round_to >= 1 and self.least_base > self.hide_up_to):
            raise ValueError("a rule hides at least 1, rounds to at least 1, and its least base is never hidden")
        if self.round_to % 2 == 0 or self.least_doubt < 1 or self.least_base_for_percentages < self.least_base:
            raise ValueError("a rule rounds to an odd number, leaves some doubt, and asks more of percentages")


DEFAULT = Rule()


def guard(count: int, rule: Rule = DEFAULT) -> Count:
    """One count that stands alone: hidden, rounded or nought."""
    if count < 0:
        raise ValueError(f"a count cannot be {count}")
    return Count(None if 0 < count <= rule.hide_up_to else _rounded(count, rule))


def shown(count: int) -> int | None:
    """The same as a number; None where it is hidden."""
    return guard(count).shown


def may_break_down(base: int, rule: Rule = DEFAULT) -> bool:
    """Whether anything may be said of parts of a base of this size."""
    return base >= rule.least_base


def guard_part(count: int, base: int, rule: Rule = DEFAULT) -> Cell:
    """A count of people out of `base` who may be in several such parts, so that parts never add up to the base."""
    if count > base:
        raise ValueError(f"{count} cannot be part of {base}")
    if not may_break_down(base, rule):
        return HIDDEN
    shown = guard(count, rule)
    return Cell(shown, _percent(shown, base, rule))


def guard_table(counts: Sequence[int], rule: Rule = DEFAULT) -> tuple[Cell, ...]:
    """A one-way table whose cells add up to its base: each person is in one cell.

    All cells are hidden where the base is small, where everyone is in one cell (the noughts would then say what each
    of them is), and where nothing else protects the small ones.
    """
    base = sum(counts)
    everyone_alike = sum(1 for each in counts if each) < 2
    hidden = None if everyone_alike or not may_break_down(base, rule) else _hidden(counts, rule)
    if hidden is None:
        return (HIDDEN,) * len(counts)
    shown = [Count(None) if place in hidden else guard(each, rule) for place, each in enumerate(counts)]
    return tuple(Cell(each, _percent(each, base, rule)) for each in shown)


def _hidden(counts: Sequence[int], rule: Rule) -> set[int] | None:
    """Places to hide: the small ones, then the next smallest until what is left cannot be subtracted.

    None where that leaves nothing but noughts.
    """
    hidden = {place for place, each in enumerate(counts) if 0 < each <= rule.hide_up_to}
    others = sorted((each, place) for place, each in enumerate(counts) if each > rule.hide_up_to)
    while hidden and _could_be_got_back(counts, hidden, rule):
        if not others:
            return None
        hidden.add(others.pop(0)[1])
    return hidden if others or not hidden else None


def _could_be_got_back(counts: Sequence[int], hidden: set[int], rule: Rule) -> bool:
    """Whether a small hidden cell could be got back as what the total leaves over.

    A single hidden cell always could: its value is one subtraction away. Several could where the least and the most
    that the total leaves for one of them, once the others have had their most and their least, are too close. Cells
    hidden for others' sake are no larger than the smallest one shown, as a reader of this file knows.
    """
    if len(hidden) == 1:
        return True
    shown = [each for place, each in enumerate(counts) if each and place not in hidden]
    most_behind = [_rounded(each, rule) + rule.round_to // 2 for each in shown]
    least_sum = sum(counts) - sum(most_behind)
    most_sum = sum(counts) - sum(_least_behind(each, rule) for each in shown)
    large = sum(1 for place in hidden if counts[place] > rule.hide_up_to)
    other_small = len(hidden) - large - 1
    least = least_sum - large * min(most_behind, default=least_sum) - other_small * rule.hide_up_to
    most = most_sum - large * (rule.hide_up_to + 1) - other_small
    return min(rule.hide_up_to, most) - max(1, least) + 1 < rule.least_doubt


def _least_behind(count: int, rule: Rule) -> int:
    """The smallest number that would have been shown as this one is."""
    return max(rule.hide_up_to + 1, _rounded(count, rule) - rule.round_to // 2)


def _rounded(count: int, rule: Rule) -> int:
    return (count + rule.round_to // 2) // rule.round_to * rule.round_to


def _percent(count: Count, base: int, rule: Rule) -> int | None:
    """Whole per cent of rounded numbers, so that it says no more than they do."""
    if count.shown is None or base < rule.least_base_for_percentages:
        return None
    of = _rounded(base, rule)
    return min(100, (200 * count.shown + of) // (2 * of))
