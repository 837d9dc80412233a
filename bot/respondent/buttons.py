"""Presses of buttons: a tick turns on the keyboard, anything else is a turn, after which the keyboard goes."""

import asyncio
import logging

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Update

from bot.respondent.keyboards import Press, answered, read_press, refusal, ticked, toggle
from bot.respondent.talking import Talking
from bot.respondent.ticks import Ticks
from bot.respondent.tidying import Tidying
from consultation.flow.events import Command, Commanded, Tapped
from consultation.locale import render
from consultation.operations.converse import Input, Reply

log = logging.getLogger("sayso.respondent")

NO_STEP = -1  # of no prompt: what carries it answers nothing that is asked now
LONGEST_WAIT = 5.0  # seconds that a tick waits for a rate limit
ANSWER_SECONDS = 10  # for a button to stop turning
LONGEST_TOAST = 200  # characters
OLD = "button.old"  # what is said to a press that came too late
IN_PLACE = (Command.HELP, Command.PRIVACY, Command.EASY, Command.PLAIN)  # they choose nothing


class Buttons:
    def __init__(self, bot: Bot, talking: Talking, tidying: Tidying) -> None:
        self._bot, self._talking, self._tidying = bot, talking, tidying
        self._ticks = Ticks()
        self._answering: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for each in self._answering:
            each.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def pressed(self, query: CallbackQuery, event_update: Update) -> None:
        message, toast = query.message, ""
        if message is None or message.chat.type == "private":
            chat, number = (message.chat.id, message.message_id) if message else (query.from_user.id, 0)
            carried = getattr(message, "reply_markup", None)  # an old message may come without
            markup = self._ticks.shown(chat, number, carried)
            data, update = query.data or "", event_update.update_id
            press = read_press(data)
            if press is not None and press.kind == "tick" and markup is not None:
                if not self._ticks.turned_by(chat, number, update):
                    toast = await self._tick(chat, number, markup, press, data, update)
            else:
                reply = await self._talking.take(chat, (str(update), _meant(press, markup)))
                toast = _said_of_old(reply)
                if reply is not None and press is not None:
                    text = getattr(message, "text", None)
                    self._tidy(chat, number, answered(text, markup, press) if text and markup else None, press, reply)
        answering = asyncio.create_task(self._stop_spinner(query, toast))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    def _tidy(self, chat: int, number: int, text: str | None, press: Press, reply: Reply) -> None:
        """The keyboard goes unless the same prompt is asked again; with what was chosen in `text`, if anything was."""
        stands = next((each["step"] for each in reversed(reply.said) if each["mode"]), None)
        if reply.repeated or press.step == stands:
            return
        chose = not (reply.closed or _said_of_old(reply) or (press.kind == "command" and press.value in IN_PLACE))
        if text and chose:
            self._tidying.answer(chat, number, text)
        else:
            self._tidying.strip(chat, number)

    # -- ticks ----------------------------------------------------------------------------------------------------

    async def _tick(
        self, chat: int, number: int, before: InlineKeyboardMarkup, press: Press, data: str, update: int
    ) -> str:
        """Turn a tick, or say why it can't be. The engine judges what is chosen in the end; this is only sooner."""
        if why := refusal(before, press):
            return render(why, await self._talking.locale_of(chat))
        after = toggle(before, data)
        if await self._shows(chat, number, after):
            self._ticks.keep(chat, number, before, after, update)
        return ""

    async def _shows(self, chat: int, number: int, markup: InlineKeyboardMarkup) -> bool:
        """A tick that can't be shown is not remembered either, so that nobody answers what they don't see."""

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
            return "not modified" in error.message  # the press was delivered again, and the tick is there
        return True

    async def _stop_spinner(self, query: CallbackQuery, toast: str) -> None:
        try:
            shown = toast[:LONGEST_TOAST] or None
            await self._bot.answer_callback_query(query.id, shown, request_timeout=ANSWER_SECONDS)
        except Exception as error:  # too late to matter: the turn is done
            log.info("a button press could not be answered (%s)", type(error).__name__)


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


def _said_of_old(reply: Reply | None) -> str:
    """What is said to a press that came too late, to be shown where the thumb is, too."""
    first = reply.said[0] if reply and reply.said else {}
    return str(first["text"]) if first.get("key") == OLD else ""
