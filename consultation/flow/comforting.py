"""What the chat does when someone may be in danger: help first, the survey second. Pure; judges no text itself."""

from consultation.domain.answer import Told, Withheld
from consultation.domain.concern import Level
from consultation.domain.survey import QuestionKind, Survey
from consultation.domain.text import RawText
from consultation.domain.wording import Words
from consultation.flow import prompts
from consultation.flow.effects import Effect, ExtendAnswer, OfferHelpLines, RecordAnswer, Refer, Say
from consultation.flow.events import Said
from consultation.flow.state import LONGEST_ANSWER, Awaiting, State
from consultation.flow.stepping import Step, await_


def comfort(survey: Survey, state: State, said: Said) -> Step:
    """Help first, the survey second. The person is not probed, and no follow-up is asked about what they wrote.

    At the immediate level the words are withheld from the response (they are sealed to the safeguarding lead);
    at the support level, where the machine is more often wrong, the redacted words are kept as an answer.

    What was hidden in them is not spoken of. Someone who has just told of harm must not read that a name was taken out
    of it: that sounds as if they had done something wrong, and as if help would not know whom they mean, though the
    sealed copy holds every word.
    """
    immediate = said.concern is Level.IMMEDIATE
    state, recorded = _record_despite_concern(survey, state, said, withheld=immediate)
    if immediate:
        asked = await_(survey, state, Awaiting.AFTER_IMMEDIATE, state.current)
        return asked.after(*recorded, Say(Words("safeguarding.immediate")), OfferHelpLines())
    asked = await_(survey, state, Awaiting.AFTER_SUPPORT, state.current)
    return asked.after(*recorded, Say(Words("safeguarding.support")), OfferHelpLines())


def _record_despite_concern(
    survey: Survey, state: State, said: Said, *, withheld: bool
) -> tuple[State, tuple[Effect, ...]]:
    stale = said.step is not None and said.step != state.step
    if stale or not state.consented or state.current is None or len(said.raw.reveal()) > LONGEST_ANSWER:
        return state, ()
    if state.awaiting is Awaiting.MORE:
        return state, () if withheld else (ExtendAnswer(state.current, said.redacted),)
    question = survey.question(state.current)
    if state.awaiting is not Awaiting.ANSWER or question.kind is not QuestionKind.TEXT:
        return state, ()
    answer = Withheld() if withheld else Told(said.redacted)
    known = state.with_answer(question.id, frozenset())._replace(asked_more=state.asked_more | {question.id})
    return known, (RecordAnswer(question.id, answer),)


def hear_whether_safe(survey: Survey, state: State, answer: str, words: RawText) -> Step:
    """After the one closed question. Anything but a plain yes goes to the lead too; nothing more is asked about it."""
    asked = await_(survey, state, Awaiting.AFTER_SUPPORT, state.current)
    if answer == "yes":
        return asked.after(*prompts.safety_reply(answer))
    return asked.after(Refer(words), *prompts.safety_reply(answer))
