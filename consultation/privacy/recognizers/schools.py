"""Schools, colleges and nurseries by name, from their endings, saints, and the words around them.

Hits: "Oakfield Primary School", "kicked out of highcliffe high", "i go st bartholomews", "i go to northgate",
"our lady of lourdes primary", "my school is the willows pru".
Near misses: "my primary school", "a good school", "sixth form college", "st albans was safe", "go to town",
"i go to church", "high school is hard", "the academy chain", "hell. school put me out", "sky high".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import cues, lexicon
from consultation.privacy.reading import Reading, Word
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_ENDINGS = lexicon.group("school_endings")
_WEAK_ENDINGS = lexicon.group("weak_school_endings")
_QUALITIES = lexicon.group("school_qualities")
_INTO = lexicon.group("into_school")
_HONOURS = lexicon.group("honours")
_SAINT = re.compile(
    r"\b(?P<it>(?:st|saint|ss|sts)\.? (?P<name>[a-z]+(?:'?s)?)(?: (?:of|and|&|the) [a-z]+(?:'?s)?)?)(?![a-z])"
)
_HOLY = re.compile(
    r"\b(?P<it>(?:our lady(?: of (?:the )?[a-z]+| queen of [a-z]+)?|holy (?:trinity|family|cross|rosary|"
    r"name|spirit|ghost|saviour)|sacred heart|"
    r"christ the king|christ church|christchurch|all saints|all souls|good shepherd|"
    r"immaculate (?:conception|heart)|blessed [a-z]+|"
    r"corpus christi|english martyrs|the annunciation|emmanuel|bishop [a-z]+|cardinal [a-z]+)'?s?)(?![a-z])"
)
_SCHOOLING = re.compile(
    r"\b(?:go|goes|went|going|attends?|attended|at|moved|got into|started|start|teach|teaches|"
    r"excluded from|expelled from|kicked out of|"
    r"leave|left|joined|study|studying|year \d+|yr \d+)(?: (?:to|at|from|of|in))? $|\b(?:kids|teachers?|"
    r"pupils|everyone|students?) (?:at|from|in) $"
)
_STUDYING = re.compile(
    r"\b(?:go to|goes to|attends?|(?:year|yr) \d+ (?:at|in)|teachers? (?:at|from)|(?:excluded|"
    r"expelled) from|kicked out of) $"
)
_ENROLLED = re.compile(
    r"\b(?:i|we|he|she|they|who|kids|son|daughter|brother|sister|mate|friend) (?:\w+ )?(?:go|goes|went|"
    r"attends?|attended) (?:to )?"
    r"(?P<it>[a-z]+)\b(?! (?:on|every|with|after|when|for|and|home|school|to|in|at|by|once|twice))|"
    r"\b(?:year|yr) ?\d{1,2} (?:at|in) (?P<it2>[a-z]+)\b|"
    r"\b(?:teachers?|pupils?|head|students?|ta|tas|senco|lessons|kids) (?:at|"
    r"from) (?P<it3>[a-z]+)(?= (?:is|are|was|were|need|should|can|help|dont|don't|do|let)\b|[.,!]|$)|"
    r"\b(?:my|our|his|her|their|old|new) (?:old |new |last |first |primary |secondary )*(?:school|college|"
    r"nursery|academy|uni|sixth form)"
    r"(?: (?:is called|was called|called|named|is|was|'s called)|, |: ) ?(?:the )?(?P<it4>[a-z']+)"
)


_PLACELIKE = re.compile(
    r"[a-z]{2,}(?:fields?|woods?|lands?|side|brook|hill|hurst|ford|ley|leigh|bury|bank|view|dale|gate|mead|"
    r"meadows?|church|mount|grove|"
    r"oaks?|bridge|mere|cliffe?|worth|thorpe|croft|stone|bourne|holme|shaw|combe|well|ways?|moor|wick|park)"
)
_THE = (
    r"the (?:grange|priory|willows|beeches|oaks|meadows|limes|cedars|elms|laurels|heath|links|downs|avenue|orchards?|"
    r"warren|manor|hollies|firs|pines|mount|chase|ridings|weald|lawns|brook|vale|hawthorns|poplars|sycamores|chestnuts|"
    r"ridgeway|bridges?|deanery|minster|abbey|king'?s|queen's|spinney|larches|birches|rowans|maples|glebe|hermitage|acorns)"
)
_THE_NAMED = re.compile(rf"\b(?:i|he|she|we|they|son|daughter|brother|sister) (?:go|goes|went) to (?P<it>{_THE})\b")
_AT_THE_NAMED = re.compile(rf"\b(?:at|from|to|of) (?P<it>{_THE})\b(?! (?:park|road|street|centre|estate|hub|club))")
_SCHOOLED = re.compile(
    r"\b(?:excluded|pru|schools?|year \d+|yr \d+|teachers?|lessons?|exams?|gcses?|pupils?|nursery|sixth form|senco)\b"
)
_AT_PROPER = re.compile(
    r"\b(?:[Ii]'?m at|[Ii] (?:go|went|used to go) to|(?:[Hh]ead|[Ss]taff|[Tt]eachers?|[Pp]upils|SENCO|"
    r"[Yy]ear \d+) (?:at|from|in)|[Oo]ur school|[Mm]y school|"
    r"(?:is|was|are|starts?|started|place|now|them|him|her|kids) at|attends?|(?:excluded|expelled) from|"
    r"kicked out of|moved to) "
    r"(?P<it>[A-Z][a-z]+(?:'s)?(?: [A-Z][a-z]+)?)\b(?! (?:Road|Street|Lane|Avenue|Hospital|Park Road|House|"
    r"Centre|Station))"
)
_ACTS = re.compile(
    r" (?:do|does|is|are|has|have|was|were|let|lets|needs?|should|never|always|didn'?t|don'?t|won'?t|put)\b"
)
_TO_AND_FRO = re.compile(
    r"\b(?:moved?|transferred|switched|changed|went) (?:\w+ )?(?:from (?P<it>[a-z]+) to|to (?P<it2>[a-z]+) from)\b"
    r"(?=[^.!?\n]{0,60}\b(?:year|yr|school|term|teachers?|gcses?|exams?|primary|secondary|sixth)\b)"
)
_PLACE_AT = re.compile(
    r"\b(?:places?|lessons?|assembly|nurse|detention|prefect|pupils?|students?|exams?|gcses?|prom|sixth form|lunch|"
    r"isolation|parents evening|open day|head teacher|headteacher|deputy|governor|senco|tas?|teach|taught|settled|"
    r"bullied|started|starting|enrolled) (?:at|in|from) (?P<it>[a-z]+(?: (?:mead|hill|park|green|lane|bank|wood|lea|"
    r"field|view|gate|vale|heath|grove|manor|hall|end|cross|brook|moor|road))?)\b"
)
_SINCE = re.compile(
    r"\bat (?P<it>[a-z]+) (?:since|in|from|for) (?:year|yr|reception|september|nursery)\b|"
    r"\b(?:excluded|expelled|kicked out|suspended) (?:from|of|out of) (?P<it2>[a-z]+)\b|"
    r"\bhead (?:at|of) (?P<it3>[a-z]+)\b"
)


def find(reading: Reading) -> Iterator[Place]:
    yield from _by_ending(reading)
    yield from _by_saint(reading)
    yield from _by_cue(reading)
    yield from search(_THE_NAMED, reading.low)
    for start, end in search(_AT_PROPER, reading.text):
        inside = [word.low for word in reading.words if start <= word.start and word.end <= end]
        placed = (
            lexicon.words("places") | lexicon.words("brands") | lexicon.words("peoples") | lexicon.words("given_names")
        )
        if inside and inside[0] not in placed and (len(inside) > 1 or _may_be_school(inside[0])):
            yield start, end


def _by_ending(reading: Reading) -> Iterator[Place]:
    """A proper-looking name, any qualities ("rc", "girls'"), then a word that ends a school's name."""
    words = reading.words
    for at, word in enumerate(words):
        if word.low not in _ENDINGS or (at + 1 < len(words) and _joined(reading, at) and words[at + 1].low in _ENDINGS):
            continue
        first = at
        while first > 0 and _joined(reading, first - 1) and words[first - 1].low in _QUALITIES:
            first -= 1
        named = _name_start(reading, first, word.low)
        if named < first:
            yield words[named].start, _form_end(words, at)


