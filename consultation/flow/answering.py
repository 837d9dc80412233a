"""What becomes of an answer: checked against its question, recorded, and perhaps followed up once. Pure."""

from datetime import date

from consultation.domain.answer import Chosen, ChosenSeveral, Counted, Dated, Scored, Told
from consultation.domain.ids import OptionId
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import Value, Words
from consultation.flow import routing
from consultation.flow.dates import example_for, read_date, shown
from consultation.flow.effects import (
    Effect,
    EraseAnswer,
    ExtendAnswer,
    OfferHelpLines,
    RecordAnswer,
    RecordConsent,
    Say,
    WithdrawResponse,
)
from consultation.flow.events import Said
from consultation.flow.rephrasing import tell_of_hidden
from consultation.flow.replies import says_nothing
from consultation.flow.routing import stranded
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_, current_question, go_on, what_stays

SHORT_WORDS = 4  # a free text with fewer words than this may be followed up once


def record_text(survey: Survey, state: State, question: Question, said: Said) -> Step:
    if not said.raw.reveal().strip():
        return ask_again(survey, state).after(Say(Words("answer.empty")))
    known, told = tell_of_hidden(state.with_answer(question.id, frozenset()), question.id, said.redacted)
    before = (RecordAnswer(question.id, Told(said.redacted)), *told)
    if _deserves_follow_up(state, question, said.raw.reveal()):
        known = known._replace(asked_more=known.asked_more | {question.id})
        return await_(survey, known, Awaiting.MORE, question.id).after(*before)
    return go_on(survey, known).after(*before)


def _deserves_follow_up(state: State, question: Question, typed: str) -> bool:
    """Once a question, never to a plain "don't know", and no more at all after two were declined."""
    if question.follow_up is None or question.id in state.asked_more or state.declined_more >= 2:
        return False
    return len(typed.split()) < SHORT_WORDS and not says_nothing(typed, state.locale)


def record_more(survey: Survey, state: State, said: Said) -> Step:
    if not said.raw.reveal().strip():
        return ask_again(survey, state).after(Say(Words("answer.empty")))
    question = current_question(state)
    known, told = tell_of_hidden(state, question, said.redacted)
    return go_on(survey, known).after(ExtendAnswer(question, said.redacted), *told)


def record_number(survey: Survey, state: State, question: Question, number: int | None) -> Step:
    if number is None or not question.lowest <= number <= question.highest:
        words = Words("answer.number", {"lowest": question.lowest, "highest": question.highest})
        return ask_again(survey, state).after(Say(words))
    known, erased = clear_closed_routes(survey, state.with_answer(question.id, frozenset({OptionId(str(number))})))
    if not state.consented:
        return go_on(survey, known).after(*_on_knowing_whom(survey, state, known))
    return go_on(survey, known).after(RecordAnswer(question.id, Counted(number)), *erased)


def record_date(survey: Survey, state: State, question: Question, typed: str) -> Step:
    read = read_date(typed, question, state.locale)
    if read is None:
        bounds = {"earliest": question.earliest or date.min, "latest": question.latest or date.max}
        values: dict[str, Value] = {name: shown(day, question.precision) for name, day in bounds.items()}
        words = Words("answer.date", {**values, "example": example_for(question)})
        return ask_again(survey, state).after(Say(words))
    return go_on(survey, state.with_answer(question.id, frozenset())).after(RecordAnswer(question.id, Dated(read)))


def record_choice(survey: Survey, state: State, question: Question, values: tuple[str, ...]) -> Step:
    if question.kind is not QuestionKind.SEVERAL and len(values) > 1:
        return ask_again(survey, state).after(Say(Words("answer.pick_one")))
    options = [each for each in question.options if each.id in values]
    if len(options) > 1 and any(each.alone for each in options):
        return ask_again(survey, state).after(Say(Words("answer.one_or_the_other")))
    if question.kind is QuestionKind.SEVERAL and question.most and len(options) > question.most:
        return ask_again(survey, state).after(Say(Words("answer.too_many", {"most": question.most})))
    ends = options[0].ends
    if ends is not None:
        gone = (WithdrawResponse(),) if state.consented else ()
        return Step(state.emptied(Awaiting.ENDED), (*gone, Say(ends), *what_stays(state), OfferHelpLines()))
    known = state.with_answer(question.id, frozenset(each.id for each in options))
    known, erased = clear_closed_routes(survey, known)
    if question.stage is Stage.CONSENT:
        return go_on(survey, known._replace(consented=True)).after(*_on_consent(survey, known))
    if not state.consented:
        return go_on(survey, known).after(*_on_knowing_whom(survey, state, known))
    recorded = RecordAnswer(question.id, _as_answer(question, frozenset(each.id for each in options)))
    return go_on(survey, known).after(recorded, *erased)


def _as_answer(question: Question, options: frozenset[OptionId]) -> Chosen | ChosenSeveral | Scored | Counted:
    if question.kind is QuestionKind.NUMBER:
        return Counted(int(*options))
    chosen = tuple(each.id for each in question.options if each.id in options)
    if question.kind is QuestionKind.SEVERAL:
        return ChosenSeveral(chosen)
    return Scored(int(chosen[0])) if question.kind is QuestionKind.SCALE else Chosen(chosen[0])


def _on_knowing_whom(survey: Survey, before: State, state: State) -> tuple[Effect, ...]:
    """The opening that fits, once it is known which one does, and again where that has changed."""
    openings = [
        None if survey.waits_to_open(each.audience, each.answered) else survey.opening_for(each.answered)
        for each in (before, state)
        if each.audience
    ]
    return (Say(openings[-1]),) if openings and openings[-1] and openings[-1] != openings[0] else ()


def _on_consent(survey: Survey, state: State) -> tuple[Effect, ...]:
    """What was chosen before consent was kept in the state alone; with consent it is recorded. So is what the link
    had answered."""
    earlier = [
        RecordAnswer(each.id, _as_answer(each, state.answered[each.id]))
        for each in routing.applicable(survey, state)
        if (each.stage is Stage.OPENING or each.from_link) and state.answered.get(each.id)
    ]
    return (RecordConsent(survey.consent_wording), *earlier)


def clear_closed_routes(survey: Survey, state: State) -> tuple[State, tuple[Effect, ...]]:
    erased = stranded(survey, state)
    for question in erased:
        state = state.without_answer(question)
    return state, tuple(EraseAnswer(question) for question in erased)
