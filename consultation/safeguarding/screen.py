"""The screen that every text passes before anything else: text in, concern out.

Joins named patterns with the learnt head; the graver of the two counts. Must not store, log or send anything,
nor know who wrote the text, what was asked or what happens next.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from consultation.content import load
from consultation.domain.concern import Concern, Level
from consultation.encoder import Encoder, MiniLM
from consultation.safeguarding.examples import Example, load_examples
from consultation.safeguarding.head import Chances, Head, load_head
from consultation.safeguarding.patterns import Hit, Pattern, find, load_patterns
from consultation.safeguarding.spelling import Reading, read

SHIPPED = Path(__file__).with_name("thresholds.yaml")


class Screen(Protocol):
    """Judges one text. Pure: the same text always gets the same concern."""

    def __call__(self, text: str) -> Concern: ...


class Thresholds(BaseModel):
    """Chances from which the screen speaks. `signed_off` is when and by whom the safeguarding lead approved them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    note: str = ""
    support: float = Field(gt=0, lt=1)
    immediate: float = Field(gt=0, lt=1)
    pattern: float = Field(gt=0, lt=1)
    signed_off: str | None = None


@dataclass(frozen=True)
class PatternScreen:
    """Patterns alone, without a model: the fake for tests, and what is plain to see without learning."""

    patterns: tuple[Pattern, ...]
    thresholds: Thresholds

    def __call__(self, text: str) -> Concern:
        hits = find(read(text), self.patterns)
        return _from_pattern(hits[0], self.thresholds.pattern) if hits else Concern(Level.NONE, 0.0, "Nothing found.")


@dataclass(frozen=True)
class FullScreen:
    """Patterns and head together: the screen of the real system."""

    patterns: tuple[Pattern, ...]
    thresholds: Thresholds
    head: Head
    encoder: Encoder
    concerns: tuple[Example, ...]  # in the order of the head's vectors

    def __call__(self, text: str) -> Concern:
        reading = read(text)
        if not any(letter.isalpha() for letter in reading.text):
            return Concern(Level.NONE, 0.0, "Nothing to read.")
        hits = find(reading, self.patterns)
        learnt = self._from_head(reading, self.head.judge(reading, self.encoder))
        if not hits:
            return learnt
        plain = _from_pattern(hits[0], max(self.thresholds.pattern, learnt.score))
        if learnt.level.rank > plain.level.rank:
            return Concern(learnt.level, plain.score, plain.reason, plain.span)
        return plain

    def _from_head(self, reading: Reading, chances: Chances) -> Concern:
        level = Level.NONE
        if chances.immediate >= self.thresholds.immediate:
            level = Level.IMMEDIATE
        elif chances.concern >= self.thresholds.support:
            level = Level.SUPPORT
        score = round(max(chances.concern, chances.immediate), 4)
        if level is Level.NONE:
            return Concern(level, score, "Nothing found.")
        nearest = self.concerns[chances.nearest]
        reason = f"Reads most like an example of {nearest.kind.replace('_', ' ')}: “{nearest.text}”"
        return Concern(level, score, reason, reading.span(*chances.span))


@cache
def load_screen() -> FullScreen:
    """The shipped screen, loaded once. Raises ModelUnavailable, InvalidHead, BadFile."""
    encoder = MiniLM()
    concerns = tuple(each for each in load_examples() if each.level is not Level.NONE)
    return FullScreen(load_patterns(), load_thresholds(), load_head(encoder), encoder, concerns)


def screen(text: str) -> Concern:
    """Judge one text with the shipped screen."""
    return load_screen()(text)


def load_thresholds(path: Path = SHIPPED) -> Thresholds:
    """Raises `BadFile`."""
    return load(path, Thresholds)


def _from_pattern(hit: Hit, score: float) -> Concern:
    return Concern(hit.pattern.level, score, hit.pattern.reason, hit.span)
