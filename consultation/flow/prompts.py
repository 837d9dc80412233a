"""The prompt that belongs to each state: wording, choices, and the commands offered beside it. Pure."""

from dataclasses import replace

from consultation.domain.languages import LANGUAGES
from consultation.domain.survey import Question, Survey
from consultation.domain.wording import ANY, Localised, Words
from consultation.flow.asking import ask_question, choices
from consultation.flow.effects import Ask, Choice, Effect, Mode, Say
from consultation.flow.events import Command
from consultation.flow.routing import changeable
from consultation.flow.safety_prompts import ask_for
from consultation.flow.state import Awaiting, State

REMINDERS = {"remind_soon": 1, "remind_later": 7}  # days


def for_state(survey: Survey, state: State) -> tuple[Effect, ...]:
    """What asks for the thing that `state` awaits. Empty only before the start."""
    asked = _for_state(survey, state)
    if not state.may_rephrase:
        return asked
    return tuple(
        replace(each, commands=(Command.REPHRASE, *each.commands)) if isinstance(each, Ask) else each for each in asked
    )


def _for_state(survey: Survey, state: State) -> tuple[Effect, ...]:
    match state.awaiting:
        case Awaiting.START:
            return ()
        case Awaiting.ANSWER:
            return (ask_question(survey, state, more=False),)
        case Awaiting.MORE:
            return (ask_question(survey, state, more=True),)
        case Awaiting.AUDIENCE:
            more = (Command.LANGUAGE,) if len(survey.languages) > 1 else ()
            return (_ask(survey, state, (*more, Command.HELP)),)
        case Awaiting.LANGUAGE:
            return (_ask(survey, state, (Command.RESUME, Command.HELP)),)
        case Awaiting.WHICH_TO_CHANGE:
            return (_ask(survey, state, (Command.RESUME, Command.HELP)),)
        case Awaiting.ENDED | Awaiting.DELETED:
            return (Say(Words(f"{state.awaiting.value}.again")),)
        case Awaiting.NOTHING_MORE:
            return (_ask(survey, state, (Command.HELP, Command.PRIVACY)),)
        case Awaiting.DELETE_OR_NOT | Awaiting.RESUME:
            return (_ask(survey, state, (Command.HELP,)),)
        case _:
            return (ask_for(state),)


def _ask(survey: Survey, state: State, commands: tuple[Command, ...]) -> Ask:
    return Ask(state.step, Words(f"ask.{state.awaiting.value}"), Mode.ONE, _system_choices(survey, state), commands)


def _system_choices(survey: Survey, state: State) -> tuple[Choice, ...]:
    """The choices of a prompt that is the system's own and not the survey's."""
    match state.awaiting:
        case Awaiting.AUDIENCE:
            return tuple(_choice(each.value, f"audience.{each.value}") for each in survey.audiences)
        case Awaiting.LANGUAGE:
            return tuple(Choice(each, Localised({ANY: LANGUAGES[each]})) for each in survey.languages)
        case Awaiting.WHICH_TO_CHANGE:
            return tuple(Choice(each.id, _short_name(each)) for each in changeable(survey, state))
        case Awaiting.DELETE_OR_NOT:
            return tuple(_choice(each, f"delete.{each}") for each in ("yes", "no"))
        case Awaiting.RESUME:
            return tuple(
                _choice(each, f"choice.{each}") for each in (Command.RESUME, *_reminders(state), Command.DELETE)
            )
        case Awaiting.NOTHING_MORE:
            return tuple(_choice(each, f"choice.{each}") for each in (Command.CHANGE, Command.DELETE))
        case _:
            return ()


def _reminders(state: State) -> tuple[str, ...]:
    return () if state.reminded or state.quiet else tuple(REMINDERS)


def _short_name(question: Question) -> Localised:
    """What fits on a button, where a whole prompt would not."""
    return Localised({tag: text[:1].upper() + text[1:] for tag, text in question.short_name.texts.items()})


def _choice(value: str, key: str) -> Choice:
    return Choice(value, Words(key))


def choices_for(survey: Survey, state: State) -> list[tuple[str, str]]:
    """(value, label) of what can be chosen now, in shown order. The system's own choices answer to their value."""
    return [
        (
            each.value,
            each.value.strip("=").replace("_", " ") if isinstance(each.label, Words) else each.label.in_(state.locale),
        )
        for each in offered(survey, state)
    ]


def offered(survey: Survey, state: State) -> tuple[Choice, ...]:
    """What can be chosen now."""
    if state.awaiting is Awaiting.ANSWER and state.current:
        return choices(survey, state, survey.question(state.current))
    asked = [each for each in for_state(survey, state) if isinstance(each, Ask)]
    return tuple(each for ask in asked for each in ask.choices)
