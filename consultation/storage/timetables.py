"""How long what each consultation left is kept, and what of it is gone. Knows no rule of deleting."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, select

from consultation.domain.consultation import Consultation
from consultation.domain.retention import USUAL, Kept
from consultation.storage import consultations
from consultation.storage.tables import RetentionRow


@dataclass(frozen=True)
class Holding:
    """One thing that is kept of one consultation, for so many days after its last wave closes."""

    consultation: Consultation
    what: Kept
    closes_on: date
    days: int
    begun_on: date | None = None
    done_on: date | None = None

    @property
    def until(self) -> date:
        """The last day on which it is kept."""
        return self.closes_on + timedelta(days=self.days)


def holdings(session: Session) -> list[Holding]:
    """All of them, what goes first at the top."""
    rows = {(row.consultation_id, row.what): row for row in session.exec(select(RetentionRow))}
    last = {wave.consultation.id: wave for wave in sorted(consultations.waves(session), key=lambda it: it.closes_on)}
    found = [
        _holding(wave.consultation, what, wave.closes_on, rows.get((wave.consultation.id, what)))
        for wave in last.values()
        for what in Kept
    ]
    return sorted(found, key=lambda each: (each.until, each.consultation.slug, each.what))


def entry(session: Session, holding: Holding) -> RetentionRow:
    """The row of a holding, to be changed."""
    row = session.get(RetentionRow, (holding.consultation.id, holding.what))
    if row is None:  # opened before there were timetables
        row = RetentionRow(consultation_id=holding.consultation.id, what=holding.what, days=holding.days)
        session.add(row)
    return row


def _holding(consultation: Consultation, what: Kept, closes_on: date, row: RetentionRow | None) -> Holding:
    if row is None:
        return Holding(consultation, what, closes_on, USUAL[what])
    return Holding(consultation, what, closes_on, row.days, row.begun_on, row.done_on)
