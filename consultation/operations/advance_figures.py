"""Lets published figures move on, in steps so large that nobody can be picked out by comparing two of them."""

from datetime import date
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from consultation.domain.consultation import Wave
from consultation.storage.store import Store
from consultation.storage.tables import ResponseRow

STEP = 10  # responses: no breakdown may rest on fewer, and neither may a change of one


def advance_figures(store: Store, wave: Wave, today: date) -> int:
    """Count what has come in since, once that is a step; returns how many responses still wait.

    A simulated consultation has nobody to protect, so its figures follow at once; and when a wave is over, the last
    figures hold everybody.
    """
    over = wave.closed or today > wave.closes_on
    least = 1 if wave.consultation.simulated or over else STEP
    with store.read() as session:
        waiting = _waiting(session, wave)
    if waiting < least:
        return waiting
    # Counted again where nobody else moves them: of two at once, the later would take a step of what came in between.
    with store.database.only_one(f"figures of {wave.id}") as mine, store.write() as session:
        if not mine or (waiting := _waiting(session, wave)) < least:
            return waiting
        session.execute(update(ResponseRow).where(*_uncounted(wave)).values(counted=True))
    return 0


def _waiting(session: Session, wave: Wave) -> int:
    return session.exec(select(func.count()).select_from(ResponseRow).where(*_uncounted(wave))).one()


def _uncounted(wave: Wave) -> tuple[Any, ...]:
    return col(ResponseRow.wave_id) == wave.id, ~col(ResponseRow.counted)
