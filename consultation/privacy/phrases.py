"""Where the phrases of a list stand in a reading. Knows no list's meaning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from consultation.privacy import lexicon
from consultation.privacy.reading import Reading

Phrase = tuple[str, ...]


def find_phrases(reading: Reading, name: str) -> Iterator[tuple[int, Phrase]]:
    """The number of the word at which a phrase of the list begins, and the phrase, whatever stands between its words.
    Apostrophes are forgiven ("claires law"), and a possessive is ("stormzy's")."""
    words = [_ways(word.low) for word in reading.words]
    index = _by_first_word(name)
    for at, ways in enumerate(words):
        for first in ways:
            for phrase in index.get(first, ()):
                here = words[at : at + len(phrase)]
                if len(here) == len(phrase) and all(each in way for each, way in zip(phrase, here, strict=True)):
                    yield at, phrase


def _ways(low: str) -> set[str]:
    return {low.replace("'", ""), low.removesuffix("'s").replace("'", "")}


@cache
def _by_first_word(name: str) -> dict[str, tuple[Phrase, ...]]:
    index: dict[str, list[Phrase]] = {}
    for phrase in lexicon.phrases(name):
        lows = tuple(word.low.replace("'", "") for word in Reading.of(phrase).words)
        index.setdefault(lows[0], []).append(lows)
    return {first: tuple(phrases) for first, phrases in index.items()}
