"""A survey's paths as an officer reads them: what is asked of an audience, only if what, and where it leads. Pure.

In plain English, whatever language is previewed: it is read by staff alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from consultation.domain.conditions import Between, Condition, Every, Not, OneOf, Some, questions_of
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.survey import Question, QuestionKind, Survey
from consultation.domain.wording import PLAIN
from consultation.surveys.paths import SKIPPED, Paths, Route, paths, replies

KINDS = {
    QuestionKind.CHOICE: "one of a list", QuestionKind.SEVERAL: "several of a list", QuestionKind.SCALE: "scale",
    QuestionKind.RANKING: "ranking", QuestionKind.NUMBER: "number", QuestionKind.DATE: "date",
    QuestionKind.TEXT: "own words",
}  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One question on the way. `only_if`: when it is asked, if not always; `ends`: what chosen there ends the talk;
    `decides`: the later questions that hang on it."""

    question: QuestionId
    name: str
    kind: str
    only_if: str = ""
    ends: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """All there is to say of it, a sentence each."""
        return (
            *([f"Only if {self.only_if}."] if self.only_if else []),
            *([f"{either(map(_quoted, self.ends))} ends the talk."] if self.ends else []),
            *([f"Decides whether these are asked: {', '.join(self.decides)}."] if self.decides else []),
        )


@dataclass(frozen=True)
class Way:
    """A route: after which answers, of how many questions, about how long."""

    after: tuple[str, ...]
    questions: int
    minutes: int
    ends_early: bool

    @property
    def length(self) -> str:
        asked = "1 question" if self.questions == 1 else f"{self.questions} questions"
        return f"{asked}, about {self.minutes} min" + (", and the talk ends there" if self.ends_early else "")


@dataclass(frozen=True)
class Outline:
    """All of one audience. Not `complete`: there are more ways than were walked."""

    audience: Audience
    stops: tuple[Stop, ...]
    ways: tuple[Way, ...]
    complete: bool = True

    @property
    def takes(self) -> str:
        """How long it takes whoever reaches the end: "4 to 9 min"."""
        minutes = sorted({each.minutes for each in self.ways if not each.ends_early})
        return " to ".join(str(each) for each in dict.fromkeys((minutes[0], minutes[-1]))) + " min" if minutes else ""


def outline(survey: Survey, audience: Audience) -> Outline:
    asked = survey.for_audience(audience)
    found: Paths = paths(survey, audience)
    stops = tuple(_stop(survey, asked, each) for each in asked)
    return Outline(audience, stops, tuple(_way(survey, each) for each in found.routes), found.complete)


def _stop(survey: Survey, asked: Sequence[Question], question: Question) -> Stop:
    return Stop(
        question.id,
        name_of(question),
        KINDS[question.kind],
        in_words(survey, question.only_if) if question.only_if else "",
        tuple(each.label.in_(PLAIN) for each in question.options if each.ends),
        tuple(name_of(each) for each in asked if question.id in questions_of(each.only_if)),
    )


def _way(survey: Survey, route: Route) -> Way:
    """After which answers; a question that goes on this way whatever is answered decides nothing."""
    said = (
        (survey.question(name), _answers(survey, survey.question(name), means)) for name, means in route.after.items()
    )
    after = tuple(f"{_quoted(name_of(question))}: {answers}" for question, answers in said if answers)
    return Way(after, len(route.asked), route.minutes, route.ends)


def _answers(survey: Survey, question: Question, means: Sequence[str]) -> str:
    """What is answered on a way, or what is not, whichever is shorter."""
    every = dict.fromkeys(each for reply in replies(survey, question) for each in reply.means)
    others = [each for each in every if each not in means]
    if not others:
        return ""
    said, unsaid = list(_in_runs(question, means)), list(_in_runs(question, others))
    shorter = len(others) < len(means) and len(unsaid) < len(said)
    return f"anything but {either(unsaid)}" if shorter else either(said)


def _in_runs(question: Question, means: Sequence[str]) -> Iterator[str]:
    """The labels of what was answered; of three or more that lie side by side on a scale the first and the last."""
    points = [str(each.id) for each in question.options] if question.kind is QuestionKind.SCALE else []
    left = list(means)
    while left:
        run = [left.pop(0)]
        while left and run[-1] in points[:-1] and left[0] == points[points.index(run[-1]) + 1]:
            run.append(left.pop(0))
        labels = [_label(question, each) for each in run]
        yield from [f"{labels[0]} to {labels[-1]}"] if len(labels) > 2 else labels


def in_words(survey: Survey, condition: Condition) -> str:
    """A condition as one would say it after "only if"."""
    match condition:
        case OneOf(name, options):
            question = survey.question(name)
            return f"{_quoted(name_of(question))} is {either(_labels(question, options))}"
        case Not(OneOf(name, options)):
            question = survey.question(name)
            return f"{_quoted(name_of(question))} is not {either(_labels(question, options))}"
        case Between(name, at_least, at_most):
            bounds = [*([f"at least {at_least}"] if at_least is not None else []),
                      *([f"at most {at_most}"] if at_most is not None else [])]  # fmt: skip
            return f"{_quoted(name_of(survey.question(name)))} is {' and '.join(bounds)}"
        case Every(of):
            return " and ".join(_bracketed(survey, each) for each in of)
        case Some(of):
            return " or ".join(_bracketed(survey, each) for each in of)
        case Not(what):
            return f"it is not so that {_bracketed(survey, what)}"
        case _:
            assert_never(condition)


def _bracketed(survey: Survey, condition: Condition) -> str:
    said = in_words(survey, condition)
    return f"({said})" if isinstance(condition, Every | Some) else said


def name_of(question: Question) -> str:
    """What fits into a list of questions."""
    name = question.short_name.in_(PLAIN)
    return name[:1].upper() + name[1:]


def _labels(question: Question, options: Iterable[OptionId]) -> list[str]:
    """In the order in which they are offered."""
    chosen = frozenset(options)
    return [_quoted(each.label.in_(PLAIN)) for each in question.options if each.id in chosen]


def _label(question: Question, means: str) -> str:
    """What `Reply.means` says, in the words of the options: "skipped", a stretch of numbers, or options together."""
    if means == SKIPPED or not question.options:
        return means
    labels = {str(each.id): _quoted(each.label.in_(PLAIN)) for each in question.options}
    return " with ".join(labels.get(each, each) for each in means.split(" + "))


def either(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} or {last}" if most else last


def _quoted(words: str) -> str:
    return f"“{words}”"
