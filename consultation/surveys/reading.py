"""How hard an English text is to read: its sentences, its syllables, and the age that the Flesch-Kincaid formula gives.

The formula (Kincaid et al. 1975) was made for texts of a hundred words. Of a single short sentence it says little: one
long word moves it by years. So sentences of five words or more count, all those of a text together, and a text with
fewer than twelve such words has no age of its own. It knows length alone: no idiom, no rare short word, no odd order.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST = 5  # words of a sentence that counts
ENOUGH = 12  # words on which an age is said
SCHOOL_BEGINS = 5  # years old: American grade 1 is age 6

END = re.compile(r"(?<=[.!?:;])[”\"’)]*\s+|\n+")
WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
VOWELS = re.compile(r"[aeiouy]+")
EVERY = ((re.compile("^every"), "evry"), (re.compile("^some(?=[a-z])"), "sum"), (re.compile("one$(?<=[ey]one)"), "wun"))
# Vowels that are spoken apart: area, idea, being, quiet, evaluate.
APART = re.compile(
    r"(?<![tscgqx])i[ao]|(?<=[vrd])i[ao]|i(?=um|est$|er$|ence|et)|[aeouy](?=ing)|[^aeiou]ea(?=s?$)|(?<![qgn])u[ao](?!y)|"
    r"eo(?=s?$)|eous$|ism$|oe(?=v)"
)
# An e that is not spoken: name, names, named, safely, safeguard; but people, pages, wanted.
SILENT = re.compile(
    r"(?<![aeiouyl])e$|(?<=[aeiouyrl]l)e$|(?<![aeiouydtl])ed$|(?<=[aeiouyrl]l)ed$|(?<![aeiouycgsxzl])(?<![cs]h)es$|"
    r"(?<=[aeiouy]l)es$|(?<=[aeiouy][^aeioulry])e(?=ly$|ment|ful$|less$|where$|guard|ty$|ness$)"
)


@dataclass(frozen=True)
class Measure:
    """What is counted of one text or of many: `words` and `syllables` in the `sentences` that are long enough."""

    sentences: int = 0
    words: int = 0
    syllables: int = 0

    @property
    def age(self) -> float | None:
        """The age at which it can be read; None where there is too little to say."""
        if self.words < ENOUGH:
            return None
        grade = 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59
        return grade + SCHOOL_BEGINS


def sentences(text: str) -> list[str]:
    """A line, and what ends in a stop or a colon, is a sentence."""
    return [each.strip() for each in END.split(text) if each.strip()]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def syllables(word: str) -> int:
    """Of an English word, by its letters: right for 99 words in 100 of Sayso's own. A number counts as one."""
    spelt = word.casefold().replace("’", "'")
    spoken_not = bool(re.search(r"[^aeiouyr]n't$", spelt))  # isn't has two, can't and aren't one
    spelt = re.sub(r"[^a-z]", "", spelt.removesuffix("'s"))
    for pattern, sound in EVERY:
        spelt = pattern.sub(sound, spelt)
    count = len(VOWELS.findall(spelt)) - len(SILENT.findall(spelt)) + len(APART.findall(spelt))
    return max(1, count) + spoken_not


def measure(texts: Iterable[str]) -> Measure:
    """Of all their sentences together."""
    counted = [found for text in texts for each in sentences(text) if len(found := words(each)) >= SHORTEST]
    return Measure(len(counted), sum(map(len, counted)), sum(syllables(word) for each in counted for word in each))


def reading_age(text: str) -> float | None:
    return measure([text]).age
