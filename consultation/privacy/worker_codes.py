"""The code by which a worker puts a device into the hands of many, one after the other: eight consonants.

They are typed on a tablet without changing its keyboard, none looks like another, and no word comes of them. 19 letters
give 34 bits: from one address some thousands of years of guessing at the pace that the page allows. What a guess would
win is little: to begin talks, as anybody may on the page beside it. Knows no page, and not which sessions there are.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Callable

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """By chance alone, as it is shown: BKTR-MWHD."""
    letters = "".join(LETTERS[below(len(LETTERS))] for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def code_mark(key: bytes, typed: str) -> str | None:
    """All that is kept of a code: a hash under the consultation's key, 64 hex digits; None for what can't be a code.
    Small letters, spaces and dashes make no difference."""
    letters = "".join(each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum())
    if len(letters) != LENGTH or not set(letters) <= set(LETTERS):
        return None
    return hmac.new(key, f"shared session\0{letters}".encode(), "sha256").hexdigest()
