"""Answers that nobody coded, for teachers to score: parts of answers, two answers in one, and others' spelling.

A teacher tells its pupil little about what it has learnt by heart; about these it says what it makes of them.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.coding.exemplars import Exemplar
from analysis.text import clauses
from consultation.words.slips import slips

_WORD = re.compile(r"\w{4,}")


def mixed(rows: Sequence[Exemplar], count: int, seed: int) -> list[Exemplar]:
    """`count` answers without codes, made from the rows; each is asked what the row it began with was asked."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    alike = defaultdict(list)
    for row in rows:
        alike[row.audience, row.question].append(row.text)
    return list(_made(chance.choices(rows, k=count), alike, chance))


def _made(
    rows: Sequence[Exemplar], alike: dict[tuple[str, str], list[str]], chance: random.Random
) -> Iterator[Exemplar]:
    for row in rows:
        other = chance.choice(alike[row.audience, row.question])
        text = chance.choice((_part, _part, _joined, _joined, _misspelt))(row.text, other, chance)
        yield replace(row, text=text, outcomes=None, themes=None, sentiment=None, again=None)


def _part(text: str, other: str, chance: random.Random) -> str:
    """Some clauses of it, one after the other. Where it has but one, it gets company."""
    parts = clauses(text)
    if len(parts) < 2:
        return _joined(text, other, chance)
    first = chance.randrange(len(parts))
    last = chance.randrange(first, min(len(parts), first + 3))
    return text[parts[first].start : parts[last].end]


def _joined(text: str, other: str, chance: random.Random) -> str:
    """A part of each."""
    halves = [chance.choice((whole, *(part.text for part in clauses(whole)))) for whole in (text, other)]
    return chance.choice((" ", ". ", ", ", " and ", " but ")).join(each.strip(" .,") for each in halves if each)


def _misspelt(text: str, _other: str, chance: random.Random) -> str:
    """In small letters, without stops, or with two letters the wrong way round."""
    how = chance.randrange(3)
    if how == 0:
        return text.lower()
    if how == 1:
        return re.sub(r"[.,!?;:'’]", "", text)
    return _WORD.sub(lambda word: _swapped(word.group(), chance) if chance.random() < 0.15 else word.group(), text)


def _swapped(word: str, chance: random.Random) -> str:
    return slips(word, chance.randrange(1, len(word) - 1)).swapped
