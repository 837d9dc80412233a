"""What the safeguarding lead approves before a consultation opens: who is told of a concern, how and how soon, from
which chance the screen speaks, and whom people are pointed to. Must not know who has approved it, or any store.
"""

import re
from datetime import time
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

from consultation.content import parse
from consultation.domain.concern import Level
from consultation.safeguarding import help_lines, screen
from consultation.safeguarding.help_lines import HelpLines, load_help_lines
from consultation.safeguarding.screen import Thresholds, load_thresholds

ROLES = ("lead", "deputy", "duty_team", "allegations")
TEMPLATE = Path(__file__).with_name("arrangements.template.yaml")

LONGEST_REPLY = 3  # days, that of the agreement among them: so never more than 72 hours
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Contact(BaseModel):
    """One person or team, by their role: no person's name is needed here."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: Text
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s,;]+@[^@\s,;]+$")] | None = None
    telegram: int | None = None  # their chat with the staff bot
    webhook: HttpUrl | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "Contact":
        if not (self.email or self.telegram or self.webhook):
            raise ValueError(f"'{self.role}' can't be reached. Give an email, a telegram chat or a webhook.")
        return self


class Patience(BaseModel):
    """Minutes that each has to acknowledge a concern before the next is told, and the last is told again."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    immediate: int = Field(default=15, ge=1, le=60)
    support: int = Field(default=240, ge=1, le=1440)

    def minutes(self, level: Level) -> int:
        return self.immediate if level is Level.IMMEDIATE else self.support


class Arrangements(BaseModel):
    """All of it. Without contacts nothing but a simulation can open."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    lead: Contact | None = None
    deputy: Contact | None = None
    duty_team: Contact | None = None
    allegations: Contact | None = None  # told first of an allegation against staff; else the lead is
    patience: Patience = Patience()
    heartbeat: time = time(9)  # when all are told every day, by London's clocks, that the path is alive
    reply_days: int = Field(default=LONGEST_REPLY, ge=1, le=LONGEST_REPLY)
    thresholds: Thresholds
    help_lines: HelpLines

    def ladder(self, *, allegation: bool = False) -> tuple[Contact, ...]:
        """Who is told, in order, each when the one before has not acknowledged in time."""
        first = self.allegations if allegation and self.allegations else self.lead
        return tuple(each for each in (first, self.deputy, self.duty_team) if each)

    def absent(self) -> tuple[str, ...]:
        """Who must be named, and is not."""
        return tuple(name.replace("_", " ") for name in ROLES[:3] if getattr(self, name) is None)


@cache
def shipped_arrangements() -> Arrangements:
    """What ships: no contacts, our thresholds, and help lines that a lead has yet to check. Raises `BadFile`."""
    return Arrangements(thresholds=load_thresholds(), help_lines=load_help_lines())


def read_arrangements(body: str, path: Path) -> Arrangements:
    """A file that a lead filled in; `path` is only named in what is said of a fault. Raises `BadFile`."""
    return parse(body, path, Arrangements)


def file_to_fill_in() -> str:
    """What ships, with notes, for a lead to fill in: it can't be read before contacts and days of checking are in."""
    ours = screen.SHIPPED.read_text(encoding="utf-8")
    _, _, lines = help_lines.SHIPPED.read_text(encoding="utf-8").partition("\nlines:\n")
    lines = re.sub(r"verified_on: \S+", "verified_on:  # the day on which you checked it, such as 2026-11-22", lines)
    filled = TEMPLATE.read_text(encoding="utf-8").replace("{thresholds}", f"thresholds:\n{indent(ours, '  ')}".rstrip())
    return filled.replace("{help_lines}", f"help_lines:\n{lines}".rstrip())
