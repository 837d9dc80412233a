"""Lets published figures move on, in steps so large that nobody can be picked out by comparing two of them."""

from datetime import date

from sqlalchemy import func, update
from sqlmodel import col, select

from consultation.domain.consultation import Wave
from consultation.storage.store import Store
from consultation.storage.tables import ResponseRow

STEP = 10  # responses: no breakdown may rest on fewer, and neither may a change of one


def advance_figures(store: Store, wave: Wave, today: date) -> int:
    """Count what has come in since, once that is a step; returns how many responses still wait.

    A simulated consultation has nobody to protect, so its figures follow at once; and when a wave is over, the last
    figures hold everybody.
    """
    mine = (col(ResponseRow.wave_id) == wave.id) & col(ResponseRow.counted).is_(False)
    with store.read() as session:
        waiting = session.exec(select(func.count()).where(mine)).one()
    moves = waiting >= STEP or wave.consultation.simulated or today > wave.closes_on
    if not waiting or not moves:
        return int(waiting)
    with store.write() as session:
        session.execute(update(ResponseRow).where(mine).values(counted=True))
    return 0
