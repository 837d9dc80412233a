"""The word lists, read once: the commonest first, lower case, without marks. Knows files only."""

from functools import cache
from importlib.resources import files

OTHERS = ("ar", "ar_latin", "cy", "pl", "ro", "uk", "ur", "ur_latin")


@cache
def ranked(language: str) -> tuple[str, ...]:
    """The words of a list in its order."""
    text = (files("consultation.words") / f"{language}.txt").read_text(encoding="utf-8")
    return tuple(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def everyday(language: str) -> frozenset[str]:
    """The words of "english", of one of OTHERS, or the rarer ones of Welsh ("cy_rarer")."""
    return frozenset(ranked(language))
