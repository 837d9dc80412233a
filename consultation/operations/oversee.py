"""What officers may know of safeguarding: that it is as signed off, that its ways work, and whether to ring the lead.

Must tell no reference, level or number, and nothing of allegations: in a small place a number is somebody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from consultation.domain.consultation import Wave
from consultation.domain.due import day_in_london
from consultation.domain.survey import Survey
from consultation.operations.beat import PathState, alert_paths
from consultation.operations.check_sign_off import uncovered
from consultation.operations.sign_off import arrangements_now
from consultation.storage import alerts, sign_offs
from consultation.storage.store import Store


@dataclass(frozen=True)
class Oversight:
    """`differs`: by the short name of an open consultation, what is not as it was signed off. `overdue`: something has
    waited for the safeguarding lead since an earlier day."""

    signed_on: date | None
    simulated: bool  # signed for a demonstration
    differs: Mapping[str, list[str]]
    paths: list[PathState]
    overdue: bool


def oversee(store: Store, survey_of: Callable[[Wave], Survey], today: date, now: datetime) -> Oversight:
    with store.read() as session:
        row = sign_offs.newest(session)
        differs = uncovered(session, survey_of, today)
        overdue = alerts.overdue(session, today)
        arrangements = arrangements_now(session)
    return Oversight(
        signed_on=day_in_london(sign_offs.signed_at(row)) if row else None,
        simulated=bool(row and row.parts["simulated"]),
        differs=differs,
        paths=alert_paths(store, arrangements, now),
        overdue=overdue,
    )
