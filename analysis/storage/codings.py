"""Reads and writes codings: the machine's proposals, people's decisions, and what may be quoted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.records import Coding, Facet, Verdict
from analysis.storage.tables import AssistReadingRow, ClearanceRow, CodedRow, DecisionRow, SuggestionRow, on_answers

FEW = 500  # answers, within SQLite's limit of variables in one statement


class UnknownAnswer(LookupError):
    """There is no such answer: it was withdrawn or changed meanwhile, or never was."""


def read_by(coder: str) -> SelectOfScalar[str]:
    """Ids of the answers that this coder has read, as a query: there may be millions."""
    return select(CodedRow.answer_id).where(CodedRow.coder == coder)


def among_read(session: Session, coder: str, answers: Collection[str]) -> set[str]:
    """Those of these few answers that this coder has read."""
    return set(session.exec(read_by(coder).where(col(CodedRow.answer_id).in_(answers))))


def abstentions(session: Session) -> dict[str, str]:
    """Why the coder proposed nothing, by answer id."""
    rows = session.exec(select(CodedRow).where(CodedRow.abstained != "")).all()
    return {row.answer_id: row.abstained for row in rows}


@dataclass(frozen=True)
class Read:
    """That an answer was read: why nothing was proposed, or "", and how much the coder doubts."""

    abstained: str
    doubt: float


def replace_suggestions(session: Session, coder: str, read: Mapping[str, Read], codings: Iterable[Coding]) -> int:
    """Store what the coder made of the answers in `read`, by id, in place of before.

    An answer that was withdrawn or changed while the coder read it is passed over; returns how many were stored.
    """
    ids = list(read)
    for start in range(0, len(ids), FEW):
        some = ids[start : start + FEW]
        session.execute(delete(SuggestionRow).where(col(SuggestionRow.answer_id).in_(some)))
        session.execute(delete(CodedRow).where(col(CodedRow.answer_id).in_(some)))
    stored = {
        each
        for each, how in read.items()
        if _note_coded(session, CodedRow(answer_id=each, coder=coder, abstained=how.abstained, doubt=how.doubt))
    }
    session.add_all(
        SuggestionRow(
            answer_id=each.answer_id,
            facet=each.facet.value,
            code=each.code,
            start=each.start,
            end=each.end,
            confidence=each.confidence,
            reason=each.reason,
            coder=each.coder,
        )
        for each in codings
        if each.answer_id in stored
    )
    return len(stored)


def _note_coded(session: Session, row: CodedRow) -> bool:
    """False where the answer is gone. Once the note is written it cannot go before the transaction ends."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def codings_of(session: Session, answers: Collection[str]) -> list[Coding]:
    """All codings of these answers, decisions joined to what they decide, in a fixed order."""
    wanted = set(answers)
    few = len(wanted) <= FEW
    found: dict[tuple[str, str, str], Coding] = {}
    suggestions, decisions = select(SuggestionRow), select(DecisionRow)
    if few:
        suggestions = suggestions.where(col(SuggestionRow.answer_id).in_(wanted))
        decisions = decisions.where(col(DecisionRow.answer_id).in_(wanted))
    for row in session.exec(suggestions):
        if row.answer_id in wanted:
            found[row.answer_id, row.facet, row.code] = Coding(
                row.answer_id, Facet(row.facet), row.code, row.start, row.end, row.confidence, row.reason, row.coder
            )
    for decision in session.exec(decisions):
        if decision.answer_id in wanted:
            key = (decision.answer_id, decision.facet, decision.code)
            found[key] = _decided(decision, found.get(key))
    return [found[key] for key in sorted(found)]


def _decided(row: DecisionRow, proposed: Coding | None) -> Coding:
    """The person's words stand in place of the machine's, where they marked any."""
    made = proposed or Coding(
        row.answer_id, Facet(row.facet), row.code, 0, 0, 1.0, "added by a person", f"person {row.decided_by}"
    )
    made = replace(made, verdict=Verdict(row.verdict))
    if row.start is None or row.end is None:
        return made
    places = ((row.start, row.end), *((start, end) for start, end in row.more))
    return replace(made, start=row.start, end=row.end, places=places)


def reading_of(session: Session, answer: str) -> CodedRow | None:
    """That the machine has read this answer; None where it has not."""
    return session.get(CodedRow, answer)


def proposed(session: Session, answer: str) -> set[tuple[str, str]]:
    """Facet and code of what the machine proposes for this answer."""
    wanted = select(SuggestionRow.facet, SuggestionRow.code).where(SuggestionRow.answer_id == answer)
    return set(session.exec(wanted).all())


def clear(session: Session, answer: str, by: str, on: date) -> None:
    """Raises `UnknownAnswer`."""
    session.merge(ClearanceRow(answer_id=answer, cleared_by=by, cleared_on=on))
    try:
        session.flush()
    except IntegrityError:  # the answer that the row hangs on is not there
        raise UnknownAnswer(answer) from None


def hanging_on(session: Session, answer: str) -> list[SQLModel]:
    """All that says something of an answer and is to be put back when the answer gets another id: not that a machine
    has read it, nor that it may be quoted."""
    tables = [each for each in on_answers() if each not in (CodedRow, AssistReadingRow, ClearanceRow)]
    return [row for each in tables for row in session.exec(select(each).where(each.answer_id == answer))]


def unclear(session: Session, answer: str) -> None:
    session.execute(delete(ClearanceRow).where(col(ClearanceRow.answer_id) == answer))


def cleared(session: Session) -> dict[str, str]:
    """Who cleared which answer for quotation."""
    return {row.answer_id: row.cleared_by for row in session.exec(select(ClearanceRow))}
