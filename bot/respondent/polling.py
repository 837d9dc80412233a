"""Asks Telegram for updates, and acknowledges those that are dealt with. Of several processes one asks.

A batch's updates are taken at once. While one of them fails, Telegram is asked again from that one on, so that it holds
up nobody else; those that come a second time are known by their numbers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.exceptions import AiogramError, ClientDecodeError, TelegramConflictError
from aiogram.types import Update

from bot.respondent.connection import PASSING, insist, pause, unless, wait_after
from bot.respondent.taking import Taking
from bot.respondent.updates import KINDS, Unreadable, read_update
from consultation.storage.store import Database

log = logging.getLogger("sayso.respondent")

POLL_SECONDS = 25
STAND_BY = 2.0  # seconds until a process that stands by tries again to be the one that asks
PATIENCE = 0.5  # seconds in which what is in hand is waited for before Telegram is asked again


class Polling:
    def __init__(self, bot: Bot, taking: Taking, database: Database) -> None:
        self._bot, self._taking, self._database = bot, taking, database
        self._in_hand: dict[int, asyncio.Task[bool]] = {}  # in Telegram's order, none before the first unfinished one
        self._offset: int | None = None
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until `stop`; then what is in hand is finished. Raises what says that the token is lost."""
        standing_by = False
        while not stop.is_set():
            async with _only_one(self._database, f"poll {self._bot.id}") as mine:
                if mine:
                    await self._poll(stop)
                elif not standing_by:
                    log.info("another process asks Telegram for updates; this one stands by")
            standing_by = not mine
            await pause(stop, STAND_BY)

    async def _poll(self, stop: asyncio.Event) -> None:
        """Until `stop`, or until another program asks with the same token: whoever has the lock then goes on."""
        await insist(self._bot.delete_webhook, stop)
        try:
            while not stop.is_set():
                for update in await self._updates(stop):
                    if update.update_id not in self._in_hand:
                        taking = self._taking.persist(update, stop)
                        self._in_hand[update.update_id] = asyncio.create_task(taking)
                await self._settle(PATIENCE)
            await self._settle(None)
            await self._acknowledge()
        except TelegramConflictError:
            log.warning("another program asks Telegram for the same bot's updates")
            await self._settle(None)
        finally:
            for each in self._in_hand.values():
                each.cancel()
            await asyncio.gather(*self._in_hand.values(), return_exceptions=True)
            self._in_hand.clear()
            self._offset = None

    async def _settle(self, patience: float | None) -> None:
        """Wait for what is in hand, and move the offset past what is dealt with, up to the first that is not."""
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=patience)
        dealt_with = {number for number, task in self._in_hand.items() if task.done() and task.result()}
        for number in list(self._in_hand):
            if number not in dealt_with:
                self._offset = number
                return
            del self._in_hand[number]
            self._offset = number + 1

    async def _updates(self, stop: asyncio.Event) -> list[Update | Unreadable]:
        """What came in; nothing where Telegram can't be reached just now, after a pause, nor at the end."""
        try:
            found = await unless(stop, self._ask()) or []
        except PASSING as error:
            self._failures += 1
            log.warning("the Bot API can't be reached (%s); trying again", type(error).__name__)
            await pause(stop, wait_after(error, self._failures))
            return []
        self._failures = 0
        if not found:  # all before the offset is acknowledged; numbers may begin anew, and lower
            self._offset = None
        return found

    async def _ask(self) -> list[Update | Unreadable]:
        try:
            return [
                *await self._bot.get_updates(
                    offset=self._offset, timeout=POLL_SECONDS, allowed_updates=KINDS, request_timeout=POLL_SECONDS + 10
                )
            ]
        except ClientDecodeError as error:
            if not isinstance(error.data, dict) or not isinstance(error.data.get("result"), list):
                raise
            return [read_update(each, self._bot) for each in error.data["result"]]

    async def _acknowledge(self) -> None:
        """Tell Telegram of the last ones, so that they are not delivered again for nothing."""
        if self._offset is None:
            return
        try:
            await self._bot.get_updates(offset=self._offset, timeout=0, limit=1, request_timeout=5)
        except AiogramError as error:  # they will come again, and each will be known by its mark
            log.info("the last updates could not be acknowledged (%s)", type(error).__name__)


@asynccontextmanager
async def _only_one(database: Database, name: str) -> AsyncIterator[bool]:
    """The database's own `only_one`, which blocks, for an event loop."""
    claim = database.only_one(name)
    mine = await asyncio.to_thread(claim.__enter__)
    try:
        yield mine
    finally:
        await asyncio.to_thread(claim.__exit__, None, None, None)
