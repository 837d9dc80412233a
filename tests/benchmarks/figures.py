"""What was measured, and the table that shows it. Knows nothing of how anything is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEADS = ("name", "subject", "reference", "ratio (min to max)", "target", "met")


@dataclass(frozen=True)
class Line:
    """One row of the table. `met` is None where there is no target."""

    name: str
    subject: str
    reference: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Speed:
    """How many a second, and the microseconds that the measured process computed for each."""

    rate: float
    cpu: float

    def shown(self, unit: str) -> str:
        return f"{self.rate:,.0f} {unit}, {self.cpu:,.0f} µs CPU"


def compared(name: str, pairs: Sequence[tuple[Speed, Speed]], unit: str, least: float | None) -> Line:
    """Rounds of subject and reference, which took turns. The ratio is the median of the rounds' own ratios: what
    disturbs the machine disturbs both sides of a round."""
    ratios = [subject.rate / reference.rate for subject, reference in pairs]
    middle = median(ratios)
    subject, reference = (_middle(side) for side in zip(*pairs, strict=True))
    shown = f"{middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), by CPU {reference.cpu / subject.cpu:.2f}"
    target, met = ("", None) if least is None else (f">= {least:g}", middle >= least)
    return Line(name, subject.shown(unit), reference.shown(unit), shown, target, met)


def _middle(speeds: Sequence[Speed]) -> Speed:
    return Speed(median(each.rate for each in speeds), median(each.cpu for each in speeds))


def bounded(name: str, found: float, unit: str, most: float | None, reference: str = "") -> Line:
    """One figure, with the most that it should be."""
    target, met = ("", None) if most is None else (f"< {most:g} {unit}", found < most)
    return Line(name, f"{found:,.{1 if found < 100 else 0}f} {unit}", reference, "", target, met)


def table(lines: Sequence[Line]) -> str:
    """Columns as wide as what stands in them."""
    met = {True: "yes", False: "NO", None: ""}
    rows = [HEADS, *((*_words(each), met[each.met]) for each in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]])


def _words(line: Line) -> tuple[str, ...]:
    return line.name, line.subject, line.reference, line.ratio, line.target
