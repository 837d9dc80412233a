"""What stays readable although it looks like a name: services, public figures, policies, brands, sayings.

Must not know how names are found. The lists are data/allowed.txt, places.txt and brands.txt.
"""

from __future__ import annotations

import re
from functools import cache

from consultation.privacy import cues, lexicon
from consultation.privacy.reading import Reading

_PERSONAL = frozenset(["kin", "relation", "bare_kin", "naming", "self", "title", "miss"])
_TOKEN = re.compile(r"\[[a-zA-Z ]{3,13}\]")


def allowed_words(reading: Reading) -> frozenset[int]:
    """Indices of the words that no name may touch: allowed phrases, unless a cue makes them somebody's own."""
    kept: set[int] = set()
    lows = [word.low for word in reading.words]
    for at, low in enumerate(lows):
        for phrase in _by_first_word().get(low, ()):
            if tuple(lows[at : at + len(phrase)]) == phrase and _stands(reading, at, phrase):
                kept.update(range(at, at + len(phrase)))
    return frozenset(kept | _token_words(reading))


def _stands(reading: Reading, at: int, phrase: tuple[str, ...]) -> bool:
    """A single name is never allowed outright, and no phrase is where it names the writer's own people."""
    if len(phrase) == 1 and cues.listing(phrase[0]) in (cues.Listing.GIVEN, cues.Listing.SURNAME, cues.Listing.BOTH):
        return False
    return cues.cue(reading, at) not in _PERSONAL


def _token_words(reading: Reading) -> set[int]:
    """The words of tokens that redaction left ("[name]"), so that redacting twice changes nothing."""
    places = [match.span() for match in _TOKEN.finditer(reading.text)]
    return {at for at, word in enumerate(reading.words) for start, end in places if start <= word.start and word.end <= end}


@cache
def _by_first_word() -> dict[str, tuple[tuple[str, ...], ...]]:
    index: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in lexicon.phrases("allowed"):
        lows = tuple(word.low for word in Reading.of(phrase).words)
        index[lows[0]] = (*index.get(lows[0], ()), lows)
    return index
