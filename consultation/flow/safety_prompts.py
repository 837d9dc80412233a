"""What each stage of the safety dialogue asks, and with which choices. Pure; knows no move."""

from consultation.domain.consultation import Audience, ContactMode
from consultation.domain.wording import Words
from consultation.flow.effects import Ask, Choice, Mode
from consultation.flow.events import Command
from consultation.flow.state import Awaiting, State

WORDS_ASKED = (Awaiting.HOW_TO_REACH, Awaiting.WRITING_BACK)


def ask_for(state: State) -> Ask:
    if state.awaiting in WORDS_ASKED:
        prompt = Words(f"ask.{state.awaiting.value}")
        hints = (Words("hint.sealed"),)
        return Ask(state.step, prompt, Mode.TEXT, (), (Command.BACK, Command.HELP), hints=hints)
    return Ask(state.step, _prompt(state), Mode.ONE, _choices(state), (Command.HELP,))


def speaks_as(audience: Audience | None) -> str:
    """A parent and a member of staff are spoken to as what they are; whoever has not said, as a child."""
    return Audience.YOUNG_PERSON.value if audience is None else audience.value


def _prompt(state: State) -> Words:
    if state.awaiting is Awaiting.AFTER_IMMEDIATE and state.audience not in (None, Audience.YOUNG_PERSON):
        return Words("ask.after_immediate.adult")
    return Words(f"ask.{state.awaiting.value}")


def _choices(state: State) -> tuple[Choice, ...]:
    match state.awaiting:
        case Awaiting.AFTER_IMMEDIATE:
            return tuple(Choice(each, Words(f"safe.{each}")) for each in ("yes", "no", "not_sure"))
        case Awaiting.MAY_THEY_WRITE:
            return tuple(Choice(each, Words(f"may_write.{each}")) for each in ("yes", "no"))
        case Awaiting.WRITTEN_TO:
            back, no_more = (Choice(each, Words(f"contact.{each}")) for each in ("write_back", "no_more"))
            return (back, *_ways_on(state), no_more)
        case Awaiting.AFTER_SUPPORT if state.contact is not ContactMode.SIGNPOST:
            return (*_ways_on(state), Choice("contact", Words("contact.please")))
        case _:
            return _ways_on(state)


def _ways_on(state: State) -> tuple[Choice, ...]:
    """Carry on or stop, where there is a survey to do that with."""
    if state.paused is None or state.paused.under_way:
        return tuple(Choice(each.value, Words(f"choice.{each}")) for each in (Command.RESUME, Command.STOP))
    return (Choice(Command.RESUME.value, Words("choice.enough")),)
