"""Versions of a consultation's codebook that were made here, codes that are being split, and examples that were taken
in to learn from. Knows no coder."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.codebook import Codebook, codebook_from, shipped_codebook
from analysis.storage.tables import CodebookVersionRow, ExampleRow, SplitAnswerRow, SplitRow


def in_use(session: Session, consultation: str) -> Codebook | None:
    """The last version; None: the one that ships."""
    row = last(session, consultation)
    return codebook_from(row.body) if row else None


def last(session: Session, consultation: str) -> CodebookVersionRow | None:
    wanted = select(CodebookVersionRow).where(CodebookVersionRow.consultation_id == consultation)
    return session.exec(wanted.order_by(col(CodebookVersionRow.number).desc()).limit(1)).first()


def versions(session: Session, consultation: str) -> list[CodebookVersionRow]:
    """All of them, the newest first."""
    wanted = select(CodebookVersionRow).where(CodebookVersionRow.consultation_id == consultation)
    return list(session.exec(wanted.order_by(col(CodebookVersionRow.number).desc())))


def codes_of_versions(session: Session, consultation: str) -> dict[tuple[str, int], frozenset[str]]:
    """The codes of each version, by the codebook's id and version; the one that ships is the first."""
    books = [shipped_codebook(), *(codebook_from(each.body) for each in versions(session, consultation))]
    return {(each.id, each.version): frozenset(code.id for code in each.codes) for each in books}


def add(
    session: Session, consultation: str, number: int, body: Mapping[str, Any], *, by: str, on: date, why: str
) -> Codebook:
    """Put a version to use. Where another has the number already: sqlalchemy's IntegrityError."""
    made = codebook_from(body)
    row = CodebookVersionRow(
        consultation_id=consultation, number=number, codebook=made.id, version=made.version, body=dict(body),
        made_by=by, made_on=on, why=why,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return made


def splits(session: Session, consultation: str) -> list[SplitRow]:
    wanted = select(SplitRow).where(SplitRow.consultation_id == consultation)
    return list(session.exec(wanted.order_by(col(SplitRow.code))))


def split_answers(session: Session, code: str, answers: SelectOfScalar[str]) -> dict[str, SplitAnswerRow]:
    """What was given to those of these answers that somebody has looked at for the split."""
    wanted = select(SplitAnswerRow).where(SplitAnswerRow.code == code, col(SplitAnswerRow.answer_id).in_(answers))
    return {each.answer_id: each for each in session.exec(wanted)}


def forget_split(session: Session, consultation: str, code: str, answers: SelectOfScalar[str]) -> None:
    for each in split_answers(session, code, answers).values():
        session.delete(each)
    row = session.get(SplitRow, (consultation, code))
    if row is not None:
        session.delete(row)


def examples(session: Session, consultation: str) -> list[ExampleRow]:
    wanted = select(ExampleRow).where(ExampleRow.consultation_id == consultation)
    return list(session.exec(wanted.order_by(col(ExampleRow.id))))


def forget_examples(session: Session, consultation: str) -> None:
    for each in examples(session, consultation):
        session.delete(each)
