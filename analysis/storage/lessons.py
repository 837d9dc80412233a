"""What people made of the answers that they reviewed: what a coder learns from and is measured by. Knows no coder."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.records import Facet, Verdict
from analysis.storage.reviews import reviews
from analysis.storage.tables import DecisionRow, ReviewRow

Answers = SelectOfScalar[str]  # ids, as a query: there may be many


@dataclass(frozen=True)
class Judged:
    """A reviewed answer: the codes that its reviewer let stand, how they came to it, and the codebook that they had, by
    id and version."""

    drawn: str
    stands: frozenset[tuple[Facet, str]]
    codebook: tuple[str, int]

    def codes(self, facet: Facet) -> tuple[str, ...]:
        return tuple(sorted(code for its, code in self.stands if its is facet))


def judged(session: Session, answers: Answers) -> dict[str, Judged]:
    """By answer: what was proposed when it was reviewed and not rejected, and what people confirmed or added. What a
    later coder proposes for it, nobody has judged."""
    found = reviews(session, answers)
    stands = {answer: {(Facet(facet), code) for facet, code in row.proposed} for answer, row in found.items()}
    wanted = select(DecisionRow.answer_id, DecisionRow.facet, DecisionRow.code, DecisionRow.verdict)
    for answer, facet, code, verdict in session.exec(wanted.where(col(DecisionRow.answer_id).in_(answers))):
        if answer in stands:
            change = stands[answer]
            (change.discard if verdict == Verdict.REJECTED.value else change.add)((Facet(facet), code))
    return {
        answer: Judged(row.drawn, frozenset(stands[answer]), (row.codebook, row.codebook_version))
        for answer, row in found.items()
    }


def count_reviewed(session: Session, answers: Answers) -> int:
    return session.exec(select(func.count()).select_from(ReviewRow).where(col(ReviewRow.answer_id).in_(answers))).one()
