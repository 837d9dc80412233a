"""Takes updates: those of one chat in the order in which they came, those of different chats at once.

An update is dealt with once its turn is committed, or once it is set aside because it can never be taken.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.respondent.connection import LOST_TOKEN, PASSING, back_off, pause
from bot.respondent.handlers import Handlers
from bot.respondent.talking import Say
from bot.respondent.updates import Unreadable, chat_of, is_wanted
from bot.sayso import Sayso
from consultation.domain.wording import PLAIN, Words
from consultation.locale import render
from consultation.operations.messages import Message
from consultation.operations.set_aside import set_aside
from consultation.storage.turns import StaleTurn
from consultation.storage.writer import WriterClosed

log = logging.getLogger("sayso.respondent")

TRIES = 5  # of one update that raises what does not pass by itself, before it is set aside so that others can pass
FAILURES = 10_000  # updates of which it is remembered how often they failed
# The disk, the database, the end, or a race that another process won: an update waits for these however long it takes.
WAITED_FOR = (OperationalError, InterfaceError, InternalError, NoConnectionFree, StaleTurn, WriterClosed)


class Taking:
    """`wait` says how many seconds after so many failures an update is tried again."""

    def __init__(
        self, sayso: Sayso, bot: Bot, handlers: Handlers, say: Say, wait: Callable[[int], float] = back_off
    ) -> None:
        self._sayso, self._bot, self._say, self._wait = sayso, bot, say, wait
        self._dispatcher = Dispatcher(disable_fsm=True)  # which would keep every chat's id
        self._dispatcher.include_router(handlers.router())
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()  # of chats with updates in hand
        self._failures: OrderedDict[int, int] = OrderedDict()

    async def take(self, update: Update | Unreadable) -> bool:
        """True once the update is dealt with; False where it failed and is to be tried again.

        Raises what says that the token is lost.
        """
        async with self._turn_of(update):
            return await self._try(update)

    async def persist(self, update: Update | Unreadable, stop: asyncio.Event) -> bool:
        """Try until the update is dealt with, while its chat waits; False where the end comes first."""
        tries = 0
        async with self._turn_of(update):
            while not stop.is_set():
                if await self._try(update):
                    return True
                tries += 1
                await pause(stop, self._wait(tries))
        return False

    def _turn_of(self, update: Update | Unreadable) -> asyncio.Lock:
        """Gives way in the order of asking, and is gone when nobody holds or awaits it."""
        chat = chat_of(update) if isinstance(update, Update) else 0
        return self._turns.setdefault(chat, asyncio.Lock())

    async def _try(self, update: Update | Unreadable) -> bool:
        try:
            if isinstance(update, Unreadable):
                await self._set_aside(update, "ValidationError")
            elif is_wanted(update):
                await self._feed(update)
        except LOST_TOKEN:
            raise
        except (*WAITED_FOR, *PASSING) as error:
            log.error("an update failed (%s); it is kept", type(error).__name__)
            return False
        except Exception as error:  # a door catches everything: one bad update must not stop the others
            return await self._count(update, error)
        self._failures.pop(update.update_id, None)
        return True

    async def _feed(self, update: Update) -> None:
        await self._dispatcher.feed_update(self._bot, update)

    async def _count(self, update: Update | Unreadable, error: Exception) -> bool:
        """True where the update has failed too often, and is set aside."""
        tries = self._failures.pop(update.update_id, 0) + 1
        self._failures[update.update_id] = tries
        while len(self._failures) > FAILURES:
            self._failures.popitem(last=False)
        log.error("an update failed (%s, try %s)", type(error).__name__, tries)
        if tries < TRIES:
            return False
        try:
            await self._set_aside(update, type(error).__name__)
        except SQLAlchemyError as refused:
            log.error("an update can't be set aside (%s); it is kept", type(refused).__name__)
            return False
        del self._failures[update.update_id]
        return True

    async def _set_aside(self, update: Update | Unreadable, fault: str) -> None:
        """Nobody's words go missing unsaid: an officer hears of it, and so does whoever wrote what can't be taken."""
        desk = self._sayso.desk
        await asyncio.to_thread(set_aside, desk.store, "respondent", fault, desk.new_id, desk.today())
        self._sayso.metrics.update_set_aside("respondent")
        if isinstance(update, Unreadable):
            log.error("an update can't be read and is set aside (%s)", fault)
            return
        log.error("an update can't be taken and is set aside (%s)", fault)
        pressed = update.callback_query.message if update.callback_query else None
        message = update.message or update.edited_message or pressed
        if message is not None and message.chat.type == "private":
            self._say(message.chat.id, [Message(render(Words("turn.not_stored"), PLAIN))], None)
