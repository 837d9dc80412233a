"""What a door showed, in one form for all doors: words, choices and commands, without the door's own trimmings."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from consultation.domain.consultation import Channel
from consultation.domain.languages import LANGUAGES
from consultation.domain.wording import EASY_READ, PLAIN
from consultation.flow.events import Command
from consultation.locale.catalogue import catalogue, sentence
from consultation.operations.messages import Message, command_label
from tests.builders import Opened
from tests.transcripts.transcript import Turn

LOCALES = (*LANGUAGES, EASY_READ)


def like(*keys: str) -> str:
    """A pattern for any of these sentences in any language, whatever goes in."""
    texts = {sentence(key, locale) for key in keys for locale in LOCALES}
    return "|".join(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(each)) for each in texts)


PLACE = re.compile(f"(?:{like('place')})(?: · (?:{like('time.left')}))?")
ONE_HINT = like(*(key for key in catalogue(PLAIN) if key.startswith("hint.")))
HINTS = re.compile(f"(?:{ONE_HINT})(?: (?:{ONE_HINT}))*")


@dataclass(frozen=True)
class Spoken:
    """One thing that the bot said. `choices` are labels, `commands` the commands offered beside them."""

    text: str
    choices: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    place: str = ""
    links: tuple[str, ...] = field(default=(), compare=False)  # not every door can show every link

    @property
    def asks(self) -> bool:
        return bool(self.choices or self.commands)


class Player(Protocol):
    """A person at one door. `does` carries out a turn and gives what the bot said because of it."""

    opened: Opened
    repeats_unread: bool  # a page shows the last turn alone, so it shows again what the lead wrote and nobody answered

    async def does(self, turn: Turn) -> list[Spoken]: ...

    def can_link(self, href: str) -> bool:
        """Whether this door can show such a link."""
        ...

    def where(self) -> tuple[Opened, Channel, str]:
        """Where the answers of this person lie: channel and chat."""
        ...


def as_spoken(message: Message) -> Spoken:
    return Spoken(
        tidy(message.text),
        tuple(each.label for each in message.buttons),
        tuple(Command(each.value) for each in message.commands),
        message.place,
        tuple(each.href for each in message.links),
    )


def tidy(text: str) -> str:
    """The words, whatever way a door breaks its lines."""
    return " ".join(text.split())


def command_of_label(label: str) -> Command | None:
    """The command that a button of this label gives."""
    return next((each for each in Command for tag in LOCALES if command_label(each, tag) == label), None)


def everything(spoken: list[Spoken]) -> str:
    """All that can be read of some messages, for looking in."""
    parts: list[Any] = [part for each in spoken for part in (each.place, each.text, *each.choices)]
    return " | ".join(parts)
