"""How many people a wave has reached, for an officer to watch while it runs. Counts only; no answers."""

from collections import Counter
from dataclasses import dataclass

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
    with store.read() as session:
        rows = session.exec(
            select(ResponseRow.audience, ResponseRow.finished).where(
                ResponseRow.wave_id == wave, col(ResponseRow.counted)
            )
        ).all()
    return Reach(
        begun=dict(Counter(audience for audience, _ in rows)),
        finished=dict(Counter(audience for audience, finished in rows if finished)),
    )
