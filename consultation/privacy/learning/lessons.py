"""What the model learns from in one pass: the marked texts, with other names and numbers put in, and typing errors.

Some names are treated as if no list held them, so that the model also learns to go by what stands around a word. Same
chance, same lessons. Knows nothing of how they are learnt.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from consultation.privacy import lexicon
from consultation.privacy.learning import examples
from consultation.words.slips import slips

MARKED = ("answers", "people", "structured", "places", "traps", "mixture", "mixture2")
WHOLE, CHANGED, FILLED = 1.5, 0.8, 0.5  # how much a text weighs as it was written, changed, or made from a frame
MISTYPED = 0.15  # of the stretches between two details
_SHARE_OF_EVERYDAY = 0.6
_LISTS = ("given_names", "surnames")
_KEPT = {"mr", "mrs", "miss", "dr", "big", "de", "van"}
_TITLED = re.compile(r"(?i)\b(?:mr|mrs|miss|ms|dr|pc|cllr|prof|sir)\.? $")
_SHORT_ENDINGS = ["z", "zza", "o", "sy", "ie", "y", "s", "as", "ski", ""]
_NUMBERED = {"PHONE", "POSTCODE", "OTHER_ID", "NHS_NUMBER", "ADDRESS", "HANDLE"}

Mark = tuple[int, int, str]  # where it starts and ends, and its type in examples; "?" for what may be hidden or not


@dataclass(frozen=True)
class Lesson:
    """One text: where its details are, the names that no list shall know, and how much it weighs."""

    text: str
    marks: tuple[Mark, ...] = ()
    unlisted: frozenset[str] = frozenset()
    weight: float = WHOLE


class Namer:
    """Names to put in: mostly plain ones, some that are everyday words, some nicknames, some unlisted."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        everyday, doubtful = lexicon.words("common_words"), lexicon.words("ambiguous_names")
        self._everyday = everyday | doubtful | lexicon.words("rarer_words")
        self._plain = {kind: sorted(lexicon.words(kind) - everyday) for kind in _LISTS}
        self._doubtful = {kind: sorted(lexicon.words(kind) & doubtful) for kind in _LISTS}

    def name(self, kind: str) -> tuple[str, bool]:
        """A name of a list, lower case, and whether to take it for unlisted."""
        if self._rng.random() < 0.2:
            return self._rng.choice(self._doubtful[kind]), False
        plain = self._rng.choice(self._plain[kind])
        if kind == "given_names" and self._rng.random() < 0.12:
            short = plain[: self._rng.choice([2, 3])] + self._rng.choice(_SHORT_ENDINGS)
            if len(short) > 1 and short not in self._everyday:
                return short, True
        return plain, self._rng.random() < 0.35

    def like(self, old: str, titled: bool) -> tuple[str, set[str]]:
        """A name written as the old one is, and those of its words that count as unlisted."""
        unlisted: set[str] = set()
        words: list[str] = []
        for at, word in enumerate(old.split(" ")):
            if word.lower() in _KEPT or len(word) <= 2:
                words.append(word)
                continue
            name, hidden = self.name("surnames" if titled or at else "given_names")
            unlisted |= {name} if hidden else set()
            words.append(name.upper() if word.isupper() else name.title() if word[0].isupper() else name)
        return " ".join(words), unlisted


def lessons(rng: random.Random) -> Iterator[Lesson]:
    """One pass over everything there is to learn from, changed afresh, in a fixed order."""
    namer = Namer(rng)
    for row in examples.rows(MARKED):
        if examples.is_kept_back(row["text"]):
            continue
        marks = examples.marks(row)
        yield Lesson(row["text"], marks)
        if marks or rng.random() < 0.4:
            yield changed(row["text"], marks, namer, rng)
    for line in examples.lines("frames"):
        yield _filled(line, namer, rng, names=True)
    for line in examples.lines("not_people"):
        yield _filled(line, namer, rng, names=False)
    for line in examples.lines("near_misses"):
        yield Lesson(line if rng.random() < 0.5 else line[:1].upper() + line[1:] + ".")
    for line in examples.lines("everyday"):
        if rng.random() < _SHARE_OF_EVERYDAY:
            yield Lesson(line)


def changed(text: str, marks: tuple[Mark, ...], namer: Namer, rng: random.Random) -> Lesson:
    """The text with other names and digits in its details, and now and then a typing error between them."""
    done, position, unlisted = "", 0, set[str]()
    places: list[Mark] = []
    for start, end, kind in sorted(marks):
        done += _mistyped(text[position:start], rng)
        new = text[start:end]
        if kind == "PERSON":
            new, hidden = namer.like(new, _TITLED.search(done) is not None)
            unlisted |= hidden
        elif kind in _NUMBERED:
            new = "".join(rng.choice("0123456789") if c.isdigit() and rng.random() < 0.8 else c for c in new)
        places.append((len(done), len(done) + len(new), kind))
        done, position = done + new, end
    return Lesson(done + _mistyped(text[position:], rng), tuple(places), frozenset(unlisted), CHANGED)


def _mistyped(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    if rng.random() >= MISTYPED or len(words) < 3:
        return text
    at = rng.randrange(len(words))
    word = words[at]
    if len(word) > 4 and word.isalpha():
        words[at] = rng.choice(slips(word, rng.randrange(1, len(word) - 1)))
    return " ".join(words)


def _filled(frame: str, namer: Namer, rng: random.Random, *, names: bool) -> Lesson:
    """A frame with names put in for {G}, {S} and {F}, a quarter of them with capitals; `names`: they are somebody's."""
    frame, capitals = frame.replace("{F}", "{G} {S}"), rng.random() < 0.25
    done, position, unlisted = "", 0, set[str]()
    places: list[Mark] = []
    for mark in re.finditer(r"\{[GS]\}", frame):
        name, hidden = namer.name("given_names" if mark.group() == "{G}" else "surnames")
        unlisted |= {name} if hidden else set()
        done += frame[position : mark.start()]
        places.append((len(done), len(done) + len(name), "PERSON"))
        done, position = done + (name.title() if capitals else name), mark.end()
    text = done + frame[position:]
    text = text[:1].upper() + text[1:] if capitals else text
    return Lesson(text, tuple(places) if names else (), frozenset(unlisted), FILLED)
