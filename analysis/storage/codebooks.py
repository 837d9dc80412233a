"""Versions of codebooks that were edited here, and which of them a consultation is coded to. Knows no coder."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from analysis.codebook import Codebook, codebook_from
from analysis.storage.tables import CodebookInUseRow, CodebookVersionRow


def in_use(session: Session, consultation: str) -> Codebook | None:
    """None: the one that ships."""
    chosen = session.get(CodebookInUseRow, consultation)
    row = chosen and session.get(CodebookVersionRow, (chosen.codebook, chosen.version))
    return codebook_from(row.body) if row else None


def versions(session: Session, codebook: str) -> list[CodebookVersionRow]:
    """All that are stored, the newest first."""
    wanted = select(CodebookVersionRow).where(CodebookVersionRow.codebook == codebook)
    return list(session.exec(wanted.order_by(col(CodebookVersionRow.version).desc())))


def add(session: Session, body: Mapping[str, Any], *, by: str, on: date, why: str) -> Codebook:
    """Store a version. Two who make the same version at once: the second gets sqlalchemy's IntegrityError."""
    made = codebook_from(body)
    session.add(
        CodebookVersionRow(codebook=made.id, version=made.version, body=dict(body), made_by=by, made_on=on, why=why)
    )
    session.flush()
    return made


def use(session: Session, consultation: str, codebook: Codebook) -> None:
    session.merge(CodebookInUseRow(consultation_id=consultation, codebook=codebook.id, version=codebook.version))
