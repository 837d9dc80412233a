"""Names that stand by themselves in another language than English: listed ones, and words with a telling capital.

Hits: "rozmawiałem z Agnieszką", "bawię się z kacprem", "дружу з Тарасом", "وعائشة تساعدني", "lucrez cu Bogdan Filimon".
Near misses: "Mieszkam w Anglii", "ani jeden", "у Львові", "ذهبت الى سوريا", "spędzamy Wielkanoc", "my mate Kacper".
"""

from __future__ import annotations

from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy import beyond_english, cues
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer
from consultation.words import is_foreign

_MOST_CAPITALS = 0.5  # of the words; a text with more of them is written so, and its capitals tell nothing


def find(reading: Reading) -> Iterator[Place]:
    foreign = is_foreign(reading.text)
    capitals = [word.text[0].isupper() for word in reading.words]
    telling = foreign and sum(capitals) <= _MOST_CAPITALS * len(capitals)
    for at, word in enumerate(reading.words):
        if not (foreign or beyond_english.is_other_script(word.low)) or any(letter.isdigit() for letter in word.low):
            continue
        if _is_listed(reading, at) or (telling and _is_proper(reading, at)):
            yield word.start, name_end(reading, at)


def name_end(reading: Reading, at: int) -> int:
    """Where a name that starts with word `at` ends: words with a capital, and listed names, go on with it."""
    last = at
    while last + 1 < len(reading.words) and last - at < 3 and cues.gap(reading, last + 1) == " ":
        low = reading.words[last + 1].low
        proper = cues.capital(reading, last + 1) == "inner" and not beyond_english.is_nobody(low)
        sure = beyond_english.is_other_script(low) or not beyond_english.is_word_too(low)
        if not proper and not (sure and beyond_english.is_listed(low)):
            break
        last += 1
    return reading.words[last].end


def _is_listed(reading: Reading, at: int) -> bool:
    """A listed name that is no word too, or one that is and has a telling capital."""
    low = reading.words[at].low
    if len(low) < 3 or not beyond_english.is_listed(low):
        return False
    return not beyond_english.is_word_too(low) or cues.capital(reading, at) == "inner"


def _is_proper(reading: Reading, at: int) -> bool:
    """A word with a telling capital that is neither an everyday one nor a place's, nor stands where a place's would."""
    low = reading.words[at].low
    if len(low) < 3 or cues.capital(reading, at) != "inner" or beyond_english.is_everyday(low):
        return False
    placed = at > 0 and reading.words[at - 1].low in beyond_english.words("into")
    return not placed and not beyond_english.is_nobody(low)


RECOGNIZER = Recognizer("names_beyond_english", Kind.PERSON, find)
