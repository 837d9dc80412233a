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
    r"(?!\s*(?:[%/:+]|-\s?\d|- ?year|to \d|or \d|x\b|\.\d|in a (?:row|room)|on one|to one|"
    r"and (?:two|over|above)|o'clock|at a time|the only))"
)
# Digits after a strong cue ("aged 10 self harms") need only not be counting something.
_UNITS = (
    r"(?!\s*(?:min|hour|hr|day|week|wk|month|mth|year|yr|time|mile|people|foot|ft|feet|inch|stone|st\b|kg|"
    r"per|out\b|of\b|"
    r"different|more|other|new|old\b|sister|brother|kid|child|friend|mate|place|school|work|social|pound|"
    r"quid|k\b|am\b|"
    r"pm\b|th\b|nd\b|rd\b|step|bus|lesson|mark|point|session|meeting|bed|of|and (?:over|above|under)|plus))"
)
_AGED = rf"(?:{_OLD}|\b\d{{1,2}}\b{_NOT}{_UNITS}|{_N}{_NOT}{_END})"
_STRICT = rf"(?:{_OLD}|{_N}{_NOT}{_END})"
_ONLY = r"(?: (?:only|just|nearly|almost|still|now|about|like|a|an|turning|aged|currently|bout|barely))*"
_PERSON = (
    r"(?:son|daughter|boy|girl|lad|lass|kid|child|brother|sister|bro|sis|twin|eldest|youngest|oldest|"
    r"grandson|"
    r"granddaughter|grandchild|nephew|niece|cousin|baby|toddler|little one|little man|stepson|stepdaughter|"
    r"mate|friend|"
    r"boyfriend|girlfriend|bf|gf|lo|dd|ds)s?"
)
_MANY = (
    r"(?:kids|children|boys|girls|sons?|daughters?|two|three|lot|brothers?|sisters?|twins|siblings|ones|"
    r"grandkids|nephews|nieces)"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:i'?m|i am|im|ima){_ONLY} (?P<it>{_AGED})",
        rf"\b(?:i will|i'll|ill|he'll|she'll|hell|shell|will) be (?P<it>{_STRICT})",
        rf"\b(?:i|he|she|they)(?:'d| had| have|'ve|ve| was| were|d)?(?: just| only| nearly)? turn(?:ed|s|"
        rf"ing)? (?P<it>{_AGED})",
        rf"^just turned (?P<it>{_AGED})",
        r"\b(?:turning|gonna be|going to be|nearly|almost) (?P<it>(?:[4-9]|1\d|2[0-4])\b)"
        rf"{_NOT}{_UNITS}(?=\s*(?:$|[.,;!?)]|"
        r"(?:in(?! \d)|on|next|this|soon|and|n|but|so|tomorrow|when|cos)\b))",
        rf"\b(?:before|til|till|until|since|when|cos|because) (?:i|he|she|i'm|im|hes|he's|shes|she's|my \w+)"
        rf"(?: (?:was|were|turned|turn|is|am))?{_ONLY} (?P<it>{_AGED})",
        rf"\b(?:i|he|she) was{_ONLY} (?P<it>{_STRICT})",
        rf"\b(?:hes|he's|he is|shes|she's|she is|they're|theyre|who is|who's|whos){_ONLY} (?P<it>{_STRICT})",
        rf"\b{_PERSON}(?: \w+)?(?: is| are|'s| was|s)?(?: (?:only|just|now|nearly|almost|who is|who's|"
        rf"aged))*(?: |, ?| ?\()"
        rf"(?P<it>{_STRICT})",
        rf"\b(?:my|our|his|her|the|both)\b[^.!?()\n]{{0,24}}\b{_MANY}(?: \w+)?(?: are| is|,|:|"
        rf" ?\()?(?: aged)? ?"
        rf"(?P<it>{_N}(?:(?:, and| and|,|, &| &) ?{_N})+)(?! (?:year|other|more|friends))",
        rf"\b(?:my|our|his|her)\b[^.!?()\n]{{1,40}}\( ?(?:aged? )?(?P<it>{_OLD}|{_N}) ?\)",
        rf"(?<!kids )(?<!children )(?<!people )(?<!those )(?<!boys )(?<!girls )(?<!anyone )\baged?(?::| is|"
        rf"'s)? (?P<it>{_AGED})",
        rf"\b(?:my|our|her|his|a|an|the|this|foster|autistic|disabled|nonverbal|verbal|"
        rf"adopted)(?: [a-z]+)? (?P<it>{_OLD})",
        rf"\b(?:my|our)(?: [a-z]+)? (?P<it>{_N}(?: (?:and|&) {_N})?[ \-]?{_SPAN}[ \-]?olds?)\b",
        rf"(?:, |\b)(?:almost|nearly|just turned|both|aged) (?P<it>(?:{_OLD}|{_N}{_NOT}(?=\s*(?:$|"
        rf"[.,;!?)]))))",
        rf"\b(?:hes|he's|he is|shes|she's|she is|baby is|twins are){_ONLY} (?P<it>{_N} ?(?:months?|mths?|"
        rf"weeks?|wks?)){_END}",
        r"(?<![\d ]), (?P<it>[4-9]|1\d|2[0-5])(?=\s*(?:,(?! ?\d)|$))",
        r"^(?P<it>\d{1,2})(?= (?:[mf] )?here\b| ?[mf]\b)",
        rf"\b(?:i'?m|i am|names?|name is|name's) [a-z'\-]+(?:,| and| and im)? (?P<it>{_N})"
        r"(?= (?:from|and|at|in)\b|,|$)",
        r"(?:^|\b(?:i|my|me|he|she)\b[^.!?\n]{0,20}\b)(?:left|got|moved|had|was|were|went|came|started|became|"
        r"ended|put|lost|ran|dropped|kicked|pregnant|taken)\b[^.!?\n]{0,30} (?:at|aged?|when) (?:only |just |age )*"
        r"(?P<it>1[0-9]|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)(?=\s*(?:$|[.,;!?)]|\b(?:and|but|cos|because|so|with|when|lol)\b))",
        r"(?<![\w/])(?P<it>1\d[mf])\b",
        r"(?P<it>\b\d{1,2}[ \-]?(?:y/o|yo|yrs? old|years? old|year-old|months? old)\b)",
    )
)
_GENERAL_BEFORE = re.compile(
    r"\b(?:between|from|under|over|ages|every|any|most|all|many|year|years|number|level|room|like|for|"
    r"over the|at age)\s?$"
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
