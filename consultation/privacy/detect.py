"""Joins the recognizers and the name model into one detector, and settles where their spans overlap.

Must not know how any one kind is recognized, nor what replaces a span.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

from consultation.domain.text import Kind, Span
from consultation.privacy.rampart import Rampart, Tagger
from consultation.privacy.reading import Reading


class Detector(Protocol):
    """Finds what could identify a person."""

    def detect(self, text: str) -> tuple[Span, ...]:
        """Spans in offsets of the text as typed, sorted, none overlapping another."""
        ...


class JointDetector:
    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def detect(self, text: str) -> tuple[Span, ...]:
        reading = Reading.of(text)
        out: list[Span] = []
        for tag in self._tagger.tag(reading.low):
            if tag.scores.get("given_name", 0) + tag.scores.get("surname", 0) > 0.5:
                if out and tag.start - out[-1].end <= 1:
                    out[-1] = Span(out[-1].start, tag.end, Kind.PERSON)
                else:
                    out.append(Span(tag.start, tag.end, Kind.PERSON))
        return tuple(reading.typed(s.start, s.end, s.kind) for s in out)


@cache
def default_detector() -> Detector:
    """The detector that the product uses; the model is loaded once and shared. Raises ModelUnavailable."""
    return JointDetector(Rampart())
