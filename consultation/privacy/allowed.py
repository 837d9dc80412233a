"""What stays readable although it looks like a name: services, public figures, policies, brands, sayings.

Must not know how names are found. The lists are data/allowed.txt, places.txt and brands.txt.
"""

from __future__ import annotations

from consultation.privacy import cues, lexicon
from consultation.privacy.phrases import find_phrases
from consultation.privacy.reading import Reading

_PERSONAL = frozenset(["kin", "relation", "bare_kin", "naming", "self", "title", "miss"])


def allowed_words(reading: Reading) -> frozenset[int]:
    """Indices of the words that no name may touch: allowed phrases, unless a cue makes them personal."""
    kept: set[int] = set()
    for at, phrase in find_phrases(reading, "allowed"):
        if _stands(reading, at, phrase):
            kept.update(range(at, at + len(phrase)))
    last = len(reading.words) - 1
    return frozenset(kept | {at for at in range(last) if _names_institution(reading, at)})


def _names_institution(reading: Reading, at: int) -> bool:
    """Whether the word after this one makes it part of a building's or law's name ("victoria hospital")."""
    follower = reading.words[at + 1].low
    possessive = reading.words[at].low.endswith("'s")
    kinds = lexicon.group("owned_institutions") if possessive else lexicon.group("institutions")
    return follower in kinds and cues.gap(reading, at + 1) == " " and cues.cue(reading, at) not in _PERSONAL


def _stands(reading: Reading, at: int, phrase: tuple[str, ...]) -> bool:
    """A single name is never allowed outright, and no phrase is where it names the writer's own people."""
    if len(phrase) == 1 and cues.listing(phrase[0]) in (
        cues.Listing.GIVEN,
        cues.Listing.SURNAME,
        cues.Listing.BOTH,
    ):
        return False
    return cues.cue(reading, at) not in _PERSONAL
