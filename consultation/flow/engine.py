"""The only dialogue logic: `step(survey, state, event) -> Step(state, effects)`.

Pure: same survey, state and event, same step. It decides what is asked and recorded; it never sees a clock, a
channel or the database, and free text reaches its effects only as `RedactedText`.
"""

from typing import assert_never

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import Question, QuestionKind, Survey
from consultation.domain.wording import Words
from consultation.flow import prompts, safety
from consultation.flow.answering import record_choice, record_more, record_number, record_text
from consultation.flow.commanding import delete, obey, obey_button
from consultation.flow.effects import Say
from consultation.flow.events import Began, Command, Commanded, Event, Said, SentSomethingElse, Tapped, Written
from consultation.flow.replies import match_choice, match_choices, match_number
from consultation.flow.state import LONGEST_ANSWER, SAFETY, Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_, begin, current_question, go_on


def step(survey: Survey, state: State, event: Event) -> Step:
    """What follows from `event`. Total: every event is answered in every state."""
    match event:
        case Began():
            return begin(survey, state, event.audience)
        case Said():
            return _hear(survey, state, event)
        case Tapped():
            return _accept_tap(survey, state, event)
        case Commanded():
            return obey_button(survey, state, event)
        case SentSomethingElse():
            return ask_again(survey, state).after(Say(Words(f"not_text.{event.kind}")))
        case Written():
            return safety.pass_on(survey, state, event.words)
        case _:
            assert_never(event)


def _hear(survey: Survey, state: State, said: Said) -> Step:
    if said.concern is not Level.NONE:
        return safety.comfort(survey, state, said)
    if said.step is not None and said.step != state.step:
        return ask_again(survey, state).after(Say(Words("page.old")))
    typed = said.raw.reveal()
    command = prompts.typed_command(typed)
    if command is not None:
        return obey(survey, state, command)
    if state.awaiting in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED):
        return begin(survey, state, None)
    if state.awaiting in SAFETY:
        return _hear_in_safety(survey, state, said)
    if len(typed) > LONGEST_ANSWER:
        words = Words("answer.too_long", {"length": len(typed), "longest": LONGEST_ANSWER})
        return ask_again(survey, state).after(Say(words))
    if state.awaiting is Awaiting.MORE:
        return record_more(survey, state, said)
    if state.awaiting is Awaiting.ANSWER:
        return _answer_typed(survey, state, survey.question(current_question(state)), said)
    value = match_choice(typed, prompts.choices_for(survey, state))
    if value is None and state.awaiting is Awaiting.RESUME:  # writing again is how people come back
        return go_on(survey, state).after(Say(Words("resume.not_recorded")))
    if value is None:
        key = "finished.not_recorded" if state.awaiting is Awaiting.NOTHING_MORE else "answer.pick_one"
        return ask_again(survey, state).after(Say(Words(key)))
    return _accept_values(survey, state, (value,))


def _hear_in_safety(survey: Survey, state: State, said: Said) -> Step:
    """A "no" that is typed to the lead is a reply, and no choice; choices there go by their number or whole label."""
    typed = said.raw.reveal()
    to_lead = state.awaiting in safety.TYPED_TO_LEAD and not typed.strip().isdecimal()
    value = None if to_lead else match_choice(typed, prompts.choices_for(survey, state))
    return safety.hear(survey, state, said) if value is None else _accept_values(survey, state, (value,))


def _answer_typed(survey: Survey, state: State, question: Question, said: Said) -> Step:
    typed = said.raw.reveal()
    if question.kind is QuestionKind.TEXT:
        return record_text(survey, state, question, said)
    if question.kind is QuestionKind.NUMBER:
        return record_number(survey, state, question, match_number(typed))
    choices = prompts.choices_for(survey, state)
    if question.kind is QuestionKind.SEVERAL:
        values = match_choices(typed, choices)
    else:
        value = match_choice(typed, choices)
        values = (value,) if value is not None else None
    if values is None:
        return ask_again(survey, state).after(Say(Words("answer.pick_one")))
    return _accept_values(survey, state, values)


def _accept_tap(survey: Survey, state: State, tap: Tapped) -> Step:
    if state.awaiting is Awaiting.START:
        return begin(survey, state, None)
    if tap.step != state.step:
        return ask_again(survey, state).after(Say(Words("button.old")))
    return _accept_values(survey, state, tap.values)


def _accept_values(survey: Survey, state: State, values: tuple[str, ...]) -> Step:
    """Values of the prompt that stands; anything else (a forged or mistaken button) is asked again."""
    offered = {value for value, _ in prompts.choices_for(survey, state)}
    if not values or not set(values) <= offered:
        return ask_again(survey, state).after(Say(Words("answer.pick_one")))
    match state.awaiting:
        case Awaiting.ANSWER | Awaiting.MORE:
            return record_choice(survey, state, survey.question(current_question(state)), values)
        case Awaiting.AUDIENCE:
            known = state._replace(audience=Audience(values[0]))
            return go_on(survey, known).after(Say(survey.opening))
        case Awaiting.WHICH_TO_CHANGE:
            return await_(survey, state, Awaiting.ANSWER, QuestionId(values[0]))
        case Awaiting.RESUME | Awaiting.NOTHING_MORE:
            return obey(survey, state, Command(values[0]))
        case Awaiting.DELETE_OR_NOT:
            return delete(survey, state) if values[0] == "yes" else go_on(survey, state)
        case Awaiting.START | Awaiting.ENDED | Awaiting.DELETED:
            return begin(survey, state, None)
        case _:
            is_command = values[0] in (Command.RESUME, Command.STOP)
            return obey(survey, state, Command(values[0])) if is_command else safety.choose(survey, state, values[0])
