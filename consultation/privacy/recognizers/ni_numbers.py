"""National Insurance numbers.

Hits: "QQ 12 34 56 C", "jg103759a", "national insurance 12 34 56", "PX876543 D".
Near misses: "ni is part of the uk", postcodes, "ab12 3cd".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_WHOLE = re.compile(r"(?<![a-z0-9])[a-z]{2}[ \-.]?\d{2}[ \-.]?\d{2}[ \-.]?\d{2}[ \-.]?[a-d]?(?![a-z0-9])")
_CUED = re.compile(
    r"\b(?:ni|nino|national insurance|nat ins)\b[^\d\n]{0,24}?(?P<it>(?:\b[a-z]{2} ?)"
    r"?\d[\d \-]{4,12}\d(?: ?[a-d]\b)?)"
)


def find(reading: Reading) -> Iterator[Place]:
    yield from search(_WHOLE, reading.low)
    yield from search(_CUED, reading.low)


RECOGNIZER = Recognizer("ni_numbers", Kind.NI_NUMBER, find)
