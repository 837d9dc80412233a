"""People by what they are to the writer, in another language than English: kin, friends and workers.

Hits: "mój brat Kuba", "fratele meu Andrei", "мій брат тарас", "أختي نور", "میری بہن ثنا", "ffrind fi Osian".
Near misses: "mój brat jest chory", "sora mea e la liceu", "мій брат грає", "أخي يلعب", "my brother Kuba",
"ffrind gora".
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


def find(reading: Reading) -> Iterator[Place]:
    if not is_foreign(reading.text):
        return
    for match in _related().finditer(reading.low):
        for at in reading.words_in(*match.span("it"))[:1]:
            low, proper = reading.words[at].low, cues.capital(reading, at) == "inner"
            sure = beyond_english.is_other_script(low) or not beyond_english.is_everyday(low)
            listed = sure and beyond_english.is_listed(low)
            if listed or (proper and not beyond_english.is_nobody(low)):
                yield reading.words[at].start, name_end(reading, at)


@cache
def _related() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?:{beyond_english.phrases('kin')})(?: (?:{beyond_english.phrases('between')}))*(?: ?[,(:\-])? "
        rf"(?P<it>(?!(?:{beyond_english.phrases('between')})\b){beyond_english.WORD})"
    )


RECOGNIZER = Recognizer("relations_beyond_english", Kind.PERSON, find)
