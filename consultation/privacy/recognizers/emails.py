"""E-mail addresses, plain or spelt out.

Hits: "tia.brown07@example.com", "jonah.p at example dot com", "magda.k(at)example.co.uk".
Near misses: "meet @ the park", "@northside_ollie", "at home. com and see".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_PLAIN = re.compile(r"(?<![\w.+%'\-])[\w.+%'\-]{1,64} ?@ ?[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,5}")
_SPELT = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64}(?: ?[(\[] ?at ?[)\]] ?| at )[a-z0-9\-]+(?:(?: ?[(\[] ?dot ?[)\]] ?| dot |"
    r"\.)[a-z0-9\-]+)*"
    r"(?: ?[(\[] ?dot ?[)\]] ?| dot |\.)(?:com|co|uk|net|org|me|sch|gov|nhs|example|info|io)(?:(?: dot |"
    r"\.)uk)?\b"
)
_MARKED = re.compile(
    r"\b(?:e-?mail|gmail|hotmail|icloud|outlook)(?: address)?(?: is|:|'s)? (?P<it>[\w.+\-]+ ?@ ?[\w.\-]+)"
)


def find(reading: Reading) -> Iterator[Place]:
    for pattern in (_PLAIN, _SPELT, _MARKED):
        yield from search(pattern, reading.low)


RECOGNIZER = Recognizer("emails", Kind.EMAIL, find)
