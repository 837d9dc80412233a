"""Ask that a consultation's coder learns from what was corrected, as soon as a process that does heavy work looks."""

from datetime import datetime

from consultation.domain.consultation import Consultation
from consultation.domain.due import Kind
from consultation.operations.note_coding import note_coding
from consultation.storage import due
from consultation.storage.store import Store


def ask_to_learn(store: Store, consultation: Consultation, *, by: str, at: datetime) -> None:
    """Asking twice is asking once."""
    with store.write() as session:
        due.plan(session, Kind.LEARN, consultation.id, at)
        note_coding(session, consultation.slug, "learning asked for", by=by, at=at)
