"""A versioned, immutable list of questions and the routes between them. Knows no file format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

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

    def holds(self, answered: Mapping[QuestionId, frozenset[OptionId]]) -> bool:
        return not self.options.isdisjoint(answered.get(self.question, ()))


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
        return self._by_id[question]

    def for_audience(self, audience: Audience) -> Sequence[Question]:
        return [each for each in self.questions if audience in each.audiences]

    def asked_of(self, audience: Audience, answered: Mapping[QuestionId, frozenset[OptionId]]) -> tuple[Question, ...]:
        """What somebody of this audience is asked, in order, given the options they chose so far."""
        chosen = (audience, *(answered.get(each) for each in self._decisive))
        if chosen not in self._asked:
            self._asked[chosen] = tuple(
                each for each in self.for_audience(audience) if each.only_if is None or each.only_if.holds(answered)
            )
        return self._asked[chosen]

    # Looked up at every turn, and never changed.

    @cached_property
    def _by_id(self) -> dict[QuestionId, Question]:
        return {each.id: each for each in self.questions}

    @cached_property
    def _decisive(self) -> tuple[QuestionId, ...]:
        """Questions on whose answers others hang."""
        return tuple(dict.fromkeys(each.only_if.question for each in self.questions if each.only_if))

    @cached_property
    def _asked(self) -> dict[object, tuple[Question, ...]]:
        return {}
