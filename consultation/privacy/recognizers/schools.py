"""Schools, colleges and nurseries by name, from their endings, saints, and the words around them.

Hits: "Oakfield Primary School", "kicked out of highcliffe high", "i go st bartholomews", "i go to northgate".
Near misses: "my primary school", "a good school", "sixth form college", "st albans was safe", "go to town",
"i go to church", "high school is hard", "the academy chain".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import lexicon
from consultation.privacy.reading import Reading, Word
from consultation.privacy.recognizers.recognizer import Place, Recognizer

_ENDINGS = set(
    "school schools academy primary secondary infants infant juniors junior nursery college high grammar comprehensive comp "
    "pru sixth prep preschool pre-school uni university montessori kindergarten sch collage skool upper middle".split()
)
_QUALITIES = set(
    "c of e ce rc catholic church cofe community special girls girls' boys boys' primary secondary infant infants junior "
    "juniors high grammar comprehensive upper lower middle free sixth form prep preparatory independent boarding "
    "nursery first foundation technology sports science studio technical islamic muslim jewish hindu sikh and voluntary aided all-through day".split()
)
_SAINT = re.compile(r"\b(?P<it>(?:st|saint|ss|sts)\.? (?P<name>[a-z]+(?:'?s)?)(?: (?:of|and|&) [a-z]+(?:'?s)?)?)(?![a-z])")
_SCHOOLING = re.compile(
    r"\b(?:go|goes|went|going|gone|attend|attends|attended|at|from|to|in|moved|move|got into|started|start|teach|teaches|work|excluded|"
    r"expelled|kicked out of|left|leave|joined|study|studying|year \d+)(?: (?:to|at|from|of|in))? $"
)
_ENROLLED = re.compile(
    r"\b(?:i|we|he|she|kids|son|daughter|brother|sister|they|who|im|i'm|mate|friend) (?:\w+ )?(?:go|goes|went|attends?|attended)"
    r" (?:to )?(?P<it>[a-z]+)\b(?! (?:on|every|with|after|when|for|and|home|school|to|in|at|by))"
)
_MINE = re.compile(
    r"\b(?:my|our|his|her|their|the|old|new) (?:old |new |last |first |primary |secondary )*(?:school|college|nursery|academy|uni|sixth form)"
    r"(?: (?:is called|was called|called|named|is|was|'s called)|, |: ) ?(?:the )?(?P<it>[a-z']+(?: [a-z']+)?)"
)
_IN_YEAR = re.compile(r"\b(?:year|yr) ?\d{1,2} (?:at|in) (?P<it>[a-z]+)\b|\b(?:teachers?|pupils?|head|students?|ta|senco|kids|everyone|lessons) (?:at|from|in) (?P<b>[a-z]+)(?= (?:is|are|was|were|need|should|can|help|dont|don't|do|let)\b)")


def find(reading: Reading) -> Iterator[Place]:
    yield from _ending(reading)
    yield from _saints(reading)
    yield from _cued(reading)


def _ending(reading: Reading) -> Iterator[Place]:
    """A proper-looking name, any qualities ("rc", "girls'"), then a word that ends a school's name."""
    words = reading.words
    for at, word in enumerate(words):
        if word.low not in _ENDINGS or (at + 1 < len(words) and _joined(reading, at) and words[at + 1].low in _ENDINGS):
            continue
        first = at
        while first > 0 and _joined(reading, first - 1) and words[first - 1].low in _QUALITIES:
            first -= 1
        named = first
        while named > 0 and first - named < 4 and _joined(reading, named - 1) and _names_place(reading, named - 1):
            named -= 1
        if named < first:
            end = words[at + 1].end if _followed_by(words, at, "form") else word.end
            end = words[at + 2].end if _followed_by(words, at, "form") and _followed_by(words, at + 1, "college") else end
            yield words[named].start, end


def _followed_by(words: tuple[Word, ...], at: int, low: str) -> bool:
    return at + 1 < len(words) and words[at + 1].low == low


def _joined(reading: Reading, at: int) -> bool:
    """Whether only a blank or a full stop ("St. Mary's") stands between word `at` and the next."""
    between = reading.low[reading.words[at].end : reading.words[at + 1].start]
    return between.strip(" '") in {"", "."} and len(between) <= 3


def _names_place(reading: Reading, at: int) -> bool:
    """Whether a word can be part of a school's name: a rare word, a name, or a capital where others are small."""
    word = reading.words[at]
    if word.low in lexicon.words("school_stops"):
        return word.low in {"the", "of", "our"} and at > 0 and False
    plain = word.low.removesuffix("'s").removesuffix("s'")
    if plain in lexicon.words("trees_and_the_like") or plain in lexicon.words("surnames") or word.low in {"st", "saint"}:
        return True
    if plain in lexicon.words("given_names") or word.low.endswith("'s"):
        return plain not in lexicon.words("kin_words")
    if plain not in lexicon.words("common_words"):
        return len(plain) > 2
    return word.text[0].isupper() and reading.text != reading.text.upper() and not _opens(reading, at)


def _opens(reading: Reading, at: int) -> bool:
    """Whether word `at` opens a sentence, where a capital says nothing."""
    before = reading.text[: reading.words[at].start].rstrip()
    return not before or before[-1] in ".!?\n"


def _saints(reading: Reading) -> Iterator[Place]:
    towns = lexicon.words("saint_places")
    for match in _SAINT.finditer(reading.low):
        name, before = match.group("name"), reading.low[: match.start()]
        if re.search(r"\d[a-z]?,? (?:\w+ )?$", before) or name in towns or name in lexicon.words("school_stops"):
            continue
        if _SCHOOLING.search(before) or name.endswith("s") or re.match(r" (?:year|yr|school|pupils|teachers)", reading.low[match.end() :]):
            yield match.span("it")


def _cued(reading: Reading) -> Iterator[Place]:
    for pattern in (_ENROLLED, _MINE, _IN_YEAR):
        for match in pattern.finditer(reading.low):
            group = "it" if match.group("it") else "b"
            start, end = match.span(group)
            inside = [word for word in reading.words if start <= word.start and word.end <= end]
            if inside and _unheard(inside[0].low):
                last = inside[-1] if all(_unheard(w.low) or w.low in _ENDINGS for w in inside[1:]) else inside[0]
                yield start, last.end


def _unheard(low: str) -> bool:
    """A word that is neither everyday, nor a person, nor a town or shop that we know."""
    lists = ("common_words", "given_names", "places", "brands", "school_stops")
    return len(low) > 3 and not any(low in lexicon.words(name) for name in lists)


RECOGNIZER = Recognizer("schools", Kind.SCHOOL, find)
