"""What somebody is told of: that a referral waits, or that the path by which they would hear of one works. Nothing of
any message has a place here. Must not know how it is worded or sent.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from consultation.domain.concern import Level
from consultation.safeguarding.escalation import Call, Path


@dataclass(frozen=True)
class Alert:
    """A referral waits. `call`: which telling of it this is; `minutes`: until the next are told; `last`: nobody comes
    next, so these are told again."""

    path: Path
    reference: str
    level: Level
    asks_contact: bool
    drill: bool
    call: Call
    minutes: int
    last: bool

    @property
    def id(self) -> str:
        """The same when the same is sent once more because nobody knows whether it went out."""
        return _joined(self.reference, self.call.rung, self.path.means, self.call.sent)


@dataclass(frozen=True)
class Heartbeat:
    """Nothing need be done. `waiting`: how many referrals nobody has acknowledged that this position would hear of,
    `oldest`: the day of the first of them."""

    path: Path
    day: date
    waiting: int
    oldest: date | None

    @property
    def id(self) -> str:
        return _joined("heartbeat", self.day.isoformat(), self.path.position, self.path.means)


Notice: TypeAlias = Alert | Heartbeat


def _joined(*parts: object) -> str:
    return ".".join(str(each).replace(" ", "-") for each in parts)
