"""What a person does in a whole talk, worked out beforehand with the pure engine: each update, and what must be stored
after it. Knows no door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from consultation.domain.answer import (
    Answer,
    Chosen,
    ChosenSeveral,
    Counted,
    Dated,
    Ranked,
    Scored,
    Skipped,
    Told,
    Withheld,
)
from consultation.domain.consultation import Audience
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.text import Kind, RawText
from consultation.flow.effects import (
    Effect,
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    RecordAnswer,
    RecordConsent,
    WithdrawResponse,
)
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, Tapped, Written
from consultation.flow.prompts import choices_for
from consultation.flow.state import Awaiting, State
from consultation.operations.converse import Input, Relayed, Typed
from consultation.privacy.detect import WordDetector
from consultation.privacy.redact import redact

DETECTOR = WordDetector({"quenby": Kind.PERSON})  # the one name that anybody here types
LONGEST = 60  # updates


@dataclass(frozen=True)
class Standing:
    """What must be stored of a talk. `answers` is None where there is no response."""

    state: State
    answers: Mapping[str, Any] | None = None
    finished: bool = False


@dataclass(frozen=True)
class Move:
    """One update, and how things stand once it was taken."""

    given: Input
    then: Standing
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Talk:
    """`moves` in their order, from `start`."""

    start: Standing
    moves: tuple[Move, ...]

    def after(self, taken: int) -> Standing:
        """How things stand after so many updates."""
        return self.moves[taken - 1].then if taken else self.start


def make_talk(survey: Survey, chance: Random) -> Talk:
    """A talk of somebody who answers, skips, goes back, changes their mind, stops, and sometimes deletes everything."""
    return _talk(survey, lambda state, number: _what_next(survey, chance, state, number))


def talk_to_a_text(survey: Survey, words: str) -> Talk:
    """A talk of somebody who says nothing until they can write freely, and whose last update is these words."""

    def say_little(state: State, _: int) -> Input | None:
        if state.awaiting is Awaiting.START:
            return Began(Audience.STAFF)
        question = survey.question(state.current) if state.awaiting is Awaiting.ANSWER and state.current else None
        if question is None:
            return None
        if question.stage is Stage.CONSENT:
            return Tapped(state.step, (question.options[0].id,))
        return _typed(words, state) if question.kind is QuestionKind.TEXT else Commanded(Command.SKIP, state.step)

    whole = _talk(survey, say_little)
    last = next(at for at, move in enumerate(whole.moves) if isinstance(move.given, Typed))
    return Talk(whole.start, whole.moves[: last + 1])


def _talk(survey: Survey, choose: Callable[[State, int], Input | None]) -> Talk:
    # As on the web, where nobody is offered a reminder: who asks for one is tried elsewhere.
    start = standing = Standing(State(survey.id, survey.version, reminded=True))
    moves: list[Move] = []
    while len(moves) < LONGEST and (given := choose(standing.state, len(moves))) is not None:
        moves.append(_follow(survey, standing, given))
        standing = moves[-1].then
    return Talk(start, tuple(moves))


def _follow(survey: Survey, standing: Standing, given: Input) -> Move:
    after = step(survey, standing.state, _event(given))
    answers, finished = standing.answers, standing.finished
    for effect in after.effects:
        answers = _kept(answers, effect)
        finished = answers is not None and (finished or isinstance(effect, FinishResponse))
    return Move(given, Standing(after.state, answers, finished), after.effects)


def _event(given: Input) -> Event:
    if isinstance(given, Relayed):
        return Written(given.words)
    if not isinstance(given, Typed):
        return given
    return Said(given.text, redact(given.text, DETECTOR), step=given.step)


def _kept(answers: Mapping[str, Any] | None, effect: Effect) -> Mapping[str, Any] | None:
    match effect:
        case RecordConsent() if answers is None:
            return MappingProxyType({})
        case WithdrawResponse():
            return None
        case RecordAnswer(question, answer) if answers is not None:
            return {**answers, question: _plain(answer)}
        case ExtendAnswer(question, more) if answers is not None:
            return {**answers, question: f"{answers[question]}\n{more.text}"}
        case EraseAnswer(question) if answers is not None:
            return {name: value for name, value in answers.items() if name != question}
        case _:
            return answers


def _plain(answer: Answer) -> Any:
    match answer:
        case Chosen(value) | Scored(value) | Counted(value) | Dated(value):
            return value
        case ChosenSeveral(options) | Ranked(options):
            return list(options)
        case Told(text):
            return text.text
        case Skipped():
            return "skipped"
        case Withheld():
            return "withheld"


# -- what a person does next ------------------------------------------------------------------------------------------


def _what_next(survey: Survey, chance: Random, state: State, number: int) -> Input | None:
    """None where they have had enough."""
    match state.awaiting:
        case Awaiting.START:
            return Began(chance.choice([*Audience, None]))
        case Awaiting.ENDED | Awaiting.DELETED if chance.random() < 0.7:
            return Began(chance.choice(list(Audience)))
        case Awaiting.ENDED | Awaiting.DELETED:
            return None
        case Awaiting.NOTHING_MORE if chance.random() < 0.4:
            return None
        case Awaiting.MORE if chance.random() < 0.7:
            return _typed(f"More of it, as I said, number {number}.", state)
        case Awaiting.MORE:
            return Commanded(Command.SKIP, state.step)
        case Awaiting.ANSWER if state.current is not None:
            return _at_question(survey, chance, state, survey.question(state.current), number)
        case _:
            return Tapped(state.step, (chance.choice(choices_for(survey, state))[0],))


def _at_question(survey: Survey, chance: Random, state: State, question: Question, number: int) -> Input:
    if question.stage in (Stage.OPENING, Stage.CONSENT):
        agrees = [each.id for each in question.options if each.ends is None or chance.random() < 0.1]
        return Tapped(state.step, (chance.choice(agrees),))
    wish = chance.random()
    for command, share in ((Command.SKIP, 0.08), (Command.BACK, 0.08), (Command.CHANGE, 0.04), (Command.STOP, 0.03)):
        if wish < share:
            return Commanded(command, state.step)
        wish -= share
    if question.kind is QuestionKind.NUMBER:
        return _typed(str(chance.randint(question.lowest, question.highest)), state)
    if question.kind is QuestionKind.TEXT:
        short = chance.random() < 0.5
        words = f"Kind people {number}" if short else f"Quenby listened to us for a long time, number {number}."
        return _typed(words, state)
    values = [value for value, _ in choices_for(survey, state)]
    several = question.kind is QuestionKind.SEVERAL
    return Tapped(state.step, tuple(chance.sample(values, min(2, len(values)) if several else 1)))


def _typed(words: str, state: State) -> Typed:
    return Typed(RawText(words), state.step)
