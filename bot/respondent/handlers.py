"""What a person does in a chat, as turns of their talk. A handler returns once its turn is on the disk, or raises.

What the turn says is handed on to be sent: nothing here waits for that.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeAlias

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Update
from aiogram.types import Message as Received

from bot.respondent.keyboards import Press, read_press, ticked, toggle
from bot.respondent.ticks import Ticks
from bot.sayso import Sayso
from bot.turns import Turns
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Began, Command, Commanded, SentSomethingElse, Tapped
from consultation.flow.prompts import command_word
from consultation.locale import render
from consultation.operations.converse import Incoming, Input, NotStored, Typed
from consultation.operations.messages import Message
from consultation.operations.show_conversation import show_conversation

log = logging.getLogger("sayso.respondent")

Say: TypeAlias = Callable[[int, Sequence[Message], int | None], None]  # chat, messages, their turn in the outbox

NO_STEP = -1  # of no prompt: what carries it answers nothing that is asked now
ALBUMS = 1_000  # of which it is remembered that it was said that pictures can't be seen
LONGEST_WAIT = 5.0  # seconds that a tick waits for a rate limit
ANSWER_SECONDS = 10  # for a button to stop turning


class Handlers:
    """One chat's updates come one after the other, those of different chats at once."""

    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot, say: Say) -> None:
        self._sayso, self._wave, self._bot, self._say = sayso, wave, bot, say
        self._turns = Turns(sayso.metrics)
        self._ticks = Ticks()
        self._albums: deque[str] = deque(maxlen=ALBUMS)
        self._answering: set[asyncio.Task[None]] = set()

    def router(self) -> Router:
        router = Router()
        router.message.register(self._in_group, _in_group)
        router.message.register(self._started, CommandStart())
        router.message.register(self._texted, _has_text)
        router.message.register(self._sent_something_else)
        router.edited_message.register(self._edited, _in_private)
        router.callback_query.register(self._pressed)
        return router

    async def close(self) -> None:
        for each in self._answering:
            each.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    # -- messages -------------------------------------------------------------------------------------------------

    async def _in_group(self, message: Received) -> None:
        if message.text and message.text.startswith("/start"):
            self._tell(message.chat.id, Words("group.private_only"))

    async def _started(self, message: Received, command: CommandObject, event_update: Update) -> None:
        began = Began(Audience.of_link(command.args or ""))
        await self._turn(message.chat.id, (_number(event_update, message), began))

    async def _texted(self, message: Received, event_update: Update) -> None:
        typed = Typed(RawText(message.text or ""))
        await self._turn(message.chat.id, (_number(event_update, message), typed))

    async def _sent_something_else(self, message: Received, event_update: Update) -> None:
        """A caption is typed words: they are heard after it is said that the rest can't be."""
        update, album = _number(event_update, message), message.media_group_id
        turns: list[tuple[str, Input]] = []
        if album is None or album not in self._albums:  # once for a whole album
            turns.append((update, SentSomethingElse(_kind(message))))
        if message.caption:
            turns.append((f"{update}:caption", Typed(RawText(message.caption))))
        await self._turn(message.chat.id, *turns)
        if album is not None:
            self._albums.append(album)

    async def _edited(self, message: Received, event_update: Update) -> None:
        """An edit changes no answer, but may be a call for help: it is screened like everything that is typed."""
        text = message.text or message.caption or ""
        desk, chat = self._sayso.desk, message.chat.id
        if not text:
            return
        try:
            worrying = (await asyncio.to_thread(desk.screen, text)).level is not Level.NONE
        except Exception as error:  # the model is other people's code: its failure ends closed
            self._refuse(chat, error)
            return
        if worrying or command_word(text) is Command.HELP or not self._wave.is_open(desk.today()):
            await self._turn(chat, (_number(event_update, message), Typed(RawText(text), NO_STEP)))
            return
        talk = await asyncio.to_thread(show_conversation, desk, self._wave, Channel.TELEGRAM, str(chat))
        self._tell(chat, Words("edited.not_changed"), talk.locale)

    # -- buttons --------------------------------------------------------------------------------------------------

    async def _pressed(self, query: CallbackQuery, event_update: Update) -> None:
        message, update = query.message, event_update.update_id
        if message is None or message.chat.type == "private":
            chat, number = (message.chat.id, message.message_id) if message else (query.from_user.id, 0)
            carried = getattr(message, "reply_markup", None)  # an old message may come without
            await self._press(query.data or "", chat, number, self._ticks.shown(chat, number, carried), update)
        answering = asyncio.create_task(self._stop_spinner(query))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    async def _press(self, data: str, chat: int, number: int, markup: InlineKeyboardMarkup | None, update: int) -> None:
        press = read_press(data)
        if press is not None and press.kind == "tick" and markup is not None:
            if not self._ticks.turned_by(chat, number, update):
                await self._tick(chat, number, markup, toggle(markup, data), update)
            return
        await self._turn(chat, (str(update), _meant(press, markup)))

    async def _tick(
        self, chat: int, number: int, before: InlineKeyboardMarkup, markup: InlineKeyboardMarkup, update: int
    ) -> None:
        """Show a tick; one that can't be shown is not remembered either, so that nobody answers what they don't see."""

        async def show() -> None:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=number, reply_markup=markup)

        try:
            try:
                await show()
            except TelegramRetryAfter as limit:
                if limit.retry_after > LONGEST_WAIT:
                    raise
                await asyncio.sleep(limit.retry_after)
                await show()
        except (TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter) as error:
            log.info("a tick could not be shown (%s)", type(error).__name__)
            if "not modified" not in error.message:  # else the press was delivered again, and the tick is there
                return
        self._ticks.keep(chat, number, before, markup, update)

    async def _stop_spinner(self, query: CallbackQuery) -> None:
        try:
            await self._bot.answer_callback_query(query.id, request_timeout=ANSWER_SECONDS)
        except Exception as error:  # too late to matter: the turn is done
            log.info("a button press could not be answered (%s)", type(error).__name__)

    # -- turns ----------------------------------------------------------------------------------------------------

    async def _turn(self, chat: int, *given: tuple[str, Input]) -> None:
        """Save first, send after."""
        for update, each in given:
            incoming = Incoming(Channel.TELEGRAM, str(chat), update, each)
            try:
                reply = await self._turns.take(self._sayso.desk, self._wave, incoming)
            except NotStored as refused:
                self._refuse(chat, refused.__cause__)
                return
            self._say(chat, reply.messages, reply.turn)

    def _refuse(self, chat: int, cause: BaseException | None) -> None:
        log.error("a text could not be made safe to keep (%s)", type(cause).__name__)
        self._tell(chat, Words("turn.not_stored"))

    def _tell(self, chat: int, words: Words, locale: str = PLAIN) -> None:
        """Say what is stored nowhere."""
        self._say(chat, [Message(render(words, locale))], None)


# Coroutines, because aiogram sends each filter that is none, its own F among them, through a thread.
async def _in_private(message: Received) -> bool:
    return message.chat.type == "private"


async def _in_group(message: Received) -> bool:
    return message.chat.type != "private"


async def _has_text(message: Received) -> bool:
    return bool(message.text)


def _meant(press: Press | None, markup: InlineKeyboardMarkup | None) -> Input:
    """What a press that is no tick means. One that can't be read, or whose ticks can't, is of no prompt."""
    match press:
        case Press("command", step, value):
            return Commanded(Command(value), step)
        case Press("done", step) if markup is not None:
            return Tapped(step, ticked(markup))
        case Press("tap", step, value):
            return Tapped(step, (value,))
        case _:
            return Tapped(NO_STEP, ())


def _kind(message: Received) -> str:
    if message.photo or message.video or message.animation:
        return "photo"
    if message.sticker:
        return "sticker"
    if message.voice or message.video_note or message.audio:
        return "voice"
    return "file"


def _number(update: Update, message: Received) -> str:
    """What tells one update from another: Telegram restarts its own numbers now and then, so they are not enough."""
    return f"{update.update_id}.{message.message_id}.{message.date.timestamp():.0f}"
