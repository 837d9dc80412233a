"""The only dialogue logic: `step(survey, state, event) -> Step(state, effects)`.

Pure: same survey, state and event, same step. It decides what is asked and recorded; it never sees a clock, a
channel or the database, and free text reaches its effects only as `RedactedText`.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from consultation.domain.answer import Chosen, ChosenSeveral, Counted, Scored, Skipped, Told, Withheld
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow import prompts
from consultation.flow.effects import (
    Effect,
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    OfferHelpLines,
    RecordAnswer,
    RecordConsent,
    Say,
    WithdrawResponse,
)
from consultation.flow.events import Began, Command, Commanded, Event, Said, SentSomethingElse, Tapped
from consultation.flow.replies import match_choice, match_choices, match_number
from consultation.flow.routing import changeable, next_question, previous_question, stranded
from consultation.flow.state import Awaiting, State

LONGEST_ANSWER = 5_000  # characters; about two pages
SHORT_WORDS = 4  # a free text with fewer words than this may be followed up once
NOTHING_TO_SAY = frozenset(
    [
        "idk",
        "dunno",
        "no",
        "none",
        "nothing",
        "n/a",
        "na",
        "nope",
        "nah",
        "pass",
        "skip",
        "idc",
        "whatever",
        "dont",
        "don't",
        "know",
        "sure",
        "not",
        "nothing.",
        ".",
    ]
)


@dataclass(frozen=True)
class Step:
    """The state after an event, and what must happen because of it, in order."""

    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, *effects: Effect) -> "Step":
        return Step(self.state, self.effects + effects)

    def after(self, *effects: Effect) -> "Step":
        return Step(self.state, effects + self.effects)


def step(survey: Survey, state: State, event: Event) -> Step:
    """What follows from `event`. Total: every event is answered in every state."""
    match event:
        case Began():
            return _begin(survey, state, event.audience)
        case Said():
            return _hear(survey, state, event)
        case Tapped():
            return _accept_tap(survey, state, event)
        case Commanded():
            return _obey_button(survey, state, event)
        case SentSomethingElse():
            return _ask_again(survey, state).after(Say(Words(f"not_text.{event.kind}")))
        case _:
            assert_never(event)


# -- asking ---------------------------------------------------------------------------------------------------


def _await(survey: Survey, state: State, awaiting: Awaiting, current: QuestionId | None = None) -> Step:
    """Move to waiting for `awaiting`, with a new step number, and ask for it."""
    moved = replace(state, awaiting=awaiting, current=current, step=state.step + 1)
    return Step(moved, prompts.for_state(survey, moved))


def _ask_again(survey: Survey, state: State) -> Step:
    """Repeat the prompt that stands, under its own step number: a button already shown stays good."""
    if state.awaiting is Awaiting.START:
        return _begin(survey, state, None)
    return Step(state, prompts.for_state(survey, state))


def _go_on(survey: Survey, state: State) -> Step:
    """Ask the next question, or finish."""
    question = next_question(survey, state)
    if question is not None:
        return _await(survey, state, Awaiting.ANSWER, question.id)
    return _await(survey, state, Awaiting.NOTHING_MORE).after(FinishResponse(), Say(survey.thanks))


def _begin(survey: Survey, state: State, audience: Audience | None) -> Step:
    if state.awaiting in (Awaiting.ENDED, Awaiting.DELETED):
        state = State(survey.id, survey.version, state.locale, step=state.step)
    tells_who = state.awaiting is Awaiting.AUDIENCE and audience is not None
    if state.awaiting is not Awaiting.START and not tells_who:
        return _resume(survey, state)
    if audience is None:
        return _await(survey, state, Awaiting.AUDIENCE)
    return _go_on(survey, replace(state, audience=audience)).after(Say(survey.opening))


def _resume(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.RESUME:
        return _go_on(survey, state).after(Say(Words("resume.welcome_back")))
    return _ask_again(survey, state)


# -- typed ----------------------------------------------------------------------------------------------------


def _hear(survey: Survey, state: State, said: Said) -> Step:
    if said.concern is not Level.NONE:
        return _comfort(survey, state, said)
    if said.step is not None and said.step != state.step:
        return _ask_again(survey, state).after(Say(Words("page.old")))
    typed = said.raw.reveal()
    command = prompts.typed_command(typed)
    if command is not None:
        return _obey(survey, state, command)
    if state.awaiting in (Awaiting.START, Awaiting.ENDED, Awaiting.DELETED):
        return _begin(survey, state, None)
    if len(typed) > LONGEST_ANSWER:
        words = Words("answer.too_long", {"length": len(typed), "longest": LONGEST_ANSWER})
        return _ask_again(survey, state).after(Say(words))
    if state.awaiting is Awaiting.MORE:
        return _record_more(survey, state, said)
    if state.awaiting is Awaiting.ANSWER:
        return _answer_typed(survey, state, survey.question(_current(state)), said)
    value = match_choice(typed, prompts.choices_for(survey, state))
    if value is None and state.awaiting is Awaiting.RESUME:
        return _resume(survey, state)  # writing again is how people come back
    if value is None:
        key = "finished.not_recorded" if state.awaiting is Awaiting.NOTHING_MORE else "answer.pick_one"
        return _ask_again(survey, state).after(Say(Words(key)))
    return _accept_values(survey, state, (value,))


def _answer_typed(survey: Survey, state: State, question: Question, said: Said) -> Step:
    typed = said.raw.reveal()
    if question.kind is QuestionKind.TEXT:
        return _record_text(survey, state, question, said)
    if question.kind is QuestionKind.NUMBER:
        return _record_number(survey, state, question, match_number(typed))
    choices = prompts.choices_for(survey, state)
    if question.kind is QuestionKind.SEVERAL:
        values = match_choices(typed, choices)
    else:
        value = match_choice(typed, choices)
        values = (value,) if value is not None else None
    if values is None:
        return _ask_again(survey, state).after(Say(Words("answer.pick_one")))
    return _accept_values(survey, state, values)


def _record_text(survey: Survey, state: State, question: Question, said: Said) -> Step:
    if not said.raw.reveal().strip():
        return _ask_again(survey, state).after(Say(Words("answer.empty")))
    recorded = RecordAnswer(question.id, Told(said.redacted))
    before = (recorded, *prompts.hidden_notice(said.redacted))
    known = state.with_answer(question.id, frozenset())
    if _deserves_follow_up(state, question, said.raw.reveal()):
        known = replace(known, asked_more=known.asked_more | {question.id})
        return _await(survey, known, Awaiting.MORE, question.id).after(*before)
    return _go_on(survey, known).after(*before)


def _deserves_follow_up(state: State, question: Question, typed: str) -> bool:
    """Once a question, never to a plain "don't know", and no more at all after two were declined."""
    words = typed.casefold().replace("'", "").split()
    if question.follow_up is None or question.id in state.asked_more or state.declined_more >= 2:
        return False
    return len(words) < SHORT_WORDS and not all(word.strip(".!,") in NOTHING_TO_SAY for word in words)


def _record_more(survey: Survey, state: State, said: Said) -> Step:
    if not said.raw.reveal().strip():
        return _ask_again(survey, state).after(Say(Words("answer.empty")))
    effects = (ExtendAnswer(_current(state), said.redacted), *prompts.hidden_notice(said.redacted))
    return _go_on(survey, state).after(*effects)


def _record_number(survey: Survey, state: State, question: Question, number: int | None) -> Step:
    if number is None or not question.lowest <= number <= question.highest:
        words = Words("answer.number", {"lowest": question.lowest, "highest": question.highest})
        return _ask_again(survey, state).after(Say(words))
    recorded = RecordAnswer(question.id, Counted(number))
    return _go_on(survey, state.with_answer(question.id, frozenset())).after(recorded)


# -- tapped ---------------------------------------------------------------------------------------------------


def _accept_tap(survey: Survey, state: State, tap: Tapped) -> Step:
    if state.awaiting is Awaiting.START:
        return _begin(survey, state, None)
    if tap.step != state.step:
        return _ask_again(survey, state).after(Say(Words("button.old")))
    return _accept_values(survey, state, tap.values)


def _accept_values(survey: Survey, state: State, values: tuple[str, ...]) -> Step:
    """Values of the prompt that stands; anything else (a forged or mistaken button) is asked again."""
    offered = {value for value, _ in prompts.choices_for(survey, state)}
    if not values or not set(values) <= offered:
        return _ask_again(survey, state).after(Say(Words("answer.pick_one")))
    match state.awaiting:
        case Awaiting.ANSWER | Awaiting.MORE:
            return _record_choice(survey, state, survey.question(_current(state)), values)
        case Awaiting.AUDIENCE:
            known = replace(state, audience=Audience(values[0]))
            return _go_on(survey, known).after(Say(survey.opening))
        case Awaiting.WHICH_TO_CHANGE:
            return _await(survey, state, Awaiting.ANSWER, QuestionId(values[0]))
        case Awaiting.AFTER_IMMEDIATE:
            return _await(survey, state, Awaiting.AFTER_SUPPORT, state.current).after(*prompts.safety_reply(values[0]))
        case Awaiting.AFTER_SUPPORT | Awaiting.RESUME | Awaiting.NOTHING_MORE:
            return _obey(survey, state, Command(values[0]))
        case Awaiting.DELETE_OR_NOT:
            return _delete(survey, state) if values[0] == "yes" else _go_on(survey, state)
        case Awaiting.START | Awaiting.ENDED | Awaiting.DELETED:
            return _begin(survey, state, None)
        case _:
            assert_never(state.awaiting)


def _record_choice(survey: Survey, state: State, question: Question, values: tuple[str, ...]) -> Step:
    if question.kind is not QuestionKind.SEVERAL and len(values) > 1:
        return _ask_again(survey, state).after(Say(Words("answer.pick_one")))
    options = [each for each in question.options if each.id in values]
    if len(options) > 1 and any(each.alone for each in options):
        return _ask_again(survey, state).after(Say(Words("answer.one_or_the_other")))
    ends = options[0].ends
    if ends is not None:
        gone = (WithdrawResponse(),) if state.consented else ()
        closed = State(survey.id, survey.version, state.locale, Awaiting.ENDED, state.step + 1, state.audience)
        return Step(closed, (*gone, Say(ends), OfferHelpLines()))
    known = state.with_answer(question.id, frozenset(each.id for each in options))
    known, erased = _clear_closed_routes(survey, known)
    if question.stage is Stage.CONSENT:
        return _go_on(survey, replace(known, consented=True)).after(*_on_consent(survey, known))
    if not state.consented:
        return _go_on(survey, known)
    recorded = RecordAnswer(question.id, _as_answer(question, frozenset(each.id for each in options)))
    return _go_on(survey, known).after(recorded, *erased)


def _as_answer(question: Question, options: frozenset[OptionId]) -> Chosen | ChosenSeveral | Scored:
    chosen = tuple(each.id for each in question.options if each.id in options)
    if question.kind is QuestionKind.SEVERAL:
        return ChosenSeveral(chosen)
    return Scored(int(chosen[0])) if question.kind is QuestionKind.SCALE else Chosen(chosen[0])


def _on_consent(survey: Survey, state: State) -> tuple[Effect, ...]:
    """What was chosen before consent was kept in the state alone; with consent it is recorded."""
    earlier = [
        RecordAnswer(each.id, _as_answer(each, state.answered[each.id]))
        for each in survey.questions
        if each.stage is Stage.OPENING and state.answered.get(each.id)
    ]
    return (RecordConsent(survey.consent_wording), *earlier)


def _clear_closed_routes(survey: Survey, state: State) -> tuple[State, tuple[Effect, ...]]:
    erased = stranded(survey, state)
    for question in erased:
        state = state.without_answer(question)
    return state, tuple(EraseAnswer(question) for question in erased)


# -- commands -------------------------------------------------------------------------------------------------


def _obey_button(survey: Survey, state: State, pressed: Commanded) -> Step:
    """An old or doubled press of Skip or Back must not move what is asked now; other commands do no harm late."""
    moves = pressed.command in (Command.SKIP, Command.BACK)
    if moves and pressed.step is not None and pressed.step != state.step:
        return _ask_again(survey, state).after(Say(Words("button.old")))
    return _obey(survey, state, pressed.command)


def _obey(survey: Survey, state: State, command: Command) -> Step:
    match command:
        case Command.HELP:
            return _ask_again(survey, state).after(Say(Words("help")), OfferHelpLines())
        case Command.PRIVACY:
            return _ask_again(survey, state).after(Say(Words("privacy")))
        case Command.EASY | Command.PLAIN:
            locale = EASY_READ if command is Command.EASY else PLAIN
            return _ask_again(survey, replace(state, locale=locale)).after(Say(Words(f"locale.{command.value}")))
        case Command.BACK:
            return _go_back(survey, state)
        case Command.SKIP:
            return _skip(survey, state)
        case Command.CHANGE:
            if not changeable(survey, state):
                return _ask_again(survey, state).after(Say(Words("change.nothing_yet")))
            return _await(survey, state, Awaiting.WHICH_TO_CHANGE, state.current)
        case Command.STOP:
            return _stop(survey, state)
        case Command.RESUME:
            return _carry_on(survey, state)
        case Command.DELETE:
            if not _under_way(state) and state.awaiting is not Awaiting.NOTHING_MORE:
                return _ask_again(survey, state).after(Say(Words("delete.nothing")))
            return _await(survey, state, Awaiting.DELETE_OR_NOT, state.current)
        case _:
            assert_never(command)


def _carry_on(survey: Survey, state: State) -> Step:
    if state.audience is None and state.awaiting is not Awaiting.START:
        return _await(survey, state, Awaiting.AUDIENCE)
    return _go_on(survey, state) if _under_way(state) else _begin(survey, state, None)


def _under_way(state: State) -> bool:
    return state.audience is not None and state.awaiting not in (
        Awaiting.START,
        Awaiting.NOTHING_MORE,
        Awaiting.ENDED,
        Awaiting.DELETED,
    )


def _go_back(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.MORE:
        return _await(survey, state, Awaiting.ANSWER, state.current)
    before = previous_question(survey, state) if state.audience else None
    if before is None:
        return _ask_again(survey, state).after(Say(Words("back.at_the_start")))
    return _await(survey, state, Awaiting.ANSWER, before.id)


def _skip(survey: Survey, state: State) -> Step:
    if state.awaiting is Awaiting.MORE:
        return _go_on(survey, replace(state, declined_more=state.declined_more + 1))
    if state.awaiting is not Awaiting.ANSWER:
        return _ask_again(survey, state)
    question = survey.question(_current(state))
    if question.stage in (Stage.OPENING, Stage.CONSENT):
        return _ask_again(survey, state).after(Say(Words("skip.not_this_one")))
    known, erased = _clear_closed_routes(survey, state.with_answer(question.id, frozenset()))
    return _go_on(survey, known).after(RecordAnswer(question.id, Skipped()), *erased)


def _stop(survey: Survey, state: State) -> Step:
    if not _under_way(state):
        return _ask_again(survey, state).after(Say(Words("stop.nothing_under_way")))
    words = Words("stop.kept" if state.consented else "stop.nothing_kept")
    return _await(survey, state, Awaiting.RESUME, state.current).after(Say(words))


def _delete(survey: Survey, state: State) -> Step:
    emptied = State(survey.id, survey.version, state.locale, Awaiting.DELETED, state.step + 1)
    gone = (WithdrawResponse(),) if state.consented else ()
    return Step(emptied, (*gone, Say(Words("delete.done"))))


# -- concern --------------------------------------------------------------------------------------------------


def _comfort(survey: Survey, state: State, said: Said) -> Step:
    """Help first, the survey second. The person is not probed, and no follow-up is asked about what they wrote.

    At the immediate level the words are withheld from the response (they are sealed to the safeguarding lead);
    at the support level, where the machine is more often wrong, the redacted words are kept as an answer.
    """
    immediate = said.concern is Level.IMMEDIATE
    state, recorded = _record_despite_concern(survey, state, said, withheld=immediate)
    if immediate:
        asked = _await(survey, state, Awaiting.AFTER_IMMEDIATE, state.current)
        return asked.after(*recorded, Say(Words("safeguarding.immediate")), OfferHelpLines())
    asked = _await(survey, state, Awaiting.AFTER_SUPPORT, state.current)
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
    known = replace(state.with_answer(question.id, frozenset()), asked_more=state.asked_more | {question.id})
    return known, (RecordAnswer(question.id, answer), *prompts.hidden_notice(said.redacted))


def _current(state: State) -> QuestionId:
    if state.current is None:  # cannot happen: ANSWER and MORE are entered with a question only
        raise AssertionError("a question is awaited, but which one is not known")
    return state.current
