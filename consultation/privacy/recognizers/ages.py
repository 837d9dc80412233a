"""The age of the writer, or of one child or relation.

Hits: "im 14", "our six year old", "my daughter (15)", "aged 13 and fed up", "my 4-year-old", "i turned 16".
Near misses: "10 year olds", "aged 11 to 16", "under 5s", "at 16 you should be able to vote", "im 100% sure",
"im 2 minutes late", "year 9", "he's the one", "youngest is on two inhalers".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_TENS = r"twenty(?:[ \-](?:one|two|three|four|five))?"
_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|"
    rf"eighteen|nineteen|{_TENS})"
)
_N = rf"\b(?:\d{{1,2}}(?:\.5| ?1/2| and a half)?|{_WORD}(?: and a half)?)\b"
_SPAN = r"(?:years?|yrs?|yr|months?|mnths?|mths?|weeks?|wks?)"
_OLD = rf"{_N}[ \-]?{_SPAN}?[ \-]?(?:old\b|y/?o\b)(?!s)|\b\d{{1,2}}(?:yrs?|yo|y/o|m|mths?)\b"
# What may follow a bare number for it to be an age: never a noun ("two inhalers", "four o'clock").
_END = (
    r"(?=\s*(?:$|[.,;:!?)\]\n\-]|\b(?:and|but|now|so|with|when|he|she|i|im|ive|who|because|cos|bc|nearly|"
    r"almost|not|lol|this|"
    r"next|last|yet|from|still|going|already|if|it|they|my|we|you|or|nobody|no|tho|though|in|at|on|til|"
    r"till|until|"
    r"has|had|is|was|been|ffs|btw|rn|today|tomorrow|soon|old|the|then|too|years? old|loves|needs|cant|goes|"
    r"wants)\b))"
)
_NOT = (
    r"(?!\s*(?:[%/:+]|-\s?\d|- ?year|to \d|or \d|x\b|\.\d|in a (?:row|room)|on one|to one|and (?:two|over|above)|"
    r"o'clock|at a time|the only))"
)
_PERSON = (
    r"(?:son|daughter|boy|girl|lad|lass|kid|child|brothers?|sisters?|bro|sis|twins?|eldest|youngest|oldest|"
    r"grandsons?|"
    r"granddaughters?|grandchild|nephew|niece|cousin|baby|toddler|little one|stepson|stepdaughter|mate|"
    r"friend|boyfriend|"
    r"girlfriend|bf|gf)"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:i'?m|i am|im|ima)(?: (?:only|just|nearly|almost|still|now|about|like|a|an|turning|aged|"
        rf"currently))* (?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b(?:i|he|she|they)(?:'d| had| have|'ve|ve| was| were|d)?(?: (?:only|just|nearly))* turn(?:ed|s|"
        rf"ing)? (?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b(?:was|were|be|been|before|til|until|since|when) (?:i|he|she|i'm|im|hes|he's|shes|she's|"
        rf"my \w+)(?: (?:was|were|turned|turn|is|am))?"
        rf"(?: (?:only|just|about|like))? (?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\bi was(?: (?:only|just|about|like|nearly))* (?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b(?:hes|he's|he is|shes|she's|she is|he was|she was|they're|theyre|who is|who's|"
        rf"whos)(?: (?:only|just|now|nearly|almost|like|about))* "
        rf"(?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b{_PERSON}(?: \w+)?(?: is| are|'s| was|s)?(?: (?:only|just|now|nearly|almost|who is|who's|"
        rf"aged))*(?: |, ?| ?\()(?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b(?:my|our|his|her)\b[^.!?()\n]{{1,40}}\( ?(?:aged? )?(?P<it>{_OLD}|{_N}) ?\)",
        rf"\bage(?:d|:| is|'s)? (?:of )?(?P<it>{_OLD}|{_N}{_NOT}{_END})",
        rf"\b(?:my|our|her|his|a|an|the|this|foster|autistic|disabled|nonverbal|verbal|"
        rf"adopted)(?: [a-z]+)? (?P<it>{_OLD})",
        rf"\b(?:my|our)(?: [a-z]+)? (?P<it>{_N}(?: (?:and|&) {_N})?[ \-]?{_SPAN}[ \-]?olds?)\b",
        rf"(?:, |\b)(?:almost|nearly|just turned|both|aged) (?P<it>{_OLD}|{_N}{_NOT}(?=\s*(?:$|[.,;!?)])))",
        rf"\b(?:hes|he's|he is|shes|she's|she is|baby is|twins are)(?: only| just| now|"
        rf" nearly)? (?P<it>{_N} ?(?:months?|mths?|weeks?|wks?)){_END}",
        r"(?<![\d ]), (?P<it>[4-9]|1\d|2[0-5])(?=\s*(?:,(?! ?\d)|$))",
        r"(?P<it>\b\d{1,2}[ \-]?(?:y/o|yo|yrs? old|years? old|year-old|months? old)\b)",
    )
)
_GENERAL_BEFORE = re.compile(
    r"\b(?:between|from|under|over|ages|every|any|most|all|many|year|years|number|level|room|like|for|"
    r"over the)\s?$"
)


def find(reading: Reading) -> Iterator[Place]:
    for pattern in _PATTERNS:
        for start, end in search(pattern, reading.low):
            after = reading.low[end : end + 8]
            if _GENERAL_BEFORE.search(reading.low[max(0, start - 12) : start]) or re.match(
                r"\s?(?:\+|-\d|to \d|plus\b)", after
            ):
                continue
            if reading.low[start:end] != "one":
                yield start, end


RECOGNIZER = Recognizer("ages", Kind.AGE, find)
