"""What stands around a word that tells whether it is somebody's name: titles, relations, introductions, lists.

Knows words, never scores: recognizers and the name model weigh what is found here.
"""

from __future__ import annotations

import re
from enum import StrEnum

from consultation.privacy import lexicon
from consultation.privacy.reading import Reading, Word

TITLES = frozenset(
    "mr mrs ms mx dr doctor prof professor pc pcso dc ds sgt sergeant cllr councillor rev reverend mister mme madame monsieur "
    "frau herr senor senora sister-in-charge dame imam rabbi ustad ustadh sheikh judge coach nurse insp inspector officer".split()
)
SOFT_TITLES = frozenset(["miss", "sir", "father", "lord", "lady", "pastor", "sensei", "vicar", "teacher", "missus", "sister"])
BARE_KIN = frozenset(
    "auntie aunty aunt uncle nan nanny nana nanna gran granny grandma grandad granddad grandpa grandmother cousin nonna papa bro "
    "gramps stepdad stepmum".split()
)
POSSESSIVES = frozenset("my his her our their ur your me mi mum's mums dad's dads nan's nans hubby's".split())
QUALIFIERS = frozenset(
    "best big little baby older younger old new half step foster great twin lil elder eldest youngest wee late lovely real first last "
    "year school class key social support family youth case personal close good older oldest other ex current previous former "
    "camhs yot early help head football dance amazing beautiful only adopted biological birth grand".split()
)
NAMING = frozenset(["called", "named", "nicknamed", "aka", "name's"])
GREETINGS = frozenset(["hi", "hello", "hey", "hiya", "yo", "thanks", "cheers", "thank", "ta", "love", "from", "signed", "regards"])
_VERB_BEFORE_MISS = frozenset(
    "i we they you to dont don't didnt didn't will would ill i'll wont won't really still u never might could can should she he kids "
    "who people always cant can't do did gonna ya not just id i'd we'd wouldn't wouldnt shouldnt students pupils families it".split()
)


_MONTH_NAMES = frozenset(["april", "june", "august", "christian", "autumn"])
_NAMING_NOBODY = ("common_words", "rarer_words", "places", "brands")


class Listing(StrEnum):
    """What the lists say of a word."""

    GIVEN = "given"
    SURNAME = "surname"
    BOTH = "both"  # a name that is also an everyday word
    COMMON = "common"
    STOP = "stop"
    UNKNOWN = "unknown"


def base(low: str) -> str:
    """A word without a possessive ending."""
    return low.removesuffix("'s").removesuffix("'")


def listing(low: str) -> Listing:
    """Look a lower-case word up; hyphened words by their parts, a lost apostrophe ("nguyens") forgiven."""
    whole = base(low)
    found = _listing(whole)
    if found is Listing.UNKNOWN and "-" in whole:
        parts = [_listing(part) for part in whole.split("-") if part]
        if any(part in (Listing.COMMON, Listing.STOP) for part in parts):
            return Listing.COMMON
        found = next((part for part in parts if part in (Listing.GIVEN, Listing.SURNAME, Listing.BOTH)), found)
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
    for ending, mends in (("ing", ("", "e")), ("ed", ("", "e")), ("es", ("", "e")), ("s", ("",)), ("er", ("", "e")), ("ers", ("", "e")),
                          ("ly", ("",)), ("y", ("", "e")), ("est", ("", "e")), ("ies", ("y",)), ("ier", ("y",)), ("ness", ("",)), ("in", ("",)),
                          ("less", ("",)), ("ful", ("",)), ("able", ("", "e")), ("ment", ("",)), ("ish", ("",)), ("ity", ("", "e"))):  # fmt: skip
        stem = whole.removesuffix(ending)
        if stem != whole and len(stem) > 2:
            if any(stem + mend in common for mend in mends) or (stem[-1] == stem[-2] and stem[:-1] in common):
                return True
    for prefix in ("un", "re", "non", "over", "under", "mis", "dis", "pre", "out"):
        if whole.startswith(prefix) and len(whole) > len(prefix) + 2 and whole.removeprefix(prefix) in common:
            return True
    return False


