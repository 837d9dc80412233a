"""The moves that every part of the dialogue makes: ask, ask again, go on, begin. Pure; records nothing itself."""

from dataclasses import dataclass

from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.languages import is_locale, language_of
from consultation.domain.survey import Survey
from consultation.domain.wording import Words
from consultation.flow import prompts
from consultation.flow.effects import Effect, FinishResponse, Say
from consultation.flow.events import Began
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
    """Move to waiting for `awaiting`, with a new step number, and ask for it. What was ranked stays while the question
    does."""
    ranked = state.ranked if current == state.current else ()
    moved = state._replace(awaiting=awaiting, current=current, step=state.step + 1, ranked=ranked)
    return Step(moved, prompts.for_state(survey, moved))


def ask_again(survey: Survey, state: State) -> Step:
    """Repeat the prompt that stands, under its own step number: a button already shown stays good."""
    if state.awaiting is Awaiting.START:
        return begin(survey, state)
    return Step(state, prompts.for_state(survey, state))


def go_on(survey: Survey, state: State) -> Step:
    """Ask the next question, or finish."""
    question = next_question(survey, state)
    if question is not None:
        return await_(survey, state, Awaiting.ANSWER, question.id)
    return await_(survey, state, Awaiting.NOTHING_MORE).after(FinishResponse(), Say(survey.thanks))


def begin(survey: Survey, state: State, began: Began = Began()) -> Step:  # noqa: B008 - it can't be changed
    if state.awaiting in (Awaiting.ENDED, Awaiting.DELETED):
        state = state.emptied(Awaiting.START)
    tells_who = state.awaiting is Awaiting.AUDIENCE and began.audience is not None
    if state.awaiting is not Awaiting.START and not tells_who:
        return resume(survey, state)
    if began.locale and is_locale(began.locale) and language_of(began.locale) in survey.languages:
        state = state._replace(locale=began.locale)
    asked = survey.asked_by_link
    option = asked.option(OptionId(began.place)) if asked and began.place else None
    if asked and option:
        state = state.with_answer(asked.id, frozenset({option.id}))
    only = survey.audiences[0] if len(survey.audiences) == 1 else None
    audience = began.audience if began.audience in survey.audiences else only
    begun = enter(survey, state, audience) if audience else await_(survey, state, Awaiting.AUDIENCE)
    return begun.after(*said_in_part(survey, state.locale))


def said_in_part(survey: Survey, locale: str) -> tuple[Effect, ...]:
    """To be said to whoever comes to read a language in which something is missing."""
    return (Say(Words("language.partly")),) if language_of(locale) in survey.partly else ()


def enter(survey: Survey, state: State, audience: Audience) -> Step:
    """It is known who it is: what this is comes first, or a question on which hangs how that is put."""
    state = state._replace(audience=audience)
    if survey.greeting and survey.waits_to_open(audience, state.answered):
        return go_on(survey, state).after(Say(survey.greeting), *_place(survey, state))
    return go_on(survey, state).after(Say(survey.opening_for(state.answered)), *_place(survey, state))


def _place(survey: Survey, state: State) -> tuple[Effect, ...]:
    """What a link has answered is no secret from the person."""
    asked = survey.asked_by_link
    if asked is None or not state.answered.get(asked.id):
        return ()
    option = asked.option(next(iter(state.answered[asked.id])))
    return (Say(Words("begin.place", {"place": option.label})),) if option else ()


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
