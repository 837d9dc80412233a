"""Words that slipped through redaction, found wherever else they stand, however they were typed there.

A person names them; nothing is guessed. They may name somebody, so they never show themselves.
"""

from __future__ import annotations

import re

from consultation.domain.text import Kind, RawText, Span
from consultation.privacy.reading import Reading

LONGEST = 200  # characters that can be looked for at once


class NothingToSeek(ValueError):
    """There is no word to look for, or too many, or a token that stands for one that was hidden already."""


class Leak:
    """Whole words, in whatever case, with or without accents, invisible characters and look-alike letters."""

    def __init__(self, words: RawText, kind: Kind) -> None:
        """Raises `NothingToSeek`."""
        reading = Reading.of(words.reveal()[: LONGEST + 1])
        words_in_a_row = r"\s+".join(re.escape(each) for each in reading.low.split())
        if not re.search(r"\w", reading.low) or len(words) > LONGEST or reading.tokens:
            raise NothingToSeek
        self.kind = kind
        self._sought = re.compile(rf"(?<!\w){words_in_a_row}(?!\w)")

    def __repr__(self) -> str:
        return f"Leak({self.kind.value})"

    def places(self, text: str) -> tuple[Span, ...]:
        """Where the words stand in `text`, with the accents and invisible characters that hang on them."""
        reading = Reading.of(text)
        return tuple(
            reading.typed(found.start(), found.end(), self.kind)
            for found in self._sought.finditer(reading.low)
            if not any(start < found.end() and found.start() < end for start, end in reading.tokens)
        )

    def hide(self, text: str) -> str:
        """The text with the token of the kind in place of the words."""
        for each in reversed(self.places(text)):
            text = text[: each.start] + self.kind.token + text[each.end :]
        return text
