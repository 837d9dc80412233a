"""Tell the safeguarding lead which references wait. Due work: it finds for itself what has not been told."""

from collections.abc import Callable

from sqlalchemy import update
from sqlmodel import col, select

from consultation.domain.concern import Level
from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow


class NotSent(Exception):
    """The alert did not go out; it is tried again."""


def alert_lead(store: Store, send: Callable[[str, Level], None]) -> int:
    """Send what was not sent, immediate ones first; returns how many went out. Repeated after a failure or a crash,
    so the lead may hear of a reference twice, and misses none. One process at a time, so in normal running once."""
    with store.database.only_one("alerts") as mine:
        return _alert(store, send) if mine else 0


def _alert(store: Store, send: Callable[[str, Level], None]) -> int:
    with store.read() as session:
        waiting = session.exec(
            select(ConcernRow.reference, ConcernRow.level)  # and not what was said
            .where(col(ConcernRow.alerted).is_(False))
            .order_by(ConcernRow.level, ConcernRow.reference)
        ).all()
    for sent, (reference, level) in enumerate(waiting):
        try:
            send(reference, Level(level))
        except NotSent:
            return sent
        with store.write() as session:
            session.execute(update(ConcernRow).where(col(ConcernRow.reference) == reference).values(alerted=True))
    return len(waiting)
