"""Slows down whoever guesses, and counts what comes of whom. What is remembered of an address is in memory alone,
hashed, and for minutes.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

MOST = 10  # wrong guesses from one address
SECONDS = 600.0  # after which all are forgotten


class Tally:
    """Counts by a key that it hashes. Its secret is new every time it forgets, so no two spans can be compared."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._forget()

    def add(self, key: str) -> None:
        self._counts[self._hashed(key)] += 1

    def of(self, key: str) -> int:
        """How many there were since it forgot last."""
        if self.left() <= 0:
            self._forget()
        return self._counts[self._hashed(key)]

    def left(self) -> float:
        """Seconds until it forgets."""
        return self._since + self._seconds - self._clock()

    def _forget(self) -> None:
        self._since, self._secret, self._counts = self._clock(), secrets.token_bytes(32), Counter[bytes]()

    def _hashed(self, key: str) -> bytes:
        return blake2b(key.encode(), key=self._secret, digest_size=8).digest()


class Brake:
    """Counts wrong guesses by address."""

    def __init__(self, clock: Callable[[], float] = monotonic, most: int = MOST) -> None:
        self._wrong, self._most = Tally(SECONDS, clock), most

    def holds(self, address: str) -> bool:
        """Whether there were too many of late."""
        return self._wrong.of(network_of(address)) >= self._most

    def note_wrong(self, address: str) -> None:
        self._wrong.add(network_of(address))


def network_of(address: str) -> str:
    """Of an IPv6 address the network, in which one household has more addresses than could be counted."""
    return ":".join(address.split(":")[:4])
