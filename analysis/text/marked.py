"""Cuts a text where places that were marked begin and end, so that each stretch says all that it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.text.tokens import pieces


@dataclass(frozen=True)
class Stretch:
    """Part of a text. `numbers` are those of the marks that it lies in; `stood` says what a token hides."""

    text: str
    stood: str
    numbers: tuple[int, ...]


def marked(text: str, places: Mapping[int, Sequence[tuple[int, int]]]) -> list[Stretch]:
    """The text in order. `places` are half-open and may overlap, by the number of their mark. A token is cut by none:
    what touches it, marks it whole."""
    found, position = [], 0
    for piece in pieces(text):
        end = position + len(piece.text)
        edges = {edge for spans in places.values() for span in spans for edge in span if position < edge < end}
        cuts = [position, *(() if piece.stood else sorted(edges)), end]
        for first, last in pairwise(cuts):
            numbers = (number for number, spans in places.items() if any(a < last and first < b for a, b in spans))
            found.append(Stretch(text[first:last], piece.stood, tuple(sorted(numbers))))
        position = end
    return found
