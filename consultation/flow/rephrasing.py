"""After something identifying was hidden the person is told what, and may put their answer another way. Pure.

Nobody is asked to do anything: whoever just carries on has answered. Must not know what the hidden words were.
"""

from consultation.domain.ids import QuestionId
from consultation.domain.survey import Survey
from consultation.domain.text import RedactedText
from consultation.domain.wording import Words
from consultation.flow.effects import Effect, Say
from consultation.flow.state import Awaiting, Hidden, State
from consultation.flow.stepping import Step, ask_again, await_

TOLD_IN_FULL = 2  # times in a talk; after that it is one line


def tell_of_hidden(state: State, question: QuestionId, text: RedactedText) -> tuple[State, tuple[Effect, ...]]:
    """What to say of what was hidden in `text`, and the state whose next prompt offers to put it another way."""
    if not text.hidden:
        return state, ()
    times = state.hidden.times + 1 if state.hidden else 1
    known = state._replace(hidden=Hidden(question, state.step + 1, times))
    if times > TOLD_IN_FULL:
        return known, (Say(Words("hidden.briefly", {"kinds": _kinds(text)})),)
    return known, (Say(Words("hidden.told", {"kinds": _kinds(text), "kept": text.text.strip()})),)


def _kinds(text: RedactedText) -> tuple[Words, ...]:
    """Each kind once, in the order in which they stood: "a name", or "names" where there were several."""
    return tuple(
        Words(f"hidden.one.{kind.value}") if text.hidden.count(kind) == 1 else Words(f"hidden.several.{kind.value}")
        for kind in dict.fromkeys(text.hidden)
    )


def rephrase(survey: Survey, state: State, pressed_at: int | None = None) -> Step:
    """Back to the question in whose answer something was hidden; what is typed there replaces all of that answer.

    A button of an earlier prompt moves nothing, as ever, and a doubled press asks the same thing again.
    """
    if state.rephrasing:
        return ask_again(survey, state)
    if state.hidden is None or not state.may_rephrase or pressed_at not in (None, state.step):
        return ask_again(survey, state).after(Say(Words("hidden.too_late")))
    question = state.hidden.question
    back = state._replace(
        hidden=state.hidden._replace(step=state.step + 1),
        asked_more=state.asked_more | {question},  # twice is enough
    )
    return await_(survey, back, Awaiting.ANSWER, question).after(Say(Words("hidden.another_way")))
