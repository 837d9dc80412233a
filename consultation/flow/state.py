"""Where a conversation stands. Holds which options were chosen, for routing, and no free text at all."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience, ContactMode
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.wording import PLAIN

LONGEST_ANSWER = 5_000  # characters; about two pages


class Awaiting(StrEnum):
    """What the last message asked for."""

    START = "start"
    AUDIENCE = "audience"
    LANGUAGE = "language"  # the talk stands aside meanwhile
    ANSWER = "answer"
    MORE = "more"
    WHICH_TO_CHANGE = "which_to_change"
    AFTER_IMMEDIATE = "after_immediate"  # are you safe right now?
    AFTER_SUPPORT = "after_support"  # carry on, stop, or someone contact me
    HOW_TO_REACH = "how_to_reach"
    MAY_THEY_WRITE = "may_they_write"
    AFTER_CONTACT = "after_contact"  # carry on, or stop
    WRITTEN_TO = "written_to"  # the safeguarding lead has written
    WRITING_BACK = "writing_back"
    DELETE_OR_NOT = "delete_or_not"
    RESUME = "resume"
    NOTHING_MORE = "nothing_more"  # finished: answers are in
    ENDED = "ended"  # did not go in: no consent, or no adult
    DELETED = "deleted"


SAFETY = frozenset(
    {
        Awaiting.AFTER_IMMEDIATE,
        Awaiting.AFTER_SUPPORT,
        Awaiting.HOW_TO_REACH,
        Awaiting.MAY_THEY_WRITE,
        Awaiting.AFTER_CONTACT,
        Awaiting.WRITTEN_TO,
        Awaiting.WRITING_BACK,
    }
)  # the survey waits meanwhile


ASKING = frozenset(
    {Awaiting.AUDIENCE, Awaiting.LANGUAGE, Awaiting.ANSWER, Awaiting.WHICH_TO_CHANGE, Awaiting.DELETE_OR_NOT}
)  # with which somebody carries on


class Hidden(NamedTuple):
    """Something identifying was hidden in the answer to `question`. At `step` that answer may be put another way, or
    is being put another way; `times` is how often the person has been told in this talk."""

    question: QuestionId
    step: int
    times: int


class Paused(NamedTuple):
    """Where the survey stands while the safety dialogue comes first, and the step of its prompt."""

    awaiting: Awaiting
    current: QuestionId | None
    step: int

    @property
    def under_way(self) -> bool:
        """There is a question to carry on with."""
        return self.awaiting in ASKING


class Safety(NamedTuple):
    """What this chat has told of, without a word of it: the worst level, whether of an adult who works with children,
    whether it was asked if they are safe, and whether it agreed to be written to. Outlives a deletion."""

    level: Level = Level.NONE
    about_staff: bool = False
    asked: bool = False
    may_write: bool = False

    def with_concern(self, level: Level, *, about_staff: bool) -> "Safety":
        worst = max(self.level, level, key=lambda each: each.rank)
        return self._replace(level=worst, about_staff=self.about_staff or about_staff)


class State(NamedTuple):
    """`step` rises with every prompt, so that an old button is known by its number. A question in `answered` has
    been dealt with; its value holds the options chosen: of a ranking the first alone, of a number its digits; none
    for text, dates and skips. `paused` counts while
    `awaiting` is one of SAFETY; None there: the survey goes on with its next question."""

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
    contact: ContactMode = ContactMode.OPT_IN  # the consultation's, from when the talk began
    paused: Paused | None = None
    safety: Safety = Safety()
    ranked: tuple[OptionId, ...] = ()  # of a ranking that is under way, what was put first comes first
    aside: Paused | None = None  # where the talk stands while a language is chosen
    reminded: bool = False  # has asked to be reminded, and once is all; or talks where nobody can be

    @property
    def quiet(self) -> bool:
        """This chat told of a concern: it is sent no reminder, ever."""
        return self.safety.level is not Level.NONE or self.safety.may_write

    @property
    def rephrasing(self) -> bool:
        """The standing prompt is for an answer that is being put another way."""
        at_it = self.hidden is not None and (self.hidden.question, self.hidden.step) == (self.current, self.step)
        return at_it and self.awaiting is Awaiting.ANSWER

    @property
    def may_rephrase(self) -> bool:
        """Something was hidden just now, and the standing prompt offers to put it another way."""
        return self.hidden is not None and self.hidden.step == self.step and not self.rephrasing

    def still_offering(self, step: int) -> "State":
        """What was offered at `step`, to put an answer another way, is offered at the next prompt."""
        if self.hidden is None or self.hidden.step != step:
            return self
        return self._replace(hidden=self.hidden._replace(step=self.step + 1))

    def with_answer(self, question: QuestionId, options: frozenset[OptionId]) -> "State":
        return self._replace(answered={**self.answered, question: options})

    def without_answer(self, question: QuestionId) -> "State":
        return self._replace(answered={key: kept for key, kept in self.answered.items() if key != question})

    def emptied(self, awaiting: Awaiting) -> "State":
        """Nothing is left of what was chosen. What the talk knows of danger and of reminders stays."""
        return State(
            self.survey,
            self.survey_version,
            self.locale,
            awaiting,
            self.step + 1,
            contact=self.contact,
            safety=self.safety,
            reminded=self.reminded,
        )

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
            "contact": self.contact.value,
            "paused": [self.paused.awaiting.value, *self.paused[1:]] if self.paused else None,
            "safety": [self.safety.level.value, *self.safety[1:]],
            "ranked": list(self.ranked),
            "aside": [self.aside.awaiting.value, *self.aside[1:]] if self.aside else None,
            "reminded": self.reminded,
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
            # a talk may be older than these
            hidden=Hidden(*data["hidden"]) if data.get("hidden") else None,
            contact=ContactMode(data.get("contact", ContactMode.OPT_IN)),
            paused=_paused(*data["paused"]) if data.get("paused") else None,
            safety=_safety(*data["safety"]) if data.get("safety") else Safety(),
            ranked=tuple(OptionId(each) for each in data.get("ranked", ())),
            aside=_paused(*data["aside"]) if data.get("aside") else None,
            reminded=data.get("reminded", False),
        )


def _paused(awaiting: str, current: str | None, step: int) -> Paused:
    return Paused(Awaiting(awaiting), QuestionId(current) if current else None, step)


def _safety(level: str, *rest: bool) -> Safety:
    return Safety(Level(level), *rest)
