"""The word lists of the privacy package, read from its data folder: an entry a line, or several.

Knows files and words only; what a list means is decided by those who ask for it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def _lines(name: str) -> list[str]:
    text = (files("consultation.privacy") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def words(name: str) -> frozenset[str]:
    """The single words of a list, lower case, whatever lines they stand on."""
    return frozenset(word.lower() for line in _lines(name) for word in line.split())


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The lines of a list, lower case, a phrase each."""
    return tuple(line.lower() for line in _lines(name))


@cache
def group(name: str) -> frozenset[str]:
    """One group of data/cue_words.txt, whose lines read "group: word word ..."."""
    lines = [line.removeprefix(f"{name}:") for line in _lines("cue_words") if line.startswith(f"{name}:")]
    if not lines:
        raise KeyError(f"data/cue_words.txt has no group {name}")
    return frozenset(word for line in lines for word in line.split())


@cache
def pairs(name: str) -> dict[str, str]:
    """A list of pairs, as written (case kept): the first of each pair leads to the second."""
    entries = [entry for line in _lines(name) for entry in line.split()]
    return dict(zip(entries[::2], entries[1::2], strict=True))
