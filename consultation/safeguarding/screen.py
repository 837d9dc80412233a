"""The screen that every text passes before anything else: text in, concern out.

Joins named patterns, of English and of other languages, with the learnt head; the graver of the two counts. The head
learnt from English, so that it hardly counts where a text is in another language. Must not store, log or send anything,
nor know who wrote the text, what was asked or what happens next.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from consultation.content import load
from consultation.domain.concern import Concern, Level
from consultation.safeguarding.examples import ALLEGATION, Example, load_examples
from consultation.safeguarding.head import Chances, Head, load_head
from consultation.safeguarding.letters import bare
from consultation.safeguarding.patterns import Hit, Pattern, find, load_other_languages, load_patterns
from consultation.safeguarding.spelling import Reading, read
from consultation.words import is_foreign

SHIPPED = Path(__file__).with_name("thresholds.yaml")


class Screen(Protocol):
    """Judges one text. Pure: the same text always gets the same concern."""

    def __call__(self, text: str) -> Concern: ...


class Thresholds(BaseModel):
    """Chances from which the screen speaks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    support: float = Field(gt=0, lt=1)
    immediate: float = Field(gt=0, lt=1)
    staff: float = Field(default=0.15, gt=0, lt=1)
    foreign: float = Field(default=0.95, gt=0, lt=1)
    pattern: float = Field(gt=0, lt=1)


@dataclass(frozen=True)
class PatternScreen:
    """Patterns alone, without a model: the fake for tests, and what is plain to see without learning."""

    patterns: tuple[Pattern, ...]
    thresholds: Thresholds
    other_languages: tuple[Pattern, ...] = field(default_factory=load_other_languages)

    def __call__(self, text: str) -> Concern:
        hits = _gravest_first(find(read(text), self.patterns), find(bare(text), self.other_languages))
        return _from_patterns(hits, self.thresholds.pattern) if hits else Concern(Level.NONE, 0.0, "Nothing found.")


@dataclass(frozen=True)
class FullScreen:
    """Patterns and head together: the screen of the real system."""

    patterns: tuple[Pattern, ...]
    thresholds: Thresholds
    head: Head
    concerns: tuple[Example, ...]  # in the order in which the head knows them
    other_languages: tuple[Pattern, ...] = field(default_factory=load_other_languages)

    def __call__(self, text: str) -> Concern:
        reading = read(text)
        if not any(letter.isalpha() for letter in reading.text):
            return Concern(Level.NONE, 0.0, "Nothing to read.")
        hits = _gravest_first(find(reading, self.patterns), find(bare(text), self.other_languages))
        learnt = self._from_head(reading, foreign=is_foreign(text), explain=not hits)
        if not hits:
            return learnt
        plain = _from_patterns(hits, max(self.thresholds.pattern, learnt.score))
        level = max(plain.level, learnt.level, key=lambda each: each.rank)
        return replace(plain, level=level, about_staff=plain.about_staff or learnt.about_staff)

    def _from_head(self, reading: Reading, *, foreign: bool, explain: bool) -> Concern:
        chances = self.head.judge(reading.text)
        level = self._level(chances, foreign=foreign)
        score = round(max(chances.concern, chances.immediate), 4)
        if level is Level.NONE:
            return Concern(level, score, "Nothing found.")
        about_staff = chances.staff >= self.thresholds.staff
        if not explain:
            return Concern(level, score, "", about_staff=about_staff)
        nearest = self.concerns[chances.nearest]
        reason = f"Reads most like an example of {nearest.kind.replace('_', ' ')}: “{nearest.text}”"
        return Concern(level, score, reason, self.head.minded(reading), about_staff)

    def _level(self, chances: Chances, *, foreign: bool) -> Level:
        """Of a text in another language the head knows so little that it never calls it immediate."""
        if foreign:
            return Level.SUPPORT if chances.concern >= self.thresholds.foreign else Level.NONE
        if chances.immediate >= self.thresholds.immediate:
            return Level.IMMEDIATE
        return Level.SUPPORT if chances.concern >= self.thresholds.support else Level.NONE


def load_screen(thresholds: Thresholds | None = None, model: Path | None = None) -> FullScreen:
    """The shipped screen, its parts loaded once; with other thresholds, or a sentence model that lies elsewhere, if
    they are given. Raises ModelUnavailable, InvalidHead, BadFile."""
    return FullScreen(load_patterns(), thresholds or load_thresholds(), _head(model), _concerns())


@cache
def _head(model: Path | None) -> Head:
    return load_head(model=model)


@cache
def _concerns() -> tuple[Example, ...]:
    return tuple(each for each in load_examples() if each.level is not Level.NONE)


def screen(text: str) -> Concern:
    """Judge one text with the shipped screen."""
    return load_screen()(text)


def load_thresholds(path: Path = SHIPPED) -> Thresholds:
    """Raises `BadFile`."""
    return load(path, Thresholds)


def _gravest_first(*found: list[Hit]) -> list[Hit]:
    return sorted((hit for hits in found for hit in hits), key=lambda hit: -hit.pattern.level.rank)


def _from_patterns(hits: list[Hit], score: float) -> Concern:
    """What the gravest of them says."""
    first = hits[0]
    about_staff = any(hit.pattern.kind == ALLEGATION for hit in hits)
    return Concern(first.pattern.level, score, first.pattern.reason, first.span, about_staff)
