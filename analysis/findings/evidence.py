"""References that a reader can follow from a figure to what lies under it. Knows no storage and no door.

What a reference resolves to is exact and for analysts; only the reference itself is printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.records import Coding

_OVERALL = "ALL"


@dataclass(frozen=True)
class Evidence:
    """What lies under one figure: `statement` as the report words it, and the responses, answers and codings that
    were counted, out of `base` responses. A table of who took part has responses only."""

    ref: str
    statement: str
    responses: tuple[str, ...]
    base: int
    answers: tuple[str, ...] = ()
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True)
class References:
    """Names figures of one analysis run, as in SS-YP-bullying.a41c: outcome, audience, theme, run."""

    run: str
    outcomes: Mapping[str, str]
    audiences: Mapping[str, str]

    def of(self, outcome: str | None, audience: str, subject: str) -> str:
        """The reference of a theme under an outcome, or over all outcomes where `outcome` is None."""
        return self._ref(_OVERALL if outcome is None else self.outcomes[outcome], audience, subject)

    def of_table(self, audience: str, question: str) -> str:
        """The reference of one audience's column in a table of who took part."""
        return self._ref("WHO", audience, question)

    def _ref(self, first: str, audience: str, subject: str) -> str:
        return f"{first}-{self.audiences[audience]}-{subject}.{self.run[:4]}"


def references(run: str, outcomes: Sequence[str], audiences: Sequence[str]) -> References:
    """Short names that differ from one another. `run` is the analysis run's id, in hexadecimal."""
    return References(run, _initials(outcomes, taken={_OVERALL, "WHO"}), _initials(audiences, taken=set()))


def _initials(ids: Sequence[str], taken: set[str]) -> dict[str, str]:
    """stay_safe -> SS, staff -> ST; a second one with the same letters gets a number."""
    found: dict[str, str] = {}
    for each in ids:
        words = each.replace("-", "_").split("_")
        letters = "".join(word[:1] for word in words) if len(words) > 1 else each[:2]
        short, number = letters.upper(), 2
        while short in taken:
            short, number = f"{letters.upper()}{number}", number + 1
        taken.add(short)
        found[each] = short
    return found
