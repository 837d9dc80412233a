"""Plays one conversation over any two functions that read a line and write one. Knows no terminal control."""

import secrets
from collections.abc import Callable

from bot.sayso import Sayso
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.flow.effects import Mode
from consultation.flow.events import Began
from consultation.operations.converse import Incoming, NotStored, Typed, converse
from consultation.operations.messages import Button, Message

Read = Callable[[str], str]
Write = Callable[[str], None]
MANY: dict[Mode | None, str] = {Mode.SEVERAL: " → 1, 3", Mode.RANKING: " → 2, 1, 3"}  # how many are typed at once


def play(sayso: Sayso, wave: Wave, chat: str, audience: Audience | None, read: Read, write: Write) -> None:
    """Talk until the person leaves (end of input, or an empty line where nothing is asked)."""
    said = _turn(sayso, wave, chat, Began(audience), write)
    while said and said[-1].mode is not None:
        try:
            line = read("> ")
        except (EOFError, KeyboardInterrupt):
            write("\nYour place is kept. Run the same command again to carry on.")
            return
        # With the step that it was typed under: the safeguarding lead may have written meanwhile, unseen by anybody.
        said = _turn(sayso, wave, chat, Typed(RawText(line), said[-1].step), write) or said


def _turn(sayso: Sayso, wave: Wave, chat: str, given: Began | Typed, write: Write) -> list[Message]:
    try:
        said = converse(sayso.desk, wave, Incoming(Channel.TERMINAL, chat, secrets.token_hex(16), given))
    except NotStored as refused:
        write(refused.message.text)
        return []
    for message in said:
        write(as_text(message))
    return said


def _mark(message: Message, number: int) -> str:
    """A place on a scale has its own number, and another before it would mislead."""
    return "•" if message.mode is Mode.SCALE else f"{number}."


def _shown(button: Button) -> str:
    return button.label if button.picture.isascii() else f"{button.picture} {button.label}"


def as_text(message: Message) -> str:
    """One message as lines: place, words, numbered choices, and what else can be typed."""
    lines = [message.place, message.text]
    lines += [f"  {each.href}" for each in message.sites]
    lines += [f"  {_mark(message, number)} {_shown(each)}" for number, each in enumerate(message.buttons, 1)]
    if message.hint:
        lines.append(f"  ({message.hint}{MANY.get(message.mode, '')})")
    if message.commands:
        lines.append(f"  [or type: {', '.join(each.value for each in message.commands)}]")
    return "\n" + "\n".join(line for line in lines if line)
