"""The moves that every part of the dialogue makes: ask, ask again, go on, begin. Pure; records nothing itself."""

from dataclasses import dataclass

from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import Survey
from consultation.domain.wording import Words
from consultation.flow import prompts
from consultation.flow.effects import Effect, FinishResponse, Say
from consultation.flow.routing import next_question
from consultation.flow.state import Awaiting, State


@dataclass(frozen=True)
class Step:
    """The state after an event, and what must happen because of it, in order."""

    state: State
    effects: tuple[Effect, ...] = ()

    def after(self, *effects: Effect) -> "Step":
        return Step(self.state, effects + self.effects)


def await_(survey: Survey, state: State, awaiting: Awaiting, current: QuestionId | None = None) -> Step:
    """Move to waiting for `awaiting`, with a new step number, and ask for it."""
    moved = state._replace(awaiting=awaiting, current=current, step=state.step + 1)
    return Step(moved, prompts.for_state(survey, moved))


def ask_again(survey: Survey, state: State) -> Step:
    """Repeat the prompt that stands, under its own step number: a button already shown stays good."""
    if state.awaiting is Awaiting.START:
        return begin(survey, state, None)
    return Step(state, prompts.for_state(survey, state))


def go_on(survey: Survey, state: State) -> Step:
    """Ask the next question, or finish."""
    question = next_question(survey, state)
    if question is not None:
        return await_(survey, state, Awaiting.ANSWER, question.id)
    return await_(survey, state, Awaiting.NOTHING_MORE).after(FinishResponse(), Say(survey.thanks))


def begin(survey: Survey, state: State, audience: Audience | None) -> Step:
    if state.awaiting in (Awaiting.ENDED, Awaiting.DELETED):
        state = state.emptied(Awaiting.START)
    tells_who = state.awaiting is Awaiting.AUDIENCE and audience is not None
    if state.awaiting is not Awaiting.START and not tells_who:
        return resume(survey, state)
    if audience is None:
        return await_(survey, state, Awaiting.AUDIENCE)
    return go_on(survey, state._replace(audience=audience)).after(Say(survey.opening))


def resume(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.RESUME:
        return go_on(survey, state).after(Say(Words("resume.welcome_back")))
    return ask_again(survey, state)


def what_stays(state: State) -> tuple[Effect, ...]:
    """To be said with "nothing is kept", where that is not all."""
    return (Say(Words("safeguarding.stays")),) if state.quiet else ()


def current_question(state: State) -> QuestionId:
    if state.current is None:  # cannot happen: ANSWER and MORE are entered with a question only
        raise AssertionError("a question is awaited, but which one is not known")
    return state.current