def _name_start(reading: Reading, first: int, ending: str) -> int:
    """Index of the word where the name before word `first` starts; `first` itself where there is no name."""
    words, named = reading.words, first
    while named > 0 and first - named < 4 and _joined(reading, named - 1) and _names_place(reading, named - 1):
        named -= 1
    if named == first and ending not in _WEAK_ENDINGS:
        while (
            named > 0
            and first - named < 3
            and _joined(reading, named - 1)
            and words[named - 1].low not in lexicon.words("school_stops")
        ):
            named -= 1
        if named == 0 or words[named - 1].low not in _INTO:
            named = first
    named = min(named, _capital_start(reading, first))
    if 0 < named < first and words[named - 1].low in _HONOURS | {"the"}:
        named -= 1
    return named


def _capital_start(reading: Reading, first: int) -> int:
    """Where a run of capitalised words before a capitalised ending starts ("Little Acorns Nursery")."""
    words, named = reading.words, first
    if not words[first].text[0].isupper() or reading.text == reading.text.upper():
        return first
    while named > 0 and first - named < 4 and words[named - 1].text[0].isupper() and _joined(reading, named - 1):
        named -= 1
    alone = first - named == 1 and words[named].low in lexicon.words("school_stops")
    return first if alone or words[named].low in {"my", "our", "a", "an", "i"} else named


