"""People by what they are to the writer: kin, friends and workers named straight after the word.

Hits: "my nan doreen", "aunty Shanice", "my mate Danny", "my social worker (Tunde Bakare)".
Near misses: "my nan loves bingo", "my mate got excluded", "my social worker is late", "my friend will help".
"""

from __future__ import annotations

from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import cues
from consultation.privacy.cues import Listing
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer


def find(reading: Reading) -> Iterator[Place]:
    for at in range(1, len(reading.words)):
        if cues.cue(reading, at) not in {"kin", "bare_kin", "relation"}:
            continue
        listed, proper = cues.listing(reading.words[at].low), cues.capital(reading, at) == "inner"
        if listed in (Listing.GIVEN, Listing.SURNAME) or (proper and listed in (Listing.UNKNOWN, Listing.BOTH)):
            yield reading.words[at].start, cues.name_end(reading, at)


RECOGNIZER = Recognizer("relations", Kind.PERSON, find)
