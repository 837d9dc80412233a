"""Work that is due at a time: its kinds, and the times of London's calendar, where every consultation is."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)

Next: TypeAlias = datetime | None  # when the same work is due again; None: never


class Kind(StrEnum):
    """What this version knows how to do."""

    OPEN = "open"  # of a wave: see every day that it can take answers, and runs as it was signed off
    CLOSE = "close"  # of a wave: what is left to do when its last day is over
    PURGE = "purge"  # forget what was kept for some days alone
    WIPE = "wipe"  # write anew what has changed, so that no byte is left of what was withdrawn
    CODE = "code"  # have the machine read what is new
    LEARN = "learn"  # from what people corrected; of a consultation: because somebody asked for it
    THEMES = "themes"  # look by night for themes that codebooks miss
    REMIND = "remind"  # write to those who asked for it and whose day it is
    FORGET = "forget"  # let go of short codes whose time is over


def day_in_london(now: datetime) -> date:
    return now.astimezone(LONDON).date()


def opening(opens_on: date) -> datetime:
    """The first instant of a wave."""
    return datetime.combine(opens_on, time(), LONDON).astimezone(UTC)


def closing(closes_on: date) -> datetime:
    """A minute after the last instant of a wave, when what was said in it is on the disk."""
    return datetime.combine(closes_on + DAY, time(minute=1), LONDON).astimezone(UTC)


def next_at(now: datetime, clock: time) -> datetime:
    """The next time that London's clocks show `clock`, later than `now`."""
    today = datetime.combine(day_in_london(now), clock, LONDON)
    return (today if today > now else today + DAY).astimezone(UTC)


def last_at(now: datetime, clock: time) -> datetime:
    """The last time that London's clocks showed `clock`, at `now` at the latest."""
    today = datetime.combine(day_in_london(now), clock, LONDON)
    return (today if today <= now else today - DAY).astimezone(UTC)
