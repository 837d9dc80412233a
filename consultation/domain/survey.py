"""A versioned, immutable list of questions and the routes between them. Knows no file format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from consultation.domain.conditions import Answered, Condition, questions_of
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.wording import PLAIN, Localised


class QuestionKind(StrEnum):
    CHOICE = "choice"
    SEVERAL = "several"
    SCALE = "scale"
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class Precision(StrEnum):
    """How much of a date is asked for: no more than is needed, because a day can tell who somebody is."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Stage(StrEnum):
    """Where in the talk a question stands. Nothing is recorded before consent."""

    OPENING = "opening"
    CONSENT = "consent"
    MAIN = "main"
    ABOUT_YOU = "about_you"


@dataclass(frozen=True)
class Option:
    """A listed choice. `ends` holds the kind words for someone whose choice ends the talk; `alone` excludes
    all other options ("none of these"); `picture` is an emoji, or the name of an image of the officer's own."""

    id: OptionId
    label: Localised
    ends: Localised | None = None
    alone: bool = False
    picture: str = ""


MOST_KEPT = 10_000  # routes that a survey remembers at once
NO_NAME = Localised({PLAIN: ""})


@dataclass(frozen=True)
class Question:
    """One question. `lowest` and `highest` bound a number (inclusive), `earliest` and `latest` a date; `most` is how
    many may be chosen of several, or are to be ranked (0: all); `low` and `high` name the ends of a scale; `follow_up`
    is the one "can you say a bit more?" that may follow a very short free text; `from_link`: a link may answer it, as
    one does that is for one place; `picture` stands beside it in Easy Read; `matrix` is that of which it is a row."""

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
    short_name: Localised = NO_NAME
    reports_as: str = ""
    picture: str = ""
    most: int = 0
    low: Localised | None = None
    high: Localised | None = None
    precision: Precision = Precision.DAY
    earliest: date | None = None
    latest: date | None = None
    from_link: bool = False
    matrix: QuestionId | None = None

    def option(self, option: OptionId) -> Option | None:
        return next((each for each in self.options if each.id == option), None)

    @cached_property
    def hangs_on(self) -> frozenset[QuestionId]:
        """The questions on whose answers it hangs whether this one is asked."""
        return questions_of(self.only_if)

    @cached_property
    def words(self) -> int:
        """How much there is to read."""
        return sum(len(each.in_(PLAIN).split()) for each in (self.prompt, *(option.label for option in self.options)))


@dataclass(frozen=True)
class Opening:
    """What is said instead of the survey's own opening, to whom `only_if` holds for."""

    only_if: Condition
    text: Localised


@dataclass(frozen=True)
class Survey:
    """All questions in the order in which they are asked. Where there are `openings`, the one that fits is said once
    what it depends on was answered, and `greeting` before; else `opening` comes first. `languages` are those in which
    it is offered, `partly` those of them in which something is missing, and `audiences` those whom it asks."""

    id: SurveyId
    version: int
    title: Localised
    opening: Localised
    thanks: Localised
    consent_wording: str
    consent_dated: date
    questions: tuple[Question, ...]
    languages: tuple[str, ...] = (PLAIN,)
    greeting: Localised | None = None
    openings: tuple[Opening, ...] = ()
    partly: frozenset[str] = frozenset()
    audiences: tuple[Audience, ...] = tuple(Audience)

    def question(self, question: QuestionId) -> Question:
        """The question of that id; `KeyError` is a bug, since files are checked when they are loaded."""
        return self._by_id[question]

    def for_audience(self, audience: Audience) -> Sequence[Question]:
        return [each for each in self.questions if audience in each.audiences]

    def asked_of(self, audience: Audience, answered: Answered) -> tuple[Question, ...]:
        """What somebody of this audience is asked, in order, given the options they chose so far. What was chosen on a
        route that is closed counts for nothing."""
        chosen = (audience, *(answered.get(each) for each in self._decisive))
        if chosen not in self._asked:
            if len(self._asked) >= MOST_KEPT:
                self._asked.clear()
            self._asked[chosen] = tuple(self._walk(audience, answered))
        return self._asked[chosen]

    def _walk(self, audience: Audience, answered: Answered) -> Iterator[Question]:
        known: dict[QuestionId, frozenset[OptionId]] = {}
        for each in self.for_audience(audience):
            if each.only_if is None or each.only_if.holds(known):
                yield each
                if each.id in answered:
                    known[each.id] = answered[each.id]

    def opening_for(self, answered: Answered) -> Localised:
        return next((each.text for each in self.openings if each.only_if.holds(answered)), self.opening)

    def waits_to_open(self, audience: Audience, answered: Answered) -> bool:
        """Whether which opening fits hangs on a question that comes first, and was not answered yet."""
        waiting = {each.id for each in self.for_audience(audience)} - answered.keys()
        return any(not questions_of(each.only_if).isdisjoint(waiting) for each in self.openings)

    @property
    def every_opening(self) -> tuple[Localised, ...]:
        """All that may be said at the start: what the safeguarding lead reads and approves."""
        return tuple(each for each in (self.greeting, self.opening, *(one.text for one in self.openings)) if each)

    @cached_property
    def asked_by_link(self) -> Question | None:
        """The question that a link may answer."""
        return next((each for each in self.questions if each.from_link), None)

    # Looked up at every turn, and never changed.

    @cached_property
    def _by_id(self) -> dict[QuestionId, Question]:
        return {each.id: each for each in self.questions}

    @cached_property
    def _decisive(self) -> tuple[QuestionId, ...]:
        """Questions on whose answers others hang."""
        return tuple(sorted({name for each in self.questions for name in each.hangs_on}))

    @cached_property
    def _asked(self) -> dict[object, tuple[Question, ...]]:
        return {}
