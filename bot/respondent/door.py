"""The long-polling loop and its handlers. An update is acknowledged to Telegram only after its turn is committed.

aiogram's own polling acknowledges before a handler ends, and loses what was in hand when the process is killed;
so the loop is ours, and aiogram decodes, routes and sends.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import BotCommand, CallbackQuery, InlineKeyboardMarkup, Update
from aiogram.types import Message as Received
from aiogram.utils.token import TokenValidationError

from bot.respondent.keyboards import keyboard, read_press, texts, ticked, toggle
from bot.sayso import Sayso
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Began, Command, Commanded, SentSomethingElse, Tapped
from consultation.locale import render
from consultation.operations.converse import Incoming, Input, NotStored, Typed, converse
from consultation.operations.deliver import forget_unsaid, note_said, unsaid
from consultation.operations.messages import Message, command_label

log = logging.getLogger("sayso.respondent")

TRIES = 5  # of one update that raises, before it is set aside so that the others can pass
POLL_SECONDS = 25
MENU = (
    Command.HELP,
    Command.BACK,
    Command.SKIP,
    Command.CHANGE,
    Command.STOP,
    Command.PRIVACY,
    Command.EASY,
    Command.PLAIN,
    Command.DELETE,
)


def make_bot(token: str, api: str | None) -> Bot:
    """The Bot API client; `api` is another server than Telegram's own, such as a local one."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api)) if api else AiohttpSession()
    return Bot(token, session=session)


class UnusableToken(Exception):
    """The token of the respondents' bot does not work. `str()` says what to do, and never shows it."""


@asynccontextmanager
async def connected_bot(token: str, api: str | None) -> AsyncIterator[Bot]:
    """A bot whose token Telegram has accepted. Raises `UnusableToken`."""
    try:
        bot = make_bot(token, api)
    except TokenValidationError:
        raise UnusableToken("SAYSO_TELEGRAM_TOKEN is not a bot token. Copy it again from @BotFather.") from None
    async with bot:
        try:
            await bot.get_me()
        except TelegramNetworkError:
            log.warning("the Bot API can't be reached yet; trying on")
        except TelegramAPIError as error:
            raise UnusableToken(f"Telegram does not accept SAYSO_TELEGRAM_TOKEN ({error.message}).") from None
        yield bot


