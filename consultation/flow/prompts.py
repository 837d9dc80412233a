"""The prompt that belongs to each state: wording, choices, and the commands offered beside it. Pure."""

from dataclasses import replace

from consultation.domain.consultation import Audience
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import PLAIN, Localised, Wording, Words
from consultation.flow.effects import Ask, Choice, Effect, Mode, Say
from consultation.flow.events import Command
from consultation.flow.routing import changeable, place
from consultation.flow.safety_prompts import ask_for
from consultation.flow.state import Awaiting, State

MODES = {
    QuestionKind.CHOICE: Mode.ONE,
    QuestionKind.SEVERAL: Mode.SEVERAL,
    QuestionKind.SCALE: Mode.SCALE,
    QuestionKind.NUMBER: Mode.NUMBER,
    QuestionKind.TEXT: Mode.TEXT,
}
WHILE_REPHRASING = (Command.BACK, Command.RESUME, Command.STOP, Command.HELP)  # to skip would take the answer away
WHILE_ASKING = (Command.BACK, Command.SKIP, Command.STOP, Command.HELP)
BEFORE_CONSENT = (Command.BACK, Command.STOP, Command.HELP)
TYPED_COMMANDS = {
    "help": Command.HELP, "help me": Command.HELP, "privacy": Command.PRIVACY, "back": Command.BACK,
    "go back": Command.BACK, "skip": Command.SKIP, "change": Command.CHANGE, "stop": Command.STOP,
    "quit": Command.STOP, "carry on": Command.RESUME, "resume": Command.RESUME, "continue": Command.RESUME,
    "easy": Command.EASY, "easy read": Command.EASY, "plain": Command.PLAIN, "delete": Command.DELETE,
    "another way": Command.REPHRASE, "say it another way": Command.REPHRASE, "rephrase": Command.REPHRASE,
}  # fmt: skip


def typed_command(text: str) -> Command | None:
    """The command that a message is, if it is nothing but one ("HELP", "/skip")."""
    return TYPED_COMMANDS.get(text.strip().removeprefix("/").rstrip(".!").casefold())


def command_word(text: str) -> Command | None:
    """The command whose own word this is ("HELP", "/skip"): it says no more than pressing the button would."""
    word = text.strip().removeprefix("/").rstrip(".!").casefold()
    return Command(word) if word in set(Command) else None


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
            return (_ask_question(survey, state, more=False),)
        case Awaiting.MORE:
            return (_ask_question(survey, state, more=True),)
        case Awaiting.AUDIENCE:
            return (_ask(survey, state, (Command.HELP,)),)
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
            return tuple(_choice(each.value, f"audience.{each.value}") for each in Audience)
        case Awaiting.WHICH_TO_CHANGE:
            return tuple(Choice(each.id, _short_name(each)) for each in changeable(survey, state))
        case Awaiting.DELETE_OR_NOT:
            return tuple(_choice(each, f"delete.{each}") for each in ("yes", "no"))
        case Awaiting.RESUME:
            return tuple(_choice(each, f"choice.{each}") for each in (Command.RESUME, Command.DELETE))
        case Awaiting.NOTHING_MORE:
            return tuple(_choice(each, f"choice.{each}") for each in (Command.CHANGE, Command.DELETE))
        case _:
            return ()


def _short_name(question: Question) -> Localised:
    """What fits on a button, where a whole prompt would not."""
    return Localised({PLAIN: question.short_name[:1].upper() + question.short_name[1:]})


def _choice(value: str, key: str) -> Choice:
    return Choice(value, Words(key))


def _ask_question(survey: Survey, state: State, *, more: bool) -> Ask:
    question = survey.question(state.current) if state.current else None
    if question is None:
        raise AssertionError("an answer is awaited, but to no question")
    early = question.stage in (Stage.OPENING, Stage.CONSENT)
    prompt: Wording = question.follow_up if more and question.follow_up else question.prompt
    return Ask(
        state.step,
        prompt,
        Mode.TEXT if more else MODES[question.kind],
        () if more else _options(question),
        BEFORE_CONSENT if early else WHILE_REPHRASING if state.rephrasing else WHILE_ASKING,
        question.id,
        place(survey, state, question),
        more,
    )


def _options(question: Question) -> tuple[Choice, ...]:
    return tuple(Choice(each.id, each.label, each.alone) for each in question.options)


def choices_for(survey: Survey, state: State) -> list[tuple[str, str]]:
    """(value, label) of what can be chosen now, in shown order. The system's own choices answer to their value."""
    if state.awaiting is Awaiting.ANSWER and state.current:
        return [(each.id, each.label.in_(state.locale)) for each in survey.question(state.current).options]
    asked = [each for each in for_state(survey, state) if isinstance(each, Ask)]
    return [
        (
            each.value,
            each.value.replace("_", " ") if isinstance(each.label, Words) else each.label.in_(state.locale),
        )
        for ask in asked
        for each in ask.choices
    ]
