"""Cuts an answer into sentences and clauses that keep their place in it; must not know what is coded.

The rules are written out here because the sentence splitters of TextBlob and NLTK need corpora that no package
ships, and because answers typed on a phone have few full stops to go by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.text.words import words

# Three words say something on their own; fewer ("and then", "lol") belong to their neighbour.
_SHORTEST_CLAUSE = 3

_SENTENCE_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\s*\n\s*")
_CLAUSE_BREAK = re.compile(
    r"(?<=[.!?…;:])[\"'”’)]*\s+|\s*\n\s*|,\s+|\s+[-–—]+\s+"
    r"|\s+(?=(?:but|because|cos|cuz|coz|although|though|so that|then|which|unless)\b)"
    r"|\s+(?=(?:and|or) (?:i|he|she|they|we|you|then|the|it|its|no|my|there|nobody|someone)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Segment:
    """A stretch of an answer: `text` is answer[start:end], never blank at either end."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Segment]:
    """The sentences in order, without overlap; what lies between them is blank. Empty for a blank text."""
    return list(_pieces(text, _SENTENCE_BREAK))


def clauses(text: str) -> list[Segment]:
    """The clauses in order, without overlap; between them lie only blanks, commas, dashes and closing quotes.

    Pieces of fewer than three words are joined to the clause before them, or to the one after at the beginning.
    """
    joined: list[Segment] = []
    for piece in _pieces(text, _CLAUSE_BREAK):
        if joined and (_is_short(piece) or _is_short(joined[-1])):
            start = joined.pop().start
            joined.append(Segment(start, piece.end, text[start : piece.end]))
        else:
            joined.append(piece)
    return joined


def _is_short(segment: Segment) -> bool:
    return len(words(segment.text)) < _SHORTEST_CLAUSE


def _pieces(text: str, separator: re.Pattern[str]) -> Iterator[Segment]:
    start = 0
    for found in separator.finditer(text):
        yield from _trimmed(text, start, found.start())
        start = found.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Segment]:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    inner = inner.strip()
    if inner:
        yield Segment(start, start + len(inner), inner)
