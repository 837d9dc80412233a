"""Who is told of a concern, by which means, and when: worked out from what is arranged and from how far it has come.

Pure, and asked again at every look, so that nothing hangs on a look that was missed. Must not know how anything is
sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from consultation.domain.concern import Queue
from consultation.domain.due import last_at
from consultation.safeguarding.arrangements import Arrangements, Contact

LOOK = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=5)
SILENT_AFTER = timedelta(hours=26)  # a day, and time to try again


class Means(StrEnum):
    """How somebody is told."""

    EMAIL = "e-mail"
    STAFF_BOT = "staff bot"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Path:
    """A way of telling somebody: whom, by their part in the arrangements, and by which means."""

    position: str
    means: Means

    def __str__(self) -> str:
        return f"{self.position} by {self.means}"


@dataclass(frozen=True)
class Call:
    """Telling one rung by one means: `due_at` None: not again, or as the next look says; `sent`: how often it went out;
    `failures`: since it last did."""

    rung: int
    means: Means
    due_at: datetime | None = None
    sent: int = 0
    failures: int = 0


@dataclass(frozen=True)
class Proof:
    """When a path last carried a heartbeat or a drill, and when it last failed to."""

    worked_at: datetime | None = None
    failed_at: datetime | None = None

    @property
    def failing(self) -> bool:
        return self.failed_at is not None and (self.worked_at is None or self.failed_at > self.worked_at)


def positions(arrangements: Arrangements) -> Mapping[str, Contact]:
    """Everybody who is named, by their part."""
    every = {
        "safeguarding lead": arrangements.lead,
        "deputy": arrangements.deputy,
        "duty team": arrangements.duty_team,
        "allegations contact": arrangements.allegations,
    }
    return {position: contact for position, contact in every.items() if contact}


def ladder(arrangements: Arrangements, queue: Queue) -> list[tuple[str, Contact]]:
    """Who is told of a concern of this queue, in order, with their parts."""
    named = positions(arrangements)
    rungs = arrangements.ladder(allegation=queue is Queue.ALLEGATIONS)
    return [next((part, contact) for part, contact in named.items() if contact is rung) for rung in rungs]


def means_of(contact: Contact) -> list[Means]:
    given = {Means.EMAIL: contact.email, Means.STAFF_BOT: contact.telegram, Means.WEBHOOK: contact.webhook}
    return [means for means, address in given.items() if address]


def paths(arrangements: Arrangements) -> list[Path]:
    """Every way of telling anybody."""
    named = positions(arrangements)
    return [Path(position, means) for position, contact in named.items() for means in means_of(contact)]


def schedule(calls: Collection[Call], rungs: Sequence[Contact], patience: timedelta, now: datetime) -> list[Call]:
    """The calls of one concern that nobody has acknowledged, as they are to be from `now` on.

    Each rung follows the one before after `patience`, whether that one could be reached or not, and the last is told
    again and again. Who is new in the arrangements is told when their rung is, and who is in them no more is not.

    No call is due later than it would be if the last thing that happened had happened just now. So a clock that is set
    back, by whatever time, makes nobody wait longer than their turn; one that is set ahead makes them hear early.
    """
    known = {(call.rung, call.means): call for call in calls}
    reached = max((call.rung for call in calls if call.sent), default=0)
    result = []
    for rung, contact in enumerate(rungs):
        for means in means_of(contact):
            call = known.get((rung, means), Call(rung, means))
            wait = _wait(call, reached, rung == len(rungs) - 1, patience)
            latest = None if wait is None else now + wait
            due_at = min(call.due_at or latest, latest) if latest else None
            result.append(replace(call, due_at=due_at))
    return result


def _wait(call: Call, reached: int, last: bool, patience: timedelta) -> timedelta | None:
    """The longest that it may be off; None: it is not made again."""
    if call.failures:
        return min(LOOK * (1 << min(call.failures, 10)), LONGEST_RETRY, patience)
    if call.sent:
        return patience if last else None
    return patience * max(0, call.rung - reached)


def beat_is_due(proof: Proof | None, at: datetime, now: datetime) -> bool:
    """Whether a path is to carry a heartbeat. `at`: when the last one was due. A path that nobody has tried yet, as
    when somebody has just been named, is tried at once; one that fails, now and then until it works."""
    if proof is None:
        return True
    if proof.failing:
        assert proof.failed_at is not None
        return not timedelta(0) <= now - proof.failed_at < LONGEST_RETRY
    return proof.worked_at is None or not at <= proof.worked_at <= now


def last_beat(arrangements: Arrangements, now: datetime) -> datetime:
    return last_at(now, arrangements.heartbeat)


def trouble(proof: Proof | None, now: datetime) -> str | None:
    """What is wrong with a path, for staff; None: it works."""
    if proof is None or (proof.worked_at is None and proof.failed_at is None):
        return "has not been tried yet"
    if proof.failing:
        return "failed when it was last tried"
    assert proof.worked_at is not None
    return "has not been tried for more than a day" if now - proof.worked_at > SILENT_AFTER else None
