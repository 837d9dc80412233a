"""Asks Telegram for updates, one batch at a time, and ends at once when the door is to close. Handles none of them."""

import asyncio
import logging
from math import ceil
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, ClientDecodeError, TelegramConflictError
from aiogram.types import Update
from pydantic import ValidationError

from bot.respondent.connection import PASSING, back_off, pause

log = logging.getLogger("sayso.respondent")

POLL_SECONDS = 25.0
KINDS = ["message", "edited_message", "callback_query"]


class Polling:
    def __init__(self, bot: Bot, stop: asyncio.Event) -> None:
        self._bot, self._stop = bot, stop
        self._failures = 0

    async def updates(self, offset: int | None, seconds: float = POLL_SECONDS) -> list[Update]:
        """What came in, within so many seconds; nothing where Telegram can't be reached just now, after a pause."""
        asking = asyncio.ensure_future(self._ask(offset, ceil(min(seconds, POLL_SECONDS))))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                return []
            found = asking.result()
        except (*PASSING, TelegramConflictError) as error:
            self._failures += 1
            log.warning("the Bot API can't be reached (%s); trying again", type(error).__name__)
            await pause(self._stop, max(back_off(self._failures), getattr(error, "retry_after", 2)))
            return []
        finally:
            asking.cancel()
            stopping.cancel()
        self._failures = 0
        return found

    async def _ask(self, offset: int | None, seconds: int) -> list[Update]:
        try:
            return await self._bot.get_updates(
                offset=offset, timeout=seconds, allowed_updates=KINDS, request_timeout=seconds + 10
            )
        except ClientDecodeError as error:
            if not isinstance(error.data, dict) or not isinstance(error.data.get("result"), list):
                raise
            return [self._read(each) for each in error.data["result"]]

    def _read(self, raw: dict[str, Any]) -> Update:
        """One update of a batch in which some are not to be read: such a one is empty, so that it goes by."""
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            log.error("an update can't be read and is set aside (%s)", type(error).__name__)
            return Update(update_id=raw["update_id"])

    async def acknowledge(self, offset: int) -> None:
        """Tell Telegram of the last ones, so that they are not delivered again for nothing."""
        try:
            await self._bot.get_updates(offset=offset, timeout=0, limit=1, request_timeout=5)
        except AiogramError as error:  # they will come again, and each will be known by its number
            log.info("the last updates could not be acknowledged (%s)", type(error).__name__)
