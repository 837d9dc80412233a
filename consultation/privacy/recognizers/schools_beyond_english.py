"""Schools by number or name in another language than English.

Hits: "Szkoła Podstawowa nr 7", "liceum im. Adama Mickiewicza", "Școala nr. 3", "Liceul Teoretic Ion Creangă",
"школа №5", "гімназія імені Франка", "مدرسة ابن سينا", "سکول نمبر 3", "Ysgol Gynradd Bryn Awel", "ysgol penweddig".
Near misses: "polska szkoła w sobotę", "szkoła jest fajna", "liceul e departe", "у школі добре", "مدرسة جيدة",
"سکول اچھا ہے", "ysgol yn dda", "ysgol gynradd newydd".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import beyond_english, cues
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search
from consultation.words import is_foreign

_NUMBER = r"(?:nr|no|numer|numarul|номер|n)?\.? ?\d{1,3}\b"
_KINDS = (
    r"(?:(?:polsk|sobotni|katolick|prywatn)\w+ )*(?:szkol\w+|przedszkol\w+|lice\w+|gimnazj\w+|technik\w+|sp|lo)"
    r"(?: (?:podstawow|publiczn|sredni|polsk|ogolnoksztalcac|zawodow|integracyjn|sobotni|katolick|muzyczn)\w+)*",
    r"(?:scoal[aei]\w*|scolii|lice(?:ul|u|ului)|colegiul\w*|gradinit[aei]\w*|gimnaziul\w*)"
    r"(?: (?:gimnazial|primar|general|teoretic|national|normal|tehnologic|profesional|postliceal|pedagogic)\w*)*",
    r"(?:школ\w+|гімназі\w+|ліце\w+|садоч?к\w*|дитсад\w*|гимнази\w+|лице\w+|интернат\w*|інтернат\w*)"
    r"(?: (?:загальноосвітн|середн|початков|музичн|средн|начальн)\w*)*",
)
_NUMBERED = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(_KINDS)}) ?{_NUMBER}|(?:سکول|اسکول|مدرسة|مدرسه) (?:نمبر|رقم) ?\d{{1,3}}"
)
_NAMED_AFTER = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(_KINDS)})(?: {_NUMBER})? (?:im|imienia|імені|ім|имени)\.? \w+(?: \w+)?"
)
_KIND = re.compile(rf"(?<![^\W_])(?:{'|'.join(_KINDS)})(?= )")
_CONSTRUCT = re.compile(
    r"(?<![^\W_])[وبفل]?(?:مدرسة|مدرسه|مدارس|ثانوية|ثانويه|روضة|روضه|حضانة|معهد|اعدادية|متوسطة) "
    r"(?P<name>(?:(?:ابن|ابو|ابي|الشهيد|القديس|القديسة|الامام|الملك|الملكة) )?\w+)"
    r"(?: (?:الابتدائية|الابتدائيه|الثانوية|الثانويه|الاعدادية|الاعداديه|المتوسطة|للبنات|للبنين|الخاصة|الدولية))*"
)
_URDU = re.compile(
    r"(?<![^\W_])(?:(?:گورنمنٹ|گرلز|بوائز|ہائی|ہاي|پرائمری|مڈل|ماڈل|پبلک|گرامر|اسلامیہ) ?){2,}(?:سکول|اسکول|کالج)"
    r"(?: نمبر ?\d{1,3})?"
)
_WELSH = re.compile(
    r"(?<![^\W_])(?:n?h?g?ysgol|coleg|ngholeg|goleg|[fm]eithrinfa|cylch meithrin)(?: (?:gynradd|uwchradd|gyfun|"
    r"feithrin|gymraeg|iau|babanod|arbennig|bro|y|yr))*(?= )"
)


def find(reading: Reading) -> Iterator[Place]:
    if not is_foreign(reading.text):
        return
    for pattern in (_NUMBERED, _NAMED_AFTER, _URDU):
        for start, end in search(pattern, reading.low):
            yield start, _on(reading, end)
    for pattern in (_KIND, _WELSH):
        for start, end in search(pattern, reading.low):
            named = _on(reading, end, also_small=pattern is _WELSH)
            if named > end:
                yield start, named
    for match in _CONSTRUCT.finditer(reading.low):
        if not beyond_english.is_everyday(match.group("name")) or beyond_english.is_listed(match.group("name")):
            yield match.span()


def _on(reading: Reading, end: int, *, also_small: bool = False) -> int:
    """Where a school's name ends that may go on after `end`: over words with a capital, or listed names. In Welsh,
    whose schools are named after places, also over words that are no everyday ones, written small."""
    after = [at for at, word in enumerate(reading.words) if word.start > end - 1]
    for at in after[:4]:
        low = reading.words[at].low
        proper = cues.capital(reading, at) == "inner" and cues.gap(reading, at) == " "
        listed = beyond_english.is_listed(low) and not beyond_english.is_word_too(low)
        small = also_small and not beyond_english.is_everyday(low) and len(low) > 3
        if cues.gap(reading, at) != " " or not (proper or listed or small):
            break
        end = reading.words[at].end
    return end


RECOGNIZER = Recognizer("schools_beyond_english", Kind.SCHOOL, find)
