"""People who are named outright: by themselves, or as somebody "called" something.

Hits: "my name is Rafael", "im keisha", "call me bex", "a girl called Nevaeh", "my dads name is Krzysztof".
Near misses: "im tired", "my name is important", "a project called fusion", "they called me stupid".
"""

from __future__ import annotations

from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import cues, lexicon
from consultation.privacy.cues import Listing
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer

_SOMEBODY = lexicon.group("somebody")
_LISTED = (Listing.GIVEN, Listing.SURNAME)


def find(reading: Reading) -> Iterator[Place]:
    for at in range(1, len(reading.words)):
        cue = cues.cue(reading, at)
        if (cue == "naming" and _is_named(reading, at)) or (cue == "self" and _is_self(reading, at)):
            yield reading.words[at].start, cues.name_end(reading, at)


def _is_named(reading: Reading, at: int) -> bool:
    listed = cues.listing(reading.words[at].low)
    if listed in _LISTED or (listed is Listing.BOTH and cues.capital(reading, at) == "inner"):
        return True
    somebody = _SOMEBODY | lexicon.words("kin_words") | lexicon.words("relation_words")
    near = [word.low for word in reading.words[max(0, at - 3) : at]]
    named = (
        any(low in somebody or low.startswith("name") for low in near) or near[:2] == ["i", "am"] or near[1:2] == ["im"]
    )
    return (
        named and listed in (Listing.UNKNOWN, Listing.BOTH) and reading.words[at].low not in lexicon.words("word_stops")
    )


def _is_self(reading: Reading, at: int) -> bool:
    listed = cues.listing(reading.words[at].low)
    introduced = reading.words[at - 1].low not in {"its", "it's", "is"}
    return listed in _LISTED and cues.base(reading.words[at].low) not in lexicon.words("places") and introduced


RECOGNIZER = Recognizer("introductions", Kind.PERSON, find)
