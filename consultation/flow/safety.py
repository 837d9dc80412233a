"""What the chat does when someone may be in danger: help first, the survey second. Pure; judges no text itself.

A small dialogue of its own. The survey stands where it stood until it is over (`State.paused`).

    worrying words, immediate ─> AFTER_IMMEDIATE (are you safe? once in a talk) ─ any reply ─> AFTER_SUPPORT
    worrying words, support ──────────────────────────────────────────────────────────────> AFTER_SUPPORT
    AFTER_SUPPORT ─ someone contact me ─ opt in ───────> HOW_TO_REACH ─ words, sealed ─────> AFTER_CONTACT
                                       └ reply handle ─> MAY_THEY_WRITE ─ yes ─────────────> AFTER_CONTACT
    the lead writes, at any time ─> WRITTEN_TO ─ write back ─> WRITING_BACK ─ words, sealed ─> AFTER_CONTACT
                                               └ no more ──────────────────────────────────> AFTER_CONTACT
    AFTER_SUPPORT, AFTER_CONTACT, WRITTEN_TO ─ carry on, stop ─> the survey, where it stood

Nobody is probed: no free text is ever asked for but how to be reached and a reply to the lead, both of which the
person chose to give; and nothing here nudges anybody to go on with the survey.
"""

from consultation.domain.answer import Told, Withheld
from consultation.domain.concern import Kind, Level
from consultation.domain.consultation import Audience, ContactMode
from consultation.domain.survey import QuestionKind, Survey
from consultation.domain.text import RawText
from consultation.domain.wording import Words
from consultation.flow.effects import (
    Effect,
    EndContact,
    ExtendAnswer,
    Mode,
    OfferHelpLines,
    OpenHandle,
    PassOn,
    RecordAnswer,
    Refer,
    Say,
)
from consultation.flow.events import Said
from consultation.flow.replies import declines
from consultation.flow.safety_prompts import ask_for, speaks_as
from consultation.flow.state import LONGEST_ANSWER, SAFETY, Awaiting, Paused, State
from consultation.flow.stepping import Step, ask_again, await_, go_on

TYPED_TO_LEAD = {
    Awaiting.HOW_TO_REACH: Kind.CONTACT,
    Awaiting.WRITTEN_TO: Kind.REPLY,  # whoever just types away answers what they were written
    Awaiting.WRITING_BACK: Kind.REPLY,
}
ASIDE = {  # where somebody goes who would rather not say
    Awaiting.AFTER_IMMEDIATE: Awaiting.AFTER_SUPPORT,
    Awaiting.HOW_TO_REACH: Awaiting.AFTER_SUPPORT,
    Awaiting.MAY_THEY_WRITE: Awaiting.AFTER_SUPPORT,
    Awaiting.WRITING_BACK: Awaiting.WRITTEN_TO,
}
COURTESY = 4  # words; fewer than that, at the end of the dialogue, are a "thanks" or an "ok", and are passed to nobody
DIGITS = 5  # that many are no choice, but a number to ring


# -- worrying words ---------------------------------------------------------------------------------------------------


def comfort(survey: Survey, state: State, said: Said) -> Step:
    """Help first, whatever was asked. The person is not probed, and no follow-up is asked about what they wrote.

    At the immediate level the words are withheld from the response (they are sealed to the safeguarding lead);
    at the support level, where the machine is more often wrong, the redacted words are kept as an answer.

    What was hidden in them is not spoken of. Someone who has just told of harm must not read that a name was taken out
    of it: that sounds as if they had done something wrong, and as if help would not know whom they mean, though the
    sealed copy holds every word.
    """
    again = state.safety.level is not Level.NONE
    state = state._replace(safety=state.safety.with_concern(said.concern, about_staff=said.about_staff))
    if state.awaiting is Awaiting.AFTER_IMMEDIATE:
        return _hear_whether_safe(survey, state, "no", said.raw)
    immediate = said.concern is Level.IMMEDIATE
    known, recorded = _record_despite_concern(survey, state, said, withheld=immediate)
    passed = _pass_to_lead(state, said) or (Say(Words("safeguarding.passed")),)
    who = speaks_as(state.audience)
    if immediate:
        words = Words(f"safeguarding.immediate.{who}")
    else:
        words = Words("safeguarding.again") if again else Words(f"safeguarding.support.{who}")
    asks = immediate and not state.safety.asked
    known = known._replace(safety=known.safety._replace(asked=known.safety.asked or asks))
    stage = Awaiting.AFTER_IMMEDIATE if asks else Awaiting.AFTER_SUPPORT
    return _enter(survey, known, stage, answered=bool(recorded)).after(*recorded, Say(words), OfferHelpLines(), *passed)


