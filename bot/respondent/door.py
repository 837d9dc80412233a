"""The respondents' handlers. An update is acknowledged to Telegram only after its turn is committed.

aiogram's own polling acknowledges before a handler ends, and loses what was in hand when the process is killed;
so the loop is ours, and aiogram decodes, routes and sends.
"""

import asyncio
import logging

from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import AiogramError, TelegramAPIError, TelegramBadRequest, TelegramRetryAfter
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import BotCommand, CallbackQuery, InlineKeyboardMarkup, Update
from aiogram.types import Message as Received
from sqlalchemy.exc import OperationalError

from bot.respondent.connection import (
    LOST_TOKEN,
    PASSING,
    UnusableToken,
    back_off,
    check_token,
    connected_bot,
    make_bot,
    pause,
)
from bot.respondent.keyboards import read_press, ticked, toggle
from bot.respondent.polling import Polling
from bot.respondent.post import Post
from bot.respondent.ticks import Ticks
from bot.sayso import Sayso
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Began, Command, Commanded, SentSomethingElse, Tapped
from consultation.flow.prompts import command_word
from consultation.locale import render
from consultation.operations.converse import Incoming, Input, NotStored, Typed, converse
from consultation.operations.messages import Message, command_label
from consultation.operations.show_conversation import show_conversation

__all__ = ["RespondentDoor", "UnusableToken", "check_token", "connected_bot", "make_bot"]

log = logging.getLogger("sayso.respondent")

TRIES = 5  # of one update that raises what does not pass by itself, before it is set aside so that others can pass
NO_STEP = -1  # of no prompt: what carries it answers nothing that is asked now
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


