"""Dates of birth, as figures or words; a full numeric date counts even where no cue stands before it.

Hits: "dob 7.9.08", "born on 23rd November 2009", "my birthday is 12th august", "14/03/2011".
Near misses: "born in may", "the 14th of june is the fun day", "24/7", "by 2025", "6/10", "in april".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d)"
_FIGURES = r"(?:\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d-\d\d?-\d\d?)"
_ORDINAL = (
    r"(?:(?:twenty|thirty)[ \-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
_DAY = rf"(?:\d{{1,2}}(?: ?(?:st|nd|rd|th))?|{_ORDINAL})"
_FEAST = (
    r"(?:christmas(?: day| eve)?|boxing day|new years?(?:'s)?(?: day| eve)?|halloween|valentine'?s day|bonfire night)"
)
_WORDS = (
    rf"(?:{_DAY}(?: of)? {_MONTH}\b,?(?: {_YEAR}\b)?|{_MONTH}\b (?:the )?{_DAY},?(?: {_YEAR}\b)?|"
    rf"{_MONTH}\b (?:19|20)\d\d|{_FEAST}(?:,?(?: in)? (?:19|20)\d\d)?)"
)
_CUE = r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|birth ?days?(?:'s)?|b-?days?(?:'s)?|born|birth(?:day)?)"
_CUED = re.compile(
    rf"{_CUE}\W{{0,3}}(?:(?:is|was|on|the|it's|its|its on|for|in)\W+){{0,3}}(?P<it>{_FIGURES}|{_WORDS}|"
    rf"(?:19|20)\d\d\b)"
)
_BEFORE_CUE = re.compile(
    rf"\b(?P<it>{_FIGURES}|{_WORDS}) (?:is|was|its|it's|=) (?:my|his|her|our|their) (?:\w+ )?"
    rf"(?:birth ?day|b-?day|dob|date of birth)"
)
_BARE = re.compile(rf"(?<![\w/.\-])(?:{_FIGURES})(?![\w/\-])")


def find(reading: Reading) -> Iterator[Place]:
    yield from search(_CUED, reading.low)
    yield from search(_BEFORE_CUE, reading.low)
    yield from search(_BARE, reading.low)


RECOGNIZER = Recognizer("birth_dates", Kind.DATE_OF_BIRTH, find)
