"""The report as plain data: every exporter takes this and nothing else. Same input, same report, byte for byte."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """A count as it may be published: `shown` is rounded, or None where it is suppressed as too small."""

    shown: int | None

    def __str__(self) -> str:
        return "fewer than 8" if self.shown is None else f"about {self.shown}" if self.shown else "none"


@dataclass(frozen=True)
class Quotation:
    """Words of one answer that a person has cleared for publication. `who` names an audience, never a person."""

    text: str
    who: str
    cleared_by: str


@dataclass(frozen=True)
class Statement:
    """One counted finding: so many of `base` respondents said something that was coded so. `evidence` resolves to
    the codings under it; `checked` is how many of those codings a person has confirmed."""

    evidence: str
    theme: str
    text: str
    count: Count
    base: Count
    codings: int
    checked: int
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True)
class Voice:
    """What one audience tells us, ranked, most said first. `rare` counts statements too rare to show."""

    audience: str
    title: str
    statements: tuple[Statement, ...]
    rare: int


@dataclass(frozen=True)
class OutcomeSection:
    """One row of the chapter: an outcome, what each audience tells us, and what follows for the workforce."""

    outcome: str
    title: str
    voices: tuple[Voice, ...]
    workforce: tuple[str, ...]
    objectives: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Who took part, by one characteristic."""

    title: str
    rows: tuple[tuple[str, Count], ...]


@dataclass(frozen=True)
class Accounting:
    """Nothing disappears: answers == coded + uncoded + withheld."""

    responses: int
    answers: int
    coded: int
    uncoded: int
    withheld: int
    codings: int
    checked: int

    def __post_init__(self) -> None:
        if self.answers != self.coded + self.uncoded + self.withheld:
            raise AssertionError("answers must equal coded + uncoded + withheld")


@dataclass(frozen=True)
class Report:
    """The consultation chapter of a children's workforce strategy."""

    title: str
    authority: str
    purpose: str
    decided_by: str
    dates: str
    simulated: bool
    sections: tuple[OutcomeSection, ...]
    key_messages: tuple[Voice, ...]
    who_took_part: tuple[Table, ...]
    accounting: Accounting
    how: tuple[str, ...]
    limits: tuple[str, ...]
    framework_source: str
    run: str
