"""A chat's address, sealed for as long as something waits to be sent there. Knows no storage and no channel's sending.

Whoever has the consultation's key could find the chat by its pseudonym all the same; without it neither tells anything,
so an address goes with the key when the consultation closes.
"""

import base64
import hmac
import json
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from consultation.domain.consultation import Channel
from consultation.domain.ids import Pseudonym

OUTBOX, CONTACTS = b"outbox address", b"contact point"  # keys of their own, made from the consultation's


class UnreadableAddress(Exception):
    """The address was sealed under another key, or for another conversation."""


def seal_address(key: bytes, who: Pseudonym, chat: str) -> str:
    """The address as URL-safe text, bound to its conversation. AES-SIV, so that no chance is needed: the same chat
    gives the same text, as its pseudonym does."""
    return _sealed(_cipher(key, OUTBOX), who, chat)


def open_address(key: bytes, who: Pseudonym, sealed: str) -> str:
    """The chat's address. Raises `UnreadableAddress`."""
    return _opened(_cipher(key, OUTBOX), who, sealed)


class Contact(NamedTuple):
    """Where somebody asked to be written to, later and once; and at which step of their talk."""

    channel: Channel
    chat: str
    step: int


def seal_contact(key: bytes, row: str, contact: Contact) -> str:
    """Bound to the row it stands in alone, whose name is chance: two of one chat look different, and neither says which
    conversation it is of."""
    return _sealed(_cipher(key, CONTACTS), row, json.dumps(contact))


def open_contact(key: bytes, row: str, sealed: str) -> Contact:
    """Raises `UnreadableAddress`."""
    channel, chat, step = json.loads(_opened(_cipher(key, CONTACTS), row, sealed))
    return Contact(Channel(channel), chat, step)


def _sealed(cipher: AESSIV, bound_to: str, words: str) -> str:
    return base64.urlsafe_b64encode(cipher.encrypt(words.encode(), [bound_to.encode()])).decode()


def _opened(cipher: AESSIV, bound_to: str, sealed: str) -> str:
    try:
        return cipher.decrypt(base64.urlsafe_b64decode(sealed), [bound_to.encode()]).decode()
    except (InvalidTag, ValueError):
        raise UnreadableAddress("an address does not open with this consultation's key") from None


def _cipher(key: bytes, purpose: bytes) -> AESSIV:
    return AESSIV(hmac.digest(key, purpose, "sha512"))
