"""People by title: the surname, first name or initial after "mr", "miss", "dr", "pc" and the like.

Hits: "mr okonkwo", "MISS ASANTE", "miss young helped", "mr b", "Mrs De Souza", "sir davies".
Near misses: "sir and miss", "i miss football", "miss said no", "miss will help", "nurse was busy".
"""

from __future__ import annotations

from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import cues, lexicon
from consultation.privacy.cues import Listing
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer

_PURE = lexicon.group("pure_titles")


def find(reading: Reading) -> Iterator[Place]:
    for at in range(1, len(reading.words)):
        cue = cues.cue(reading, at)
        if (cue == "title" and _follows_title(reading, at)) or (cue == "miss" and _follows_miss(reading, at)):
            yield reading.words[at].start, cues.name_end(reading, at)


def _follows_title(reading: Reading, at: int) -> bool:
    word, title = reading.words[at], reading.words[at - 1].low
    listed = cues.listing(word.low)
    if word.low in cues.TITLES | cues.SOFT_TITLES or listed is Listing.STOP:
        return False
    if word.low in lexicon.words("word_stops"):
        return _is_proper(reading, at)
    return title in _PURE or title == "dr" or listed in (Listing.GIVEN, Listing.SURNAME) or _is_proper(reading, at)


def _follows_miss(reading: Reading, at: int) -> bool:
    word = reading.words[at]
    listed = cues.listing(word.low)
    if word.low in lexicon.words("word_stops") or word.low in cues.TITLES | cues.SOFT_TITLES:
        return _is_proper(reading, at) and listed is Listing.BOTH
    return listed in (Listing.GIVEN, Listing.SURNAME, Listing.UNKNOWN, Listing.BOTH) or _is_proper(reading, at)


def _is_proper(reading: Reading, at: int) -> bool:
    return cues.capital(reading, at) == "inner"


RECOGNIZER = Recognizer("titles", Kind.PERSON, find)
