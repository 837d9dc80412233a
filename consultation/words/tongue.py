"""Whether a text is in a language that this package has words of, and so no English. Cheap: it counts words.

In doubt it is English: half-English texts, misspelt ones, and languages that no list knows. Must not judge anything.
"""

import re
import unicodedata
from functools import cache

from consultation.words.lists import OTHERS, everyday, ranked

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_SCRIPT = re.compile(r"[Ѐ-ӿ؀-ۿݐ-ݿﭐ-﷿ﹰ-ﻼ]")
_LATIN = re.compile(r"[a-zà-ɏ]", re.IGNORECASE)
_MARKED = frozenset("ąćęłńśźżășțşţŵŷ")  # letters that English borrows in no word
_UNCOMMON = 9000  # words of a list beyond this are too rare to tell languages apart by


def is_foreign(text: str) -> bool:
    """Whether words of other languages outnumber English ones; those that are both count for neither. A word in Arabic
    or Cyrillic letters is foreign, unless Latin ones stand in it (then it is English in disguise)."""
    english = others = 0
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        if _SCRIPT.search(word):
            disguised = _LATIN.search(word) is not None
            english += disguised
            others += not disguised and len(word) > 1
            continue
        plain = _without_marks(word.lower())
        ways = {plain, plain.replace("'", ""), plain.partition("'")[0]}
        others += not (_telling().isdisjoint(ways) and _MARKED.isdisjoint(word.lower()))
        english += plain in _rather_english()
    return others > english


def _without_marks(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.replace("ł", "l").replace("’", "'"))
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


@cache
def _ranks() -> dict[str, int]:
    """How common a word is in the other language that has it most."""
    ranks: dict[str, int] = {}
    for language in OTHERS:
        for rank, word in enumerate(ranked(language)[:_UNCOMMON]):
            ranks[word] = min(rank, ranks.get(word, rank))
    return ranks


@cache
def _telling() -> frozenset[str]:
    """Common words of other languages that are not English ones too."""
    return frozenset(word for word in _ranks() if len(word) > 1) - everyday("english")


@cache
def _rather_english() -> frozenset[str]:
    """English words that no other language has as often ("the", but not "to" or "do", which are Polish as well)."""
    elsewhere = _ranks()
    return frozenset(
        word for rank, word in enumerate(ranked("english")) if rank < elsewhere.get(word, len(ranked("english")))
    )
