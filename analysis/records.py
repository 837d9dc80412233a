"""The flat rows that every stage of the analysis takes and gives. Knows no storage and no file format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from consultation.domain.languages import ENGLISH

AUDIENCES = ("young_person", "parent_carer", "staff")


@dataclass(frozen=True)
class AnswerRecord:
    """One redacted free-text answer. `segments` holds the respondent's own choices (age band, area …), for counting
    only; `text` may hold tokens such as [name]. `withheld` answers have no text here. `language` is the one that they
    chose to talk in."""

    answer_id: str
    response_id: str
    audience: str
    question: str
    text: str
    segments: Mapping[str, str] = field(default_factory=dict)
    answered_on: date | None = None
    withheld: bool = False
    language: str = ENGLISH


@dataclass(frozen=True)
class ResponseRecord:
    """One respondent's submission, for "who took part": its choices and scores by question id, no free text."""

    response_id: str
    audience: str
    finished: bool
    choices: Mapping[str, str | tuple[str, ...] | int] = field(default_factory=dict)


class Facet(StrEnum):
    """What a code says something about."""

    OUTCOME = "outcome"
    THEME = "theme"
    SENTIMENT = "sentiment"


class Verdict(StrEnum):
    """What a person made of a machine's suggestion."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ADDED = "added"
    ACCEPTED = "accepted in bulk"  # with all others of which the machine was as sure; nobody looked at this one


@dataclass(frozen=True)
class Coding:
    """One code on one span of one answer by one coder.

    `start` and `end` are half-open character offsets into the answer's text; `confidence` is 0 to 1 (1.0 for a
    person); `reason` is a sentence an analyst can read; `coder` is "machine <version>" or "person <role>";
    `verdict` is None while no person has looked; `places` are what a person marked for it, the first being `start` to
    `end`.
    """

    answer_id: str
    facet: Facet
    code: str
    start: int
    end: int
    confidence: float
    reason: str
    coder: str
    verdict: Verdict | None = None
    places: tuple[tuple[int, int], ...] = ()

    @property
    def counts(self) -> bool:
        """Whether this coding stands: proposed and not rejected, or decided by a person."""
        return self.verdict is not Verdict.REJECTED
