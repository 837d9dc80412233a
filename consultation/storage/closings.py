"""How far the closing of each wave has come, and the certificates of those that are closed. Knows no step's meaning."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from consultation.domain.consultation import Wave
from consultation.storage.statements import INTAKE
from consultation.storage.tables import CertificateRow, ClosingRow, WaveRow


def begin(session: Session, wave: Wave, step: str, today: date) -> None:
    """Take no turn of the wave from here on. Batches under way end first; none that comes later keeps anything."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": INTAKE})
    if session.get(ClosingRow, wave.id) is None:
        session.add(ClosingRow(wave_id=wave.id, step=step))
        row = session.get_one(WaveRow, wave.id)
        row.closes_on = min(row.closes_on, today)


def takes_turns(session: Session, wave: str) -> bool:
    """Whether no closing has begun; and none does before the end of this transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": INTAKE})
    return session.exec(select(ClosingRow.wave_id).where(ClosingRow.wave_id == wave)).first() is None


def get(session: Session, wave: str) -> ClosingRow:
    """Of a wave whose closing has begun."""
    return session.get_one(ClosingRow, wave)


def note(session: Session, wave: str, step: str | None = None, **destroyed: Any) -> ClosingRow:
    """The closing of this wave has come so far, and this is what there was."""
    row = get(session, wave)
    row.step, row.destroyed = step or row.step, {**row.destroyed, **destroyed}
    session.add(row)
    return row


def certify(session: Session, wave: str, on: date, body: str) -> None:
    session.add(CertificateRow(wave_id=wave, issued_on=on, body=body))


def certificate(session: Session, wave: str) -> CertificateRow | None:
    return session.get(CertificateRow, wave)


def certified(session: Session) -> set[str]:
    """The waves that have a certificate."""
    return set(session.exec(select(CertificateRow.wave_id)))
