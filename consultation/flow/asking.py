"""The prompt of a survey's question: its wording with what was chosen before, its options, and how to answer. Pure."""

from consultation.domain.conditions import Answered
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.languages import ENGLISH, language_of
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import ANY, Filled, Localised, Wording, Words
from consultation.flow.dates import example_for
from consultation.flow.effects import Ask, Choice, Mode
from consultation.flow.events import Command
from consultation.flow.progress import minutes_left
from consultation.flow.routing import place
from consultation.flow.state import State

MODES = {
    QuestionKind.CHOICE: Mode.ONE,
    QuestionKind.SEVERAL: Mode.SEVERAL,
    QuestionKind.SCALE: Mode.SCALE,
    QuestionKind.RANKING: Mode.RANKING,
    QuestionKind.DATE: Mode.DATE,
    QuestionKind.NUMBER: Mode.NUMBER,
    QuestionKind.TEXT: Mode.TEXT,
}
WHILE_REPHRASING = (Command.BACK, Command.RESUME, Command.STOP, Command.HELP)  # to skip would take the answer away
WHILE_ASKING = (Command.BACK, Command.SKIP, Command.STOP, Command.HELP)
BEFORE_CONSENT = (Command.BACK, Command.STOP, Command.HELP)
ENOUGH, AFRESH = "=enough", "=afresh"  # of a ranking; no option can have such an id


def ask_question(survey: Survey, state: State, *, more: bool) -> Ask:
    question = survey.question(state.current) if state.current else None
    if question is None:
        raise AssertionError("an answer is awaited, but to no question")
    early = question.stage in (Stage.OPENING, Stage.CONSENT)
    wording = question.follow_up if more and question.follow_up else question.prompt
    where = place(survey, state, question)
    return Ask(
        state.step,
        fill(survey, state.answered, wording),
        Mode.TEXT if more else MODES[question.kind],
        () if more else choices(survey, state, question),
        BEFORE_CONSENT if early else WHILE_REPHRASING if state.rephrasing else WHILE_ASKING,
        question.id,
        where,
        more,
        minutes=minutes_left(survey, state) if where else 0,
        hints=_hints(QuestionKind.TEXT if more else question.kind, question, state),
        picture=question.picture,
        most=question.most,
        so_far=_so_far(survey, state, question),
    )


def choices(survey: Survey, state: State, question: Question) -> tuple[Choice, ...]:
    """What can be chosen now: of a ranking that is under way, what is left."""
    left = tuple(
        Choice(each.id, fill(survey, state.answered, each.label), each.alone, each.picture)
        for each in question.options
        if each.id not in state.ranked
    )
    if not state.ranked:
        return left
    return (*left, Choice(ENOUGH, Words("ranking.enough")), Choice(AFRESH, Words("ranking.afresh")))


def _so_far(survey: Survey, state: State, question: Question) -> Words | None:
    ranked = [option for each in state.ranked if (option := question.option(each))]
    labels = tuple(fill(survey, state.answered, each.label) for each in ranked)
    return Words("ranking.so_far", {"ranked": labels}) if labels else None


def _hints(kind: QuestionKind, question: Question, state: State) -> tuple[Wording, ...]:
    """How to answer."""
    match kind:
        case QuestionKind.SEVERAL:
            return (Words("hint.at_most", {"most": question.most}) if question.most else Words("hint.several"),)
        case QuestionKind.RANKING:
            more = (Words("hint.at_most", {"most": question.most}),) if question.most else ()
            return (Words("hint.ranking"), *more)
        case QuestionKind.SCALE if question.low and question.high:
            ends = {"lowest": question.options[0].label, "highest": question.options[-1].label}
            return (Words("hint.scale", {**ends, "low": question.low, "high": question.high}),)
        case QuestionKind.NUMBER:
            return (Words("hint.number"),)
        case QuestionKind.DATE:
            return (Words(f"hint.{question.precision.value}", {"example": example_for(question)}),)
        case QuestionKind.TEXT:
            own = (Words("hint.own_language"),) if language_of(state.locale) != ENGLISH else ()
            return (Words("hint.text"), *own)
        case _:
            return ()


# -- what was chosen before -------------------------------------------------------------------------------------------


def fill(survey: Survey, answered: Answered, wording: Localised) -> Localised | Filled:
    """The wording with the labels of what was chosen; nobody's own words are known here, and none can come in."""
    if not wording.pipes:
        return wording
    names = [QuestionId(each) for each in wording.pipes]
    return Filled(wording, {each: _labels(survey.question(each), answered.get(each, frozenset())) for each in names})


def _labels(question: Question, chosen: frozenset[OptionId]) -> tuple[Localised, ...]:
    if question.kind is QuestionKind.NUMBER:
        return tuple(Localised({ANY: each}) for each in chosen)
    return tuple(each.label for each in question.options if each.id in chosen and not each.alone)
