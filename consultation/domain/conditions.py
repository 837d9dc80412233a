"""When a question is asked, or an opening said: conditions on what was chosen before. Must not know any wording.

A condition looks back only, at closed questions; whoever skipped one has chosen nothing in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, Union

from consultation.domain.ids import OptionId, QuestionId

Answered: TypeAlias = Mapping[QuestionId, frozenset[OptionId]]


@dataclass(frozen=True)
class OneOf:
    """An earlier choice was one of `options`; of a ranking, what was put first."""

    question: QuestionId
    options: frozenset[OptionId]

    def holds(self, answered: Answered) -> bool:
        return not self.options.isdisjoint(answered.get(self.question, ()))

    @property
    def parts(self) -> tuple["Simple", ...]:
        return (self,)


@dataclass(frozen=True)
class Between:
    """An earlier number, or a place on a scale, was in these bounds (inclusive; None: no bound)."""

    question: QuestionId
    at_least: int | None = None
    at_most: int | None = None

    def holds(self, answered: Answered) -> bool:
        return any(self.admits(int(each)) for each in answered.get(self.question, ()))

    def admits(self, number: int) -> bool:
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    @property
    def parts(self) -> tuple["Simple", ...]:
        return (self,)


@dataclass(frozen=True)
class Every:
    """All of these hold."""

    of: tuple["Condition", ...]

    def holds(self, answered: Answered) -> bool:
        return all(each.holds(answered) for each in self.of)

    @property
    def parts(self) -> tuple["Simple", ...]:
        return tuple(part for each in self.of for part in each.parts)


@dataclass(frozen=True)
class Some:
    """One of these holds, or more."""

    of: tuple["Condition", ...]

    def holds(self, answered: Answered) -> bool:
        return any(each.holds(answered) for each in self.of)

    @property
    def parts(self) -> tuple["Simple", ...]:
        return tuple(part for each in self.of for part in each.parts)


@dataclass(frozen=True)
class Not:
    """This doesn't hold."""

    what: "Condition"

    def holds(self, answered: Answered) -> bool:
        return not self.what.holds(answered)

    @property
    def parts(self) -> tuple["Simple", ...]:
        return self.what.parts


Simple: TypeAlias = OneOf | Between
Condition: TypeAlias = Union[OneOf, Between, Every, Some, Not]  # noqa: UP007 - so that it may be quoted above


def questions_of(condition: Condition | None) -> frozenset[QuestionId]:
    """The questions that a condition hangs on."""
    return frozenset(each.question for each in condition.parts) if condition else frozenset()
