"""Which cleared words stand for which statements. Knows that a person clears, not why; clears nothing itself.

A quotation is never cut: an answer is quoted whole or not at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.findings.counts import Tally
from analysis.findings.report import Quotation
from analysis.records import AnswerRecord, Facet, Verdict

FEWEST_WORDS, MOST_WORDS = 8, 40
BEST_WORDS = 18  # long enough to hold a thought, short enough to be read
SURE_ENOUGH = 0.5  # a quotation stands for a statement only where its theme is more likely right than not
_TOKEN = re.compile(r"\[[^\]]*\]")


@dataclass
class Choice:
    """Chooses over one whole report, so that nobody and no words are quoted twice in it. `cleared` is by answer id who
    cleared it."""

    answers: Mapping[str, AnswerRecord]
    cleared: Mapping[str, str]
    quoted: set[str] = field(default_factory=set)  # response ids, and words as `_bare` gives them

    def spread(self, statements: Sequence[tuple[str, Tally]], most: int) -> tuple[tuple[Quotation, ...], ...]:
        """Up to `most` quotations for the statements of one voice, given as (evidence, tally): one for each statement
        in turn before any has two. One tuple for each statement."""
        chosen: list[list[Quotation]] = [[] for _ in statements]
        waiting = [self._candidates(tally) for _, tally in statements]
        progress = True
        while progress and sum(map(len, chosen)) < most:
            progress = False
            for place, (evidence, _) in enumerate(statements):
                answer = self._next(waiting[place]) if sum(map(len, chosen)) < most else None
                if answer is not None:
                    self.quoted |= {answer.response_id, _bare(answer.text)}
                    chosen[place].append(self._quotation(answer, evidence))
                    progress = True
        return tuple(tuple(each) for each in chosen)

    def _next(self, waiting: list[AnswerRecord]) -> AnswerRecord | None:
        while waiting:
            answer = waiting.pop(0)
            if not {answer.response_id, _bare(answer.text)} & self.quoted:
                return answer
        return None

    def _candidates(self, tally: Tally) -> list[AnswerRecord]:
        """The best first: those that fit the statement most surely, then of a good length. The text breaks ties before
        the id does, since ids are drawn at random."""
        fit = _fit(tally)
        found = [self.answers[each] for each in tally.answers if each in self.cleared]
        return sorted(
            (each for each in found if may_be_quoted(each) and fit.get(each.answer_id, 0.0) >= SURE_ENOUGH),
            key=lambda each: (
                -round(fit[each.answer_id], 1),
                abs(len(each.text.split()) - BEST_WORDS),
                each.text,
                each.answer_id,
            ),
        )

    def _quotation(self, answer: AnswerRecord, evidence: str) -> Quotation:
        text = " ".join(answer.text.split())
        return Quotation(text, answer.audience, self.cleared[answer.answer_id], evidence)


def _fit(tally: Tally) -> dict[str, float]:
    """How surely each answer says what the statement says, by answer id: 1 where a person confirmed the theme, else the
    machine's confidence."""
    sure: dict[str, float] = {}
    for each in tally.codings:
        if each.facet is Facet.THEME and each.counts:
            decided = each.verdict in (Verdict.CONFIRMED, Verdict.ADDED)
            sure[each.answer_id] = max(sure.get(each.answer_id, 0.0), 1.0 if decided else each.confidence)
    return sure


def may_be_quoted(answer: AnswerRecord) -> bool:
    """Whether an answer, once cleared, reads as a quotation: not withheld, 8 to 40 words, nothing hidden in it."""
    length = len(answer.text.split())
    return not answer.withheld and FEWEST_WORDS <= length <= MOST_WORDS and not _TOKEN.search(answer.text)


def _bare(text: str) -> str:
    """Words alone, so that two people's same words are known for the same."""
    return " ".join(re.findall(r"\w+", text.casefold()))
