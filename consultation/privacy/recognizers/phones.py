"""UK telephone numbers, however they are grouped, with country codes and brackets.

Those of other countries count where they begin with a plus.

Hits: "07700 900123", "+44 7700 900789", "(020) 7946 0958", "447700900871", "ring 496 0321",
"+48 601 555 014", "numer 601 555 014", "٠٧٧٠٠ ٩٠٠١٢٣".
Near misses: help lines and short numbers ("0800 1111", "116 123", "85258", "999"), years, counts, money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import lexicon
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer

_RUN = re.compile(r"(?<![\w£$])(?:\+|\()?\d(?:[ .\-()/]{0,3}\d){5,15}(?![\w])")
_NUMBER = re.compile(r"(?<![\w£$])(?:\+|\()?\d(?:[ .\-()/]{0,3}\d){2,15}(?![\w])")
_CUE = re.compile(
    r"\b(?:call|ring|phone|text|txt|tel|telephone|mobile|mob|whats ?app|number|num|no|contact|bell|fone|"
    r"cell|landline|reach|"
    r"numer\w*|telefon\w*|numar\w*|nr|rhif|ffon\w*|номер\w*|телефон\w*|رقم\w*|نمبر|فون|هاتف\w*)\b[^.!?\n]{0,30}$"
)
_WORDED = re.compile(
    r"\b(?:oh|o|zero|double|treble|triple|one|two|three|four|five|six|seven|eight|nine)"
    r"(?:[ ,\-]+(?:oh|o|zero|double|treble|triple|one|two|three|four|five|six|seven|eight|nine)){7,}\b"
)


def help_lines(reading: Reading) -> Iterator[Place]:
    """Where numbers stand that anyone may ring or text."""
    for match in _NUMBER.finditer(reading.low):
        digits = re.sub(r"\D", "", match.group())
        if not lexicon.words("helplines").isdisjoint([digits, digits.removeprefix("44")]):
            yield match.span()


def find(reading: Reading) -> Iterator[Place]:
    known = set(help_lines(reading))
    for match in _RUN.finditer(reading.low):
        digits = re.sub(r"\D", "", match.group())
        if match.span() in known:
            continue
        if (
            _is_national(digits)
            or (match.group()[0] == "+" and len(digits) >= 9)
            or (6 <= len(digits) <= 12 and _CUE.search(reading.low[max(0, match.start() - 60) : match.start()]))
        ):
            yield match.span()
    for match in _WORDED.finditer(reading.low):
        yield match.span()


def _is_national(digits: str) -> bool:
    """A whole number: a zero or the country's 44, then nine or ten digits that begin as British ones do."""
    rest = re.sub(r"^(?:0044|44|0)0?", "", digits)
    return rest != digits and len(rest) in (9, 10) and rest[0] in "1235789"


RECOGNIZER = Recognizer("phones", Kind.PHONE, find)
