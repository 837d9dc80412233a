"""Choosing a language, at any moment: the talk stands aside for it, and goes on where it stood. Pure."""

from consultation.domain.languages import IN_ENGLISH, in_language, is_locale, language_of
from consultation.domain.survey import Survey
from consultation.domain.wording import Words
from consultation.flow.effects import Effect, Say
from consultation.flow.replies import match_choice
from consultation.flow.state import Awaiting, Paused, State
from consultation.flow.stepping import Step, ask_again, await_, said_in_part


def ask_for_language(survey: Survey, state: State) -> Step:
    if len(survey.languages) < 2:
        return ask_again(survey, state).after(Say(Words("language.only_one")))
    if state.awaiting is Awaiting.LANGUAGE:
        return ask_again(survey, state)
    aside = Paused(state.awaiting, state.current, state.step)
    return await_(survey, state._replace(aside=aside), Awaiting.LANGUAGE, state.current)


def choose_language(survey: Survey, state: State, locale: str) -> Step:
    """Go on in this locale where the survey has its language; else as before."""
    stood = leave_menu(state)
    if not is_locale(locale) or language_of(locale) not in survey.languages:
        return ask_again(survey, stood).after(Say(Words("language.only_one")))
    return ask_again(survey, stood._replace(locale=locale)).after(*_of_change(survey, state.locale, locale))


def _of_change(survey: Survey, before: str, now: str) -> tuple[Effect, ...]:
    if language_of(now) == language_of(before):
        return ()
    return (Say(Words("language.changed")), *said_in_part(survey, now))


def pick_language(survey: Survey, state: State, language: str) -> Step:
    """From the menu: the variant stays as it is."""
    return choose_language(survey, state, in_language(state.locale, language))


def named_language(survey: Survey, state: State, typed: str) -> str | None:
    """The language that is called so in English ("polish", "urdu"); the menu has its own name for itself."""
    return match_choice(typed, [(each, IN_ENGLISH[each]) for each in survey.languages], state.locale)


def leave_menu(state: State) -> State:
    """Where the talk stood before the menu, under a new step: what the menu showed is an old button from now on."""
    if state.awaiting is not Awaiting.LANGUAGE or state.aside is None:
        return state
    place = state.aside
    return state.still_offering(place.step)._replace(
        awaiting=place.awaiting, current=place.current, step=state.step + 1, aside=None
    )
