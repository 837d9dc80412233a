"""Finds what should be gone: secrets in bytes, in whichever of the usual ways they may be written there.

Pure. Knows no file, no database and no reason why.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator

import numpy as np

WINDOW = 16  # bytes of a secret that suffice: as a hexadecimal number these are 64 bits, which no chance brings up
ODD = np.uint64(0x9E3779B97F4A7C15)  # spreads eight bytes over 64 bits (Fibonacci hashing)
BITS = 24


class Remnants:
    """Looks for many secrets at once: some hundred megabytes a second, however many they are."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self._known = {window for secret in secrets for way in ways_to_write(secret) for window in _ends(way)}
        self._likely = np.zeros(1 << BITS, dtype=bool)
        if self._known:
            starts = b"".join(each[:8] for each in self._known)
            self._likely[_spread(np.frombuffer(starts, "<u8"))] = True

    def in_(self, data: bytes) -> bool:
        """Whether the beginning or the end of any secret stands in `data`."""
        if len(data) < WINDOW or not self._known:
            return False
        eights = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))  # from each byte on
        places = np.flatnonzero(self._likely[_spread(eights)])
        return any(data[at : at + WINDOW] in self._known for at in places.tolist())


def secret_of(text: str) -> bytes:
    """The bytes that a pseudonym or a sealed address writes; other text as it stands."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def ways_to_write(secret: bytes) -> Iterator[bytes]:
    """Raw, in hexadecimal digits large and small, in both kinds of Base64. JSON, SQL and logs write them alike."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(secret).rstrip(b"=")


def _ends(way: bytes) -> Iterator[bytes]:
    """Its beginning and its end: what is written over a remnant may have left either."""
    if len(way) >= WINDOW:
        yield way[:WINDOW]
        yield way[-WINDOW:]


def _spread(eights: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return (eights * ODD) >> np.uint64(64 - BITS)
