"""User names on social media and games.

Hits: "@jaydizzle04", "my snap is kayz_2k9", "add me on insta marcus.d.10", "frostbyte#4471", "xXshadowXx".
Near misses: "@ the park", "see u @5", "@school", "posts on snapchat and insta", "follow up on tiktok".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import cues, lexicon
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_PLACE = (
    r"(?:snap(?: ?chat)?|sc|insta(?:gram)?|ig|tik ?tok|tt|twitter|x|discord|roblox|fortnite|"
    r"x ?box(?: live)?|psn?[45]?|"
    r"playstation|steam|twitch|youtube|yt|threads|be ?real|facebook|fb|minecraft|kik|telegram|whatsapp|"
    r"reddit|switch|"
    r"snap ?name|gamer ?tag|gamer ?name|user ?name|user|handle|@|at|name|id|tag|acc(?:ount)?|finsta|channel)"
)
_AT = re.compile(r"(?<![\w.@])@ ?(?P<name>[a-z0-9_][\w.\-]{2,}\w|\w{3,})")
_TAGGED = re.compile(r"(?<!\w)[a-z][\w.]{2,}#\d{3,5}\b")
_SHAPED = re.compile(r"(?<![\w@.\-/])(?=[\w.\-]*[a-z])(?=[\w.\-]*(?:_|\d))(?P<it>[\w.\-]{4,})(?![\w@])")
_CAMEL = re.compile(r"(?<!\w)(?:xX\w{3,}Xx|xx_?[a-z0-9]{3,}_?xx|TTV_?\w+)(?!\w)", re.IGNORECASE)
_CUE = re.compile(
    rf"\b(?:my|his|her|their|our|on|me|via|the|add|follow|dm|account|"
    rf"fake)\b[^.!?\n]{{0,24}}\b{_PLACE}\b[^!?\n]{{0,22}}$|"
    rf"\b{_PLACE}(?: is| name|'s|s|:| -| =)+ ?$|\b(?:add me|add|follow|dm|message|snap me|snap|"
    rf"search)(?: me)?(?: on)?:? ?$"
)
_NAMED = re.compile(
    rf"\b(?:my |his |her |me on |im on |'s |our ){_PLACE}(?: (?:name|user ?name|tag|handle|user|id|acc|"
    rf"account|channel))?"
    rf"(?: on \w+)?(?: is|'s|:| -| =| as|s)+ (?P<it>[\w.\-]{{3,}}\w)"
)
_SITE = (
    r"(?:snap(?: ?chat)?|sc|insta(?:gram)?|ig|tik ?tok|twitter|discord|roblox|fortnite|x ?box|psn?|twitch|"
    r"youtube|yt|facebook|fb|kik)"
)
_AFTER_SITE = re.compile(
    rf"\b{_SITE}(?: ?[:=] ?| - | )(?P<dotted>[a-z0-9]+[._][\w.]*\w)|\b{_SITE}(?: ?[:=] ?|"
    rf" - )(?P<bare>[a-z0-9]{{4,}})\b|"
    rf"\b(?:me|im|i'm) on {_SITE}(?: as)? (?P<told>[a-z0-9]{{4,}})\b|"
    rf"\bon (?:my )?{_SITE},? (?:im|i'm|i am|its|it's|called|as|i go by|my name is|my names) "
    rf"(?P<said>[a-z0-9_.\-]{{4,}})\b"
)
_UNIT = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|yrs?|k|m|mins?|hrs?|s|x|%|kg|cm|ft|p|d|g|gb|mb|years?|weeks?|days?|months?)?"
    r"|year\d+|y\d{1,2}|[a-z]\d{1,3}|[sS]\d\ds?|covid-?19|ks\d|ps[345]|\d+-\d+|[\d.\-/:]+(?:am|pm|s)?|"
    r"\d+[a-z]|24/7|"
    r"place2be|catch-?22|b4|m8s?|l8r|gr8|2day|2moro|2morrow|some1|any1|every1|no1|4ever|w8|h8|2nite|up2u|"
    r"str8|b2b|"
    r"u?k?s?\d\d[gb]?|gcp-?2|p\d+|mp[34]|a\d{1,4}|tier\d|level-?\d|room\d+|form\d+|\d+-to-\d+|\d+(?:ish|"
    r"ers|isk)"
)


def find(reading: Reading) -> Iterator[Place]:
    low = reading.low
    for match in _AT.finditer(low):
        spaced = match.group()[1] == " "
        if match["name"] not in lexicon.words("common_words") and not (
            spaced and not re.search(r"[\d_]", match["name"])
        ):
            yield match.span()
    yield from search(_TAGGED, low)
    yield from search(_CAMEL, reading.text)
    for start, end in search(_SHAPED, low):
        word = low[start:end].rstrip(".-")
        if _UNIT.fullmatch(word) is None and _is_odd(word, low[max(0, start - 80) : start]):
            yield start, start + len(word)
    for match in _AFTER_SITE.finditer(low):
        name = match.group(match.lastgroup or 0)
        if cues.listing(name) not in (cues.Listing.COMMON, cues.Listing.STOP):
            yield match.span(match.lastgroup or 0)
    for start, end in search(_NAMED, low):
        if low[start:end].rstrip(".") not in lexicon.words("common_words"):
            yield start, end


def _is_odd(word: str, before: str) -> bool:
    """Whether a word with digits or underscores is more likely a user name than a quantity."""
    if not re.search(r"[a-z]{3}", word.replace(".", "").replace("_", "")) and not _CUE.search(before):
        return False
    return "_" in word or bool(re.search(r"[a-z]{3,}[.\-]?\d{1,4}$", word)) or bool(_CUE.search(before))


RECOGNIZER = Recognizer("handles", Kind.HANDLE, find)
