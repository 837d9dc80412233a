"""What is known of words in other languages than English: the lists of data/beyond_english, and everyday words.

Knows words, never patterns: recognizers say what stands where. Names are listed in the form that dictionaries have;
the cases of Polish, Romanian and Ukrainian are made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from consultation.privacy import cues, lexicon
from consultation.privacy.reading import Reading
from consultation.words import OTHERS, everyday, is_foreign

STEM, BENT = 5, 2  # letters in which two forms of a word agree at least; by which each may go on at most
WORD = r"[^\W\d_]+(?:['\-][^\W\d_]+)*"
_ELSEWHERE = re.compile(r"[Ѐ-ӿ؀-ۿݐ-ݿ]")
_PREFIXES = ("وال", "لل", "ال", "و", "ف", "ب", "ل", "ك")
_ENDINGS = {
    "pl": {
        "a": ["y", "i", "e", "o", "ie"],
        "ek": ["ka", "kiem", "kowi", "ku"],
        "er": ["ra", "rem", "rowi", "rze"],
        "el": ["la", "lem", "lowi", "le"],
        "": ["a", "owi", "em", "iem", "ie", "u"],
    },
    "ro": {"a": ["ei"], "": ["ul", "ului"]},
    "uk": {
        "а": ["и", "і", "у", "о", "ою", "ой", "е", "ы"],
        "я": ["і", "ю", "єю", "ею", "е", "и"],
        "о": ["а", "у", "ові", "ом"],
        "й": ["я", "ю", "єм", "ем"],
        "ь": ["я", "ю", "ем"],
        "": ["а", "у", "ові", "ом", "і", "е", "ем"],
    },
}  # fmt: skip
"""How a name ends in its dictionary form, and in its cases."""


def is_other_script(low: str) -> bool:
    """Whether a word is in Arabic or Cyrillic letters, of which the model knows nothing."""
    return _ELSEWHERE.search(low) is not None


def is_everyday(low: str) -> bool:
    """Whether a word is an everyday one of any language that we know."""
    return low in _everyday_words()


def is_listed(low: str) -> bool:
    """Whether a word is a name, in any case, with or without what Arabic writes in one with it."""
    if low in _names() or cues.listing(low) in (cues.Listing.GIVEN, cues.Listing.SURNAME):
        return True
    return any(low.removeprefix(prefix) in _names() for prefix in _PREFIXES if len(low) > len(prefix) + 2)


def is_word_too(low: str) -> bool:
    """Whether a listed name says nothing by itself: it is an everyday word, or one with something written before it."""
    ways = {low, *(low.removeprefix(prefix) for prefix in _PREFIXES)} if is_other_script(low) else {low}
    return is_everyday(low) or not _words_too().isdisjoint(ways)


def is_nobody(low: str) -> bool:
    """Whether a word with a capital is a place, a people, a feast or a brand."""
    return _stems("nobody").fullmatch(low) is not None or low in _places_and_the_like()


@cache
def phrases(group: str) -> str:
    """A regex of the phrases of a group of cues, the longest first."""
    found = sorted(_phrases(group), key=len, reverse=True)
    return "|".join(re.escape(each).replace(r"\*", r"\w*") for each in found)


@cache
def words(group: str) -> frozenset[str]:
    """The phrases of a group that are plain words."""
    return frozenset(_phrases(group))


def out_of_depth(reading: Reading) -> frozenset[int]:
    """Numbers of the words on which the model, which learnt from English, is no judge of names: everyday ones of a text
    in another language, and forms of such that no list has."""
    if not is_foreign(reading.text):
        return frozenset()
    return frozenset(
        at
        for at, word in enumerate(reading.words)
        if all(is_everyday(part) or _is_form(part) for part in re.split("['-]", word.low))
    )


def _is_form(low: str) -> bool:
    """Whether a word ends otherwise than an everyday one and begins as it does: these languages bend their words more
    than lists can hold ("słuchała" beside "słuchał"). A listed name is none."""
    return len(low) > STEM and not is_listed(low) and not _stems_of_words().isdisjoint(_begins(low))


def _begins(low: str) -> tuple[str, ...]:
    return tuple(low[:at] for at in range(max(STEM, len(low) - BENT), len(low) + 1))


@cache
def _stems_of_words() -> frozenset[str]:
    return frozenset(stem for word in _everyday_words() if len(word) >= STEM for stem in _begins(word))


def _phrases(group: str) -> Iterator[str]:
    for line in lexicon.phrases("beyond_english/cues"):
        if line.startswith(f"{group}:"):
            yield from (Reading.of(each.strip()).low for each in line.removeprefix(f"{group}:").split("|"))


@cache
def _stems(group: str) -> re.Pattern[str]:
    return re.compile(phrases(group))


@cache
def _places_and_the_like() -> frozenset[str]:
    return frozenset(
        line for name in ("places", "peoples", "brands", "gazetteer") for line in lexicon.phrases(name)
    ) | (lexicon.words("places") | lexicon.words("peoples") | lexicon.words("brands"))


@cache
def _everyday_words() -> frozenset[str]:
    """Those of the lists, and of our own cues those that are plain words: nobody is called "tata"."""
    listed = frozenset[str]().union(*(everyday(language) for language in (*OTHERS, "cy_rarer")))
    ours = frozenset[str]().union(*(words(group) for group in ("titles", "kin", "between", "self", "into")))
    return _as_read(listed) | {word for word in ours if " " not in word}


@cache
def _names() -> frozenset[str]:
    names = set[str]().union(*(_listed(f"names_{language}") for language in ("ar", "cy", "latin", "ur")))
    for language, endings in _ENDINGS.items():
        for name in _listed(f"names_{language}"):
            names.update(_cases(name, endings))
    return _as_read(frozenset(names))


def _cases(name: str, endings: dict[str, list[str]]) -> Iterator[str]:
    yield name
    ending = next(each for each in endings if name.endswith(each))
    yield from (name.removesuffix(ending) + case for case in endings[ending])


def _listed(name: str) -> frozenset[str]:
    return lexicon.words(f"beyond_english/{name}")


@cache
def _words_too() -> frozenset[str]:
    return _as_read(_listed("names_that_are_words"))


def _as_read(listed: frozenset[str]) -> frozenset[str]:
    """Words as a reading has them, whether they begin with a capital or not: a few Cyrillic letters are folded to other
    Latin ones as capitals."""
    odd = {each for each in listed if not each.isascii()}
    text = "\n".join(odd | {each.capitalize() for each in odd})
    return frozenset(each for each in listed if each.isascii()) | frozenset(Reading.of(text).low.split("\n"))
