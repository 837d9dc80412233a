"""Ids for codes that have only a name."""

import re
from collections.abc import Collection
from unicodedata import normalize


def id_for(name: str, taken: Collection[str]) -> str:
    """Made of the name's letters; with a number where another code has it."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")[:60] or "code"
    number = 2
    found = made
    while found in taken:
        found, number = f"{made}_{number}", number + 1
    return found
