"""What a recognizer is: a named way of finding one kind of detail in a reading.

Must not know any particular kind, nor how overlaps between recognizers are settled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading

Place: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recognizer:
    """`find` yields half-open places in the folded text of the reading; it is pure and never raises."""

    name: str
    kind: Kind
    find: Callable[[Reading], Iterator[Place]]


def search(pattern: re.Pattern[str], low: str) -> Iterator[Place]:
    """Places of a pattern: its group "it" where it has one, otherwise the whole match."""
    group: str | int = "it" if "it" in pattern.groupindex else 0
    for match in pattern.finditer(low):
        if match.end(group) > match.start(group):
            yield match.span(group)
