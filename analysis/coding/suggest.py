"""Codes answers by their likeness to hand-coded exemplars; must not know any particular codebook, nor how it learned.

An answer is read on its own, never in a batch: sums over a batch round otherwise in the last bit, and the same answer
must get the same codings whatever else is asked with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding import reasons
from analysis.coding.head import Head, Learned, UnusableHead, load
from analysis.coding.passages import ReadAnswer, read_answer
from analysis.coding.suggestion import Explanation, Suggestion
from analysis.records import AnswerRecord, Coding, Facet
from analysis.text import words
from consultation.encoder import Encoder, MiniLM

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sight:
    """One answer as it is being coded."""

    record: AnswerRecord
    answer: ReadAnswer
    likeness: Floats
    learned: Learned


class KernelCoder:
    """A `Coder` over one head. Raises `UnusableHead` where head, codebook and encoder do not belong together."""

    def __init__(self, head: Head, codebook: Codebook, encoder: Encoder) -> None:
        mend = "Train it again with `python -m analysis.coding.train`."
        if encoder.name != head.encoder:
            raise UnusableHead(f"This coder learned from {head.encoder}, not from {encoder.name}. {mend}")
        codes = {code for facet, code in head.columns if facet is not Facet.SENTIMENT}
        if codes != {each.id for each in codebook.codes}:
            raise UnusableHead(f"This coder learned other codes than those of {codebook}. {mend}")
        self.head = head
        self._encoder = encoder
        self._names = {each.id: each.name for each in codebook.codes}

    @property
    def version(self) -> str:
        return self.head.version

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return [self._code_one(each) for each in records]

    def explain(self, record: AnswerRecord, codes: Sequence[str]) -> dict[str, Explanation]:
        """For each of these codes, the words that speak for it in the answer, and the most similar exemplars."""
        if record.withheld or reasons.why_unread(record.language) or not words(record.text):
            return {}
        answer = read_answer(record.text, (record.audience, record.question), self._encoder)
        likeness, learned = self.head.likeness(answer.passage)
        columns = {code: at for at, (_, code) in enumerate(self.head.columns) if code in set(codes)}
        found = {}
        for code, column in columns.items():
            telling = reasons.carrying_words(self.head, learned, answer.passage, record.text, column)
            among = np.flatnonzero(self.head.truth[:, column])
            nearest = among[np.argsort(-likeness[0][among], kind="stable")[:3]]
            found[code] = Explanation(
                tuple((each.start, each.end) for each in telling), tuple(self.head.texts[at] for at in nearest)
            )
        return found

    def _code_one(self, record: AnswerRecord) -> Suggestion:
        empty = reasons.why_nothing_to_read(record.withheld, [each.text for each in words(record.text)])
        unread = empty or reasons.why_unread(record.language)
        if unread:
            return Suggestion(record.answer_id, (), unread, {})
        answer = read_answer(record.text, (record.audience, record.question), self._encoder)
        likeness, learned = self.head.likeness(answer.passage, answer.parts)
        scores = learned.stages.predict(likeness[:1])[0]
        confidence = learned.calibration.confidence(scores)
        by_part = learned.stages.predict_first(likeness[1:])
        sight = Sight(record, answer, likeness, learned)
        codings = [
            self._coding(sight, int(by_part[:, column].argmax()), column, float(confidence[column]))
            for column in self.head.proposed(confidence, learned)
        ]
        silent = bool(confidence[-1] >= learned.calibration.threshold[-1])
        uncoded = None if codings else self._why_uncoded(silent, confidence, likeness[0])
        tone = self._tone(record, scores, confidence, likeness[0])
        confidences = {
            self.head.columns[at][1]: round(float(confidence[at]), 2)
            for at in self.head.columns_of(Facet.OUTCOME, Facet.THEME)
        }
        return Suggestion(record.answer_id, (*codings, *tone), uncoded, confidences)

    def _coding(self, sight: Sight, part: int, column: int, confidence: float) -> Coding:
        """The column's coding on the clause numbered `part`, which carries it."""
        facet, code = self.head.columns[column]
        span = sight.answer.segments[part]
        telling = reasons.carrying_words(self.head, sight.learned, sight.answer.parts[part], span.text, column)
        carriers = list(dict.fromkeys(each.text for each in telling))
        nearest = self._nearest(sight.likeness[1 + part], self.head.truth[:, column])
        reason = reasons.why_coded(self._names[code], carriers, nearest)
        return self._as_coding(sight.record, facet, code, (span.start, span.end), confidence, reason)

    def _tone(self, record: AnswerRecord, scores: Floats, confidence: Floats, likeness: Floats) -> tuple[Coding, ...]:
        """One sentiment on the whole answer; none where the exemplars carry none."""
        best = self.head.tone(scores)
        if best is None:
            return ()
        tone = self.head.columns[best][1]
        reason = reasons.why_toned(tone, self._nearest(likeness, self.head.truth[:, best]), record.text)
        blanks = len(record.text) - len(record.text.lstrip())
        span = (blanks, len(record.text.rstrip()))
        return (self._as_coding(record, Facet.SENTIMENT, tone, span, float(confidence[best]), reason),)

    def _as_coding(
        self,
        record: AnswerRecord,
        facet: Facet,
        code: str,
        span: tuple[int, int],
        confidence: float,
        reason: str,
    ) -> Coding:
        start, end = span
        coder = f"machine {self.version}"
        return Coding(record.answer_id, facet, code, start, end, round(confidence, 2), reason, coder)

    def _why_uncoded(self, silent: bool, confidence: Floats, likeness: Floats) -> str:
        columns = self.head.columns_of(Facet.OUTCOME, Facet.THEME)
        best = max(columns, key=lambda at: float(confidence[at]))
        nearest = self._nearest(likeness, np.ones(len(self.head.texts), dtype=bool))
        return reasons.why_uncoded(silent, self._names[self.head.columns[best][1]], float(confidence[best]), nearest)

    def _nearest(self, likeness: Floats, among: NDArray[np.bool_]) -> str | None:
        """The text of the most similar exemplar among those flagged; the codebook's own words are no example."""
        if not among.any():
            return None
        return self.head.texts[int(np.where(among, likeness[: len(among)], -np.inf).argmax())]


@cache
def shipped_coder() -> KernelCoder:
    """The coder that works out of the box, loaded once a process. Raises `UnusableHead` and `ModelUnavailable`."""
    return KernelCoder(load(), shipped_codebook(), MiniLM())
