"""Plays the Telegram chat: the real door polls the emulator over HTTP; the person presses what its keyboard shows."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.respondent.door import Rates, RespondentDoor, make_bot
from bot.respondent.keyboards import TICK
from consultation.domain.consultation import Audience, Channel
from consultation.flow.events import Command
from consultation.flow.prompts import REMINDERS
from tests.builders import Opened
from tests.transcripts.bot_api import TOKEN, BotApi, Shown, serving
from tests.transcripts.lead import lead_writes
from tests.transcripts.spoken import HINTS, PLACE, Spoken, tidy
from tests.transcripts.transcript import Turn

PICTURE = re.compile("^[\u2190-\U0010ffff\u200d]+ ")  # an emoji before the words
FAST = Rates(token=1e6, chat=1e6, burst=1_000)

THINGS: dict[str, dict[str, object]] = {
    "photo": {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]},
    "sticker": {
        "sticker": {
            "file_id": "f", "file_unique_id": "u", "type": "regular", "width": 9, "height": 9,
            "is_animated": False, "is_video": False,
        }
    },
    "voice": {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 2}},
    "file": {"document": {"file_id": "f", "file_unique_id": "u"}},
    "location": {"location": {"latitude": 52.2053, "longitude": 0.1218}},
    "contact": {"contact": {"phone_number": "+447700900123", "first_name": "Quenby"}},
    "other": {"dice": {"emoji": "🎲", "value": 3}},
}  # fmt: skip


@asynccontextmanager
async def door_open(opened: Opened, api: BotApi, rates: Rates = FAST) -> AsyncIterator[asyncio.Task[None]]:
    """The respondents' door, polling; closed as by SIGTERM at the end, or killed before by cancelling its task."""
    bot = make_bot(TOKEN, api.address)
    stop = asyncio.Event()
    door = RespondentDoor(opened.sayso, opened.wave, bot, rates=rates, wait=lambda tries: 0.05 * tries)
    api.still_to_say = door.waiting
    running = asyncio.create_task(door.run(stop))
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait({running}, timeout=30)
        assert running.done(), "the door did not close"
        await bot.session.close()


@asynccontextmanager
async def telegram(opened: Opened, rates: Rates = FAST) -> AsyncIterator[BotApi]:
    """The emulator with the door at it."""
    api = BotApi()
    async with serving(api), door_open(opened, api, rates) as running:
        yield api
    running.result()


async def until(so: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def pressing(api: BotApi, chat: int, label: str) -> dict[str, Any]:
    """The press of the button of this label under the chat's last message."""
    shown = api.chats[chat][-1]
    return api.press(chat, shown, next(data for text, data in shown.buttons if text == label))


async def said_by(api: BotApi, update: dict[str, Any], chat: int) -> list[Shown]:
    """What the bot says to the chat because of this update."""
    before = len(api.chats.get(chat, []))
    await api.acknowledged(await api.give(update))
    await api.quiet()
    return api.chats.get(chat, [])[before:]


async def to_area(opened: Opened, api: BotApi, chat: int) -> "TelegramPlayer":
    """A young person who has agreed and is asked where they live."""
    player = TelegramPlayer(opened, api, chat)
    for turn in (Turn(start=Audience.YOUNG_PERSON), Turn(taps="16 or 17"), Turn(taps="Yes, I agree")):
        await player.does(turn)
    return player


class TelegramPlayer:
    repeats_unread = False

    def __init__(self, opened: Opened, api: BotApi, chat: int) -> None:
        self.opened, self._api, self._chat = opened, api, chat

    def where(self) -> tuple[Opened, Channel, str]:
        return self.opened, Channel.TELEGRAM, str(self._chat)

    async def does(self, turn: Turn) -> list[Spoken]:
        before = len(self._shown)
        match turn.act:
            case "start":
                await self._write(f"/start {turn.audience.link}" if turn.audience else "/start")
            case "types":
                await self._write(turn.words)
            case "taps":
                await self._press(self._shown[-1], turn.taps or "")
            case "ticks":
                await self._tick(turn.ticks or [])
            case "command":
                await self._command(turn.command)
            case "sends":
                await self._give(self._api.message(self._chat, **THINGS[turn.sends or ""]))
            case "lead_writes":
                await asyncio.to_thread(lead_writes, *self.where(), turn.lead_writes or "")
                await until(lambda: len(self._shown) >= before + 2)
                await self._api.quiet()
            case "old_button":
                await self._press_older(turn.old_button or "")
        return [read_shown(each) for each in self._shown[before:]]

    def can_link(self, href: str) -> bool:
        return href.startswith("https:")  # Telegram refuses any other on a button

    @property
    def _shown(self) -> list[Shown]:
        return self._api.chats.setdefault(self._chat, [])

    async def _give(self, update: dict[str, object]) -> None:
        await self._api.acknowledged(await self._api.give(update))
        await self._api.quiet()

    async def _write(self, text: str) -> None:
        await self._give(self._api.message(self._chat, text=text))

    async def _press(self, shown: Shown, label: str) -> None:
        data = next((data for text, data in shown.buttons if read_label(text) == label), None)
        assert data is not None, f"there is no button {label!r} but {[text for text, _ in shown.buttons]}"
        await self._give(self._api.press(self._chat, shown, data))

    async def _tick(self, labels: list[str]) -> None:
        """Each box in turn, then Done; a box is seen to be ticked before the next is pressed."""
        shown = self._shown[-1]
        for label in labels:
            await self._press(shown, label)
            ticked = [read_label(text) for text, _ in shown.buttons if text.startswith(TICK)]
            assert label in ticked, f"{label!r} does not show its tick"
        done = next(data for _, data in shown.buttons if data.startswith("d:"))
        await self._give(self._api.press(self._chat, shown, done))

    async def _command(self, command: Command | None) -> None:
        """By its button where the last message has one, else from the bot's menu, which writes it."""
        assert command is not None
        shown = self._shown[-1]
        pressed = [data for _, data in shown.buttons if data.startswith("c:") and data.endswith(f":{command.value}")]
        if pressed:
            await self._give(self._api.press(self._chat, shown, pressed[0]))
        else:
            await self._write(f"/{command.value}")

    async def _press_older(self, label: str) -> None:
        """On a phone that has not heard yet that the keyboard went."""
        shown, data = next(
            (each, data)
            for each in reversed(self._shown[:-1])
            for row in each.sent
            for text, data in row
            if read_label(text) == label
        )
        await self._give(self._api.press(self._chat, shown, data, shown.sent))


def read_label(text: str) -> str:
    """What a button says, without its tick and its picture."""
    return PICTURE.sub("", text.removeprefix(TICK))


def read_shown(shown: Shown) -> Spoken:
    """A message of the chat, without the place before its words, the hint behind them, and the reminders that a page
    can't offer."""
    parts = shown.text.split("\n\n")
    place = parts.pop(0) if PLACE.fullmatch(parts[0]) else ""
    if HINTS.fullmatch(parts[-1]):
        parts.pop()
    commands = [data.rpartition(":")[2] for _, data in shown.buttons if data.startswith("c:")]
    offered = [(text, data) for text, data in shown.buttons if data.startswith(("t:", "x:", "a:"))]
    labels = [read_label(text) for text, data in offered if data.rpartition(":")[2] not in REMINDERS]
    links = tuple(data for _, data in shown.buttons if data.startswith("https:"))
    text = tidy(PICTURE.sub("", "\n\n".join(parts)))
    return Spoken(text, tuple(labels), tuple(Command(each) for each in commands), place, links)
