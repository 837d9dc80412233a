"""Which question comes next, came before, or no longer applies. Pure; knows nothing of wording."""

from collections.abc import Sequence

from consultation.domain.ids import QuestionId
from consultation.domain.survey import Question, Stage, Survey
from consultation.flow.state import State


def applicable(survey: Survey, state: State) -> Sequence[Question]:
    """What this person is asked, in order, given who they are and what they chose so far."""
    return survey.asked_of(state.audience, state.answered) if state.audience else ()


def next_question(survey: Survey, state: State) -> Question | None:
    """The first question not yet dealt with, or None when the talk is done."""
    return next((each for each in applicable(survey, state) if each.id not in state.answered), None)


def previous_question(survey: Survey, state: State) -> Question | None:
    """The question dealt with before the current one, or None at the beginning."""
    before: Question | None = None
    for each in applicable(survey, state):
        if each.id == state.current:
            break
        if each.id in state.answered:
            before = each
    return before


def changeable(survey: Survey, state: State) -> list[Question]:
    """Questions whose answer may be changed from the list: those after consent that were dealt with."""
    after_consent = (Stage.MAIN, Stage.ABOUT_YOU)
    return [q for q in applicable(survey, state) if q.id in state.answered and q.stage in after_consent]


def stranded(survey: Survey, state: State) -> list[QuestionId]:
    """Answered questions whose route a changed choice has closed."""
    open_routes = {each.id for each in applicable(survey, state)}
    return [question for question in state.answered if question not in open_routes]


def place(survey: Survey, state: State, question: Question) -> tuple[int, int] | None:
    """(this one, of how many) among the main questions; None for questions that are not counted."""
    if question.stage is not Stage.MAIN:
        return None
    counted = [each.id for each in applicable(survey, state) if each.stage is Stage.MAIN]
    return counted.index(question.id) + 1, len(counted)