def _form_end(words: tuple[Word, ...], at: int) -> int:
    """Where "sixth form college" ends, given that word `at` is "sixth"; otherwise the end of word `at`."""
    for follower in ("form", "college"):
        if at + 1 < len(words) and words[at + 1].low == follower:
            at += 1
    return words[at].end


def _joined(reading: Reading, at: int) -> bool:
    """Whether nothing but a blank (or the full stop of "St.") stands between word `at` and the next."""
    between = reading.low[reading.words[at].end : reading.words[at + 1].start]
    return between in {" ", "  ", "' "} or (between == ". " and reading.words[at].low == "st")


def _names_place(reading: Reading, at: int) -> bool:
    """Whether a word can be part of a school's name: a rare word, a name, or a telling capital."""
    word = reading.words[at]
    if word.low in lexicon.words("school_stops"):
        return False
    plain = word.low.removesuffix("'s").removesuffix("s'")
    if plain.removesuffix("s") in lexicon.words("trees_and_the_like"):
        return True
    if (
        plain in lexicon.words("trees_and_the_like")
        or plain in lexicon.words("surnames")
        or word.low in {"st", "saint"}
    ):
        return True
    if plain in lexicon.words("given_names"):
        return plain not in lexicon.words("kin_words") and plain != "sky"
    if cues.listing(word.low) is cues.Listing.UNKNOWN:
        return len(plain) > 2
    return cues.capital(reading, at) == "inner"


def _by_saint(reading: Reading) -> Iterator[Place]:
    towns = lexicon.words("saint_places")
    for match in _SAINT.finditer(reading.low):
        name, before = match.group("name"), reading.low[max(0, match.start() - 60) : match.start()]
        if re.search(r"\d[a-z]?,? (?:\w+ )?$", before) or name in lexicon.words("school_stops"):
            continue
        if name in towns and not (_is_schooled(reading.low[match.end() :]) or _STUDYING.search(before)):
            continue
        if _SCHOOLING.search(before) or name.endswith("s") or _is_schooled(reading.low[match.end() :]):
            yield match.span("it")
    for match in _HOLY.finditer(reading.low):
        after = re.match(
            r"(?: (?:rc|c of e|ce|catholic|girls|boys))* (?:primary|school|academy|juniors|infants|high|"
            r"secondary|college)(?: school)?",
            reading.low[match.end() :],
        )
        if after:
            yield match.start(), match.end() + after.end()
        elif (
            match.group().startswith("our lady ")
            or _ACTS.match(reading.low[match.end() :])
            or _SCHOOLING.search(reading.low[max(0, match.start() - 60) : match.start()])
        ):
            yield match.span("it")


def _is_schooled(after: str) -> bool:
    return re.match(r" (?:year|yr|school|pupils|teachers)|[^.!?\n]{0,24}\bschools?\b", after) is not None


def _by_cue(reading: Reading) -> Iterator[Place]:
    if _SCHOOLED.search(reading.low):
        yield from search(_AT_THE_NAMED, reading.low)
    for start, end in search(_PLACE_AT, reading.low):
        if _is_placelike(reading.low[start:end]):
            yield start, end
    cued = (_ENROLLED, _SINCE, _TO_AND_FRO)
    for match in (match for pattern in cued for match in pattern.finditer(reading.low)):
        group = match.lastgroup or 0
        start, end = match.span(group)
        inside = next((word for word in reading.words if word.start == start), None)
        if inside is not None and _may_be_school(inside.low):
            yield start, end


def _is_placelike(low: str) -> bool:
    known = lexicon.words("placelike_words") | lexicon.words("places")
    return low not in known and _PLACELIKE.fullmatch(low.replace(" ", "")) is not None


def _may_be_school(low: str) -> bool:
    """A word that is neither everyday, nor a person, nor a town or shop we know, or built like a place."""
    lists = ("places", "brands", "school_stops", "peoples")
    if any(low in lexicon.words(name) for name in lists) or low.endswith("ing"):
        return False
    if _is_placelike(low):
        return True
    return (
        len(low) > 3
        and cues.listing(low) in (cues.Listing.UNKNOWN, cues.Listing.SURNAME)
        and (not any(low in lexicon.words(name) for name in lists))
    )


RECOGNIZER = Recognizer("schools", Kind.SCHOOL, find)
