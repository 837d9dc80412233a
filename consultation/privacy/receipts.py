"""A talk on the web in a form that its person can write down: twenty letters and digits, of which the last is a check.

The receipt is the talk's own id, the one that its cookie holds, so that nothing is stored anywhere because of it. Knows
no page, and not whether there is such a talk.
"""

import secrets
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none that is mistaken for another
FORGIVEN = str.maketrans("ILOU", "110V")
LENGTH = 20  # the first 19 are chance: 95 bits
GROUP = 4


class Slip(StrEnum):
    """Why what was typed can't be a receipt."""

    LENGTH = "length"
    TYPO = "typo"


def new_talk(below: Callable[[int], int] = secrets.randbelow) -> str:
    """The id of a new talk, by chance alone."""
    chance = [below(len(LETTERS)) for _ in range(LENGTH - 1)]
    return "".join(LETTERS[each] for each in (*chance, _left([*chance, 0])))


def receipt_of(talk: str) -> str | None:
    """The talk's id in groups, as it is shown; None for one from before there were receipts."""
    if read_receipt(talk) != talk:
        return None
    return "-".join(talk[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def characters(typed: str) -> str:
    """What counts of what was typed: capitals, spaces, dashes and letters that look alike make no difference."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(FORGIVEN)
    return "".join(each for each in folded if each.isalnum())


def read_receipt(typed: str) -> str | Slip:
    """The id of the talk that is meant. Finds every wrong letter, and any two that are swapped."""
    found = characters(typed)
    if len(found) != LENGTH:
        return Slip.LENGTH
    if not set(found) <= set(LETTERS) or _left(LETTERS.index(each) for each in found):
        return Slip.TYPO
    return found


def _left(digits: Iterable[int]) -> int:
    """Zero for a whole receipt: the digits as a polynomial over the field of 32 elements, at the root of x⁵ + x² + 1.

    Its powers differ for 31 places, so that one wrong digit, or two swapped, never come out as zero.
    """
    left = 0
    for digit in digits:
        left = left << 1 ^ (0b100101 if left & 16 else 0) ^ digit
    return left
