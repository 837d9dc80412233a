"""Note that a file was made out of answers. It leaves Sayso, and whoever must delete it later has to know of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from consultation.storage import audit
from consultation.storage.store import Store
from consultation.storage.tables import AuditRow

MADE = "export made"


@dataclass(frozen=True)
class Export:
    """A file that was made: its name, when, and the role that took it."""

    file: str
    made_at: datetime
    by: str


def note_export(store: Store, slug: str, *files: str, by: str, at: datetime) -> None:
    """Write into the audit log that `by`, a role, took these files of a consultation."""
    with store.write() as session:
        for file in files:
            audit.append(session, at=at, actor=by, act=MADE, subject=slug, details={"file": file})


def exports_before(store: Store, slug: str, number: int) -> list[Export]:
    """Those made before an entry of the audit log, the latest first."""
    with store.read() as session:
        rows = session.exec(
            select(AuditRow)
            .where(AuditRow.act == MADE, AuditRow.subject == slug, col(AuditRow.number) < number)
            .order_by(col(AuditRow.number).desc())
        )
        return [Export(row.details["file"], row.at, row.actor) for row in rows]
