"""What stands around a word that tells whether it is a name: titles, relations, introductions, lists.

Knows words, never scores: recognizers and the name model weigh what is found here.
"""

from __future__ import annotations

import re
from enum import StrEnum

from consultation.privacy import lexicon
from consultation.privacy.reading import Reading, Word

TITLES = lexicon.group("titles")
SOFT_TITLES = lexicon.group("soft_titles")
BARE_KIN = lexicon.group("bare_kin")
POSSESSIVES = lexicon.group("possessives")
QUALIFIERS = lexicon.group("qualifiers")
NAMING = lexicon.group("naming")
GREETINGS = lexicon.group("greetings")
_VERB_BEFORE_MISS = lexicon.group("before_miss_the_verb")


_MONTH_NAMES = frozenset(["april", "june", "august", "christian", "autumn"])
_NAMING_NOBODY = ("common_words", "rarer_words", "places", "brands")


_ENDINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ing", "ed", "es", "er", "ers", "y", "able"), ("", "e")),
    **dict.fromkeys(("s", "ly", "est", "ness", "in", "less", "ful", "ment", "ish", "ity"), ("",)),
    **dict.fromkeys(("ies", "ier"), ("y",)),
}
"""Endings of everyday words, and what may have stood there instead."""


class Listing(StrEnum):
    """What the lists say of a word."""

    GIVEN = "given"
    SURNAME = "surname"
    BOTH = "both"  # a name that is also an everyday word
    COMMON = "common"
    STOP = "stop"
    NUMBER = "number"  # anything with a digit in it
    UNKNOWN = "unknown"


_NAMES = (Listing.GIVEN, Listing.SURNAME, Listing.BOTH)


def base(low: str) -> str:
    """A word without a possessive ending."""
    return low.removesuffix("'s").removesuffix("'")


def listing(low: str) -> Listing:
    """Look a lower-case word up; hyphened words by their parts, a lost apostrophe ("nguyens") forgiven."""
    if any(letter.isdigit() for letter in low):
        return Listing.NUMBER
    if low in lexicon.words("brands") and low not in lexicon.words("given_names"):
        return Listing.COMMON
    whole = base(low)
    found = _listing(whole)
    if found is Listing.UNKNOWN and "-" in whole:
        parts = [_listing(part) for part in whole.split("-") if part]
        if any(part in (Listing.COMMON, Listing.STOP) for part in parts):
            return Listing.COMMON
        found = min((part for part in parts if part in _NAMES), key=_NAMES.index, default=found)
    if found is Listing.UNKNOWN and whole.endswith("s") and len(whole) > 4:
        lost = _listing(whole[:-1])
        found = lost if lost in (Listing.GIVEN, Listing.SURNAME, Listing.COMMON) else found
    return Listing.COMMON if found is Listing.UNKNOWN and _is_inflected(whole) else found


def _listing(whole: str) -> Listing:
    named = whole in lexicon.words("given_names"), whole in lexicon.words("surnames")
    if whole in lexicon.words("peoples") and whole not in _MONTH_NAMES:
        return Listing.COMMON
    if whole in lexicon.words("ambiguous_names") or (any(named) and whole in lexicon.words("common_words")):
        return Listing.BOTH
    if whole in lexicon.words("word_stops"):
        return Listing.STOP
    if any(named):
        return Listing.GIVEN if named[0] else Listing.SURNAME
    return Listing.COMMON if any(whole in lexicon.words(name) for name in _NAMING_NOBODY) else Listing.UNKNOWN


def _is_inflected(whole: str) -> bool:
    """Whether an unlisted word is an everyday one with an ending ("vandalising", "unhelpful", "pickier")."""
    common = lexicon.words("common_words")
    for ending, mends in _ENDINGS.items():
        stem = whole.removesuffix(ending)
        if stem == whole or len(stem) < 3:
            continue
        if any(stem + mend in common for mend in mends) or (stem[-1] == stem[-2] and stem[:-1] in common):
            return True
    for prefix in ("un", "re", "non", "over", "under", "mis", "dis", "pre", "out"):
        if whole.startswith(prefix) and len(whole) > len(prefix) + 2 and whole.removeprefix(prefix) in common:
            return True
    return False


def gap(reading: Reading, at: int) -> str:
    """What stands before word `at`: "", " ", ",", "." (a sentence ends), "(" ... or "?" (anything else)."""
    start = reading.words[at - 1].end if at > 0 else 0
    between = reading.low[start : reading.words[at].start]
    if at == 0 and not between.strip():
        return "."
    plain = re.sub(r"\s+", " ", between)
    if plain in {"", " "} and "\n" not in between:
        return plain
    for mark in ".!?\n;":
        if mark in between:
            return "'" if mark == "." and _is_abbreviated(reading, at) else "."
    marks = {",": ",", "(": "(", "&": "&", ":": ":", "-": "-", "/": "/", "+": "&"}
    return next((short for mark, short in marks.items() if mark in between), "?")


