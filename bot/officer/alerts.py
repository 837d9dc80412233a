"""Tells by the staff bot, with a button under it by which whoever is told says that they have it."""

import asyncio

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.delivery.messenger import SECONDS, NotSent
from bot.delivery.words import body, subject
from bot.settings import Settings
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.notices import Alert, Notice

HAVE_IT = "have:"  # and the reference
BUTTON = "I have it"


class StaffBot:
    """Sends only. The door of the staff bot, which may be another process, hears who presses."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, notice: Notice, to: Contact) -> None:
        if self._settings.officer_token is None:
            raise NotSent("SAYSO_OFFICER_TOKEN is not set")
        assert to.telegram is not None
        try:
            asyncio.run(self._send(self._settings.officer_token.get_secret_value(), notice, to.telegram))
        except TelegramError as error:  # its words may hold an address with the token in it
            raise NotSent(type(error).__name__) from None

    async def _send(self, token: str, notice: Notice, chat: int) -> None:
        api = self._settings.telegram_api
        request = HTTPXRequest(connect_timeout=SECONDS, read_timeout=SECONDS, write_timeout=SECONDS)
        keyboard = None
        if isinstance(notice, Alert):
            button = InlineKeyboardButton(BUTTON, callback_data=HAVE_IT + notice.reference)
            keyboard = InlineKeyboardMarkup([[button]])
        try:
            bot = Bot(token, f"{api.rstrip('/')}/bot", request=request) if api else Bot(token, request=request)
            await bot.send_message(chat, f"{subject(notice)}\n\n{body(notice)}", reply_markup=keyboard)
        finally:
            await request.shutdown()
