"""When somebody who asked for it may be reminded: never in school hours, nor early, nor late. London's clocks. Pure.

Knows no reminder. Term dates and bank holidays are given to it.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeAlias

from consultation.domain.due import LONDON

EARLIEST, SCHOOL_IS_OUT, LATEST = time(10), time(16), time(20)
TO_SPARE = timedelta(minutes=30)  # before LATEST nothing new is begun: what is to be said is looked for every ten
SATURDAY = 5

Terms: TypeAlias = tuple[tuple[date, date], ...]  # schools are open from … to …, both days included; in their order


class Hours(NamedTuple):
    """From the one instant until just before the other."""

    begin: datetime
    end: datetime

    def moment(self, chance: float) -> datetime:
        """One for whom `chance` is drawn between 0 and 1, so that not everybody is written to at once."""
        return self.begin + (self.end - TO_SPARE - self.begin) * chance


def is_school_day(day: date, terms: Terms, bank_holidays: Container[date]) -> bool:
    """Outside of the days that `terms` cover nothing is known, and every weekday counts but for bank holidays."""
    if day.weekday() >= SATURDAY or day in bank_holidays:
        return False
    covered = bool(terms) and terms[0][0] <= day <= terms[-1][1]
    return not covered or any(first <= day <= last for first, last in terms)


def free_hours(day: date, terms: Terms, bank_holidays: Container[date]) -> Hours:
    """Those of this day in which a reminder may come."""
    begin = SCHOOL_IS_OUT if is_school_day(day, terms, bank_holidays) else EARLIEST
    return Hours(_at(day, begin), latest(day))


def latest(day: date) -> datetime:
    """From then on nobody is reminded on this day."""
    return _at(day, LATEST)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LONDON).astimezone(UTC)
