"""Codes answers with the tuned encoder that ships: each code looks for its own words; must not know how it learned.

An answer is read on its own, never in a batch: sums over a batch round otherwise in the last bit, and the same answer
must get the same codings whatever else is asked with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding import reasons
from analysis.coding.attentive_head import AttentiveHead, Seen, load
from analysis.coding.reading import Reader, side_by_side
from analysis.coding.suggestion import Explanation, Suggestion, UnusableHead
from analysis.records import AnswerRecord, Coding, Facet
from analysis.text import Segment, Word, clauses, words
from consultation.encoder import Offsets

Floats = NDArray[np.float32]

_SILENT = 0.12  # where no code is likelier than this, the answer says nothing that could be coded


@dataclass(frozen=True)
class Sight:
    """What was seen in one answer, and where its pieces stand, (t, 2)."""

    record: AnswerRecord
    offsets: Offsets
    seen: Seen

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(words(self.record.text))

    @cached_property
    def by_word(self) -> Floats:
        """What each word adds to each column's score, (words, c)."""
        return self._added([(each.start, each.end) for each in self.words])

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(clauses(self.record.text)) or (Segment(0, len(self.record.text), self.record.text),)

    @cached_property
    def by_segment(self) -> Floats:
        """What each clause adds to each column's score, (clauses, c)."""
        return self._added([(each.start, each.end) for each in self.segments])

    def _added(self, spans: Sequence[tuple[int, int]]) -> Floats:
        starts, ends = np.array(spans, dtype=np.int32).reshape(-1, 2).T
        first, last = self.offsets.T
        inside = (first < last) & (first < ends[:, None]) & (last > starts[:, None])
        return np.asarray(inside.astype(np.float32) @ self.seen.shares, dtype=np.float32)


class AttentiveCoder:
    """A `Coder` over one head. Raises `UnusableHead` where head and codebook do not belong together."""

    def __init__(self, head: AttentiveHead, codebook: Codebook, reader: Reader) -> None:
        codes = {code for facet, code in head.columns if facet is not Facet.SENTIMENT}
        if codes != {each.id for each in codebook.codes}:
            raise UnusableHead(f"This coder learned other codes than those of {codebook}. Reinstall Sayso.")
        self.head = head
        self.reader = reader
        self._names = {each.id: each.name for each in codebook.codes}

    @property
    def version(self) -> str:
        return self.head.version

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        unread = [reasons.why_passed_over(each) for each in records]
        seen = iter(side_by_side(self.see, [each for each, why in zip(records, unread, strict=True) if why is None]))
        return [
            self._suggestion(next(seen)) if why is None else Suggestion(each.answer_id, (), why, {})
            for each, why in zip(records, unread, strict=True)
        ]

    def explain(self, record: AnswerRecord, codes: Sequence[str]) -> dict[str, Explanation]:
        """For each of these codes, the words that speak for it in the answer, and the most similar exemplars."""
        if reasons.why_passed_over(record) is not None:
            return {}
        sight = self.see(record)
        columns = {code: at for at, (_, code) in enumerate(self.head.columns) if code in set(codes)}
        return {
            code: Explanation(
                words=tuple((each.start, each.end) for each in _telling(sight, column, 0, len(record.text))),
                nearest=tuple(self.head.nearest(sight.seen.likeness, column, 3)),
            )
            for code, column in columns.items()
        }

    def see(self, record: AnswerRecord) -> Sight:
        """One reading of an answer."""
        place = (record.audience, record.question)
        offsets, vectors = self.reader.read(record.text, place)
        return Sight(record, offsets, self.head.score(record.text, vectors, place))

    def _suggestion(self, sight: Sight) -> Suggestion:
        confidence = self.head.confidence(sight.seen.scores)
        codings = [self._coding(sight, at, float(confidence[at])) for at in self.head.proposed(confidence)]
        coded = self.head.columns_of(Facet.OUTCOME, Facet.THEME)
        uncoded = None if codings else self._why_uncoded(sight, coded, confidence)
        confidences = {self.head.columns[at][1]: round(float(confidence[at]), 2) for at in coded}
        return Suggestion(sight.record.answer_id, (*codings, self._tone(sight, confidence)), uncoded, confidences)

    def _coding(self, sight: Sight, column: int, confidence: float) -> Coding:
        facet, code = self.head.columns[column]
        span = sight.segments[int(sight.by_segment[:, column].argmax())]
        carriers = list(dict.fromkeys(each.text for each in _telling(sight, column, span.start, span.end)))
        nearest = self._nearest(sight, column)
        reason = reasons.why_coded(self._names[code], carriers, nearest)
        return self._as_coding(sight.record, facet, code, (span.start, span.end), confidence, reason)

    def _tone(self, sight: Sight, confidence: Floats) -> Coding:
        """One sentiment on the whole answer."""
        best = max(self.head.columns_of(Facet.SENTIMENT), key=lambda at: float(confidence[at]))
        text, tone = sight.record.text, self.head.columns[best][1]
        reason = reasons.why_toned(tone, self._nearest(sight, best), text)
        span = (len(text) - len(text.lstrip()), len(text.rstrip()))
        return self._as_coding(sight.record, Facet.SENTIMENT, tone, span, float(confidence[best]), reason)

    def _as_coding(
        self, record: AnswerRecord, facet: Facet, code: str, span: tuple[int, int], confidence: float, reason: str
    ) -> Coding:
        start, end = span
        coder = f"machine {self.version}"
        return Coding(record.answer_id, facet, code, start, end, round(confidence, 2), reason, coder)

    def _why_uncoded(self, sight: Sight, coded: Sequence[int], confidence: Floats) -> str:
        best = max(coded, key=lambda at: float(confidence[at]))
        likely = float(confidence[best])
        nearest = self._nearest(sight, None)
        return reasons.why_uncoded(likely < _SILENT, self._names[self.head.columns[best][1]], likely, nearest)

    def _nearest(self, sight: Sight, column: int | None) -> str | None:
        """The text of the most similar exemplar, of those that carry the column if one is named."""
        return next(iter(self.head.nearest(sight.seen.likeness, column, 1)), None)


def _telling(sight: Sight, column: int, start: int, end: int) -> list[Word]:
    """The few words of a stretch that speak most for the column."""
    weighed = zip(sight.words, sight.by_word[:, column].tolist(), strict=True)
    return reasons.telling_words({word: added for word, added in weighed if start <= word.start and word.end <= end})


@cache
def shipped_coder() -> AttentiveCoder:
    """The coder that works out of the box, loaded once a process. Raises `UnusableHead` and `ModelUnavailable`."""
    head = load()
    return AttentiveCoder(head, shipped_codebook(), Reader(head.places))
