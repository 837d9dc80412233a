"""Where somebody lives: a house or flat with its street or building, or a street somebody says they live on.

Hits: "14 Maple Crescent", "flat 3, 22 Harbour Street", "7b kestrel close", "i live on larch avenue".
Near misses: "george street is not safe", "on the high street", "2 way street", "5 minute drive".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import lexicon
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_STREET = (
    r"(?:street|str|st|road|rd|avenue|ave|av|lane|ln|close|cl|drive|dr|crescent|cres|way|place|pl|terrace|"
    r"ter|court|ct|"
    r"gardens?|gdns|grove|gr|hill|square|sq|mews|walk|row|rise|view|park|green|gate|parade|paddocks?|croft|"
    r"fold|vale|"
    r"mount|meadows?|end|yard|wharf|quay|heights|broadway|circus|approach|bank|brow|path|passage|wynd|dene|"
    r"common|chase|"
    r"garth|nook|orchards?|fields?|mead|copse|spinney|leas?|holt|reach|drove|causeway|embankment|esplanade|"
    r"promenade|villas?|"
    r"cottages?|avenues|loke|ginnel|side|ridge|acre|dell|glade|glen|hey|hollow|gate|lea|loan|moor)"
)
_BUILDING = (
    r"(?:house|court|towers?|lodge|point|mansions?|heights|buildings?|apartments|block|flats|hostel|wharf|"
    r"mill|hall)"
)
_NAME = r"(?:(?!and\b|the\b(?! \w+ )|or\b|is\b|a\b|of us\b)[a-z'.\-]+)"
_UNIT = (
    r"(?:(?:flat|apartment|apt|unit|no\.?|number|block|floor|caravan|plot|pitch|bungalow|"
    r"room) ?#?\d{1,4}[a-z]?\b|"
    r"(?:flat|apartment|apt|unit|block) [a-h]\b)"
)
_NUMBER = r"\d{1,4}(?: ?[a-h]\b)?(?:[/\-]\d{1,4})?"
_NUMBERED = re.compile(
    rf"(?<![\w£.,:])(?P<it>(?:{_UNIT},? (?:in )?)?(?:{_UNIT},? )?(?<![\w£]){_NUMBER},? (?:the )"
    rf"?(?:{_NAME} ){{1,3}}?{_STREET}\b\.?"
    rf"(?:, (?!and|but|with|it|its|no|so|top|the|there|i)[a-z]+(?: [a-z]+)?(?=[,.]|$))?)"
)
_THE = re.compile(rf"(?<![\w£])(?P<it>{_NUMBER},? the {_STREET})\b")
_HOUSED = re.compile(
    rf"\b(?P<it>{_UNIT}(?:,? {_UNIT}|,? (?:block \w+|floor \d+))?,? (?:in |at )?(?:{_NAME} ){{1,3}}?(?:{_BUILDING}|"
    rf"{_STREET}))\b"
)
_FLAT = re.compile(
    r"\b(?:live|lives|living|stay|staying|moved|am|im|at|in|to) (?:\w+ )?(?P<it>(?:flat|apartment|"
    r"apt) \d{1,4}[a-z]?)\b"
)
_LIVES = re.compile(
    rf"\b(?:i|we|he|she|they|mum|dad|nan|who|family|my \w+)(?: (?:now|used to|all|both|just|still))? "
    rf"(?:lives?|lived|living|stays?|moved|stay|live) (?:on|in|down|at|off|up|to|round|near)(?: the)? "
    rf"(?P<it>(?:{_NAME} ){{1,3}}?{_STREET})\b"
)
_POSSESSED = re.compile(
    rf"\b(?:my|our|his|her|home) (?:home )?(?:address|street|road|house|flat)(?: is|'s|:| is on| is at| at|"
    rf" on)+ (?P<it>\d[\w'., ]{{2,40}}?{_STREET})\b"
)
_UNLIKELY = re.compile(
    r"^\d{1,4}[a-z]?,? (?:years?|yrs?|min(?:ute)?s?|hours?|days?|weeks?|months?|miles?|people|kids|"
    r"children|different|of|"
    r"in|on|times?|to|more|or|and|at|out|per|social|way|bed|bedroom|stops?|a|the (?:end|way|side|park|road|"
    r"street)\b|"
    r"friends|pounds|quid|p|am|pm|gcses|new|good|big|staff|young|other|main|long|foot|year|no|level|yr)\b"
)


def find(reading: Reading) -> Iterator[Place]:
    for pattern in (_NUMBERED, _THE, _HOUSED, _FLAT, _LIVES, _POSSESSED):
        for start, end in search(pattern, reading.low):
            if not _UNLIKELY.match(reading.low[start:end]) and not _is_ordinary(reading.low[start:end]):
                yield start, end


def _is_ordinary(text: str) -> bool:
    """A "street" made only of everyday words, none of them a number ("the high street", "a good place")."""
    inner = re.findall(r"[a-z']+", text)[:-1]
    if re.search(r"\d", text):
        return False
    ordinary = lexicon.words("common_words") | {"high", "main"}
    named = lexicon.words("ambiguous_names") | lexicon.words("surnames") | lexicon.words("trees_and_the_like")
    return all(word in ordinary and word not in named for word in inner)


RECOGNIZER = Recognizer("addresses", Kind.ADDRESS, find)
