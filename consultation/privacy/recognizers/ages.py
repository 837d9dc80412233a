"""The age of the writer, or of one child or relation.

Hits: "im 14", "our six year old", "my daughter (15)", "aged 13 and fed up", "my 4-year-old", "i turned 16".
Near misses: "10 year olds", "aged 11 to 16", "under 5s", "at 16 you should be able to vote", "im 100% sure",
"im 2 minutes late", "year 9".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_WORD = rf"one|two|three|four|five|six|seven|eight|nine|{_TEENS}|twenty(?:[ \-](?:one|two|three|four|five))?"
_N = rf"(?:\d{{1,2}}(?:\.5| ?1/2| and a half)?|{_WORD})"
_UNIT = r"(?:[ \-]?(?:years?|yrs?|yr|y/?o|yo|months?|mths?|weeks?|wks?)(?:[ \-]?olds?(?!s))?(?:'s)?|[ \-]old)"
_NOT = (
    r"(?![\w%:/]|[.,]\d|[ \-]?(?:-|to|mins?|minutes?|hours?|hrs?|days?|weeks? (?!old)|miles?|times|people|of\b|out|percent|"
    r"pounds|quid|am\b|pm\b|years? (?!old)|yrs? (?!old)|months? (?!old)|stone|sessions|in a|on one|to one|st\b|nd\b|rd\b|"
    r"th\b|friends|kids|children|week|month|grand|or\b))"
)
_SELF = re.compile(
    rf"\b(?:i'?m|i am|im|ima|i was|i've just|i)(?: (?:only|just|nearly|almost|still|now|about|like|already|a|an|turned|"
    rf"turn|was|is|am|bout|nearly|aged|turning|currently)){{0,3}} (?P<it>{_N}{_UNIT}?){_NOT}"
)
_TURNED = re.compile(rf"\b(?:turn(?:ed|s|ing)?|aged?|my age(?: is|'s)?|age is|age:)(?: of)? ?:? ?(?P<it>{_N}{_UNIT}?){_NOT}(?! (?:and|&) over|\+)")
_KIN = (
    r"(?:son|daughter|boy|girl|lad|lass|kid|child|brother|sister|bro|sis|twins?|eldest|youngest|middle|grandson|"
    r"granddaughter|grandchild|nephew|niece|cousin|baby|toddler|little one|oldest|stepson|stepdaughter|foster child|"
    r"mum|dad|nan|mate|friend|best friend|boyfriend|girlfriend|bf|gf|he|she|hes|shes|he's|she's|they're|who|who's|whos)"
)
_THEIRS = re.compile(
    rf"\b{_KIN}(?: [a-z'\-]+){{0,2}}?(?:(?: is|'s| was| are| who is| who's| aged| turned| just turned)"
    rf"(?: (?:only|just|now|nearly|almost))?|,|\(| \(|, aged)? ?(?P<it>{_N}{_UNIT}?){_NOT}"
)
_OLD = re.compile(
    rf"\b(?:my|our|her|his|a|an|the|this|as a|im a|foster|autistic|disabled|nonverbal|adopted)(?: [a-z]+)? "
    rf"(?P<it>{_N}[ \-]?(?:years?|yrs?|yr|months?|mth|week|wk)s?[ \-]?olds?)(?!s)\b"
)
_PLURAL = re.compile(rf"\b(?:my|our)(?: [a-z]+)? (?P<it>{_N}(?: (?:and|&) {_N})?[ \-]?(?:years?|yrs?|yr)[ \-]?olds?)\b")
_SHORT = re.compile(rf"(?P<it>\b{_N}[ \-]?(?:y/?o|yo|yrs? old|years? old|year-?old|months? old))\b(?!s)")
_BRACKET = re.compile(rf"\b(?:my|our|his|her)\b[^.!?()\n]{{1,30}}\((?P<it>{_N}{_UNIT}?)\)")
_ONWARD = re.compile(rf", (?:almost|nearly|just turned|now) (?P<it>{_N}{_UNIT}?){_NOT}")
_LATER = re.compile(rf"\b(?:when|since|before|until|till) (?:i|he|she|my \w+) (?:was|were|turned|is|am|turn)(?: (?:only|just|about|like))? (?P<it>{_N}{_UNIT}?){_NOT}")


def find(reading: Reading) -> Iterator[Place]:
    for pattern in (_SELF, _TURNED, _THEIRS, _OLD, _PLURAL, _SHORT, _BRACKET, _ONWARD, _LATER):
        for start, end in search(pattern, reading.low):
            if not _is_general(reading.low, start, end):
                yield start, end


def _is_general(low: str, start: int, end: int) -> bool:
    """Whether the age is of a class of people ("16 to 18", "12 year olds", "10+"), not of a person."""
    after = low[end : end + 8]
    if re.search(r"\b(?:to|-|between|and|or|under|over|from|age of|ages|every|any|most|like a)\s?$", low[max(0, start - 9) : start]):
        return low[start:end].endswith("s") or bool(re.search(r"\b(?:between|from|under|over|age of|ages|every|any|most) ?$", low[:start]))
    return bool(re.match(r"\s?(?:\+|-\d|to \d|plus|\d)", after)) or (
        low[start:end].endswith("olds") and not re.search(r"\b(?:my|our) (?:[a-z]+ )?$", low[:start])
    )


RECOGNIZER = Recognizer("ages", Kind.AGE, find)
