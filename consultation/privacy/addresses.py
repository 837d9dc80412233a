"""A chat's address, sealed for as long as something waits to be sent there. Knows no storage and no channel's sending.

Whoever has the consultation's key could find the chat by its pseudonym all the same; without it neither tells anything,
so an address goes with the key when the consultation closes.
"""

import base64
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from consultation.domain.ids import Pseudonym


class UnreadableAddress(Exception):
    """The address was sealed under another key, or for another conversation."""


def seal_address(key: bytes, who: Pseudonym, chat: str) -> str:
    """The address as URL-safe text, bound to its conversation. AES-SIV, so that no chance is needed: the same chat
    gives the same text, as its pseudonym does."""
    return base64.urlsafe_b64encode(_cipher(key).encrypt(chat.encode(), [who.encode()])).decode()


def open_address(key: bytes, who: Pseudonym, sealed: str) -> str:
    """The chat's address. Raises `UnreadableAddress`."""
    try:
        return _cipher(key).decrypt(base64.urlsafe_b64decode(sealed), [who.encode()]).decode()
    except (InvalidTag, ValueError):
        raise UnreadableAddress("an address in the outbox does not open with this consultation's key") from None


def _cipher(key: bytes) -> AESSIV:
    return AESSIV(hmac.digest(key, b"outbox address", "sha512"))
