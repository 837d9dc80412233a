"""Does what is due, each piece once however many processes ask: due work is rows in the database.

A piece is done first and struck afterwards, so one that is killed half-way is done again: every operation here is safe
to do twice. Knows no operation; those are given.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from typing import Literal, TypeAlias

from consultation.domain.due import Kind, Next, closing, day_in_london, next_at, opening
from consultation.operations.purge import PURGED_AT
from consultation.storage import closings, consultations, due
from consultation.storage.store import Store
from consultation.storage.tables import DueRow

log = logging.getLogger("sayso.due")

BY_NIGHT = time(3)  # in London: what takes long and nobody waits for
KNOWN = frozenset[str](Kind)
MINUTE, LONGEST_BACK_OFF = timedelta(minutes=1), timedelta(hours=1)

Operation: TypeAlias = Callable[[str], Next]  # from the subject of the work to when it is due again
Outcome: TypeAlias = Literal["done", "failed"]


class NotYet(Exception):
    """The work can't be done as things are; it is tried again. `str()` tells whoever runs Sayso how to mend it."""


def do_what_is_due(store: Store, now: datetime, operations: Mapping[str, Operation]) -> list[tuple[str, Outcome]]:
    """Carry out what is due by `now`, the longest overdue first; returns each kind that was done, and how it went.

    A kind that another process is doing is left to it, and so is one that has no operation here. What fails is tried
    again after a minute, two, four … up to an hour.
    """
    went: list[tuple[str, Outcome]] = []
    with store.read() as session:
        kinds = due.kinds_due(session, now)
    for kind in kinds:
        if kind in operations:
            with store.database.only_one(f"due work: {kind}") as mine:
                for row in _rows(store, kind, now) if mine else ():
                    went.append((kind, _do(store, row, now, operations[kind])))
        elif kind not in KNOWN:
            _leave_alone(kind)
    return went


def ensure_due(store: Store, now: datetime) -> None:
    """Plan what comes round again and again, and what waves still need that were opened before there was due work."""
    today = day_in_london(now)
    with store.write() as session:
        due.plan(session, Kind.PURGE, "", next_at(now, PURGED_AT))
        due.plan(session, Kind.WIPE, "", now)
        due.plan(session, Kind.REMIND, "", now)
        due.plan(session, Kind.FORGET, "", now)
        due.plan(session, Kind.CODE, "", now)
        due.plan(session, Kind.LEARN, "", now)
        due.plan(session, Kind.THEMES, "", next_at(now, BY_NIGHT))
        closed = closings.certified(session)
        for wave in consultations.waves(session):
            if not wave.is_over(today):
                due.plan(session, Kind.OPEN, wave.id, opening(wave.opens_on))
            if wave.id not in closed:
                due.plan(session, Kind.CLOSE, wave.id, closing(wave.closes_on))


def _rows(store: Store, kind: str, now: datetime) -> list[DueRow]:
    """Read when nobody else is doing this kind, so that nothing of it is done twice."""
    with store.read() as session:
        return due.rows_due(session, kind, now)


def _do(store: Store, row: DueRow, now: datetime, operation: Operation) -> Outcome:
    outcome: Outcome = "done"
    failures = 0
    try:
        next_time = operation(row.subject)
    except Exception as error:  # whatever one piece of work runs into, the others are done
        outcome, failures = "failed", row.failures + 1
        next_time = now + min(MINUTE * 2 ** min(row.failures, 10), LONGEST_BACK_OFF)
        why = str(error) if isinstance(error, NotYet) else f"It failed ({type(error).__name__})."
        log.error("due work '%s': %s It is tried again in %s", row.kind, why, next_time - now)
    with store.write() as session:
        due.settle(session, row, next_time, failures)
    return outcome


@cache
def _leave_alone(kind: str) -> None:
    """Say so once."""
    log.warning(
        "work of the kind '%s' is due, which this version of Sayso does not know; it is left to a newer one", kind
    )
