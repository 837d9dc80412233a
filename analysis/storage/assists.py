"""What a language model proposed for answers, and which consultations let it read them. Knows answers by id only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from analysis.codebook import Codebook
from analysis.coding.assist import Proposal
from analysis.records import Facet
from analysis.storage.tables import AssistedRow, AssistReadingRow
from consultation.domain.ids import ConsultationId
from consultation.operations.redacted_answers import answer_ids


def turned_on(session: Session, consultation: str) -> AssistedRow | None:
    """None: the model may read nothing of it."""
    return session.get(AssistedRow, consultation)


def turn_on(session: Session, consultation: str, *, by: str, on: date) -> bool:
    """False where it is on already."""
    if turned_on(session, consultation):
        return False
    session.add(AssistedRow(consultation_id=consultation, turned_on_by=by, turned_on=on))
    return True


def turn_off(session: Session, consultation: str) -> bool:
    """False where it is off already. What was proposed before stays, as proposals do."""
    row = turned_on(session, consultation)
    if row is not None:
        session.delete(row)
    return row is not None


def among_read(session: Session, coder: str, codebook: Codebook, answers: Sequence[str]) -> set[str]:
    """Those of these few answers that the model has read with this codebook."""
    wanted = select(AssistReadingRow.answer_id).where(
        col(AssistReadingRow.answer_id).in_(answers),
        AssistReadingRow.coder == coder,
        AssistReadingRow.codebook == str(codebook),
    )
    return set(session.exec(wanted))


def read_of(session: Session, consultation: str) -> int:
    """How many of the consultation's answers a model has read."""
    wanted = select(func.count()).where(col(AssistReadingRow.answer_id).in_(answer_ids(ConsultationId(consultation))))
    return session.exec(wanted).one()


def keep(session: Session, answer: str, coder: str, codebook: Codebook, proposals: Sequence[Proposal]) -> bool:
    """In place of what was proposed before. False where the answer was withdrawn or changed meanwhile."""
    rows = [[each.facet.value, each.code, each.start, each.end] for each in proposals]
    try:
        with session.begin_nested():
            session.merge(AssistReadingRow(answer_id=answer, coder=coder, codebook=str(codebook), proposals=rows))
    except IntegrityError:
        return False
    return True


def assist_for(session: Session, answer: str, codebook: Codebook) -> tuple[str, tuple[Proposal, ...]]:
    """Which model read the answer ("" for none), and what it proposed of the codes in use.

    No `Coding`s, on purpose: these stand until they are rejected, and what a language model says does not.
    """
    row = session.get(AssistReadingRow, answer)
    if row is None:
        return "", ()
    proposals = (Proposal(Facet(facet), code, start, end) for facet, code, start, end in row.proposals)
    return row.coder, tuple(each for each in proposals if codebook.uses(each.code))
