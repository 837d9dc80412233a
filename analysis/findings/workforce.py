"""Which conclusions about the workforce go with which outcome, each said once in the chapter.

Knows statements that may be shown and the codebook's clauses; no answers and no counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.codebook import Codebook
from analysis.findings.report import Clause, Voice

MOST = 5


@dataclass
class _Offer:
    text: str
    said_by: int
    refs: tuple[str, ...]


def draw_conclusions(
    voices: Sequence[tuple[str, Sequence[Voice]]], codebook: Codebook, most: int = MOST
) -> tuple[tuple[Clause, ...], ...]:
    """For each outcome, given as (id, voices), up to `most` clauses that follow from the statements shown there.

    Outcomes take turns, and in each turn one takes the clause that most people's words lead to and that none has
    taken. So the first outcome of the chapter cannot use up what they share.
    """
    offers = [_offers(outcome, each, codebook) for outcome, each in voices]
    taken: list[list[_Offer]] = [[] for _ in offers]
    said: set[str] = set()
    for _ in range(most):
        for place, its_offers in enumerate(offers):
            best = next((each for each in its_offers if each.text not in said), None)
            if best is not None:
                said.add(best.text)
                taken[place].append(best)
    return tuple(tuple(Clause(each.text, each.refs) for each in its) for its in taken)


def _offers(outcome: str, voices: Sequence[Voice], codebook: Codebook) -> list[_Offer]:
    """The clauses of the themes shown, most said first, then in the codebook's order. Rounded numbers rank them:
    an order made of exact ones would say more than the report may."""
    found: dict[str, _Offer] = {}
    for theme in codebook.theme_ids:
        shown = [each for voice in voices for each in voice.statements if each.theme == theme]
        text = codebook.theme(theme).needs_workforce_that(outcome)
        if shown and text:
            said_by = sum(each.count.shown or 0 for each in shown)
            found[theme] = _Offer(text, said_by, tuple(each.evidence for each in shown))
    return sorted(found.values(), key=lambda each: -each.said_by)
