"""How the safeguarding lead writes to a chat that asked for it, and learns nothing of it: a handle is the public half
of an age key pair of that chat's own. Knows no storage and no consultation key.

`glass` is the chat itself under two layers, for a threat to life: a lead's key opens the outer, a deputy's the inner.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

import pyrage

from consultation.safeguarding.seal import OpenedKey, seal_bytes, unseal_bytes

GLASS_BYTES = 256  # all the same, so that its length tells no channel


@dataclass(frozen=True)
class HandleKey:
    """A new handle. `public` is what the lead is told; `private` goes where only the consultation's key opens it."""

    public: str
    private: str


@dataclass(frozen=True)
class BehindGlass:
    """Where a chat is: what the police could go to a channel's company with. `chat` is empty where there is none."""

    channel: str
    chat: str


def new_handle() -> HandleKey:
    identity = pyrage.x25519.Identity.generate()
    return HandleKey(str(identity.to_public()), str(identity))


def seal_words(words: str, handle: str) -> bytes:
    """What the lead writes, for the chat of that handle alone."""
    return seal_bytes(words.encode(), [handle])


def open_words(sealed: bytes, private: str) -> str:
    """Raises `UnusableKey`."""
    return unseal_bytes(sealed, OpenedKey(pyrage.x25519.Identity.from_str(private))).decode()


def seal_glass(what: BehindGlass, leads: Collection[str], deputies: Collection[str]) -> bytes | None:
    """None where nobody is a deputy, or nobody a lead: then there is no second person, and no glass."""
    if not leads or not deputies:
        return None
    return seal_bytes(seal_bytes(json.dumps(asdict(what)).encode().ljust(GLASS_BYTES), deputies), leads)


def open_glass(glass: bytes, lead: OpenedKey, deputy: OpenedKey) -> BehindGlass:
    """Raises `UnusableKey` where either does not fit."""
    return BehindGlass(**json.loads(unseal_bytes(unseal_bytes(glass, lead), deputy)))
