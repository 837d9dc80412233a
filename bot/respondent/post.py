"""Says things to chats, in order and within bounds: a chat's rate limit holds up neither the others nor the end.

What a rate limit holds up for longer is said later: by itself while the door runs, else with the chat's next turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramEntityTooLarge, TelegramForbiddenError, TelegramRetryAfter
from sqlalchemy.exc import OperationalError

from bot.respondent.connection import LOST_TOKEN, PASSING, pause
from bot.respondent.keyboards import keyboard, texts
from bot.sayso import Sayso
from consultation.domain.consultation import Channel, Wave
from consultation.operations.deliver import forget_unsaid, note_said, unsaid
from consultation.operations.messages import Message

log = logging.getLogger("sayso.respondent")

LONGEST_WAIT = 5.0  # seconds in which everybody else waits for one chat's rate limit
SOON = 5.0  # seconds until a chat is tried again that could not be reached


@dataclass
class _Later:
    """A chat that waits: from when it may be written to, and what is to be said to it that is stored nowhere."""

    due: float
    messages: list[Message] = field(default_factory=list)


class Post:
    """Chat ids live in its memory alone, and only while something waits for them."""

    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot) -> None:
        self._sayso, self._wave, self._bot = sayso, wave, bot
        self._later: dict[int, _Later] = {}
        self.stop = asyncio.Event()

    async def tell(self, chat: int, message: Message) -> None:
        """Say what is stored nowhere. Raises what passes by itself, and a lost token."""
        try:
            await self._send(chat, message)
        except TelegramRetryAfter as error:
            self._put_off(chat, error.retry_after, message)
        except TelegramAPIError as error:
            if _may_pass(error):
                raise
            log.warning("a message could not be sent (%s)", type(error).__name__)

    async def say_unsaid(self, chat: int) -> int:
        """Say what waits in the outbox, in order; returns how many waited. One that is refused for good is struck."""
        desk, wave = self._sayso.desk, self._wave
        waiting = await asyncio.to_thread(unsaid, desk, wave, Channel.TELEGRAM, str(chat))
        for each in waiting:
            try:
                await self._send(chat, each.message)
            except TelegramRetryAfter as error:
                self._put_off(chat, error.retry_after)
                break
            except TelegramForbiddenError:
                await asyncio.to_thread(forget_unsaid, desk, wave, Channel.TELEGRAM, str(chat))
                break
            except TelegramAPIError as error:
                if _may_pass(error):
                    raise
                log.error("a message is refused for good (%s) and is passed over", type(error).__name__)
            await asyncio.to_thread(note_said, desk, wave, Channel.TELEGRAM, str(chat), each)
        return len(waiting)

    async def catch_up(self) -> None:
        """Say what was put off, to the chats that may be written to again. Raises a lost token."""
        for chat in [each for each, later in self._later.items() if later.due <= monotonic()]:
            later = self._later.pop(chat)
            try:
                while later.messages and chat not in self._later:
                    await self.tell(chat, later.messages[0])
                    later.messages.pop(0)
                if chat not in self._later:
                    await self.say_unsaid(chat)
            except (OperationalError, *PASSING) as error:
                log.warning("what was put off could not be sent (%s)", type(error).__name__)
                self._put_off(chat, SOON)
            if later.messages:
                self._later[chat].messages += later.messages

    def seconds_free(self) -> float:
        """How long until a chat that waits may be written to; endless where none waits."""
        dues = [each.due for each in self._later.values()]
        return max(0.0, min(dues) - monotonic()) if dues else float("inf")

    async def patiently(self, call: Callable[[], Awaitable[object]]) -> None:
        """Make a call again after a short rate limit. Raises `TelegramRetryAfter` where it is long, or at the end."""
        left = LONGEST_WAIT
        while True:
            try:
                await call()
                return
            except TelegramRetryAfter as error:
                left -= error.retry_after
                if left < 0 or await pause(self.stop, error.retry_after):
                    raise

    async def _send(self, chat: int, message: Message) -> None:
        parts = texts(message)
        for number, text in enumerate(parts, 1):
            markup = keyboard(message) if number == len(parts) else None

            async def send(text: str = text, markup: object = markup) -> None:
                await self._bot.send_message(chat, text, reply_markup=markup)  # type: ignore[arg-type]

            await self.patiently(send)

    def _put_off(self, chat: int, seconds: float, *messages: Message) -> None:
        log.info("a chat may not be written to for %s s; the others go on", seconds)
        waits = self._later.setdefault(chat, _Later(0.0))
        waits.due = monotonic() + seconds
        waits.messages += messages


def _may_pass(error: TelegramAPIError) -> bool:
    """Whether to try again later: not what Telegram refuses for good."""
    return isinstance(error, (*PASSING, *LOST_TOKEN)) and not isinstance(error, TelegramEntityTooLarge)
