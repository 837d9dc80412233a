"""Slows down whoever guesses. What it remembers of an address is in memory alone, hashed, and for minutes."""

import secrets
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

MOST = 10  # wrong guesses from one address
SECONDS = 600.0  # after which all are forgotten


class Brake:
    """Counts wrong guesses by address. Its secret is new every time it forgets, so no two spans can be compared."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._forget()

    def holds(self, address: str) -> bool:
        """Whether there were too many of late."""
        if self._clock() - self._since > SECONDS:
            self._forget()
        return self._wrong[self._hashed(address)] >= MOST

    def note_wrong(self, address: str) -> None:
        self._wrong[self._hashed(address)] += 1

    def _forget(self) -> None:
        self._since, self._secret, self._wrong = self._clock(), secrets.token_bytes(32), Counter[bytes]()

    def _hashed(self, address: str) -> bytes:
        """Of an IPv6 address the network, in which one household has more addresses than could be counted."""
        network = ":".join(address.split(":")[:4])
        return blake2b(network.encode(), key=self._secret, digest_size=8).digest()
