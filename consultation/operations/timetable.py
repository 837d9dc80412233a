"""The timetable of each consultation: what is kept until when, what goes next, and changing it. Deletes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from consultation.domain.retention import LONGEST, Kept
from consultation.operations.purge import Shown, held
from consultation.storage import audit, timetables
from consultation.storage.store import Store
from consultation.storage.timetables import Holding


class NotChanged(Exception):
    """The timetable can't be changed so. `str()` says why."""


@dataclass(frozen=True)
class Line:
    """One thing that is kept, and how much of it there is, as that may be shown."""

    holding: Holding
    count: int | None


def timetable(store: Store, today: date, shown: Shown) -> list[Line]:
    """Everything that has a time, what goes first at the top. Changes nothing."""
    with store.read() as session:
        return [Line(each, shown(held(session, each, today))) for each in timetables.holdings(session)]


def change_timetable(store: Store, slug: str, days: Mapping[Kept, int], now: datetime, by: str) -> None:
    """Keep these for so many days after the close, and note who changed it from what. Raises `NotChanged`."""
    if any(not 1 <= each <= LONGEST for each in days.values()):
        raise NotChanged(f"Choose a number of days from 1 to {LONGEST:,}.")
    with store.write() as session:
        mine = {each.what: each for each in timetables.holdings(session) if each.consultation.slug == slug}
        if not mine:
            raise NotChanged(f"There is no consultation '{slug}' here.")
        for what, wanted in days.items():
            holding = mine[what]
            if holding.begun_on is not None:
                raise NotChanged(f"The {what} of '{slug}' were deleted on {holding.begun_on}, for good.")
            if wanted != holding.days:
                timetables.entry(session, holding).days = wanted
                changed = {"days_before": holding.days, "days": wanted}
                audit.append(
                    session, at=now, actor=by, act="changed how long it is kept", subject=f"{slug}: {what}",
                    details=changed,
                )  # fmt: skip
