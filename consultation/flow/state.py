"""Where a conversation stands. Holds which options were chosen, for routing, and no free text at all."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.wording import PLAIN

LONGEST_ANSWER = 5_000  # characters; about two pages


class Awaiting(StrEnum):
    """What the last message asked for."""

    START = "start"
    AUDIENCE = "audience"
    ANSWER = "answer"
    MORE = "more"
    WHICH_TO_CHANGE = "which_to_change"
    AFTER_SUPPORT = "after_support"
    AFTER_IMMEDIATE = "after_immediate"
    DELETE_OR_NOT = "delete_or_not"
    RESUME = "resume"
    NOTHING_MORE = "nothing_more"  # finished: answers are in
    ENDED = "ended"  # did not go in: no consent, or no adult
    DELETED = "deleted"


class Hidden(NamedTuple):
    """Something identifying was hidden in the answer to `question`. At `step` that answer may be put another way, or
    is being put another way; `times` is how often the person has been told in this talk."""

    question: QuestionId
    step: int
    times: int


class State(NamedTuple):
    """`step` rises with every prompt, so that an old button is known by its number. A question in `answered` has
    been dealt with; its value holds the options chosen (none for text, numbers and skips)."""

    survey: SurveyId
    survey_version: int
    locale: str = PLAIN
    awaiting: Awaiting = Awaiting.START
    step: int = 0
    audience: Audience | None = None
    current: QuestionId | None = None
    answered: Mapping[QuestionId, frozenset[OptionId]] = MappingProxyType({})
    asked_more: frozenset[QuestionId] = frozenset()
    declined_more: int = 0
    consented: bool = False
    hidden: Hidden | None = None

    @property
    def rephrasing(self) -> bool:
        """The standing prompt is for an answer that is being put another way."""
        at_it = self.hidden is not None and (self.hidden.question, self.hidden.step) == (self.current, self.step)
        return at_it and self.awaiting is Awaiting.ANSWER

    @property
    def may_rephrase(self) -> bool:
        """Something was hidden just now, and the standing prompt offers to put it another way."""
        return self.hidden is not None and self.hidden.step == self.step and not self.rephrasing

    def with_answer(self, question: QuestionId, options: frozenset[OptionId]) -> "State":
        return self._replace(answered={**self.answered, question: options})

    def without_answer(self, question: QuestionId) -> "State":
        return self._replace(answered={key: kept for key, kept in self.answered.items() if key != question})

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` gives back an equal state."""
        return {
            "survey": self.survey,
            "survey_version": self.survey_version,
            "locale": self.locale,
            "awaiting": self.awaiting.value,
            "step": self.step,
            "audience": self.audience.value if self.audience else None,
            "current": self.current,
            "answered": {
                question: sorted(options) if len(options) > 1 else list(options)
                for question, options in self.answered.items()
            },
            "asked_more": sorted(self.asked_more),
            "declined_more": self.declined_more,
            "consented": self.consented,
            "hidden": list(self.hidden) if self.hidden else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        return cls(
            survey=SurveyId(data["survey"]),
            survey_version=data["survey_version"],
            locale=data["locale"],
            awaiting=Awaiting(data["awaiting"]),
            step=data["step"],
            audience=Audience(data["audience"]) if data["audience"] else None,
            current=QuestionId(data["current"]) if data["current"] else None,
            answered={question: frozenset(options) for question, options in data["answered"].items()},
            asked_more=frozenset(data["asked_more"]),
            declined_more=data["declined_more"],
            consented=data["consented"],
            hidden=Hidden(*data["hidden"]) if data.get("hidden") else None,  # a talk may be older than this
        )
