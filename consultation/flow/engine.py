"""The only dialogue logic: `step(survey, state, event) -> Step(state, effects)`.

Pure: same survey, state and event, same step. It decides what is asked and recorded; it never sees a clock, a
channel or the database, and free text reaches its effects only as `RedactedText`.
"""

from typing import assert_never

from consultation.domain.answer import Told
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import Question, QuestionKind, Survey
from consultation.domain.wording import Words
from consultation.flow import prompts, safety
from consultation.flow.answering import record_choice, record_date, record_more, record_number, record_text
from consultation.flow.commanding import delete, obey, obey_button
from consultation.flow.effects import RecordAnswer, Say
from consultation.flow.events import (
    Began,
    ChoseLanguage,
    Command,
    Commanded,
    Edited,
    Event,
    Reminded,
    Said,
    SentSomethingElse,
    Tapped,
    Written,
)
from consultation.flow.hearing import options_typed
from consultation.flow.languages import choose_language, leave_menu, named_language, pick_language
from consultation.flow.ranking import rank
from consultation.flow.reminding import ask_for_reminder, remind
from consultation.flow.rephrasing import tell_of_hidden
from consultation.flow.replies import is_plain_yes, match_choice, match_number
from consultation.flow.state import LONGEST_ANSWER, SAFETY, Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_, begin, current_question, enter, go_on
from consultation.flow.typed import typed_command


def step(survey: Survey, state: State, event: Event) -> Step:
    """What follows from `event`. Total: every event is answered in every state."""
    match event:
        case Began():
            return begin(survey, state, event)
        case Said():
            return _hear(survey, state, event)
        case Edited():
            return _hear_edited(survey, state, event)
        case Tapped():
            return _accept_tap(survey, state, event)
        case Commanded():
            return obey_button(survey, state, event)
        case SentSomethingElse():
            return ask_again(survey, state).after(Say(Words(f"not_text.{event.kind}")))
        case Written():
            return safety.pass_on(survey, leave_menu(state), event.words)
        case Reminded():
            return remind(survey, state, event)
        case ChoseLanguage():
            return choose_language(survey, state, event.locale)
        case _:
            assert_never(event)


def _hear(survey: Survey, state: State, said: Said) -> Step:
    if said.concern is not Level.NONE:
        return safety.comfort(survey, leave_menu(state), said)
    if said.step is not None and said.step != state.step:
        return ask_again(survey, state).after(Say(Words("page.old")))
    typed = said.raw.reveal()
    command = typed_command(typed, state.locale)
    if command is not None:
        return obey(survey, state, command)
    if state.awaiting in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED):
        return begin(survey, state)
    if state.awaiting in SAFETY:
        return _hear_in_safety(survey, state, said)
    if len(typed) > LONGEST_ANSWER:
        words = Words("answer.too_long", {"length": len(typed), "longest": LONGEST_ANSWER})
        return ask_again(survey, state).after(Say(words))
    if state.awaiting is Awaiting.MORE:
        return record_more(survey, state, said)
    if state.awaiting is Awaiting.ANSWER:
        return _answer_typed(survey, state, survey.question(current_question(state)), said)
    value = match_choice(typed, prompts.choices_for(survey, state), state.locale)
    if value is None and state.awaiting is Awaiting.LANGUAGE:
        value = named_language(survey, state, typed)
    if value is None and state.awaiting is Awaiting.RESUME:  # writing again is how people come back
        return go_on(survey, state).after(Say(Words("resume.not_recorded")))
    if value is None:
        key = "finished.not_recorded" if state.awaiting is Awaiting.NOTHING_MORE else "answer.pick_one"
        return ask_again(survey, state).after(Say(Words(key)))
    return _accept_values(survey, state, (value,))


