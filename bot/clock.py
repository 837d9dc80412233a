"""Whether the clock on the wall can be trusted with what can't be undone. It jumps: back from a dead battery, ahead by
a mistyped year. A key that it destroyed early is gone for good."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

log = logging.getLogger("sayso.clock")

SETTLED = timedelta(hours=1)
DRIFT = 60.0  # seconds between the two clocks that are no jump


class Steadiness:
    """Compares it with the machine's own clock, which counts seconds and knows no date."""

    def __init__(self, settled: timedelta = SETTLED, clock: Callable[[], float] = monotonic) -> None:
        self._settled, self._clock = settled.total_seconds(), clock
        self._apart: float | None = None
        self._since = clock()

    def holds(self, now: datetime) -> bool:
        """Whether both clocks have gone alike for long enough, up to this look."""
        apart = now.timestamp() - self._clock()
        if self._apart is None:
            self._apart = apart
        if abs(apart - self._apart) > DRIFT:
            log.warning(
                "the clock was set to another time; nothing is closed or purged until it has gone on for an hour"
            )
            self._apart, self._since = apart, self._clock()
        return self._clock() - self._since >= self._settled
