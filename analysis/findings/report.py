"""The report as plain data: every exporter takes this and nothing else. Same input, same report, byte for byte.

Holds only what may be published: every number has been through `suppression` before it gets here. Knows no exporter.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Commission:
    """What a report is told of its consultation. `purpose`, `decided_by` and `collected` are for readers: the last says
    in whole sentences how people came to answer and where."""

    title: str
    authority: str
    purpose: str = ""
    decided_by: str = ""
    collected: str = ""
    opens_on: date | None = None
    closes_on: date | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Count:
    """A number of people as it may be published: rounded, or None where it is hidden."""

    shown: int | None

    @property
    def hidden(self) -> bool:
        return self.shown is None

    def __str__(self) -> str:
        """In words, as in "about 40". A hidden count never says how small it is: some are hidden to protect others."""
        return "not shown" if self.shown is None else f"about {self.shown:,}" if self.shown else "none"


class Checked(StrEnum):
    """How far a person has looked at the codings, made by machine, under a figure."""

    NOT_YET = "not yet checked by a person"
    PARTLY = "partly checked by a person"
    FULLY = "checked by a person"


@dataclass(frozen=True)
class Quotation:
    """Words of one answer that a person has cleared for publication, as typed. `audience` is all that is said of whose
    they are; `evidence` is the reference of the statement that they stand for."""

    text: str
    audience: str
    cleared_by: str
    evidence: str


@dataclass(frozen=True)
class Statement:
    """One counted finding: `count` of `base` people said something that was coded so. `text` completes "… tell us".
    `evidence` resolves to the codings under it."""

    evidence: str
    theme: str
    text: str
    count: Count
    base: Count
    percent: int | None
    checked: Checked
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True)
class Voice:
    """What one audience tells us, ranked, most said first. `rare` counts themes that too few raised to be shown."""

    audience: str
    base: Count
    statements: tuple[Statement, ...]
    rare: int


@dataclass(frozen=True)
class Clause:
    """Completes "So therefore we need a workforce that …". `evidence` names the statements that it follows from."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class OutcomeSection:
    """One table of the chapter: an outcome, what each audience tells us, and what follows for the workforce."""

    outcome: str
    title: str
    voices: tuple[Voice, ...]
    workforce: tuple[Clause, ...]
    objectives: tuple[str, ...]

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        return _quotations(self.voices)


@dataclass(frozen=True)
class KeyMessages:
    """What one audience says over all outcomes."""

    title: str
    voice: Voice

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        return _quotations((self.voice,))


@dataclass(frozen=True)
class Cell:
    """One number of a table, and its share of the column's base where a share may be shown."""

    count: Count
    percent: int | None = None


@dataclass(frozen=True)
class Column:
    """One audience's numbers, one for each label of the table. `mean` is of a scale, made of the shown numbers."""

    evidence: str
    audience: str
    base: Count
    cells: tuple[Cell, ...]
    mean: str | None = None


@dataclass(frozen=True)
class Table:
    """People by one characteristic or one scale. Each column stands alone: no totals across audiences."""

    title: str
    labels: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class CountRow:
    """One line of the full counts: how many of an audience raised a theme under an outcome ("" for over all)."""

    outcome: str
    audience: str
    theme: str
    count: Count
    base: Count
    percent: int | None


@dataclass(frozen=True)
class Report:
    """The consultation chapter of a children's workforce strategy. `dated` is the day the consultation closed; `run`
    names the analysis that made it."""

    title: str
    authority: str
    dated: date | None
    simulated: bool
    opening: tuple[str, ...]
    sections: tuple[OutcomeSection, ...]
    key_messages: tuple[KeyMessages, ...]
    who_took_part: tuple[Table, ...]
    scales: tuple[Table, ...]
    counts: tuple[CountRow, ...]
    trust: tuple[str, ...]
    how: tuple[str, ...]
    limits: tuple[str, ...]
    framework_source: str
    run: str


def _quotations(voices: tuple[Voice, ...]) -> tuple[Quotation, ...]:
    return tuple(each for voice in voices for statement in voice.statements for each in statement.quotations)
