"""Joins the recognizers and the name model into one detector, and settles where their spans overlap.

Must not know how any one kind is recognized, nor what replaces a span.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Protocol

from consultation.domain.text import Kind, Span
from consultation.privacy import cues, names
from consultation.privacy.allowed import allowed_words
from consultation.privacy.rampart import Rampart, Tagger
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import RECOGNIZERS

_NICKNAMING = frozenset(["big", "lil", "little", "wee", "mad"])
_TRUST = [
    Kind.EMAIL, Kind.LINK, Kind.HANDLE, Kind.NHS_NUMBER, Kind.NI_NUMBER, Kind.POSTCODE, Kind.DATE_OF_BIRTH,
    Kind.PHONE, Kind.OTHER_ID, Kind.ADDRESS, Kind.SCHOOL, Kind.AGE, Kind.PERSON,
]  # fmt: skip


class Detector(Protocol):
    """Finds what could identify a person."""

    def detect(self, text: str) -> tuple[Span, ...]:
        """Spans in offsets of the text as typed, sorted, none overlapping another."""
        ...


class WordDetector:
    """A detector for tests: finds the words it was told, as whole words, and nothing else."""

    def __init__(self, known: dict[str, Kind]) -> None:
        self._known = known

    def detect(self, text: str) -> tuple[Span, ...]:
        words = Reading.of(text)
        return tuple(
            words.typed(word.start, word.end, self._known[word.low]) for word in words.words if word.low in self._known
        )


class JointDetector:
    """The recognizers and the name model together."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def detect(self, text: str) -> tuple[Span, ...]:
        """See Detector. Raises whatever the tagger raises: a text that was half looked at is not safe."""
        reading = Reading.of(text)
        if not reading.low.strip():
            return ()
        allowed = allowed_words(reading)
        found = _beside_tokens(reading, [*_recognized(reading, allowed), *_named(reading, allowed, self._tagger)])
        return tuple(reading.typed(span.start, span.end, span.kind) for span in settle(found))


def _recognized(reading: Reading, allowed: frozenset[int]) -> Iterator[Span]:
    for recognizer in RECOGNIZERS:
        for start, end in recognizer.find(reading):
            inside = [at for at, word in enumerate(reading.words) if word.start < end and start < word.end]
            if recognizer.kind is Kind.PERSON and inside and allowed.issuperset(inside):
                continue
            yield Span(start, end, recognizer.kind)


def _named(reading: Reading, allowed: frozenset[int], tagger: Tagger) -> Iterator[Span]:
    """Spans of neighbouring words that the name model holds for names."""
    likely = names.find_names(reading, tagger.tag(reading.low)) - allowed
    start: int | None = None
    for at, word in enumerate(reading.words):
        if at not in likely:
            start = None
            continue
        if start is None or cues.gap(reading, at) not in {" ", "'", ""}:
            start = reading.words[at - 1].start if _begins_name(reading, at - 1) else word.start
        yield Span(start, word.end, Kind.PERSON)


def _begins_name(reading: Reading, at: int) -> bool:
    """Whether word `at` is an initial ("J. Osei") or a nickname's first half ("big Dave") of the name after it."""
    if at < 0:
        return False
    word, between = reading.words[at], cues.gap(reading, at + 1)
    if len(word.text) > 1:
        return word.low in _NICKNAMING and between == " "
    return word.text not in {"I", "a", "i", "n"} and (between == "'" or (between == " " and word.text.isupper()))


def _beside_tokens(reading: Reading, spans: list[Span]) -> Iterator[Span]:
    """Leave the tokens of an earlier redaction whole: a span inside one is dropped, others take all of it."""
    for span in spans:
        cut = [(start, end) for start, end in reading.tokens if start < span.end and span.start < end]
        if not any(start <= span.start and span.end <= end for start, end in cut):
            edges = [(span.start, span.end), *cut]
            yield Span(min(start for start, _ in edges), max(end for _, end in edges), span.kind)


def settle(spans: Iterable[Span]) -> list[Span]:
    """Join overlapping spans into one that covers them all, of the longest's kind (then the most trusted)."""
    settled: list[Span] = []
    longest: list[Span] = []
    for span in sorted(spans):
        if settled and span.start < settled[-1].end:
            best = min(longest[-1], span, key=lambda one: (one.start - one.end, _TRUST.index(one.kind)))
            longest[-1] = best
            settled[-1] = Span(settled[-1].start, max(settled[-1].end, span.end), best.kind)
        else:
            settled.append(span)
            longest.append(span)
    return settled


_loading = threading.Lock()


def default_detector() -> Detector:
    """The detector that the product uses; the model is loaded once and shared. Raises ModelUnavailable."""
    with _loading:
        return _joint()


@cache
def _joint() -> JointDetector:
    return JointDetector(Rampart())