def _hear_in_safety(survey: Survey, state: State, said: Said) -> Step:
    """A "no" that is typed to the lead is a reply, and no choice; choices there go by their number or whole label. That
    somebody is safe is taken from a plain yes alone."""
    typed = said.raw.reveal()
    to_lead = state.awaiting in safety.TYPED_TO_LEAD and not typed.strip().isdecimal()
    value = None if to_lead else match_choice(typed, prompts.choices_for(survey, state), state.locale)
    if state.awaiting is Awaiting.AFTER_IMMEDIATE and value == "yes" and not typed.strip().isdecimal():
        value = value if is_plain_yes(typed, state.locale) else None
    return safety.hear(survey, state, said) if value is None else _accept_values(survey, state, (value,))


def _hear_edited(survey: Survey, state: State, edited: Edited) -> Step:
    """Their words in place of those before; nothing else moves. A concern in them is one like any other."""
    if edited.said.concern is not Level.NONE:
        return _hear(survey, state, edited.said)
    question = survey.question(edited.question) if edited.question else None
    answered = question and state.consented and question.id in state.answered and question.kind is QuestionKind.TEXT
    if not question or not answered or not 0 < len(edited.said.raw.reveal().strip()) <= LONGEST_ANSWER:
        return ask_again(survey, state).after(Say(Words("edited.not_changed")))
    known, told = tell_of_hidden(state, question.id, edited.said.redacted)
    recorded = RecordAnswer(question.id, Told(edited.said.redacted))
    return ask_again(survey, known).after(recorded, Say(Words("edited.changed")), *told)


def _answer_typed(survey: Survey, state: State, question: Question, said: Said) -> Step:
    typed = said.raw.reveal()
    if question.kind is QuestionKind.TEXT:
        return record_text(survey, state, question, said)
    if question.kind is QuestionKind.NUMBER:
        return record_number(survey, state, question, match_number(typed, state.locale))
    if question.kind is QuestionKind.DATE:
        return record_date(survey, state, question, typed)
    offered, named = prompts.offered(survey, state), prompts.choices_for(survey, state)
    values = options_typed(question.kind, typed, offered, named, state.locale)
    return _accept_values(survey, state, values)


def _accept_tap(survey: Survey, state: State, tap: Tapped) -> Step:
    if state.awaiting is Awaiting.START:
        return begin(survey, state)
    if tap.step != state.step:
        return ask_again(survey, state).after(Say(Words("button.old")))
    return _accept_values(survey, state, tap.values)


def _accept_values(survey: Survey, state: State, values: tuple[str, ...]) -> Step:
    """Values of the prompt that stands; anything else (a forged or mistaken button) is asked again."""
    if not values or not set(values) <= {each.value for each in prompts.offered(survey, state)}:
        return ask_again(survey, state).after(Say(Words("answer.pick_one")))
    match state.awaiting:
        case Awaiting.ANSWER | Awaiting.MORE:
            question = survey.question(current_question(state))
            take = rank if question.kind is QuestionKind.RANKING else record_choice
            return take(survey, state, question, values)
        case Awaiting.AUDIENCE:
            return enter(survey, state, Audience(values[0]))
        case Awaiting.LANGUAGE:
            return pick_language(survey, state, values[0])
        case Awaiting.WHICH_TO_CHANGE:
            return await_(survey, state, Awaiting.ANSWER, QuestionId(values[0]))
        case Awaiting.RESUME if values[0] in prompts.REMINDERS:
            return ask_for_reminder(survey, state, values[0])
        case Awaiting.RESUME | Awaiting.NOTHING_MORE:
            return obey(survey, state, Command(values[0]))
        case Awaiting.DELETE_OR_NOT:
            return delete(survey, state) if values[0] == "yes" else go_on(survey, state)
        case Awaiting.START | Awaiting.ENDED | Awaiting.DELETED:
            return begin(survey, state)
        case _:
            is_command = values[0] in (Command.RESUME, Command.STOP)
            return obey(survey, state, Command(values[0])) if is_command else safety.choose(survey, state, values[0])
