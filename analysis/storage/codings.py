"""Reads and writes codings: the machine's proposals, people's decisions, and what may be quoted."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.records import Coding, Facet, Verdict
from analysis.storage.tables import ClearanceRow, CodedRow, DecisionRow, SuggestionRow


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


def replace_suggestions(session: Session, coder: str, read: dict[str, str], codings: Iterable[Coding]) -> int:
    """Store what the coder made of the answers in `read` (id to reason for abstaining, or ""), in place of before.

    An answer that was withdrawn or changed while the coder read it is passed over; returns how many were stored.
    """
    ids = list(read)
    for start in range(0, len(ids), 500):  # within SQLite's limit of variables in one statement
        some = ids[start : start + 500]
        session.execute(delete(SuggestionRow).where(col(SuggestionRow.answer_id).in_(some)))
        session.execute(delete(CodedRow).where(col(CodedRow.answer_id).in_(some)))
    stored = {
        each for each, why in read.items() if _note_coded(session, CodedRow(answer_id=each, coder=coder, abstained=why))
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
    found: dict[tuple[str, str, str], Coding] = {}
    for row in session.exec(select(SuggestionRow)):
        if row.answer_id in wanted:
            found[row.answer_id, row.facet, row.code] = Coding(
                row.answer_id, Facet(row.facet), row.code, row.start, row.end, row.confidence, row.reason, row.coder
            )
    for decision in session.exec(select(DecisionRow)):
        if decision.answer_id in wanted:
            key = (decision.answer_id, decision.facet, decision.code)
            found[key] = _decided(decision, found.get(key))
    return [found[key] for key in sorted(found)]


def _decided(row: DecisionRow, proposed: Coding | None) -> Coding:
    verdict = Verdict(row.verdict)
    by = f"person {row.decided_by}"
    if proposed is None:
        return Coding(row.answer_id, Facet(row.facet), row.code, 0, 0, 1.0, "added by a person", by, verdict)
    return Coding(
        proposed.answer_id,
        proposed.facet,
        proposed.code,
        proposed.start,
        proposed.end,
        proposed.confidence,
        proposed.reason,
        proposed.coder,
        verdict,
    )


def decide(session: Session, answer: str, facet: Facet, code: str, verdict: Verdict, by: str, on: date) -> None:
    """Write a person's decision over an earlier one. Raises `UnknownAnswer`."""
    row = DecisionRow(
        answer_id=answer, facet=facet.value, code=code, verdict=verdict.value, decided_by=by, decided_on=on
    )
    _merge(session, row, answer)


def clear(session: Session, answer: str, by: str, on: date) -> None:
    """Raises `UnknownAnswer`."""
    _merge(session, ClearanceRow(answer_id=answer, cleared_by=by, cleared_on=on), answer)


def _merge(session: Session, row: DecisionRow | ClearanceRow, answer: str) -> None:
    session.merge(row)
    try:
        session.flush()
    except IntegrityError:  # the answer that the row hangs on is not there
        raise UnknownAnswer(answer) from None


def hanging_on(session: Session, answer: str) -> tuple[list[SuggestionRow], list[DecisionRow]]:
    """What was proposed for an answer and what was decided about it, to be put back under another id."""
    proposed = session.exec(select(SuggestionRow).where(SuggestionRow.answer_id == answer))
    decided = session.exec(select(DecisionRow).where(DecisionRow.answer_id == answer))
    return list(proposed), list(decided)


def unclear(session: Session, answer: str) -> None:
    session.execute(delete(ClearanceRow).where(col(ClearanceRow.answer_id) == answer))


def cleared(session: Session) -> dict[str, str]:
    """Who cleared which answer for quotation."""
    return {row.answer_id: row.cleared_by for row in session.exec(select(ClearanceRow))}
