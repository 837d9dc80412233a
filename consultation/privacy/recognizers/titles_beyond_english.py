"""People with a title in another language than English.

Hits: "pani Nowak", "lubie pana wilczka", "doamna Rusu", "пані Олена", "مس رانيا", "الأستاذة هناء", "athrawes Catrin".
Near misses: "pani w sekretariacie", "pan dyrektor", "doamna de la cantină", "пан директор", "مس تصرخ", "peter pan".
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

_LIKE_A_VERB = re.compile(r"[يتنب]\w{3,}|ما|لا")


def find(reading: Reading) -> Iterator[Place]:
    if not is_foreign(reading.text):
        return
    for match in _titled().finditer(reading.low):
        for at in reading.words_in(*match.span("it"))[:1]:
            if _is_name(reading, at):
                yield reading.words[at].start, name_end(reading, at)


def _is_name(reading: Reading, at: int) -> bool:
    low = reading.words[at].low
    if low in beyond_english.words("roles"):
        return False
    if beyond_english.is_listed(low) or cues.capital(reading, at) == "inner":
        return True
    return len(low) > 2 and not beyond_english.is_everyday(low) and not _LIKE_A_VERB.fullmatch(low)


@cache
def _titled() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{beyond_english.phrases('titles')})\.? (?P<it>{beyond_english.WORD})")


RECOGNIZER = Recognizer("titles_beyond_english", Kind.PERSON, find)
