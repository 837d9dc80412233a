"""A safeguarding signal found in a text; knows neither how it was found nor what is done about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How soon a person must hear of it."""

    NONE = "none"
    SUPPORT = "support"  # warm words and help lines, the lead looks today
    IMMEDIATE = "immediate"  # 999 first, the lead is alerted at once

    @property
    def rank(self) -> int:
        """0, 1 or 2; the higher, the sooner."""
        return list(Level).index(self)


@dataclass(frozen=True)
class Concern:
    """The screen's judgement of one text.

    score: calibrated chance, 0 to 1, that a safeguarding lead would call it a concern.
    reason: one short plain sentence for the lead; never the text itself.
    span: half-open character offsets into the text as written, or None for the text as a whole.
    """

    level: Level
    score: float
    reason: str
    span: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"A concern's score lies between 0 and 1, not {self.score}.")
