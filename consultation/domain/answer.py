"""A reply to one question. Free text exists here only as `RedactedText`."""

from dataclasses import dataclass
from typing import TypeAlias

from consultation.domain.ids import OptionId
from consultation.domain.text import RedactedText


@dataclass(frozen=True)
class Chosen:
    """One listed choice."""

    option: OptionId


@dataclass(frozen=True)
class ChosenSeveral:
    """Listed choices, in the survey's order."""

    options: tuple[OptionId, ...]


@dataclass(frozen=True)
class Ranked:
    """Listed choices in the person's own order, what matters most first; perhaps not all of them."""

    options: tuple[OptionId, ...]


@dataclass(frozen=True)
class Scored:
    """A place on a scale."""

    score: int


@dataclass(frozen=True)
class Counted:
    """A whole number."""

    number: int


@dataclass(frozen=True)
class Dated:
    """A date as exactly as it was asked for: "2025", "2025-03" or "2025-03-27"."""

    date: str


@dataclass(frozen=True)
class Told:
    """Free text, already redacted."""

    text: RedactedText


@dataclass(frozen=True)
class Skipped:
    """The person chose not to answer: not the same as blank (never asked) or withheld."""


@dataclass(frozen=True)
class Withheld:
    """The person answered, and the words went to the safeguarding lead alone."""


Answer: TypeAlias = Chosen | ChosenSeveral | Ranked | Scored | Counted | Dated | Told | Skipped | Withheld