def _record_despite_concern(
    survey: Survey, state: State, said: Said, *, withheld: bool
) -> tuple[State, tuple[Effect, ...]]:
    stale = said.step is not None and said.step != state.step
    if stale or not state.consented or state.current is None or len(said.raw) > LONGEST_ANSWER:
        return state, ()
    if state.awaiting is Awaiting.MORE:
        return state, () if withheld else (ExtendAnswer(state.current, said.redacted),)
    question = survey.question(state.current)
    if state.awaiting is not Awaiting.ANSWER or question.kind is not QuestionKind.TEXT:
        return state, ()
    answer = Withheld() if withheld else Told(said.redacted)
    known = state.with_answer(question.id, frozenset())._replace(asked_more=state.asked_more | {question.id})
    return known, (RecordAnswer(question.id, answer),)


def _hear_whether_safe(survey: Survey, state: State, answer: str, words: RawText) -> Step:
    """After the one closed question. Anything but a plain yes goes to the lead too; nothing more is asked about it."""
    asked = _enter(survey, state, Awaiting.AFTER_SUPPORT)
    if answer == "yes":
        return asked.after(Say(Words("safe.after_yes")))
    return asked.after(Refer(words), Say(Words(f"safe.after_{answer}")), OfferHelpLines())


# -- the dialogue -----------------------------------------------------------------------------------------------------


def choose(survey: Survey, state: State, value: str) -> Step:
    """One of the choices of a prompt of this dialogue, but to carry on or stop, which are commands."""
    match state.awaiting, value:
        case Awaiting.AFTER_IMMEDIATE, _:
            return _hear_whether_safe(survey, state, value, RawText(value.replace("_", " ")))
        case Awaiting.AFTER_SUPPORT, _:
            return _offer_contact(survey, state)
        case Awaiting.MAY_THEY_WRITE, "yes":
            return _open_handle(survey, state, Words("contact.may_write"))
        case Awaiting.WRITTEN_TO, "write_back":
            return _enter(survey, state, Awaiting.WRITING_BACK)
        case Awaiting.WRITTEN_TO, _:
            ended = state._replace(safety=state.safety._replace(may_write=False))
            return _enter(survey, ended, Awaiting.AFTER_CONTACT).after(EndContact(), Say(Words("contact.ended")))
        case _:
            return step_aside(survey, state)


def hear(survey: Survey, state: State, said: Said) -> Step:
    """Words that the screen does not mind and that name no choice."""
    typed = said.raw.reveal()
    if not typed.strip():
        return ask_again(survey, state).after(Say(Words("contact.empty")))
    if len(typed) > LONGEST_ANSWER and state.awaiting is not Awaiting.AFTER_IMMEDIATE:
        return ask_again(survey, state).after(Say(Words("contact.too_long", {"longest": LONGEST_ANSWER})))
    match state.awaiting:
        case Awaiting.AFTER_IMMEDIATE:
            return _hear_whether_safe(survey, state, "not_sure", said.raw)
        case Awaiting.HOW_TO_REACH | Awaiting.WRITING_BACK if declines(typed, state.locale):
            return step_aside(survey, state)
        case Awaiting.HOW_TO_REACH | Awaiting.WRITTEN_TO | Awaiting.WRITING_BACK:
            return _enter(survey, state, Awaiting.AFTER_CONTACT).after(*_pass_to_lead(state, said))
        case Awaiting.AFTER_SUPPORT | Awaiting.AFTER_CONTACT if _tells_more(typed):
            # They go on telling. The screen may not mind the second half of what it minded the first half of.
            more = Refer(said.raw, Kind.DISCLOSURE), Say(Words("safeguarding.more"))
            return ask_again(survey, state).after(*more)
        case _:
            return ask_again(survey, state).after(Say(Words("answer.pick_one")))


