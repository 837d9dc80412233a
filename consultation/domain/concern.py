"""A safeguarding signal found in a text, and what becomes of it; knows neither how it was found nor who is told."""

from collections.abc import Mapping
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


class Queue(StrEnum):
    """Who may know that it waits."""

    GENERAL = "general"
    ALLEGATIONS = "allegations"  # about an adult who works with children: consultation officers cannot see it


class Kind(StrEnum):
    """What a sealed message is."""

    DISCLOSURE = "disclosure"  # what worried the screen
    SAFETY = "safety"  # what they replied when asked whether they are safe
    CONTACT = "contact"  # how they want to be reached, or that they may be written to
    REPLY = "reply"  # what they wrote back to the lead


class Status(StrEnum):
    """How far a referral has come."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACTIONED = "actioned"
    CLOSED = "closed"


# It only moves forward; more than one thing may be done about it.
MOVES: Mapping[Status, tuple[Status, ...]] = {
    Status.NEW: (Status.ACKNOWLEDGED,),
    Status.ACKNOWLEDGED: (Status.ACTIONED, Status.CLOSED),
    Status.ACTIONED: (Status.ACTIONED, Status.CLOSED),
    Status.CLOSED: (),
}


class Outcome(StrEnum):
    """What was done about a referral. A list and no free text, which would tell of whom."""

    EMERGENCY = "emergency services called"
    SOCIAL_CARE = "referred to social care"
    LADO = "referred to LADO"
    ADVICE = "advice given"
    CONTACT = "contact made"
    NOTHING = "no further action"
    FALSE_ALARM = "false alarm"
    DRILL = "drill"


@dataclass(frozen=True)
class Concern:
    """The screen's judgement of one text.

    score: calibrated chance, 0 to 1, that a safeguarding lead would call it a concern.
    reason: one short plain sentence for the lead; never the text itself.
    span: half-open character offsets into the text as written, or None for the text as a whole.
    about_staff: an adult who works with children seems to have harmed, or to be harming, a child.
    """

    level: Level
    score: float
    reason: str
    span: tuple[int, int] | None = None
    about_staff: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"A concern's score lies between 0 and 1, not {self.score}.")
