"""Which answers people have reviewed, what they noted, and what the machine makes of those that wait."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.records import Facet, Verdict
from analysis.storage.codings import UnknownAnswer
from analysis.storage.tables import CodedRow, DecisionRow, NoteRow, ReviewRow, SuggestionRow


def reviews(session: Session, answers: SelectOfScalar[str]) -> dict[str, ReviewRow]:
    """Those of the answers whose ids the query selects."""
    rows = session.exec(select(ReviewRow).where(col(ReviewRow.answer_id).in_(answers)))
    return {each.answer_id: each for each in rows}


def noted(session: Session, answers: SelectOfScalar[str]) -> set[str]:
    """The answers that somebody has written a note on."""
    return set(session.exec(select(NoteRow.answer_id).where(col(NoteRow.answer_id).in_(answers))))


def notes_on(session: Session, answer: str) -> list[NoteRow]:
    return list(session.exec(select(NoteRow).where(NoteRow.answer_id == answer).order_by(col(NoteRow.by))))


def put_note(session: Session, answer: str, by: str, text: str, on: date) -> None:
    """An empty one deletes what was there. Raises `UnknownAnswer`."""
    if not text:
        row = session.get(NoteRow, (answer, by))
        if row is not None:
            session.delete(row)
        return
    session.merge(NoteRow(answer_id=answer, by=by, text=text, written_on=on))
    try:
        session.flush()
    except IntegrityError:  # the answer that the row hangs on is not there
        raise UnknownAnswer(answer) from None


@dataclass(frozen=True)
class Made:
    """What the machine and people made of an answer: the codes that stand, those of them that nobody has judged with
    the machine's confidence, and how much the machine doubts. Tones are left out."""

    stands: frozenset[str] = frozenset()
    unjudged: tuple[tuple[str, float], ...] = ()
    doubt: float = 0.0


def made_of(session: Session, answers: SelectOfScalar[str]) -> dict[str, Made]:
    """For every answer of the query that was read or decided about. Asks for columns only: there may be many."""
    doubts = dict(
        session.exec(select(CodedRow.answer_id, CodedRow.doubt).where(col(CodedRow.answer_id).in_(answers))).all()
    )
    unjudged: dict[str, dict[str, float]] = {}
    wanted = select(SuggestionRow.answer_id, SuggestionRow.code, SuggestionRow.confidence)
    for answer, code, confidence in session.exec(
        wanted.where(SuggestionRow.facet != Facet.SENTIMENT.value, col(SuggestionRow.answer_id).in_(answers))
    ):
        unjudged.setdefault(answer, {})[code] = confidence
    stands = {answer: set(codes) for answer, codes in unjudged.items()}
    decided = select(DecisionRow.answer_id, DecisionRow.code, DecisionRow.verdict)
    for answer, code, verdict in session.exec(
        decided.where(DecisionRow.facet != Facet.SENTIMENT.value, col(DecisionRow.answer_id).in_(answers))
    ):
        unjudged.get(answer, {}).pop(code, None)
        change = stands.setdefault(answer, set())
        change.discard(code) if verdict == Verdict.REJECTED.value else change.add(code)
    return {
        each: Made(
            frozenset(stands.get(each, ())), tuple(sorted(unjudged.get(each, {}).items())), doubts.get(each, 0.0)
        )
        for each in doubts.keys() | stands.keys()
    }
