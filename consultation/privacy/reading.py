"""A text as detection reads it: plain letters and a way back to the offsets as typed.

Invisible characters, accents, full-width and look-alike letters are folded away, so that a name cannot
slip past by being typed oddly. A word in Cyrillic keeps its letters. Must not know what is being looked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from consultation.domain.text import Kind, Span
from consultation.privacy import lexicon

_UNSEEN = {"Mn", "Me", "Cf", "Cn", "Co", "Cs"}  # accents and marks, zero-width, unassigned
_BLANK = {"Zs", "Zl", "Zp", "Cc"}
_CYRILLIC = re.compile(r"[Ѐ-ԯ]+(?:[ʼ'’]?[Ѐ-ԯ]+)*")
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")


_TOKEN = re.compile("|".join(re.escape(kind.token) for kind in Kind))


def _stand_in(token: re.Match[str]) -> str:
    """What is read where redaction left a token, equally long, lest "[name] is" be read as a cue."""
    return "Sarah " if token.group() == Kind.PERSON.token else f" {token.group()[1:-1]} "


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """One typed character as plain ones: "" for what cannot be seen, otherwise usually a single letter."""
    look_alikes = lexicon.pairs("look_alikes")
    folded = []
    for part in unicodedata.normalize("NFKD", look_alikes.get(character, character)):
        category = unicodedata.category(part)
        if category in _UNSEEN:
            continue
        if category == "Nd":  # digits of any script
            folded.append(str(unicodedata.decimal(part)))
        else:
            folded.append(" " if category in _BLANK and part != "\n" else look_alikes.get(part, part))
    return "".join(folded)


def _kept_as_they_are(typed: str) -> dict[int, str]:
    """Letters of words that are Cyrillic: all their letters are, and one of them looks like no Latin letter."""
    return {
        place: unicodedata.normalize("NFKD", typed[place])[0]
        for word in _CYRILLIC.finditer(typed)
        if any(letter not in lexicon.pairs("look_alikes") for letter in word.group().lower())
        and not re.search(
            r"[^\W\d_]", typed[max(0, word.start() - 1) : word.start()] + typed[word.end() : word.end() + 1]
        )
        for place in range(*word.span())
        if typed[place].isalpha() and "Ѐ" <= typed[place] <= "ԯ"
    }


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters and digits, with inner apostrophes and hyphens; `low` is its lower-case form."""

    start: int
    end: int
    text: str
    low: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The folded text, its lower-case form (same length), its words, its tokens, and each typed place."""

    text: str
    low: str
    words: tuple[Word, ...]
    tokens: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, typed: str) -> Reading:
        """Read a text as typed, of any length."""
        plain: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        cyrillic = _kept_as_they_are(typed)
        for place, character in enumerate(typed):
            folded = character if " " <= character <= "~" else cyrillic.get(place) or _fold(character)
            plain.append(folded)
            starts.extend([place] * len(folded))
            ends.extend([place + 1] * len(folded))
            if not folded and ends:  # an accent goes with the letter before it
                ends[-1] = place + 1
        text = "".join(plain)
        tokens = tuple(match.span() for match in _TOKEN.finditer(text))
        text = _TOKEN.sub(_stand_in, text)
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        words = tuple(Word(m.start(), m.end(), m.group(), low[m.start() : m.end()]) for m in _WORD.finditer(text))
        return cls(text, low, words, tokens, tuple(starts), tuple(ends))

    def words_in(self, start: int, end: int) -> list[int]:
        """The numbers of the words of which something lies in this stretch of the folded text."""
        return [at for at, word in enumerate(self.words) if word.start < end and start < word.end]

    def typed(self, start: int, end: int, kind: Kind) -> Span:
        """The span as typed that stands behind characters `start` to `end` of the folded text."""
        return Span(self.starts[start], self.ends[end - 1], kind)
