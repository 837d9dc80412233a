"""A fair sample of answers to review: one random order for everybody, and which reviews are of it. Knows no storage."""

from collections.abc import Collection, Iterable
from hashlib import sha256


def in_random_order(answers: Iterable[str], seed: str) -> list[str]:
    """The ids in an order that hangs on nothing but themselves and the seed: two analysts draw the same, and what comes
    in later falls between without moving the others."""
    return sorted(answers, key=lambda each: sha256(f"{seed}\0{each}".encode()).digest())


def fair_sample(answers: Iterable[str], seed: str, reviewed: Collection[str], drawn: Collection[str]) -> list[str]:
    """The reviewed answers that are a random sample, in their order: up to the last that was `drawn` at random, all of
    the order that are reviewed. Those that had been reviewed for another reason before the draw came to them belong
    to it: without them the sample would be of what was left over."""
    ordered = in_random_order(answers, seed)
    last = max((at for at, each in enumerate(ordered) if each in drawn), default=-1)
    return [each for each in ordered[: last + 1] if each in reviewed]
