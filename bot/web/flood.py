"""Tells a flood from a school: too many presses in one talk, or far more from one address than its people make.

Counted by the minute in this process's memory, under hashes whose secret goes with the minute; each process counts for
itself. Knows no page. Reading pages is not counted: it changes nothing, and what stands in front may limit it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from starlette.requests import Request

from bot.metrics import FloodKind, Metrics
from bot.web.brake import Tally, network_of

MINUTE = 60.0


@dataclass(frozen=True)
class Limits:
    """The most in a minute: presses in one talk; people who press, and all that they post, from one address."""

    presses: int
    people: int
    posts: int

    @classmethod
    def of_a_crowd(cls, people: int) -> "Limits":
        """So many at once behind one address, each of whom presses every other second. In one talk two presses a second
        for a minute are more than anybody reads."""
        return cls(presses=120, people=people, posts=people * 30)


class Floods:
    """Counts posts as they come, and says which to refuse."""

    def __init__(self, limits: Limits, metrics: Metrics, clock: Callable[[], float] = monotonic) -> None:
        self._most: dict[FloodKind, int] = {"talk": limits.presses, "people": limits.people, "address": limits.posts}
        self._tally, self._metrics = Tally(MINUTE, clock), metrics

    def seconds_to_wait(self, request: Request, talk: str, *, shared: bool = False) -> int | None:
        """None: take this post, which was counted. A talk that has not posted this minute is one person more, whether
        it is new or its name was made up; on a device that a worker has `shared` there may be as many as come."""
        address = network_of(request.client.host) if request.client else ""  # none: a socket file behind a proxy
        whose: dict[FloodKind, str] = {"talk": talk}
        if address:
            whose["address"] = address
        if address and not shared and not self._tally.of(f"talk {talk}"):
            whose["people"] = address
        for kind, who in whose.items():
            if self._tally.of(f"{kind} {who}") >= self._most[kind]:
                self._metrics.flood_refused(kind)
                return max(ceil(self._tally.left()), 1)
        for kind, who in whose.items():
            self._tally.add(f"{kind} {who}")
        return None
