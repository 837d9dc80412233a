"""A ranking, one tap at a time: what matters most, then what comes next, until it is enough. Pure."""

from consultation.domain.answer import Ranked
from consultation.domain.ids import OptionId
from consultation.domain.survey import Question, Survey
from consultation.domain.wording import Words
from consultation.flow.answering import clear_closed_routes
from consultation.flow.asking import AFRESH, ENOUGH
from consultation.flow.effects import RecordAnswer, Say
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step, ask_again, await_, go_on


def rank(survey: Survey, state: State, question: Question, values: tuple[str, ...]) -> Step:
    """The next, or all that were typed at once, in their order; whoever lists several has said all."""
    if values == (ENOUGH,):
        return _record(survey, state, question)
    if values == (AFRESH,):
        return await_(survey, state._replace(ranked=()), Awaiting.ANSWER, question.id)
    if ENOUGH in values or AFRESH in values:
        return ask_again(survey, state).after(Say(Words("answer.pick_one")))
    picked = (*state.ranked, *(OptionId(each) for each in dict.fromkeys(values)))
    left = [each.id for each in question.options if each.id not in picked]
    if question.most and len(picked) > question.most:
        return ask_again(survey, state).after(Say(Words("answer.too_many", {"most": question.most})))
    if len(left) == 1 and not question.most:  # nothing is left to choose
        picked = (*picked, *left)
    known = state._replace(ranked=picked)
    if len(values) > 1 or len(picked) == (question.most or len(question.options)):
        return _record(survey, known, question)
    return await_(survey, known, Awaiting.ANSWER, question.id)


def take_back(survey: Survey, state: State) -> Step:
    """The last that was put."""
    return await_(survey, state._replace(ranked=state.ranked[:-1]), Awaiting.ANSWER, state.current)


def _record(survey: Survey, state: State, question: Question) -> Step:
    known, erased = clear_closed_routes(survey, state.with_answer(question.id, frozenset(state.ranked[:1])))
    return go_on(survey, known).after(RecordAnswer(question.id, Ranked(state.ranked)), *erased)
