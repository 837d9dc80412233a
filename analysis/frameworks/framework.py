"""What an authority has promised: its vision, priorities, milestones, and the objectives each outcome is delivered by.

Plain data. Knows no codebook: outcomes are ids that mean something to whoever passes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PriorityKind = Literal["overarching", "key"]


@dataclass(frozen=True)
class Source:
    """Where the facts of a framework stand, so that a reader can check them."""

    document: str
    year: int
    pages: tuple[str, ...]  # page headings

    def __str__(self) -> str:
        return f"{self.document} ({self.year}), pages {', '.join(f'“{each}”' for each in self.pages)}"


@dataclass(frozen=True)
class Objective:
    """Completes "Delivered through the strategic objective to …". `plan_priority` is its number in the plan, if any."""

    id: str
    text: str
    plan_priority: int | None = None


@dataclass(frozen=True)
class Milestone:
    """What will be so by a date such as "April 2010"."""

    by: str
    text: str


@dataclass(frozen=True)
class Priority:
    """A priority of the workforce strategy itself; `objective` completes "our objective is to …"."""

    id: str
    name: str
    kind: PriorityKind
    objective: str
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True)
class PlanRequirement:
    """What an activity of the children and young people's plan asks of the workforce."""

    activity: str
    reference: str
    requirement: str


@dataclass(frozen=True)
class Framework:
    """One authority's children's workforce strategy as facts."""

    id: str
    authority: str
    partnership: str
    title: str
    years: str
    source: Source
    vision: tuple[str, ...]  # each completes "A workforce that makes a positive difference by …"
    principles: tuple[str, ...]
    priorities: tuple[Priority, ...]
    plan_title: str
    objectives: tuple[Objective, ...]
    plan_requirements: tuple[PlanRequirement, ...] = ()
    by_outcome: Mapping[str, tuple[Objective, ...]] = field(default_factory=dict, hash=False)

    @property
    def plan_priorities(self) -> tuple[Objective, ...]:
        """The numbered priorities of the children and young people's plan, in their order."""
        numbered = [each for each in self.objectives if each.plan_priority is not None]
        return tuple(sorted(numbered, key=lambda each: each.plan_priority or 0))

    def delivered_through(self, outcome: str) -> tuple[str, ...]:
        """The objectives, as clauses, that the strategy sets against `outcome`; none where it sets none."""
        return tuple(each.text for each in self.by_outcome.get(outcome, ()))
