"""A versioned, immutable list of questions and the routes between them. Knows no file format."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.wording import Localised


class QuestionKind(StrEnum):
    CHOICE = "choice"
    SEVERAL = "several"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"


class Stage(StrEnum):
    """Where in the talk a question stands. Nothing is recorded before consent."""

    OPENING = "opening"
    CONSENT = "consent"
    MAIN = "main"
    ABOUT_YOU = "about_you"


@dataclass(frozen=True)
class Option:
    """A listed choice. `ends` holds the kind words for someone whose choice ends the talk; `alone` excludes
    all other options ("none of these")."""

    id: OptionId
    label: Localised
    ends: Localised | None = None
    alone: bool = False


@dataclass(frozen=True)
class Condition:
    """Ask only where an earlier choice was one of `options`."""

    question: QuestionId
    options: frozenset[OptionId]


@dataclass(frozen=True)
class Question:
    """One question. `lowest` and `highest` bound a number or a scale (inclusive); `follow_up` is the one
    "can you say a bit more?" that may follow a very short free text."""

    id: QuestionId
    kind: QuestionKind
    stage: Stage
    prompt: Localised
    audiences: frozenset[Audience]
    options: tuple[Option, ...] = ()
    only_if: Condition | None = None
    lowest: int = 0
    highest: int = 0
    follow_up: Localised | None = None
    short_name: str = ""
    reports_as: str = ""

    def option(self, option: OptionId) -> Option | None:
        return next((each for each in self.options if each.id == option), None)


@dataclass(frozen=True)
class Survey:
    """All questions in the order in which they are asked."""

    id: SurveyId
    version: int
    title: Localised
    opening: Localised
    thanks: Localised
    consent_wording: str
    consent_dated: date
    questions: tuple[Question, ...]
    locales: tuple[str, ...] = field(default=("en",))

    def question(self, question: QuestionId) -> Question:
        """The question of that id; `KeyError` is a bug, since files are checked when they are loaded."""
        for each in self.questions:
            if each.id == question:
                return each
        raise KeyError(question)

    def for_audience(self, audience: Audience) -> Sequence[Question]:
        return [each for each in self.questions if audience in each.audiences]
