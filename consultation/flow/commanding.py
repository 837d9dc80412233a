"""What a person can ask for at any moment: help, back, skip, change, stop, delete, another wording. Pure."""

from typing import assert_never

from consultation.domain.answer import Skipped
from consultation.domain.consultation import ContactMode
from consultation.domain.languages import has_easy, with_easy
from consultation.domain.survey import Stage, Survey
from consultation.domain.wording import Words
from consultation.flow import safety
from consultation.flow.answering import clear_closed_routes
from consultation.flow.effects import Effect, OfferHelpLines, RecordAnswer, Say, WithdrawResponse
from consultation.flow.events import Command, Commanded
from consultation.flow.languages import ask_for_language, leave_menu
from consultation.flow.ranking import take_back
from consultation.flow.rephrasing import rephrase
from consultation.flow.routing import changeable, previous_question
from consultation.flow.state import SAFETY, Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_, begin, current_question, go_on, what_stays

ANSWERED_IN_PLACE = (
    Command.HELP, Command.PRIVACY, Command.EASY, Command.PLAIN, Command.REPHRASE, Command.LANGUAGE,
)  # fmt: skip
OVER = (Awaiting.START, Awaiting.NOTHING_MORE, Awaiting.ENDED, Awaiting.DELETED)


def obey_button(survey: Survey, state: State, pressed: Commanded) -> Step:
    """An old or doubled press of Skip or Back must not move what is asked now; other commands do no harm late."""
    if pressed.command is Command.REPHRASE:
        return rephrase(survey, state, pressed.step)
    moves = pressed.command in (Command.SKIP, Command.BACK) or (
        state.awaiting in SAFETY and pressed.command not in ANSWERED_IN_PLACE
    )
    if moves and pressed.step is not None and pressed.step != state.step:
        return ask_again(survey, state).after(Say(Words("button.old")))
    return obey(survey, state, pressed.command)


def obey(survey: Survey, state: State, command: Command) -> Step:
    if state.awaiting is Awaiting.LANGUAGE and command not in (*ANSWERED_IN_PLACE, Command.LANGUAGE):
        return _obey_in_menu(survey, state, command)
    if state.awaiting in SAFETY and command not in ANSWERED_IN_PLACE:
        return _obey_in_safety(survey, state, command)
    match command:
        case Command.HELP:
            return ask_again(survey, state).after(Say(Words("help")), OfferHelpLines())
        case Command.PRIVACY:
            return ask_again(survey, state).after(Say(Words("privacy")), *_privacy_of_contact(state))
        case Command.EASY if not has_easy(state.locale):
            return ask_again(survey, state).after(Say(Words("locale.no_easy")))
        case Command.EASY | Command.PLAIN:
            locale = with_easy(state.locale, command is Command.EASY)
            return ask_again(survey, state._replace(locale=locale)).after(Say(Words(f"locale.{command.value}")))
        case Command.LANGUAGE:
            return ask_for_language(survey, state)
        case Command.BACK:
            return _go_back(survey, state)
        case Command.SKIP:
            return _skip(survey, state)
        case Command.CHANGE:
            if not changeable(survey, state):
                return ask_again(survey, state).after(Say(Words("change.nothing_yet")))
            return await_(survey, state, Awaiting.WHICH_TO_CHANGE, state.current)
        case Command.STOP:
            return _stop(survey, state)
        case Command.RESUME:
            return _carry_on(survey, state)
        case Command.REPHRASE:
            return rephrase(survey, state)
        case Command.DELETE:
            if not _under_way(state) and state.awaiting is not Awaiting.NOTHING_MORE:
                return ask_again(survey, state).after(Say(Words("delete.nothing")))
            return await_(survey, state, Awaiting.DELETE_OR_NOT, state.current)
        case _:
            assert_never(command)


def _obey_in_menu(survey: Survey, state: State, command: Command) -> Step:
    """To go back or to carry on leaves the menu of languages; all else is done where the talk stood."""
    stood = leave_menu(state)
    return ask_again(survey, stood) if command in (Command.BACK, Command.RESUME) else obey(survey, stood, command)


def _obey_in_safety(survey: Survey, state: State, command: Command) -> Step:
    """To skip or go back leaves what is asked there; what is meant for the survey is done where it stands."""
    if command in (Command.SKIP, Command.BACK):
        return safety.step_aside(survey, state)
    stands = safety.leave(survey, state).state
    done = command is Command.STOP and stands.awaiting in OVER
    return safety.leave(survey, state) if command is Command.RESUME or done else obey(survey, stands, command)


def _privacy_of_contact(state: State) -> tuple[Effect, ...]:
    if state.contact is ContactMode.SIGNPOST:
        return ()
    return (Say(Words(f"privacy.{state.contact.value}")),)


def _carry_on(survey: Survey, state: State) -> Step:
    if state.audience is None and state.awaiting is not Awaiting.START:
        return await_(survey, state, Awaiting.AUDIENCE)
    return go_on(survey, state) if _under_way(state) else begin(survey, state)


def _under_way(state: State) -> bool:
    return state.audience is not None and state.awaiting not in OVER


def _go_back(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.ANSWER and state.ranked:
        return take_back(survey, state)
    if state.awaiting is Awaiting.MORE:
        return await_(survey, state, Awaiting.ANSWER, state.current)
    before = previous_question(survey, state) if state.audience else None
    if before is None:
        return ask_again(survey, state).after(Say(Words("back.at_the_start")))
    return await_(survey, state, Awaiting.ANSWER, before.id)


def _skip(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.MORE:
        return go_on(survey, state._replace(declined_more=state.declined_more + 1))
    if state.awaiting is not Awaiting.ANSWER:
        return ask_again(survey, state)
    question = survey.question(current_question(state))
    if question.stage in (Stage.OPENING, Stage.CONSENT):
        return ask_again(survey, state).after(Say(Words("skip.not_this_one")))
    known, erased = clear_closed_routes(survey, state.with_answer(question.id, frozenset()))
    return go_on(survey, known).after(RecordAnswer(question.id, Skipped()), *erased)


def _stop(survey: Survey, state: State) -> Step:
    if state.awaiting in OVER:
        return ask_again(survey, state).after(Say(Words("stop.nothing_under_way")))
    if state.consented:
        return await_(survey, state, Awaiting.RESUME, state.current).after(Say(Words("stop.kept")))
    emptied = state.emptied(Awaiting.ENDED)  # what was chosen so far goes too
    return Step(emptied, (Say(Words("stop.nothing_kept")), *what_stays(state)))


def delete(survey: Survey, state: State) -> Step:
    gone = (WithdrawResponse(),) if state.consented else ()
    stays = (Say(Words("delete.may_write")),) if state.safety.may_write else ()
    return Step(state.emptied(Awaiting.DELETED), (*gone, Say(Words("delete.done")), *stays))
