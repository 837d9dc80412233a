"""Reads a text as bare letters, for the patterns of languages other than English, every letter traced to its place.

Marks, hamzas and apostrophes go, letters that keyboards mix up are one, and one blank stands for whatever is no letter
or digit: people leave marks out, and phones put them in. English is read by `spelling`, whose words would be wrong here
("od" is an overdose in English and "from" in Polish). Must not judge anything.
"""

import re
import unicodedata
from functools import cache
from itertools import groupby

from consultation.safeguarding.spelling import Reading

_UNSEEN = {"Mn", "Me", "Cf"}
_ALIKE = str.maketrans("łıđøґىیېےةہھۀۃکٱںۓ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "lidoгييييهههههكاني01234567890123456789", "'’‘ʼ`´ءـ")


@cache
def _plain(character: str) -> str:
    """One typed character as bare letters: none for a mark or an apostrophe, a blank for what is no letter."""
    parts = unicodedata.normalize("NFKD", character.lower().translate(_ALIKE))
    kept = "".join(part for part in parts if unicodedata.category(part) not in _UNSEEN).translate(_ALIKE)
    return "".join(part if part.isalnum() else " " for part in kept)


def bare(text: str) -> Reading:
    """The bare letters of a text. Pure; any string will do, the empty one too. A letter typed three times or more is
    one ("pomoooocy")."""
    letters = [(letter, (place, place + 1)) for place, typed in enumerate(text) for letter in _plain(typed)]
    kept: list[tuple[str, tuple[int, int]]] = []
    for letter, alike in groupby(letters, key=lambda each: each[0]):
        run = list(alike)
        if letter == " ":
            kept += run[:1] if kept else []
        else:
            kept += run[:1] if len(run) > 2 and letter.isalpha() else run
    if kept and kept[-1][0] == " ":
        kept.pop()
    return Reading("".join(letter for letter, _ in kept), tuple(place for _, place in kept))


def bare_regex(regex: str) -> str:
    """A regex that matches bare letters: its letters without marks; what is plain in it stays as it is."""
    return re.sub(r"[^\x00-\x7f]", lambda letter: _plain(letter.group()).strip(), regex)
