"""A fingerprint of what the screen has been taught: weights, patterns and words, as they lie beside this module, and
the words by which it tells other languages from English.

Thresholds and help lines are apart from it: a lead sets them. Must not know who approved what.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from consultation import words
from consultation.safeguarding.patterns import LANGUAGES

HERE = Path(__file__).parent
SET_BY_A_LEAD = {"arrangements.template.yaml", "help_lines.yaml", "thresholds.yaml"}


def taught() -> list[Path]:
    """The files that make the screen what it is, in the order of their names. (The weights are learnt from the
    examples, and so stand for them.)"""
    folders = (HERE, LANGUAGES, Path(words.__file__).parent)
    return sorted(
        each
        for folder in folders
        for each in folder.iterdir()
        if each.is_file() and each.suffix != ".py" and each.name not in SET_BY_A_LEAD
    )


@cache
def screen_fingerprint() -> str:
    """Changes whenever the screen may judge a text otherwise than before. As of when this process first asked."""
    whole = sha256()
    for path in taught():
        whole.update(f"{path.parent.name}/{path.name}\0".encode() + sha256(path.read_bytes()).digest())
    return whole.hexdigest()