def gap(reading: Reading, at: int) -> str:
    """What stands between word `at - 1` and word `at`: "", " ", ",", "." (a sentence ends), "(" or "?" for the rest."""
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
    """The strongest cue before word `at`: title, miss, kin, bare_kin, relation, bare_relation, naming, self, greeting or none."""
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
    if before in NAMING or (before in {"is", "its", "it's", "was"} and at > 1 and words[at - 2].low in {"name", "names"}):
        return "naming"
    if before in {"name", "names"} and between in {" ", ":"} and at > 1 and words[at - 2].low in POSSESSIVES | {"s"} or (before == "names" and at == 1):
        return "naming"
    if _introduces(words, at):
        return "self"
    owner = owned(words, at - 1)
    if before in lexicon.words("kin_words") and between in {" ", ",", "(", "-", ":"}:
        return "kin" if owner else "bare_kin" if before in BARE_KIN else "none"
    if before in lexicon.words("relation_words") and between in {" ", ",", "(", "-", ":"}:
        return "relation" if owner else "bare_relation"
    if before in {"is", "are", "was", "aka"} and at > 1 and words[at - 2].low in lexicon.words("kin_words") | lexicon.words("relation_words"):
        return "relation_is" if owned(words, at - 2) else "none"
    return "greeting" if before in GREETINGS else "none"


def is_title_use(words: tuple[Word, ...], at: int) -> bool:
    """Whether "miss" or "sir" at this place can be a title, not a verb ("i miss", "they miss")."""
    return words[at].low not in {"miss", "sister", "teacher", "father"} or at == 0 or words[at - 1].low not in _VERB_BEFORE_MISS | POSSESSIVES


def owned(words: tuple[Word, ...], at: int) -> bool:
    """Whether "my", "his", "our" ... stands before the noun at this place, with at most three qualifiers between."""
    for back in range(at - 1, max(at - 5, -1), -1):
        if words[back].low in POSSESSIVES or words[back].low.endswith("'s"):
            return True
        if words[back].low not in QUALIFIERS:
            return False
    return False


def _introduces(words: tuple[Word, ...], at: int) -> bool:
    """Whether the words before say who is speaking: "im", "i am", "call me", "this is", "its" at the start."""
    before = words[at - 1].low
    earlier = words[at - 2].low if at > 1 else ""
    if before in {"im", "i'm"} or (before == "am" and earlier == "i"):
        return True
    if before == "me" and earlier in {"call", "calls", "called"} or (before == "as" and earlier == "me"):
        return True
    return (before == "is" and earlier == "this") or (before in {"its", "it's"} and (at == 1 or earlier in GREETINGS))


def capital(reading: Reading, at: int) -> str:
    """How word `at` is written: small, inner (a capital that says something), opening, acronym, or shouted."""
    text = reading.words[at].text
    if not text[0].isupper():
        return "small"
    if reading.text == reading.text.upper():
        return "shouted"
    if len(text) > 1 and text.isupper():
        return "acronym"
    return "opening" if gap(reading, at) == "." else "inner"


_PARTICLES = frozenset("de da do dos di del van von der den la le du el al bin ibn ben abu st o mc mac ap san ter big little".split())


def name_end(reading: Reading, at: int) -> int:
    """Where a name that starts with word `at` ends: particles, listed names and initials after it belong to it."""
    last, words = at, reading.words
    while last + 1 < len(words) and last - at < 4 and gap(reading, last + 1) in {" ", "'", ""}:
        low, listed = words[last + 1].low, listing(words[last + 1].low)
        proper = capital(reading, last + 1) == "inner"
        follows = words[last].low in _PARTICLES or listed in (Listing.GIVEN, Listing.SURNAME) and low not in {"an"}
        if not (follows or (proper and listed in (Listing.UNKNOWN, Listing.BOTH)) or (low in _PARTICLES and proper)):
            break
        last += 1
    return words[last].end
