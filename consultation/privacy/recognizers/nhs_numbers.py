"""NHS numbers: ten digits whose last checks the others, or any digits that are called one.

Hits: "943 476 5919", "9434765919", "nhs number 485 777 3456" (whatever its check digit).
Near misses: "the nhs 111 line", phone numbers, ten digits that fail the check and have no cue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_TEN = re.compile(r"(?<![\d+])\d{3}[ \-.]?\d{3}[ \-.]?\d{4}(?!\d)")
_CUED = re.compile(r"\bnhs\b[^\d\n]{0,24}(?P<it>\d(?:[ \-.]?\d){5,11})(?!\d)")
_LABELLED_AFTER = re.compile(
    r"(?<![\d+])(?P<it>\d{3}[ \-.]?\d{3}[ \-.]?\d{4})(?!\d)[^\d\n]{0,30}\bnhs (?:no|num|number|id)\b"
)


def find(reading: Reading) -> Iterator[Place]:
    for start, end in search(_TEN, reading.low):
        digits = re.sub(r"\D", "", reading.low[start:end])
        if digits[0] != "0" and has_valid_check_digit(digits):
            yield start, end
    yield from search(_CUED, reading.low)
    yield from search(_LABELLED_AFTER, reading.low)


def has_valid_check_digit(digits: str) -> bool:
    """Modulus 11 as the NHS Data Dictionary sets it out; `digits` holds ten digits."""
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (11 - remainder) % 11 == int(digits[9])


RECOGNIZER = Recognizer("nhs_numbers", Kind.NHS_NUMBER, find)
