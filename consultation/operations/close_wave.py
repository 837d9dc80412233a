"""What is left to do for a wave when its last day is over. `Wave.is_open` keeps new answers out without this."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from consultation.domain.due import Next, closing, day_in_london
from consultation.domain.ids import WaveId
from consultation.operations.advance_figures import advance_figures
from consultation.storage import consultations
from consultation.storage.store import Store
from consultation.storage.tables import OutboxRow


def close_wave(store: Store, wave_id: WaveId, now: datetime) -> Next:
    """Let the last figures count everybody, and forget the addresses of chats that something still waits for.

    A wave whose closing day was moved is closed on that day.
    """
    today = day_in_london(now)
    with store.read() as session:
        wave = consultations.wave_by_id(session, wave_id)
    if wave is None:
        return None
    if today <= wave.closes_on:
        return closing(wave.closes_on)
    advance_figures(store, wave, today)
    with store.write() as session:
        session.execute(delete(OutboxRow).where(col(OutboxRow.wave_id) == wave.id))
    return None