class RespondentDoor:
    """One bot for one consultation. Chat ids stay in memory, no longer than a message waits for them."""

    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot) -> None:
        self._sayso, self._wave, self._bot = sayso, wave, bot
        self._post = Post(sayso, wave, bot)
        self._ticks = Ticks()
        self._album = ""  # the last one of which it was said that pictures can't be seen
        self._dispatcher = Dispatcher()
        self._dispatcher.include_router(self._router())

    def _router(self) -> Router:
        router = Router()
        router.message.register(self._in_group, F.chat.type != "private")
        router.message.register(self._started, CommandStart())
        router.message.register(self._texted, F.text)
        router.message.register(self._sent_something_else)
        router.edited_message.register(self._edited, F.chat.type == "private")
        router.callback_query.register(self._pressed)
        return router

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; the update in hand is finished first. Raises `UnusableToken`."""
        self._post.stop = stop
        try:
            await self._bot.delete_webhook()
            await self._set_menu()
            await self._work(stop)
        except LOST_TOKEN:
            raise UnusableToken from None

    async def _set_menu(self) -> None:
        menu = [BotCommand(command=each.value, description=command_label(each, PLAIN)) for each in MENU]
        try:
            await self._bot.set_my_commands(menu)
        except AiogramError as error:  # the buttons do the same
            log.warning("the menu of commands could not be set (%s)", type(error).__name__)

    async def _work(self, stop: asyncio.Event) -> None:
        polling = Polling(self._bot, stop)
        offset: int | None = None
        while not stop.is_set():
            for update in await polling.updates(offset, self._post.seconds_free()):
                if stop.is_set() or not await self._take(update, stop):
                    break
                offset = update.update_id + 1
            await self._post.catch_up()
        if offset is not None:
            await polling.acknowledge(offset)

    async def _take(self, update: Update, stop: asyncio.Event) -> bool:
        """True once the update is dealt with and may be acknowledged; False where the end came first."""
        if not (update.message or update.edited_message or update.callback_query):
            return True  # a kind that nobody asked for; aiogram would print the whole of it as a warning
        tries = poisoned = 0
        while True:
            tries += 1
            try:
                await self._dispatcher.feed_update(self._bot, update)
                return True
            except LOST_TOKEN:
                raise
            except (OperationalError, *PASSING) as error:  # the disk or the network: however long it takes
                log.error("an update failed (%s, try %s); it is kept", type(error).__name__, tries)
            except Exception as error:  # a door catches everything: one bad update must not stop the others
                poisoned += 1
                log.error("an update failed (%s, try %s)", type(error).__name__, tries)
                if poisoned == TRIES:
                    await self._set_aside(update)
                    return True
            if await pause(stop, back_off(tries)):
                return False

    async def _set_aside(self, update: Update) -> None:
        """Nobody's words go missing unsaid: whoever wrote what can't be taken hears of it."""
        log.error("an update is set aside after %s tries", TRIES)
        pressed = update.callback_query.message if update.callback_query else None
        message = update.message or update.edited_message or pressed
        if message is None or message.chat.type != "private":
            return
        try:
            await self._post.tell(message.chat.id, Message(render(Words("turn.not_stored"), PLAIN)))
        except AiogramError as error:
            log.error("nor could that be told (%s)", type(error).__name__)

    # -- handlers -------------------------------------------------------------------------------------------------

    async def _in_group(self, message: Received) -> None:
        if message.text and message.text.startswith("/start"):
            await self._post.tell(message.chat.id, Message(render(Words("group.private_only"), PLAIN)))

    async def _started(self, message: Received, command: CommandObject, event_update: Update) -> None:
        began = Began(Audience.of_link(command.args or ""))
        await self._turn(message.chat.id, (_number(event_update, message), began))

    async def _texted(self, message: Received, event_update: Update) -> None:
        typed = Typed(RawText(message.text or ""))
        await self._turn(message.chat.id, (_number(event_update, message), typed))

    async def _sent_something_else(self, message: Received, event_update: Update) -> None:
        """A caption is typed words: they are heard after it is said that the rest can't be."""
        kind = (
            "photo"
            if message.photo or message.video or message.animation
            else "sticker"
            if message.sticker
            else "voice"
            if message.voice or message.video_note or message.audio
            else "file"
        )
        update = _number(event_update, message)
        turns: list[tuple[str, Input]] = []
        if message.media_group_id is None or message.media_group_id != self._album:  # once for a whole album
            turns.append((update, SentSomethingElse(kind)))
        if message.caption:
            turns.append((f"{update}:caption", Typed(RawText(message.caption))))
        await self._turn(message.chat.id, *turns)
        self._album = message.media_group_id or ""

    async def _edited(self, message: Received, event_update: Update) -> None:
        """An edit changes no answer, but may be a call for help: it is screened like everything that is typed."""
        text = message.text or message.caption or ""
        desk, chat = self._sayso.desk, message.chat.id
        if not text:
            return
        try:
            worrying = (await asyncio.to_thread(desk.screen, text)).level is not Level.NONE
        except Exception as error:  # the model is other people's code: its failure ends closed
            await self._refuse(chat, error, Message(render(Words("turn.not_stored"), PLAIN)))
            return
        if worrying or command_word(text) is Command.HELP or not self._wave.is_open(desk.today()):
            await self._turn(chat, (_number(event_update, message), Typed(RawText(text), NO_STEP)))
            return
        talk = await asyncio.to_thread(show_conversation, desk, self._wave, Channel.TELEGRAM, str(chat))
        await self._post.tell(chat, Message(render(Words("edited.not_changed"), talk.locale)))

    async def _pressed(self, query: CallbackQuery, event_update: Update) -> None:
        message, update = query.message, event_update.update_id
        if message is None or message.chat.type == "private":
            chat, number = (message.chat.id, message.message_id) if message else (query.from_user.id, 0)
            carried = getattr(message, "reply_markup", None)  # an old message may come without
            await self._press(query.data or "", chat, number, carried, update)
        await self._stop_spinner(query)

    async def _press(
        self, data: str, chat: int, number: int, carried: InlineKeyboardMarkup | None, update: int
    ) -> None:
        press = read_press(data)
        markup = self._ticks.shown(chat, number, carried)
        if press is None or (press.kind in ("tick", "done") and markup is None):
            given: Input = Tapped(NO_STEP, ())
        elif press.kind == "tick":
            assert markup is not None
            if not self._ticks.turned_by(chat, number, update):
                await self._tick(chat, number, toggle(markup, data), update)
            return
        elif press.kind == "command":
            given = Commanded(Command(press.value), press.step)
        elif press.kind == "done":
            assert markup is not None
            given = Tapped(press.step, ticked(markup))
        else:
            given = Tapped(press.step, (press.value,))
        await self._turn(chat, (str(update), given))

    async def _tick(self, chat: int, number: int, markup: InlineKeyboardMarkup, update: int) -> None:
        """Show a tick; one that can't be shown is not remembered either, so that nobody answers what they don't see."""

        async def show() -> None:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=number, reply_markup=markup)

        try:
            await self._post.patiently(show)
        except (TelegramBadRequest, TelegramRetryAfter) as error:
            log.info("a tick could not be shown (%s)", type(error).__name__)
            if "not modified" not in error.message:  # else the press was delivered again, and the tick is there
                return
        self._ticks.keep(chat, number, markup, update)

    async def _stop_spinner(self, query: CallbackQuery) -> None:
        try:
            await query.answer()
        except TelegramAPIError as error:  # too late to matter: the turn is done
            log.info("a button press could not be answered (%s)", type(error).__name__)

    # -- turns ----------------------------------------------------------------------------------------------------

    async def _turn(self, chat: int, *given: tuple[str, Input]) -> None:
        """Save first, send after: what is still unsaid from an earlier turn goes out with this one."""
        said: list[Message] = []
        for update, each in given:
            incoming = Incoming(Channel.TELEGRAM, str(chat), update, each)
            try:
                said = await asyncio.to_thread(converse, self._sayso.desk, self._wave, incoming)
            except NotStored as refused:
                await self._refuse(chat, refused.__cause__, refused.message)
                return
        if await self._post.say_unsaid(chat) == 0:  # the wave is not open: that is said without being stored
            for message in said:
                await self._post.tell(chat, message)

    async def _refuse(self, chat: int, cause: BaseException | None, message: Message) -> None:
        log.error("a text could not be made safe to keep (%s)", type(cause).__name__)
        await self._post.say_unsaid(chat)
        await self._post.tell(chat, message)


def _number(update: Update, message: Received) -> str:
    """What tells one update from another: Telegram restarts its own numbers now and then, so they are not enough."""
    return f"{update.update_id}.{message.message_id}.{message.date.timestamp():.0f}"
