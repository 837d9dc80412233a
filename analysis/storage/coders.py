"""Coders that learned from a consultation's corrections, and which of them is in use. Knows no head's inside."""

from sqlmodel import Session, col, select

from analysis.storage.tables import CoderVersionRow


def in_use(session: Session, consultation: str) -> CoderVersionRow | None:
    """None: the coder that ships."""
    wanted = select(CoderVersionRow).where(CoderVersionRow.consultation_id == consultation, col(CoderVersionRow.in_use))
    return session.exec(wanted).first()


def versions(session: Session, consultation: str) -> list[CoderVersionRow]:
    """All that are kept, in the order of their dates and names."""
    wanted = select(CoderVersionRow).where(CoderVersionRow.consultation_id == consultation)
    return list(session.exec(wanted.order_by(col(CoderVersionRow.made_on), col(CoderVersionRow.version))))


def use(session: Session, consultation: str, version: str | None) -> None:
    """Put one to use, or with None the coder that ships."""
    for row in versions(session, consultation):
        row.in_use = row.version == version
        session.add(row)
