"""What a head and each choice of thresholds are worth on examples that were not learnt from. Writes figures only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from consultation.domain.concern import Level
from consultation.safeguarding.examples import ALLEGATION, Example
from consultation.safeguarding.head import Chances, Head
from consultation.safeguarding.learning.lessons import ORDINARY
from consultation.safeguarding.patterns import find, load_patterns
from consultation.safeguarding.screen import Thresholds, load_thresholds
from consultation.safeguarding.spelling import read

SHORT = "short"  # the kind of what people type all day
TRIED = (0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.26, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class Judged:
    example: Example
    chances: Chances
    plain: Level  # what the patterns said
    plainly_staff: bool

    def level(self, thresholds: Thresholds) -> Level:
        if self.plain is Level.IMMEDIATE or self.chances.immediate >= thresholds.immediate:
            return Level.IMMEDIATE
        if self.plain is Level.SUPPORT or self.chances.concern >= thresholds.support:
            return Level.SUPPORT
        return Level.NONE

    def staff(self, thresholds: Thresholds) -> bool:
        return self.plainly_staff or self.chances.staff >= thresholds.staff


def report(head: Head, asked: Sequence[Example], out: TextIO) -> None:
    """What each threshold would cost, then how the shipped ones do by kind."""
    judged, shipped = [_judge(each, head) for each in asked], load_thresholds()
    out.write(
        f"{len(judged)} examples that were not learnt from; patterns included. Shipped: {_line(judged, shipped)}\n"
    )
    for name in ("support", "immediate", "staff"):
        for tried in TRIED:
            out.write(f"  {name} {tried:.2f}  {_line(judged, shipped.model_copy(update={name: tried}))}\n")
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        by_kind[("none: " if each.example.level is Level.NONE else "") + each.example.kind].append(each)
    for kind, rows in sorted(by_kind.items()):
        flagged = _share(rows, lambda each: each.level(shipped) is not Level.NONE)
        out.write(f"  {kind}: {flagged} of {len(rows)} flagged\n")


def _judge(example: Example, head: Head) -> Judged:
    reading = read(example.text)
    hits = find(reading, load_patterns())
    return Judged(
        example,
        head.judge(reading.text),
        hits[0].pattern.level if hits else Level.NONE,
        any(hit.pattern.kind == ALLEGATION for hit in hits),
    )


def _line(judged: Sequence[Judged], thresholds: Thresholds) -> str:
    concerns = [each for each in judged if each.example.level is not Level.NONE]
    harmless = [each for each in judged if each.example.level is Level.NONE]
    everyday = [each for each in harmless if each.example.kind in (ORDINARY, SHORT)]
    near = [each for each in harmless if each.example.kind not in (ORDINARY, SHORT)]
    at_once = [each for each in concerns if each.example.level is Level.IMMEDIATE]
    soon = [each for each in concerns if each.example.level is Level.SUPPORT]
    about_staff = [each for each in concerns if each.example.kind == ALLEGATION]
    others = [each for each in concerns if each.example.kind != ALLEGATION]

    def flagged(each: Judged) -> bool:
        return each.level(thresholds) is not Level.NONE

    def immediate(each: Judged) -> bool:
        return each.level(thresholds) is Level.IMMEDIATE

    def staff(each: Judged) -> bool:
        return each.staff(thresholds)

    return (
        f"noticed {_share(concerns, flagged)}, near misses {_share(near, flagged)}, "
        f"everyday {_share(everyday, flagged)}; "
        f"immediate called so {_share(at_once, immediate)}, support {_share(soon, immediate)}, "
        f"near misses {_share(near, immediate)}, everyday {_share(everyday, immediate)}; "
        f"staff {_share(about_staff, staff)}, other concerns {_share(others, staff)}"
    )


def _share(rows: Iterable[Judged], has: Callable[[Judged], bool]) -> str:
    marks = [has(each) for each in rows]
    return f"{sum(marks) / len(marks):.3f}" if marks else "-"
