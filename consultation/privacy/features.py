"""What is known about each word before the network reads the text: lists, cues, capitals, shapes, recognizers' hits.

Words and rules only: what a feature weighs is learnt by `train`, and applied by `likelihoods`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from consultation.privacy import cues, lexicon
from consultation.privacy.cues import Listing
from consultation.privacy.phrases import find_phrases
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import Hit

_ALIKE = {"n": "and", "an": "and", "r": "are", "im": "i", "coz": "cos", "cause": "cos", "wiv": "with", "frm": "from"}
_LISTS = {
    "place": lexicon.words("places"),
    "brand": lexicon.words("brands"),
    "school ending": lexicon.group("school_endings"),
    "given": lexicon.words("given_names"),
    "surname": lexicon.words("surnames"),
    "ambiguous": lexicon.words("ambiguous_names"),
}


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is found once for the whole text, an entry a word."""

    reading: Reading
    listings: Sequence[Listing]
    gaps: Sequence[str]  # what stands before each word, and after the last
    hits: Sequence[frozenset[str]]  # recognizers whose find the word is part of
    allowed: frozenset[int]
    mapped: frozenset[int]  # words of a place that maps show


def features(
    reading: Reading, hits: Iterable[Hit], allowed: frozenset[int], unlisted: frozenset[str] = frozenset()
) -> list[list[str]]:
    """The names of the features that each word has. `hits` are the recognizers', `allowed` the numbers of words that no
    name may touch; `unlisted` words count as in no list of names."""
    looked = _Looked(
        reading,
        [Listing.UNKNOWN if cues.base(word.low) in unlisted else cues.listing(word.low) for word in reading.words],
        [*(cues.gap(reading, at) for at in range(len(reading.words))), "."],
        _of_words(reading, hits),
        allowed,
        frozenset(n for at, phrase in find_phrases(reading, "gazetteer") for n in range(at, at + len(phrase))),
    )
    return [[name for part in _PARTS for name in part(looked, at)] for at in range(len(reading.words))]


def _of_words(reading: Reading, hits: Iterable[Hit]) -> list[frozenset[str]]:
    found: list[set[str]] = [set() for _ in reading.words]
    for hit in hits:
        for at in reading.words_in(hit.start, hit.end):
            found[at].add(hit.name)
    return [frozenset(each) for each in found]


def _own(looked: _Looked, at: int) -> Iterator[str]:
    """How the word is written, which list has it, and what stands right before and after it."""
    word, listed = looked.reading.words[at], looked.listings[at]
    cue, capital, after = cues.cue(looked.reading, at), cues.capital(looked.reading, at), looked.gaps[at + 1]
    yield from (f"listed={listed}", f"cue={cue}", f"capital={capital}", f"before={looked.gaps[at]}", f"after={after}")
    yield from (f"listed={listed} cue={cue}", f"listed={listed} capital={capital}", f"listed={listed} after={after}")
    if listed is Listing.NUMBER:
        yield f"shape={_shape(word.text)}"
        yield f"digits={min(12, sum(letter.isdigit() for letter in word.text))}"
    if len(word.low) < 3:
        yield "short"
    if listed is Listing.UNKNOWN:
        plain = cues.base(word.low)
        yield from (f"ending={plain[-letters:]}" for letters in (1, 2, 3))
        yield f"letters={min(len(plain), 9)}"
    if word.low.endswith("'s"):
        yield from ("possessive", f"possessive listed={listed}")


def _shape(text: str) -> str:
    """ "SE15" as "xx99", long runs cut short."""
    return re.sub(r"9{7,}", "9999999", re.sub(r"x{4,}", "xxxx", re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", text))))


def _listed(looked: _Looked, at: int) -> Iterator[str]:
    """What the lists and the recognizers say of the word, the allowed phrases among them."""
    word, listed = looked.reading.words[at], looked.listings[at]
    plain = cues.base(word.low)
    yield from (name for name, words in _LISTS.items() if word.low in words or plain in words)
    if plain in _LISTS["place"]:
        yield f"place cue={cues.cue(looked.reading, at)}"
        yield f"place capital={cues.capital(looked.reading, at)}"
    if at in looked.mapped:
        yield from ("mapped", f"mapped listed={listed}", f"mapped cue={cues.cue(looked.reading, at)}")
    if at in looked.allowed:
        yield from ("allowed", f"allowed listed={listed}")
    if word.low in _softly_allowed() or plain in _softly_allowed():
        yield "softly allowed"
    yield from (f"hit={name}" for name in sorted(looked.hits[at]))
    if looked.hits[at]:
        yield "hit"


def _around(looked: _Looked, at: int) -> Iterator[str]:
    """What a few words on either side say of fame, and of things that are named after people."""
    words, listed = looked.reading.words, looked.listings[at]
    if not lexicon.group("public_life").isdisjoint(word.low for word in words[max(0, at - 4) : at + 5]):
        yield from ("public", f"public listed={listed}", f"public cue={cues.cue(looked.reading, at)}")
    if at + 1 < len(words) and looked.gaps[at + 1] == " " and words[at + 1].low in _named_after():
        yield from ("named after", f"named after listed={listed}")


def _beside(looked: _Looked, at: int, step: int) -> Iterator[str]:
    """The neighbour on one side and the one beyond it; a sentence's end has none."""
    side = "previous" if step < 0 else "next"
    listed, near, beyond = looked.listings[at], at + step, at + 2 * step
    if not 0 <= near < len(looked.listings) or looked.gaps[max(at, near)] == ".":
        yield from (f"{side}=edge", f"{side}=edge listed={listed}")
        return
    yield f"{side} listed={looked.listings[near]}"
    yield from (f"{side} hit={name}" for name in sorted(looked.hits[near]))
    if near in looked.allowed:
        yield f"{side} allowed"
    if near in looked.mapped:
        yield f"{side} mapped"
    if looked.gaps[max(at, near)] == " ":
        yield f"{side} joined listed={looked.listings[near]} listed={listed}"
        low = looked.reading.words[near].low
        low = _ALIKE.get(low, low)
        if low in _telling():
            yield from (f"{side}={low}", f"{side}={low} listed={listed}")
    if 0 <= beyond < len(looked.listings):
        yield f"{side} but one listed={looked.listings[beyond]}"


@cache
def _telling() -> frozenset[str]:
    return lexicon.group("telling_before") | lexicon.group("telling_after")


@cache
def _named_after() -> frozenset[str]:
    return lexicon.group("named_after") | lexicon.group("institutions")


@cache
def _softly_allowed() -> frozenset[str]:
    """Allowed single words that are also names: they weigh against a name without forbidding it."""
    return frozenset(phrase for phrase in lexicon.phrases("allowed") if " " not in phrase)


def _before(looked: _Looked, at: int) -> Iterator[str]:
    return _beside(looked, at, -1)


def _after(looked: _Looked, at: int) -> Iterator[str]:
    return _beside(looked, at, 1)


_PARTS = (_own, _listed, _around, _before, _after)
