"""Small changes to what a chat shows already: a keyboard that is of no use any more goes, and what was chosen stands
under its prompt.

Nobody waits for any of it: it comes after all that is to be said, only where Telegram's rates leave room, and whether
it works is no matter. Which message holds which prompt is remembered in memory alone; the texts are not.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.respondent.memory import Memory

log = logging.getLogger("sayso.respondent")

CHATS = 5_000  # whose prompts are remembered
PROMPTS = 10  # of one chat
ERRANDS = 1_000  # that wait; of more the oldest are not done
TRIES, AGAIN = 240, 0.25  # looks for room, and seconds between them
LONGEST_LIMIT = 60.0  # seconds
SECONDS = 10  # for one call


@dataclass(frozen=True)
class _Errand:
    chat: int
    do: Callable[[], Awaitable[object]]
    tries: int = 0


class Tidying:
    """`room` takes room for one call to a chat, and says whether there was any."""

    def __init__(self, bot: Bot, room: Callable[[int], Awaitable[bool]]) -> None:
        self._bot, self._room = bot, room
        self._prompts: Memory[int, dict[int, int]] = Memory(CHATS)  # of each chat: message to step
        self._errands: deque[_Errand] = deque(maxlen=ERRANDS)
        self._some = asyncio.Event()

    def shows(self, chat: int, message: int, step: int) -> None:
        """This message of the chat holds the prompt of that step."""
        prompts = {**(self._prompts.get(chat) or {}), message: step}
        self._prompts.keep(chat, dict(list(prompts.items())[-PROMPTS:]))

    def goes_on(self, chat: int, step: int | None) -> None:
        """The talk stands at this step now, or at none: buttons of others are of no use any more."""
        for message, shown in (self._prompts.get(chat) or {}).items():
            if shown != step:
                self.strip(chat, message)

    def answer(self, chat: int, message: int, text: str) -> None:
        """The prompt in this message is answered: it has no keyboard any more, and this text."""
        self._forget(chat, message)
        self.later(chat, partial(self._bot.edit_message_text, text, chat_id=chat, message_id=message))

    def strip(self, chat: int, message: int) -> None:
        """Its buttons go, and its text stays."""
        self._forget(chat, message)
        self.later(chat, partial(self._bot.edit_message_reply_markup, chat_id=chat, message_id=message))

    def later(self, chat: int, do: Callable[..., Awaitable[object]]) -> None:
        """Call this once nothing is to be said to the chat, if there is room."""
        self._put(_Errand(chat, partial(do, request_timeout=SECONDS)))

    def forget(self, chat: int) -> None:
        self._prompts.drop(chat)

    async def run(self) -> None:
        """One errand after the other, so that they never take more than a little of what there is."""
        while True:
            await self._some.wait()
            errand = self._errands.popleft()
            if not self._errands:
                self._some.clear()
            if await self._room(errand.chat):
                await self._do(errand)
            elif errand.tries < TRIES:
                asyncio.get_running_loop().call_later(AGAIN, self._put, replace(errand, tries=errand.tries + 1))
            self._prompts.forget_old()

    def _put(self, errand: _Errand) -> None:
        self._errands.append(errand)
        self._some.set()

    def _forget(self, chat: int, message: int) -> None:
        prompts = self._prompts.get(chat) or {}
        self._prompts.keep(chat, {each: step for each, step in prompts.items() if each != message})

    async def _do(self, errand: _Errand) -> None:
        try:
            await errand.do()
        except TelegramRetryAfter as limit:
            await asyncio.sleep(min(limit.retry_after, LONGEST_LIMIT))
        except Exception as error:  # a door: the message may be gone, or too old, or the same already
            log.info("a message could not be tidied (%s)", type(error).__name__)
