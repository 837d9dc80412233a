"""Codes answers by what was learned from coded ones; must not know any particular codebook, nor how it learned.

An answer is read and scored on its own, never in a batch: sums over a batch round otherwise in the last bit, and the
same answer must get the same codings whatever else is asked with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook
from analysis.coding import reasons
from analysis.coding.bank import Texts
from analysis.coding.learned import Floats, Learned
from analysis.coding.reading import side_by_side
from analysis.coding.suggestion import Explanation, Suggestion, UnusableHead
from analysis.coding.views import Passage, ReadText, ViewReader, read_text, word_term
from analysis.records import AnswerRecord, Coding, Facet
from analysis.text import Word, normalise, words

_CODED = (Facet.OUTCOME, Facet.THEME)


@dataclass(frozen=True)
class Sight:
    """One answer as it is being coded: `likeness` (1 + clauses, n) of it and of its clauses to what was learned from,
    `scores` (1 + clauses, c), the clauses' by stage one alone, and `confidence` (c,) of the whole."""

    record: AnswerRecord
    read: ReadText
    likeness: Floats
    scores: Floats
    confidence: Floats

    def carrier(self, column: int) -> int:
        """Which clause carries the column."""
        return int(self.scores[1:, column].argmax())


class TaughtCoder:
    """A `Coder` over what was learned. Raises `UnusableHead` where codebook and reader are others."""

    def __init__(self, learned: Learned, codebook: Codebook, reader: ViewReader) -> None:
        if reader.name != learned.reader:
            raise UnusableHead(f"This coder learned from {learned.reader}, not from {reader.name}. Teach it again.")
        codes = {code for facet, code in learned.columns if facet is not Facet.SENTIMENT and code}
        if codes != {each.id for each in codebook.codes}:
            raise UnusableHead(f"This coder learned other codes than those of {codebook}. Teach it again.")
        self.learned = learned
        self._reader = reader
        self._names = {each.id: each.name for each in codebook.codes}

    @property
    def version(self) -> str:
        return self.learned.version

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return side_by_side(self._code_one, records)

    def explain(self, record: AnswerRecord, codes: Sequence[str]) -> dict[str, Explanation]:
        """For each of these codes, the words that speak for it in the answer, and the most similar exemplars."""
        if reasons.why_passed_over(record) is not None:
            return {}
        sight, asked = self._see(record), set(codes)
        columns = {code: at for at, (_, code) in enumerate(self.learned.columns) if code and code in asked}
        return {
            code: Explanation(
                words=tuple((each.start, each.end) for each in self._carriers(sight.read.whole, record.text, column)),
                nearest=tuple(self._nearest(sight.likeness[0], self.learned.truth[:, column], 3)),
            )
            for code, column in columns.items()
        }

    def _see(self, record: AnswerRecord) -> Sight:
        read = read_text(record.text, (record.audience, record.question), self._reader)
        likeness = self.learned.likeness(Texts.of([read.whole, *read.parts]))
        scores = self.learned.stages.predict_first(likeness)
        scores[0] = self.learned.stages.predict(likeness[:1])[0]
        return Sight(record, read, likeness, scores, self.learned.confidence(scores[0]))

    def _code_one(self, record: AnswerRecord) -> Suggestion:
        unread = reasons.why_passed_over(record)
        if unread:
            return Suggestion(record.answer_id, (), unread, {})
        sight = self._see(record)
        proposed = [at for facet in _CODED for at in self.learned.proposed(sight.confidence, facet)]
        codings = tuple(self._coding(sight, at) for at in proposed)
        confidences = {
            code: round(float(sight.confidence[at]), 2)
            for at, (facet, code) in enumerate(self.learned.columns)
            if code and facet in _CODED
        }
        uncoded = None if codings else self._why_uncoded(sight)
        return Suggestion(record.answer_id, (*codings, *self._tone(sight)), uncoded, confidences)

    def _coding(self, sight: Sight, column: int) -> Coding:
        """The column's coding on the clause that carries it."""
        part = sight.carrier(column)
        span, passage = sight.read.segments[part], sight.read.parts[part]
        carriers = list(dict.fromkeys(each.text for each in self._carriers(passage, span.text, column)))
        nearest = next(iter(self._nearest(sight.likeness[1 + part], self.learned.truth[:, column], 1)), None)
        reason = reasons.why_coded(self._names[self.learned.columns[column][1]], carriers, nearest)
        return self._as_coding(sight, column, (span.start, span.end), reason)

    def _tone(self, sight: Sight) -> tuple[Coding, ...]:
        """One sentiment on the whole answer; none where the exemplars carry none."""
        columns = self.learned.columns_of(Facet.SENTIMENT)[:-1]
        if not columns:
            return ()
        best, text = max(columns, key=lambda at: float(sight.confidence[at])), sight.record.text
        nearest = next(iter(self._nearest(sight.likeness[0], self.learned.truth[:, best], 1)), None)
        reason = reasons.why_toned(self.learned.columns[best][1], nearest, text)
        return (self._as_coding(sight, best, (len(text) - len(text.lstrip()), len(text.rstrip())), reason),)

    def _as_coding(self, sight: Sight, column: int, span: tuple[int, int], reason: str) -> Coding:
        facet, code = self.learned.columns[column]
        confidence = round(float(sight.confidence[column]), 2)
        coder = f"machine {self.version}"
        return Coding(sight.record.answer_id, facet, code, span[0], span[1], confidence, reason, coder)

    def _why_uncoded(self, sight: Sight) -> str:
        coded = [at for at, (facet, code) in enumerate(self.learned.columns) if code and facet in _CODED]
        best = max(coded, key=lambda at: float(sight.confidence[at]))
        likely = float(sight.confidence[best])
        silent = all(sight.confidence[self.learned.columns_of(each)[-1]] > likely for each in self.learned.decisions)
        nearest = next(iter(self._nearest(sight.likeness[0], None, 1)), None)
        return reasons.why_uncoded(silent, self._names[self.learned.columns[best][1]], likely, nearest)

    def _carriers(self, passage: Passage, text: str, column: int) -> list[Word]:
        """The words of a text that raised the column's score most."""
        terms = {word: word_term(normalise(word.text)) for word in words(text)}
        known = [each for each in dict.fromkeys(terms.values()) if each in passage.terms]
        carried = self.learned.bank.carried(passage.terms, known, self.learned.stages.first[:, column])
        return reasons.telling_words({word: carried.get(term, 0.0) for word, term in terms.items()})

    def _nearest(self, likeness: Floats, among: NDArray[np.bool_] | None, count: int) -> list[str]:
        """The most similar exemplars among those flagged; the codebook's own words are no example."""
        texts = self.learned.texts
        numbers = np.arange(len(texts)) if among is None else np.flatnonzero(among)
        return [texts[at] for at in numbers[np.argsort(-likeness[numbers], kind="stable")[:count]]]
