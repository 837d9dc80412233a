"""How many people a wave has reached, for an officer to watch while it runs. Counts only; no answers."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select

from consultation.domain.ids import WaveId
from consultation.storage.store import Store
from consultation.storage.tables import ResponseRow


@dataclass(frozen=True)
class Reach:
    """Exact counts, by audience. They may be shown only after suppression."""

    begun: dict[str, int]
    finished: dict[str, int]


def reach(store: Store, wave: WaveId) -> Reach:
    """Counts of responses (people who consented) that the wave's figures count by now."""
    by = (col(ResponseRow.audience), col(ResponseRow.finished))
    counted = (ResponseRow.wave_id == wave, col(ResponseRow.counted))
    with store.read() as session:
        rows = session.exec(select(*by, func.count()).where(*counted).group_by(*by)).all()
    found = Reach({}, {})
    for audience, finished, count in rows:
        found.begun[audience] = found.begun.get(audience, 0) + count
        if finished:
            found.finished[audience] = count
    return found
