"""What one person does in one chat from start to end, found by the bare engine. Knows no channel and no storage."""

from consultation.domain.consultation import Audience
from consultation.domain.survey import Survey
from consultation.domain.text import RawText, RedactedText
from consultation.flow.effects import Ask
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Event, Said, Tapped, Written
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step
from consultation.operations.converse import Input, Relayed, Typed

WORDS = "They should listen to what we say, and then tell us what they did about it, because mostly nobody does."
NUMBER = "2"
PREFERRED = ("13_15", "yes")  # of an old enough person who agrees
LONGEST = 80  # turns; more would be a talk that goes round in circles


def talk(survey: Survey, audience: Audience = Audience.YOUNG_PERSON, *, typing: bool = False) -> tuple[Input, ...]:
    """The turns of somebody who answers everything that can be tapped, and types the rest, or skips it."""
    turns: list[Input] = [Began(audience)]
    after = step(survey, State(survey.id, survey.version), Began(audience))
    while after.state.awaiting not in (Awaiting.NOTHING_MORE, Awaiting.ENDED):
        turn = _reply(after, typing)
        turns.append(turn)
        after = step(survey, after.state, _heard(turn))
        if len(turns) > LONGEST:
            raise AssertionError(f"the talk does not end; it stands at {after.state.current}")
    return tuple(turns)


def _reply(after: Step, typing: bool) -> Input:
    ask = next(each for each in reversed(after.effects) if isinstance(each, Ask))
    if ask.choices:
        values = [each.value for each in ask.choices]
        return Tapped(ask.step, (next((each for each in PREFERRED if each in values), values[0]),))
    if not typing or ask.more:
        return Commanded(Command.SKIP, ask.step)
    return Typed(RawText(NUMBER if ask.mode == "number" else WORDS), ask.step)


def _heard(turn: Input) -> Event:
    if isinstance(turn, Relayed):
        return Written(turn.words)
    if not isinstance(turn, Typed):
        return turn
    words = turn.text.reveal()
    return Said(RawText(words), RedactedText.stored(words), step=turn.step)
