"""Coders that learned from a consultation's corrections, from which answers, and which of them is in use. Knows no
head's inside."""

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from analysis.storage.tables import CoderVersionRow, LessonRow


def in_use(session: Session, consultation: str) -> CoderVersionRow | None:
    """None: the coder that ships."""
    wanted = select(CoderVersionRow).where(CoderVersionRow.consultation_id == consultation, col(CoderVersionRow.in_use))
    return session.exec(wanted).first()


def versions(session: Session, consultation: str) -> list[CoderVersionRow]:
    """All that are kept, the newest first; their heads, which are large, are read only when they are asked for."""
    wanted = select(CoderVersionRow).where(CoderVersionRow.consultation_id == consultation)
    headless = defer(CoderVersionRow.head)  # type: ignore[arg-type]  # a column, which mypy takes for its value
    return list(session.exec(wanted.order_by(col(CoderVersionRow.number).desc()).options(headless)))


def add(session: Session, row: CoderVersionRow, learnt_from: Iterable[str]) -> None:
    """Keep one. Where an answer that it learned from was withdrawn meanwhile: sqlalchemy's IntegrityError."""
    session.add(row)
    session.flush()
    session.add_all(LessonRow(answer_id=each, version=row.version) for each in learnt_from)
    session.flush()


def use(session: Session, consultation: str, version: str | None) -> None:
    """Put one to use, or with None the coder that ships."""
    for row in versions(session, consultation):
        row.in_use = row.version == version
        session.add(row)


def lessons_of(session: Session, version: str) -> set[str]:
    """The answers that a coder learned from, of those that are still there."""
    return set(session.exec(select(LessonRow.answer_id).where(LessonRow.version == version)))


def forget(session: Session, row: CoderVersionRow) -> None:
    session.execute(delete(LessonRow).where(col(LessonRow.version) == row.version))
    session.delete(row)


def outdated(session: Session, consultation: str) -> list[CoderVersionRow]:
    """Those that hold words of an answer that was withdrawn or changed since they learned from it."""
    left = dict(session.exec(select(LessonRow.version, func.count()).group_by(col(LessonRow.version))).all())
    return [each for each in versions(session, consultation) if left.get(each.version, 0) < each.learnt_from]