def _tells_more(typed: str) -> bool:
    """It is no courtesy. A name is often sent first, and the number or the address in a message of its own."""
    reaches = "@" in typed or sum(each.isdecimal() for each in typed) >= DIGITS
    return reaches or len(typed.split()) >= COURTESY


def _pass_to_lead(state: State, said: Said) -> tuple[Effect, ...]:
    """What was typed for the lead's eyes, worrying or not."""
    kind = TYPED_TO_LEAD.get(state.awaiting)
    if kind is None or len(said.raw) > LONGEST_ANSWER:
        return ()
    return Refer(said.raw, kind), Say(Words(f"contact.passed_on.{kind.value}"))


def _offer_contact(survey: Survey, state: State) -> Step:
    """Staff are told, too, that theirs is another way, which is not to wait for this one."""
    if state.contact is ContactMode.OPT_IN:
        offered = _enter(survey, state, Awaiting.HOW_TO_REACH)
    elif state.safety.may_write:
        offered = _open_handle(survey, state, Words("contact.asked_again"))
    else:
        offered = _enter(survey, state, Awaiting.MAY_THEY_WRITE).after(Say(Words("contact.how")))
    return offered.after(Say(Words("contact.staff"))) if state.audience is Audience.STAFF else offered


def _open_handle(survey: Survey, state: State, words: Words) -> Step:
    """Also where one is open: it may have run out meanwhile, and nobody here has a clock."""
    known = state._replace(safety=state.safety._replace(may_write=True))
    return _enter(survey, known, Awaiting.AFTER_CONTACT).after(OpenHandle(), Say(words))


def pass_on(survey: Survey, state: State, words: RawText) -> Step:
    """What the lead has written, at whatever moment it comes. It takes the survey no further and no way back."""
    return _enter(survey, state, Awaiting.WRITTEN_TO).after(PassOn(words))


# -- in and out -------------------------------------------------------------------------------------------------------


def _enter(survey: Survey, state: State, stage: Awaiting, *, answered: bool = False) -> Step:
    """Ask for `stage`. The survey waits where it stands; where its question is `answered`, with the next one."""
    if state.awaiting not in SAFETY:
        goes_on = answered or state.awaiting is Awaiting.MORE  # what was told is not asked about
        place = None if goes_on else Paused(state.awaiting, state.current, state.step)
        state = state._replace(paused=place)
    asked = ask_for(state._replace(awaiting=stage))
    nothing_to_choose = asked.mode is Mode.ONE and len(asked.choices) == 1
    return leave(survey, state) if nothing_to_choose else await_(survey, state, stage, state.current)


def step_aside(survey: Survey, state: State) -> Step:
    """Not that, then. Nothing was passed to anybody."""
    back = ASIDE.get(state.awaiting)
    if back is None:
        return ask_again(survey, state)
    said = () if state.awaiting is Awaiting.AFTER_IMMEDIATE else (Say(Words("contact.nothing_passed")),)
    return _enter(survey, state, back).after(*said)


def leave(survey: Survey, state: State) -> Step:
    """Back to the survey, which asks what it asked before."""
    place, state = state.paused, state._replace(paused=None)
    if place is None:
        return go_on(survey, state) if state.audience else await_(survey, state, Awaiting.AUDIENCE)
    state = state.still_offering(place.step)
    if place.awaiting is Awaiting.START:
        return Step(state._replace(awaiting=Awaiting.START, step=state.step + 1), (Say(Words("ended.again")),))
    return await_(survey, state, place.awaiting, place.current)
