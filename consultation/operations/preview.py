"""A survey tried out before anybody is asked: the engine, the wording, the screen and the redactor are the real ones.

Nothing is recorded, nobody is told of a concern, and no words are kept: what a turn would have written is dropped here,
and all that is left of it is a `State`, which holds no text. Must not know any storage.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TypeAlias

from consultation.domain.concern import Concern
from consultation.domain.consultation import Audience, Consultation, Wave
from consultation.domain.ids import ConsultationId, OptionId, QuestionId, WaveId
from consultation.domain.languages import is_easy
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import PLAIN, Words
from consultation.flow.effects import Ask
from consultation.flow.engine import step
from consultation.flow.events import Began
from consultation.flow.prompts import for_state
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_
from consultation.locale import render, written_in
from consultation.operations.converse import Input, NotStored, as_tap, hear
from consultation.operations.messages import Message, Renderer, say
from consultation.operations.show_conversation import Exchange
from consultation.privacy.detect import Detector
from consultation.safeguarding.arrangements import Arrangements
from consultation.surveys.paths import hangs_on, pipes_of, walk

Answers: TypeAlias = Mapping[QuestionId, frozenset[OptionId]]
DAYS = 28  # that the consultation of a draft seems to be open
WAYS_TRIED = 2_000  # to a question that is jumped to
NOT_KEPT = "(Your words. A preview keeps none.)"
NO_WORDS = (QuestionKind.TEXT, QuestionKind.DATE)  # whose answers leave nothing in a state


@dataclass(frozen=True)
class Trial:
    """What is tried: a survey as `wave` asks it, with the models that every text passes."""

    survey: Survey
    wave: Wave
    arrangements: Arrangements
    detector: Detector
    screen: Callable[[str], Concern]


@dataclass(frozen=True)
class Shown:
    """Where the talk stands, and what is said there; nothing else is left of a turn."""

    state: State
    said: tuple[Message, ...]


class NeverAsked(ValueError):
    """That question is not asked of this audience."""


def seeming(survey: Survey, today: date) -> Wave:
    """A consultation that there is not, for a survey that is in none: its facts are gaps that an officer recognises."""
    facts = Consultation(
        ConsultationId("preview"), "preview", survey.title.in_(PLAIN), "[your authority]", "[why you ask].",
        "[who decides]", framework="", simulated=False,
    )  # fmt: skip
    until = today + timedelta(days=DAYS)
    return Wave(WaveId("preview"), facts, survey.id, survey.version, today, until)


def start(trial: Trial, audience: Audience | None = None, locale: str = PLAIN) -> Shown:
    """The beginning, as somebody meets it who comes by the link for this audience."""
    return _shown(trial, step(trial.survey, _new(trial, locale), Began(audience, locale=locale)))


def take(trial: Trial, state: State, given: Input) -> Shown:
    """One turn. Raises `NotStored` where the text could not be screened or redacted, as it would be refused then."""
    heard = hear(trial, given)
    if heard.event is None:
        raise NotStored
    return _shown(trial, step(trial.survey, state, as_tap(trial.survey, state, trial.wave, heard.event)))


def again(trial: Trial, state: State) -> Shown:
    """What stands, said once more."""
    return _shown(trial, ask_again(trial.survey, state))


def jump(trial: Trial, audience: Audience, locale: str, question: QuestionId) -> Shown:
    """Straight to a question: what comes before it is answered by a way that leads there. Raises `NeverAsked`."""
    answered = _answers_before(trial.survey, audience, question)
    stage = trial.survey.question(question).stage
    state = _new(trial, locale)._replace(
        audience=audience, answered=answered, consented=stage not in (Stage.OPENING, Stage.CONSENT)
    )
    return _shown(trial, await_(trial.survey, state, Awaiting.ANSWER, question))


def so_far(trial: Trial, state: State) -> tuple[Exchange, ...]:
    """What was asked and chosen before. Of what was typed nothing is left."""
    if state.audience is None:
        return ()
    asked = trial.survey.asked_of(state.audience, state.answered)
    return tuple(_exchange(trial, state, each) for each in asked if each.id in state.answered)


def _new(trial: Trial, locale: str) -> State:
    """Nobody can be reminded, so it is not offered."""
    survey = trial.survey
    return State(survey.id, survey.version, locale, contact=trial.wave.consultation.contact, reminded=True)


def _shown(trial: Trial, after: Step) -> Shown:
    said = Renderer().messages(after.effects, after.state, trial.wave, trial.arrangements)
    return Shown(after.state, tuple(Message.from_json(each) for each in said))


def _exchange(trial: Trial, state: State, question: Question) -> Exchange:
    locale = state.locale
    at_it = state._replace(awaiting=Awaiting.ANSWER, current=question.id, hidden=None, ranked=())
    asked = next(each for each in for_state(trial.survey, at_it) if isinstance(each, Ask))
    labels = {each.id: say(each.label, locale, trial.wave) for each in question.options}
    chosen = state.answered[question.id]
    said = ", ".join(labels.get(each.id, each.id) for each in question.options if each.id in chosen) or ", ".join(
        chosen
    )
    nothing = NOT_KEPT if question.kind in NO_WORDS else render(Words("web.skipped"), locale)
    return Exchange(
        say(asked.prompt, locale, trial.wave), said or nothing, written_in(asked.prompt, locale),
        question.picture if is_easy(locale) else "", own=bool(said),
    )  # fmt: skip


# -- made up ----------------------------------------------------------------------------------------------------------


def _answers_before(survey: Survey, audience: Audience, question: QuestionId) -> Answers:
    """Answers to all that is asked before, so that it is asked, and what it fills in is there."""
    wanted = next((each for each in survey.for_audience(audience) if each.id == question), None)
    answered = _ways_to(survey, audience, wanted) if wanted else {}
    while (following := _first_unanswered(survey, audience, answered)) is not None:
        if following.id == question:
            return answered
        answered = {**answered, following.id: _some_answer(following)}
    raise NeverAsked(f"'{question}' is not asked of {audience.value}")


def _ways_to(survey: Survey, audience: Audience, question: Question) -> Answers:
    """To the questions on which it hangs that this one is asked: of the ways there the one that skips least."""
    piped = pipes_of(question)
    through = hangs_on(survey, question.id) | piped | hangs_on(survey, *piped)
    here = [
        known for known, ended in islice(walk(survey, audience, frozenset(through)), WAYS_TRIED)
        if ended is None and (question.only_if is None or question.only_if.holds(known))
    ]  # fmt: skip
    if not here:
        raise NeverAsked(f"'{question.id}' is not asked of {audience.value}")
    return max(here, key=lambda known: sum(bool(each) for each in known.values()))


def _first_unanswered(survey: Survey, audience: Audience, answered: Answers) -> Question | None:
    return next((each for each in survey.asked_of(audience, answered) if each.id not in answered), None)


def _some_answer(question: Question) -> frozenset[OptionId]:
    """One that lets the talk go on."""
    if question.kind is QuestionKind.NUMBER:
        return frozenset({OptionId(str(min(question.highest, max(question.lowest, 3))))})
    open_ = [each.id for each in question.options if each.ends is None and not each.alone]
    return frozenset(open_[:1] or [each.id for each in question.options if each.ends is None][:1])
