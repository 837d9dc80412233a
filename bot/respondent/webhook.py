"""Telegram calls us: an update is answered with 200 once its turn is committed, so that it is not delivered again.

Anything else that is answered makes Telegram deliver it again, later and later, and that is what should happen when
the disk or the database fails. Knows no route: whoever serves pages hands over headers and body.
"""

import asyncio
import hmac
import logging
from collections.abc import Mapping

import orjson
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.metrics import Metrics
from bot.respondent.connection import LOST_TOKEN, UnusableWebhook, insist
from bot.respondent.taking import Taking
from bot.respondent.updates import KINDS, read_update

log = logging.getLogger("sayso.respondent")

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
PATH = "/telegram/webhook"
CONNECTIONS = 100  # deliveries at once, the most that Telegram makes


class Webhook:
    """`secret` is what Telegram must bring: 1 to 256 of A-Z, a-z, 0-9, _ and -. Without one nobody is let in."""

    def __init__(self, bot: Bot, taking: Taking, metrics: Metrics, address: str, secret: str) -> None:
        self._bot, self._taking, self._metrics = bot, taking, metrics
        self._url, self._secret = address + PATH, secret
        self._open = False
        self._in_hand: set[asyncio.Task[object]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Take what Telegram brings until `stop`; then what is in hand is finished.

        The webhook stays set: what comes while nobody is here is delivered again. Raises `UnusableWebhook`.
        """
        self._open = True
        try:
            await insist(self._announce, stop)
            await stop.wait()
        except TelegramBadRequest as error:
            raise UnusableWebhook(
                f"Telegram does not take {self._url} for a webhook ({error.message}). Set SAYSO_PUBLIC_URL to an "
                "https:// address at which Telegram reaches this server, or SAYSO_TELEGRAM_WEBHOOK=false."
            ) from None
        finally:
            self._open = False
            if self._in_hand:
                await asyncio.wait(self._in_hand)

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status to answer with."""
        if not self._knows_secret(headers):
            self._metrics.webhook_refused("secret")
            return 401
        if not self._open:
            return 503
        try:
            raw = orjson.loads(body)
        except ValueError:  # damaged on the way: Telegram has it whole, and brings it again
            log.error("a call of the webhook holds no JSON")
            self._metrics.webhook_refused("form")
            return 400
        task = asyncio.current_task()
        assert task is not None
        self._in_hand.add(task)
        try:
            # JSON that is no update would come for ever, and hold up what is behind it: it is set aside, with 200.
            return 200 if await self._taking.take(read_update(raw, self._bot)) else 503
        except LOST_TOKEN:
            return 503
        finally:
            self._in_hand.discard(task)

    async def _announce(self) -> None:
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=KINDS, max_connections=CONNECTIONS
        )

    def _knows_secret(self, headers: Mapping[str, str]) -> bool:
        brought = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
        return bool(self._secret) and hmac.compare_digest(brought.encode(), self._secret.encode())