def _is_abbreviated(reading: Reading, at: int) -> bool:
    """A full stop that ends a title or an initial rather than a sentence."""
    if at == 0:
        return False
    before = reading.words[at - 1].low
    return before in TITLES or before == "st" or len(before) == 1


def cue(reading: Reading, at: int) -> str:
    """The strongest cue before word `at`: title, miss, kin, relation, naming, self, greeting ... or none."""
    if at == 0:
        return "none"
    words, before, between = reading.words, reading.words[at - 1].low, gap(reading, at)
    if between == ".":
        return "none"
    if between in {" ", "'", ""}:
        if before in TITLES:
            return "title"
        if before in SOFT_TITLES:
            return "miss" if is_title_use(words, at - 1) else "none"
    if before in NAMING or (
        before in {"is", "its", "it's", "was"} and at > 1 and words[at - 2].low in {"name", "names"}
    ):
        return "naming"
    if (
        before in {"name", "names"} and between in {" ", ":"} and at > 1 and words[at - 2].low in POSSESSIVES | {"s"}
    ) or (before == "names" and at == 1):
        return "naming"
    if _introduces(words, at):
        return "self"
    owner = owned(words, at - 1)
    if before in lexicon.words("kin_words") and between in {" ", ",", "(", "-", ":"}:
        return "kin" if owner else "bare_kin" if before in BARE_KIN else "none"
    if before in lexicon.words("relation_words") and between in {" ", ",", "(", "-", ":"}:
        return "relation" if owner else "bare_relation"
    if (
        before in {"is", "are", "was", "aka"}
        and at > 1
        and words[at - 2].low in lexicon.words("kin_words") | lexicon.words("relation_words")
    ):
        return "relation_is" if owned(words, at - 2) else "none"
    return "greeting" if before in GREETINGS else "none"


def is_title_use(words: tuple[Word, ...], at: int) -> bool:
    """Whether "miss" or "sir" at this place can be a title, not a verb ("i miss", "they miss")."""
    return (
        words[at].low not in {"miss", "sister", "teacher", "father"}
        or at == 0
        or words[at - 1].low not in _VERB_BEFORE_MISS | POSSESSIVES
    )


def owned(words: tuple[Word, ...], at: int) -> bool:
    """Whether "my", "his", "our" ... stands before the noun at this place, qualifiers between allowed."""
    for back in range(at - 1, max(at - 5, -1), -1):
        if words[back].low in POSSESSIVES or words[back].low.endswith("'s"):
            return True
        if words[back].low not in QUALIFIERS:
            return False
    return False


def _introduces(words: tuple[Word, ...], at: int) -> bool:
    """Whether the words before say who is speaking: "im", "i am", "call me", "this is", "its" first."""
    before = words[at - 1].low
    earlier = words[at - 2].low if at > 1 else ""
    if before in {"im", "i'm"} or (before == "am" and earlier == "i"):
        return True
    if (before == "me" and earlier in {"call", "calls", "called"}) or (before == "as" and earlier == "me"):
        return True
    return (before == "is" and earlier == "this") or (before in {"its", "it's"} and (at == 1 or earlier in GREETINGS))


def capital(reading: Reading, at: int) -> str:
    """How word `at` is written: small, inner (a telling capital), opening, acronym, or shouted."""
    text = reading.words[at].text
    if not text[0].isupper():
        return "small"
    if reading.text == reading.text.upper():
        return "shouted"
    if len(text) > 1 and text.isupper():
        return "acronym"
    return "opening" if gap(reading, at) == "." else "inner"


_PARTICLES = lexicon.group("particles")


def name_end(reading: Reading, at: int) -> int:
    """Where a name that starts with word `at` ends: particles and listed names after it belong to it."""
    last, words = at, reading.words
    while last + 1 < len(words) and last - at < 4 and gap(reading, last + 1) in {" ", "'", ""}:
        low, listed = words[last + 1].low, listing(words[last + 1].low)
        proper = capital(reading, last + 1) == "inner"
        follows = words[last].low in _PARTICLES or (listed in (Listing.GIVEN, Listing.SURNAME) and low not in {"an"})
        if not (follows or (proper and listed in (Listing.UNKNOWN, Listing.BOTH)) or (low in _PARTICLES and proper)):
            break
        last += 1
    return words[last].end
