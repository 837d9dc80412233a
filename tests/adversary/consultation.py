"""One consultation as it is really held, watched from outside: who talked when, after how many others, how often.

Everybody is asked the same and answers as much, so that no response can be told by its shape; what differs is what the
attacker may know.
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Protocol

from bot.scheduler import light_operations
from consultation.domain.consultation import Audience, Channel
from consultation.domain.due import Kind
from consultation.flow.events import Command
from consultation.operations.carry_over import make_code
from tests.adversary.loot import Watched
from tests.builders import Calendar, Opened, Person
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer

ON_TELEGRAM, ON_THE_WEB = 24, 14
FIRST_CHAT = 5_551_208_000  # the target is one of the ids from here on
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AFTERWARDS = datetime(2027, 2, 1, 12, tzinfo=UTC)  # the day after the last one
WORDS = (
    "lantern", "kettle", "ladder", "violin", "blanket", "pencil", "hamster", "carpet", "window", "curtain", "candle",
    "trumpet", "teapot", "hammer", "pillow", "basket", "mirror", "scarf", "puzzle", "rocket", "saddle", "tractor",
    "balloon", "cushion", "helmet", "ribbon", "sandwich", "spanner", "suitcase", "telescope", "thimble", "umbrella",
    "wallet", "whistle", "doorbell", "backpack", "notebook", "raincoat", "toaster", "bathtub",
)  # fmt: skip


class Player(Protocol):
    async def does(self, turn: Turn) -> object: ...


@dataclass
class Held:
    """The consultation with those who have answered, in the order in which they began."""

    opened: Opened
    calendar: Calendar
    people: list[Watched] = field(default_factory=list)

    @property
    def key(self) -> bytes:
        return self.opened.sayso.keys.key(self.opened.wave.consultation.id)

    @property
    def on_telegram(self) -> list[Watched]:
        return [each for each in self.people if each.channel is Channel.TELEGRAM]

    async def talk(self, player: Player, channel: Channel, chat: Callable[[], str]) -> None:
        """As far as a first text of their own; then they ask for help so and so often, or to be reminded."""
        began, word, asides = datetime.now(UTC), WORDS[len(self.people)], len(self.people) * 7 % 13
        remind = [Turn(command=Command.STOP), Turn(taps="Remind me once, in a week")]
        reminded = remind if channel is Channel.TELEGRAM and asides > 6 else []
        for turn in (
            Turn(start=Audience.YOUNG_PERSON), Turn(taps="13 to 15"), Turn(taps="Yes, I agree"),
            *[Turn(command=Command.SKIP)] * 4,
            Turn(types=f"I want somebody to bring a {word} to the park and listen to what we all say about it"),
            *[Turn(command=Command.HELP)] * (asides - len(reminded)), *reminded,
        ):  # fmt: skip
            await player.does(turn)
        after = sum(each.channel is channel for each in self.people)
        self.people.append(Watched(channel, chat(), self.calendar(), after, began, 8 + asides, word))

    def leave_something_unsaid(self) -> None:
        """Everybody on Telegram writes once more, and the bot has no time left to say anything to them."""
        for at, each in enumerate(self.people):
            if each.channel is Channel.TELEGRAM:
                Person(self.opened, each.chat, each.channel).commands(Command.HELP)
                self.people[at] = replace(each, turns=each.turns + 1)

    def some_carry_on_elsewhere(self) -> None:
        """Every third on the web has asked for a short code."""
        for each in [each for each in self.people if each.channel is Channel.WEB][::3]:
            assert make_code(self.opened.sayso.desk, self.opened.wave, each.chat)

    def wipe(self) -> None:
        """What is due every ten minutes, or every night where the database is large."""
        light_operations(self.opened.sayso, NOON)[Kind.WIPE]("")

    def close(self) -> None:
        """The day after the last one has come, and what is due is done."""
        self.calendar.today = AFTERWARDS.date()
        close = light_operations(self.opened.sayso, AFTERWARDS)[Kind.CLOSE]
        assert close(self.opened.wave.id) is None, "the closing wants to be called again"

    def copy_folder(self, to: Path) -> Path:
        """As somebody who walks off with the disk, journal and all."""
        return Path(shutil.copytree(self.opened.folder, to))


class AtTheDesk:
    """A respondent with no door between, whom nobody sends what is said: it stays in the outbox."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def does(self, turn: Turn) -> None:
        match turn.act:
            case "start":
                self._person.begins(turn.audience)
            case "taps":
                self._person.taps(turn.taps or "")
            case "types":
                self._person.types(turn.words)
            case _:
                assert turn.command
                self._person.commands(turn.command)


def mixed(telegram: int = ON_TELEGRAM, web: int = ON_THE_WEB) -> Sequence[Channel]:
    """Who comes through which door, in turn."""
    doors = [Channel.TELEGRAM] * telegram + [Channel.WEB] * web
    Random(4).shuffle(doors)
    return doors


def chats() -> list[int]:
    """Ids somewhere in the stretch, in no order."""
    return Random(5).sample(range(FIRST_CHAT, FIRST_CHAT + 2_000), 60)


async def _hold(held: Held, doors: Sequence[Channel], between: Callable[[int], None]) -> None:
    ids = iter(chats())
    async with telegram(held.opened) as api:
        for number, door in enumerate(doors):
            between(number)
            if door is Channel.TELEGRAM:
                chat = next(ids)
                await held.talk(TelegramPlayer(held.opened, api, chat), door, lambda chat=chat: str(chat))  # type: ignore[misc]
            else:
                visitor = WebPlayer(held.opened)
                await held.talk(visitor, door, lambda visitor=visitor: visitor.where()[2])  # type: ignore[misc]
                await visitor.browser.client.aclose()
        between(len(doors))
    held.some_carry_on_elsewhere()
    held.leave_something_unsaid()


def hold(held: Held, doors: Sequence[Channel], between: Callable[[int], None]) -> None:
    """Through the real doors, one after the other; `between` is called before each with their number."""
    asyncio.run(_hold(held, doors, between))


async def _at_the_desk(held: Held, doors: Sequence[Channel]) -> None:
    ids = iter(chats()[len(held.people) :])
    for door in doors:
        chat = str(next(ids)) if door is Channel.TELEGRAM else f"cookie-{next(ids)}"
        await held.talk(AtTheDesk(Person(held.opened, chat, door)), door, lambda chat=chat: chat)  # type: ignore[misc]


def hold_at_the_desk(held: Held, doors: Sequence[Channel]) -> None:
    """The same people, straight at `converse`."""
    asyncio.run(_at_the_desk(held, doors))
