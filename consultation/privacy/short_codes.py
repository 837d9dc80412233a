"""A code that carries a talk over to another device: short, because it is good once and for minutes. Pure.

What is stored of it says neither the code nor the talk: the talk is sealed under the code and the consultation's key
together. Knows no clock and no page.
"""

import base64
import hmac
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from consultation.privacy.receipts import GROUP, LETTERS, characters

LENGTH = 8  # all of them chance: 40 bits


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    return "".join(LETTERS[below(len(LETTERS))] for _ in range(LENGTH))


def shown(code: str) -> str:
    """As people read it: ABCD-EFGH."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def read_code(typed: str) -> str | None:
    """The code that was typed; None where it can't be one."""
    found = characters(typed)
    return found if len(found) == LENGTH and set(found) <= set(LETTERS) else None


def mark_of(key: bytes, code: str) -> str:
    """What it is found by, as 64 hex digits."""
    return hmac.digest(key, f"short code\0{code}".encode(), "sha256").hex()


def seal_talk(key: bytes, code: str, talk: str) -> str:
    return base64.urlsafe_b64encode(_cipher(key, code).encrypt(talk.encode(), None)).decode()


def open_talk(key: bytes, code: str, sealed: str) -> str | None:
    """The talk; None where it was sealed under another code or key."""
    try:
        return _cipher(key, code).decrypt(base64.urlsafe_b64decode(sealed), None).decode()
    except (InvalidTag, ValueError):
        return None


def _cipher(key: bytes, code: str) -> AESSIV:
    """No code is drawn twice within its time, so that chance is in it."""
    return AESSIV(hmac.digest(key, f"carried talk\0{code}".encode(), "sha512"))
