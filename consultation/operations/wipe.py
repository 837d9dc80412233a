"""See that nothing stays of what was withdrawn or changed, in unused corners of the database's files either.

It is out of the tables the moment it is taken back; this is about the bytes.
"""

from datetime import datetime, time, timedelta

from consultation.domain.due import LONDON, Next, next_at
from consultation.storage.store import Store

SOON = timedelta(minutes=10)
LARGE = 256 * 2**20  # bytes; to write so much anew takes a second or two, and everybody waits meanwhile
WIPED_AT = time(3, 30)  # in London; large databases are wiped by night alone


def wipe(store: Store, now: datetime, large: int = LARGE) -> Next:
    """Write anew what has changed since; due again in ten minutes, or the next night."""
    by_night = store.database.size() >= large
    if not by_night or now.astimezone(LONDON).hour == WIPED_AT.hour:
        store.database.rewrite()
    return next_at(now, WIPED_AT) if by_night else now + SOON
