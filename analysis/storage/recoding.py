"""What hangs on codes rather than on answers alone, for when several codes become one or one becomes several."""

from collections.abc import Collection

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.codebook import Codebook
from analysis.records import Facet
from analysis.storage.codebooks import examples
from analysis.storage.tables import BlindCodingRow, DecisionRow, ReviewRow, SuggestionRow

Answers = SelectOfScalar[str]  # ids, as a query: there may be millions


def suggestions(session: Session, answers: Answers, codes: Collection[str]) -> dict[str, list[SuggestionRow]]:
    """What the machine proposed of these codes, by answer."""
    wanted = select(SuggestionRow).where(col(SuggestionRow.code).in_(codes), col(SuggestionRow.answer_id).in_(answers))
    found: dict[str, list[SuggestionRow]] = {}
    for row in session.exec(wanted):
        found.setdefault(row.answer_id, []).append(row)
    return found


def decisions(session: Session, answers: Answers, codes: Collection[str]) -> dict[str, dict[str, DecisionRow]]:
    """What people decided about these codes, by answer and code."""
    wanted = select(DecisionRow).where(col(DecisionRow.code).in_(codes), col(DecisionRow.answer_id).in_(answers))
    found: dict[str, dict[str, DecisionRow]] = {}
    for row in session.exec(wanted):
        found.setdefault(row.answer_id, {})[row.code] = row
    return found


def out_of_use(session: Session, answers: Answers, codebook: Codebook) -> int:
    """How many decisions stay in the record and count nowhere, because their code is not in use."""
    wanted = select(DecisionRow.code).where(
        DecisionRow.facet != Facet.SENTIMENT.value, col(DecisionRow.answer_id).in_(answers)
    )
    return sum(not codebook.uses(each) for each in session.exec(wanted))


def propose_as(session: Session, rows: Collection[SuggestionRow], code: str) -> None:
    """One proposal of `code`, the most confident, in place of these on one answer."""
    best = max(rows, key=lambda each: (each.confidence, each.code == code))
    kept = SuggestionRow(**best.model_dump() | {"code": code})
    for each in rows:
        session.delete(each)
    session.flush()
    session.add(kept)


def rename_in_readings(session: Session, answers: Answers, codes: Collection[str], into: str) -> None:
    """`codes` are `into` in what reviews saw proposed and in what blind readings gave: so that agreement and F1 go on
    about the one code."""
    for review in session.exec(select(ReviewRow).where(col(ReviewRow.answer_id).in_(answers))):
        mapped = sorted({(facet, into if code in codes else code) for facet, code in review.proposed})
        review.proposed = [list(each) for each in mapped]
        session.add(review)
    wanted = select(BlindCodingRow).where(
        col(BlindCodingRow.code).in_(codes), col(BlindCodingRow.answer_id).in_(answers)
    )
    for blind in session.exec(wanted).all():
        session.merge(BlindCodingRow(**blind.model_dump() | {"code": into}))
        session.delete(blind)


def rename_in_examples(session: Session, consultation: str, codes: Collection[str], into: str) -> None:
    for each in examples(session, consultation):
        for field in ("outcomes", "themes"):
            given = getattr(each, field)
            if given and set(given) & set(codes):
                setattr(each, field, list(dict.fromkeys(into if code in codes else code for code in given)))
                session.add(each)


def forget_in_examples(session: Session, consultation: str, code: str) -> None:
    """Nobody has said which of the codes that came in its place an example would be given."""
    for each in examples(session, consultation):
        for field in ("outcomes", "themes"):
            if code in (getattr(each, field) or ()):
                setattr(each, field, None)
                session.add(each)
