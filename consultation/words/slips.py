"""What a finger makes of a word when it slips, for texts to learn from."""

from typing import NamedTuple


class Slips(NamedTuple):
    left_out: str
    swapped: str
    doubled: str


def slips(word: str, at: int) -> Slips:
    """The word with the letter at `at` left out, changed places with the next, which there must be, or typed twice."""
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return Slips(before + after, before + after[0] + letter + after[1:], before + letter + letter + after)
