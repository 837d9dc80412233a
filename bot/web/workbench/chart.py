"""Places of lines in a chart of shares, for a template to draw as SVG. Knows nothing of what is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

WIDTH, HEIGHT = 320, 200  # of the field within the axes, in the SVG's own units
LEFT, TOP, RIGHT, BOTTOM = 34, 12, 24, 34  # beside it


@dataclass(frozen=True)
class Line:
    """A series: its name, and its points as SVG's `points` has them."""

    name: str
    points: str
    places: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """`marks` are the heights of the axis at the left with what they say."""

    title: str
    lines: tuple[Line, ...]
    marks: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, int], ...]
    size: tuple[int, int] = (LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM)
    field: tuple[int, int, int, int] = (LEFT, TOP, LEFT + WIDTH, TOP + HEIGHT)


def chart(title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> Chart:
    """Of figures from 0 to 1 over per cent. The axis begins at the tenth below the lowest figure."""
    lowest = min((value for points in series.values() for _, value in points), default=0.0)
    tenths = min(floor(lowest * 10), 9)

    def height(value: float) -> float:
        return round(TOP + HEIGHT * (1 - (value - tenths / 10) / (1 - tenths / 10)), 1)

    def across(share: float) -> float:
        return round(LEFT + WIDTH * share / 100, 1)

    lines = []
    for name, points in series.items():
        places = tuple((across(share), height(value)) for share, value in points)
        lines.append(Line(name, " ".join(f"{x},{y}" for x, y in places), places))
    return Chart(
        title,
        tuple(lines),
        marks=tuple((height(each / 10), f"{each / 10:.1f}") for each in range(tenths, 11)),
        ticks=tuple((across(each), each) for each in range(0, 101, 20)),
    )
