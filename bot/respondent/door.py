"""The respondents' door: takes what people send to the bot and says what their turns say. Neither waits for the other.

An update is acknowledged to Telegram only after its turn is committed. aiogram's own polling and webhooks acknowledge
before a handler ends, and lose what was in hand when the process is killed; so those are ours, and aiogram decodes
and routes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.respondent.connection import LOST_TOKEN, UnusableToken, back_off, check_token, connected_bot, make_bot
from bot.respondent.handlers import Handlers
from bot.respondent.polling import Polling
from bot.respondent.sender import Rates, Sender
from bot.respondent.taking import Taking
from bot.respondent.webhook import Webhook
from bot.sayso import Sayso
from consultation.domain.consultation import Wave
from consultation.domain.languages import LANGUAGES, has_easy
from consultation.domain.wording import PLAIN
from consultation.flow.events import Command
from consultation.operations.messages import command_label

__all__ = ["Rates", "RespondentDoor", "UnusableToken", "check_token", "connected_bot", "make_bot"]

log = logging.getLogger("sayso.respondent")

MENU = (
    Command.HELP,
    Command.PRIVACY,
    Command.LANGUAGE,
    Command.EASY,
    Command.PLAIN,
    Command.BACK,
    Command.SKIP,
    Command.CHANGE,
    Command.STOP,
    Command.DELETE,
)
MENU_SECONDS = 10


class RespondentDoor:
    """One bot for one consultation, by polling or, where the settings say so, by webhook: then `secret` is what
    Telegram must bring, and whoever serves pages hands its calls to `receive`.

    `wait` says how many seconds after so many failures an update is tried again. A door that `takes` nothing only says
    what others left.
    """

    def __init__(
        self,
        sayso: Sayso,
        wave: Wave,
        bot: Bot,
        *,
        secret: str = "",
        rates: Rates | None = None,
        wait: Callable[[int], float] = back_off,
        takes: bool = True,
    ) -> None:
        self._bot = bot
        self._sender = Sender(sayso, wave, bot, rates or Rates(sayso.settings.telegram_rate))
        self._handlers = Handlers(sayso, wave, bot, self._sender.say, self._sender.tidying)
        taking = Taking(sayso, bot, self._handlers, self._sender.say, wait)
        self._webhook = Webhook(bot, taking, sayso.metrics, sayso.settings.address, secret)
        polling = Polling(bot, taking, sayso.store.database)
        way = self._webhook if sayso.settings.telegram_webhook else polling
        self._take: Callable[[asyncio.Event], Awaitable[object]] = way.run if takes else asyncio.Event.wait

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: then what is in hand is finished, and what can be said soon is said. Raises `UnusableToken`."""
        await self._sender.begin()
        beside = [asyncio.create_task(each) for each in (self._set_menus(), self._sender.tidying.run())]
        sending = asyncio.create_task(self._sender.run())
        taking = asyncio.ensure_future(self._take(stop))
        try:
            await asyncio.wait({sending, taking}, return_when=asyncio.FIRST_COMPLETED)
            for each in (sending, taking):
                if each.done():
                    each.result()
            sending.cancel()
            await self._sender.finish()
        except LOST_TOKEN:
            raise UnusableToken from None
        finally:
            for task in (*beside, sending, taking):
                task.cancel()
            await asyncio.gather(*beside, sending, taking, return_exceptions=True)
            await self._handlers.close()
            await self._sender.leave()

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """One call of the webhook; returns the status to answer with."""
        return await self._webhook.receive(headers, body)

    def waiting(self) -> int:
        """How much is still to be said."""
        return self._sender.waiting()

    async def _set_menus(self) -> None:
        """The commands in each language: people get them in that of their own app."""
        try:
            for language in LANGUAGES:
                await self._bot.set_my_commands(
                    menu_in(language),
                    scope=BotCommandScopeAllPrivateChats(),
                    language_code=None if language == PLAIN else language,
                    request_timeout=MENU_SECONDS,
                )
        except AiogramError as error:  # the buttons do the same
            log.warning("the menu of commands could not be set (%s)", type(error).__name__)


def menu_in(language: str) -> list[BotCommand]:
    """Easy Read is in the menus of those languages that have it."""
    offered = [each for each in MENU if has_easy(language) or each not in (Command.EASY, Command.PLAIN)]
    return [BotCommand(command=each.value, description=command_label(each, language)) for each in offered]
