"""What changed from one version of a codebook to the next, for people to read. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from analysis.codebook.codebook import Code, Codebook

Kind = Literal["added", "retired", "in use again", "gone", "changed"]
FIELDS = {"name": "Name", "definition": "Definition", "include": "Include", "exclude": "Exclude"}
ELSE = ("topic", "statements", "workforce")  # what the report says of it


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    words: str
    mark: Literal["", "del", "ins"] = ""


@dataclass(frozen=True)
class Change:
    """What happened to one code. `fields`: of what is written about it, what reads otherwise now."""

    kind: Kind
    code: Code
    fields: tuple[tuple[str, tuple[Piece, ...]], ...] = ()


def changes(before: Codebook, after: Codebook) -> list[Change]:
    """In the order of the later version; codes that are gone altogether come last."""
    old = {each.id: each for each in before.every}
    found = [change for each in after.every if (change := _change(old.pop(each.id, None), each))]
    return found + [Change("gone", each) for each in old.values()]


def _change(old: Code | None, new: Code) -> Change | None:
    if old is None:
        return Change("added", new)
    fields = tuple(_fields(old, new))
    if old.retired != new.retired:
        return Change("retired" if new.retired else "in use again", new, fields)
    return Change("changed", new, fields) if fields else None


def _fields(old: Code, new: Code) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    for field, label in FIELDS.items():
        before, after = _written(old, field), _written(new, field)
        if before != after:
            yield label, tuple(pieces(before, after))
    if any(getattr(old, field) != getattr(new, field) for field in ELSE) and old.name == new.name:
        yield "What the report says of it", (Piece("reads otherwise"),)


def _written(code: Code, field: str) -> str:
    value = getattr(code, field)
    return value if isinstance(value, str) else "; ".join(value)


def pieces(before: str, after: str) -> Iterator[Piece]:
    """Both wordings as one, word for word."""
    old, new = before.split(), after.split()
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(" ".join(old[start:end]))
            continue
        if end > start:
            yield Piece(" ".join(old[start:end]), "del")
        if last > first:
            yield Piece(" ".join(new[first:last]), "ins")
