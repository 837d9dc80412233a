"""People who name themselves or others in another language than English.

Hits: "mam na imię Kuba", "mă numesc Ioana", "мене звати Тарас", "اسمي ليلى", "میرا نام علی ہے", "fy enw i yw Gethin",
"Gethin dwi", "я Тарас", "jestem Kuba".
Near misses: "mam na imię i nazwisko", "jestem zmęczony", "أنا سعيد", "my name is Kuba", "fi yw hwn".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from consultation.domain.text import Kind
from consultation.privacy import beyond_english, cues
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.names_beyond_english import name_end
from consultation.privacy.recognizers.recognizer import Place, Recognizer
from consultation.words import is_foreign

_AFTERWARDS = re.compile(rf"(?P<it>{beyond_english.WORD}) (?:dwi|dw i|ydw i|ydwi|yw fy enw|ydi fy enw|yw'r enw)\b")


def find(reading: Reading) -> Iterator[Place]:
    for match in _naming("introducing").finditer(reading.low):
        for at in reading.words_in(*match.span("it"))[:1]:
            low, proper = reading.words[at].low, cues.capital(reading, at) == "inner"
            if proper or beyond_english.is_listed(low) or not beyond_english.is_everyday(low):
                yield reading.words[at].start, name_end(reading, at)
    if is_foreign(reading.text):
        for pattern in (_naming("self"), _AFTERWARDS):
            for match in pattern.finditer(reading.low):
                for at in reading.words_in(*match.span("it"))[:1]:
                    low, proper = reading.words[at].low, reading.words[at].text[0].isupper()
                    if beyond_english.is_listed(low) and (proper or not beyond_english.is_word_too(low)):
                        yield reading.words[at].start, name_end(reading, at)


@cache
def _naming(group: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?:{beyond_english.phrases(group)})(?: to| jest| e| este| is|,|:)* (?P<it>{beyond_english.WORD})"
    )


RECOGNIZER = Recognizer("introductions_beyond_english", Kind.PERSON, find)
