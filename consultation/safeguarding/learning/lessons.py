"""What the model learns from in one pass: the examples, now and then mistyped, or with something ordinary beside them.

Texts that were joined teach it that half a sentence matters. Same chance, same lessons. Knows nothing of how they are
learnt.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consultation.domain.concern import Level
from consultation.safeguarding.examples import ALLEGATION, Example
from consultation.safeguarding.spelling import read
from consultation.words.slips import slips

ORDINARY = "ordinary"  # the kind of everyday answers: many and easy, so that each pass takes a share of them
SHARE_OF_ORDINARY = 0.35
JOINED, MOST_WORDS = 0.12, 60  # how many are joined with another, and how long they may get
JOINED_WEIGHT = 0.7
MISTYPED, UNPOINTED = 0.12, 0.2
_JOINTS = [". ", " ", ". also ", ", "]
_VAGUE = {"few_words", "indirect", "third_person", "past", "other_language"}  # kinds that do not say who did it
_STAFF = re.compile(
    r"\b(?:teacher|sir|miss|mr|mrs|coach|tutor|key ?worker|worker|staff|ta|escort|driver|volunteer|colleague|imam"
    r"|manager|carer|priest|mentor|instructor|leader|head)\b"
)


@dataclass(frozen=True)
class Lesson:
    """A read text, what is right to say of it (`staff` is None where nobody said), its kind and how much it weighs."""

    text: str
    concern: bool
    immediate: bool
    staff: bool | None
    kind: str
    weight: float = 1.0


def lessons(examples: Sequence[Example], rng: random.Random) -> Iterator[Lesson]:
    """One pass, changed afresh."""
    ordinary = [each for each in examples if each.kind == ORDINARY]
    harmless = [each for each in examples if each.level is Level.NONE]
    for example in examples:
        if example.kind == ORDINARY and rng.random() > SHARE_OF_ORDINARY:
            continue
        text, weight = example.text, 1.0
        if rng.random() < JOINED:
            other = rng.choice(ordinary if rng.random() < 0.8 else harmless).text
            if len((text + " " + other).split()) < MOST_WORDS:
                text, weight = _joined(text, other, rng), JOINED_WEIGHT
        yield lesson(example, _altered(text, rng), weight)


def lesson(example: Example, text: str, weight: float = 1.0) -> Lesson:
    """What is right to say of `text`, which is the example's or holds it."""
    concern, readable = example.level is not Level.NONE, read(text).text
    staff: bool | None = concern and example.kind == ALLEGATION
    if concern and example.kind in _VAGUE and _STAFF.search(readable):
        staff = None
    return Lesson(readable, concern, example.level is Level.IMMEDIATE, staff, example.kind, weight)


def _joined(text: str, other: str, rng: random.Random) -> str:
    first, second = (text, other) if rng.random() < 0.5 else (other, text)
    return first.rstrip(".") + rng.choice(_JOINTS) + second


def _altered(text: str, rng: random.Random) -> str:
    if rng.random() < MISTYPED:
        text = _mistyped(text, rng)
    chance = rng.random()
    if chance < UNPOINTED:
        return re.sub(r"[.,!?;:]+" if chance < UNPOINTED / 2 else r"['’]", "", text)
    return text


def _mistyped(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return text
    at = rng.choice(long)
    words[at] = rng.choice(slips(words[at], rng.randrange(1, len(words[at]) - 1)))
    return " ".join(words)
