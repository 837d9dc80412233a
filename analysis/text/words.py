"""The words of a text with their places in it; must not know which words matter."""

import re
from dataclasses import dataclass

# A redaction token such as [name] is one word: what it hides must never be guessed from its parts.
_WORD = re.compile(r"\[[a-z_ ]+\]|\w+(?:['’]\w+)*")


@dataclass(frozen=True)
class Word:
    """`text` is text[start:end] of the answer, as written."""

    start: int
    end: int
    text: str


def words(text: str) -> list[Word]:
    """Every word from left to right; none where there is only punctuation or an emoji."""
    return [Word(found.start(), found.end(), found.group()) for found in _WORD.finditer(text)]