class RespondentDoor:
    """One bot for one consultation. Chat ids stay in the memory of the turn that needs them."""

    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot) -> None:
        self._sayso, self._wave, self._bot = sayso, wave, bot
        self._failed: dict[int, int] = {}
        self._dispatcher = Dispatcher()
        self._dispatcher.include_router(self._router())

    def _router(self) -> Router:
        router = Router()
        router.message.register(self._in_group, F.chat.type != "private")
        router.message.register(self._started, CommandStart())
        router.message.register(self._texted, F.text)
        router.message.register(self._sent_something_else)
        router.callback_query.register(self._pressed)
        return router

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; the update in hand is finished first."""
        await self._bot.delete_webhook()
        await self._bot.set_my_commands(
            [BotCommand(command=each.value, description=command_label(each, PLAIN)) for each in MENU]
        )
        offset: int | None = None
        while not stop.is_set():
            polled = await self._poll(offset, stop)
            for update in polled:
                if not await self._take(update):
                    break
                offset = update.update_id + 1
        if offset is not None:
            await self._acknowledge(offset)

    async def _acknowledge(self, offset: int) -> None:
        """Tell Telegram of the last ones, so that they are not delivered again for nothing."""
        try:
            await self._bot.get_updates(offset=offset, timeout=0, limit=1)
        except TelegramAPIError as error:  # they will come again, and each will be known by its number
            log.info("the last updates could not be acknowledged (%s)", type(error).__name__)

    async def _poll(self, offset: int | None, stop: asyncio.Event) -> list[Update]:
        polling = asyncio.ensure_future(
            self._bot.get_updates(
                offset=offset,
                timeout=POLL_SECONDS,
                allowed_updates=["message", "callback_query"],
                request_timeout=POLL_SECONDS + 10,
            )
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not polling.done():
            polling.cancel()
            return []
        try:
            return polling.result()
        except (TelegramNetworkError, TelegramServerError, TelegramConflictError, TelegramRetryAfter) as error:
            log.warning("the Bot API can't be reached (%s); trying again", type(error).__name__)
            await asyncio.sleep(getattr(error, "retry_after", 2))
            return []

    async def _take(self, update: Update) -> bool:
        """True once the update is dealt with and may be acknowledged."""
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception as error:  # a door catches everything: one bad update must not stop the others
            tries = self._failed[update.update_id] = self._failed.get(update.update_id, 0) + 1
            log.error("update %s failed (%s, try %s)", update.update_id, type(error).__name__, tries)
            if tries < TRIES:
                await asyncio.sleep(min(2.0**tries / 4, 5))
                return False
        self._failed.pop(update.update_id, None)
        return True

    # -- handlers -------------------------------------------------------------------------------------------------

    async def _in_group(self, message: Received) -> None:
        if message.text and message.text.startswith("/start"):
            await message.answer(render(Words("group.private_only"), PLAIN))

    async def _started(self, message: Received, command: CommandObject, event_update: Update) -> None:
        await self._turn(message.chat.id, event_update.update_id, Began(Audience.of_link(command.args or "")))

    async def _texted(self, message: Received, event_update: Update) -> None:
        await self._turn(message.chat.id, event_update.update_id, Typed(RawText(message.text or "")))

    async def _sent_something_else(self, message: Received, event_update: Update) -> None:
        kind = (
            "photo"
            if message.photo or message.video or message.animation
            else "sticker"
            if message.sticker
            else "voice"
            if message.voice or message.video_note or message.audio
            else "file"
        )
        await self._turn(message.chat.id, event_update.update_id, SentSomethingElse(kind))

    async def _pressed(self, query: CallbackQuery, event_update: Update) -> None:
        press = read_press(query.data or "")
        message = query.message
        markup = getattr(message, "reply_markup", None) or InlineKeyboardMarkup(inline_keyboard=[])
        if press is None or message is None:
            given: Input = Tapped(-1, ())
        elif press.kind == "tick":
            await self._tick(message.chat.id, message.message_id, toggle(markup, query.data or ""))
            await self._stop_spinner(query)
            return
        elif press.kind == "command":
            given = Commanded(Command(press.value), press.step)
        else:
            given = Tapped(press.step, ticked(markup) if press.kind == "done" else (press.value,))
        chat = message.chat.id if message else query.from_user.id
        await self._turn(chat, event_update.update_id, given)
        await self._stop_spinner(query)

    async def _tick(self, chat: int, message: int, markup: InlineKeyboardMarkup) -> None:
        try:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=markup)
        except TelegramBadRequest as error:  # the press was delivered again, or the message is gone: nothing to turn
            log.info("a tick could not be shown (%s)", type(error).__name__)

    async def _stop_spinner(self, query: CallbackQuery) -> None:
        try:
            await query.answer()
        except TelegramAPIError as error:  # too late to matter: the turn is done
            log.info("a button press could not be answered (%s)", type(error).__name__)

    # -- turns ----------------------------------------------------------------------------------------------------

    async def _turn(self, chat: int, update_id: int, given: Input) -> None:
        """Save first, send after: what is still unsaid from an earlier turn goes out with this one."""
        desk, wave = self._sayso.desk, self._wave
        incoming = Incoming(Channel.TELEGRAM, str(chat), str(update_id), given)
        try:
            said = await asyncio.to_thread(converse, desk, wave, incoming)
        except NotStored as refused:
            await self._send(chat, refused.message)
            return
        waiting = await asyncio.to_thread(unsaid, desk, wave, Channel.TELEGRAM, str(chat))
        if not waiting:  # the wave is not open: that is said without being stored
            for message in said:
                await self._send(chat, message)
        for each in waiting:
            try:
                await self._send(chat, each.message)
            except TelegramForbiddenError:
                await asyncio.to_thread(forget_unsaid, desk, wave, Channel.TELEGRAM, str(chat))
                return
            await asyncio.to_thread(note_said, desk, wave, Channel.TELEGRAM, str(chat), each)

    async def _send(self, chat: int, message: Message) -> None:
        parts = texts(message)
        for number, text in enumerate(parts, 1):
            markup = keyboard(message) if number == len(parts) else None
            while True:
                try:
                    await self._bot.send_message(chat, text, reply_markup=markup)
                    break
                except TelegramRetryAfter as error:
                    await asyncio.sleep(error.retry_after)
