"""The Bot API client, what its failures mean, and waiting that ends when the door is to close. Knows no talk."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods.base import Response
from aiogram.types import Message, Update
from aiogram.utils.token import TokenValidationError, validate_token

log = logging.getLogger("sayso.respondent")
Result = TypeVar("Result")

# What passes by itself; a page of a proxy's in place of an answer is one of them (ClientDecodeError).
PASSING = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, ClientDecodeError)
LOST_TOKEN = (TelegramUnauthorizedError, TelegramNotFound)
LONGEST_BACK_OFF = 30.0  # seconds
# pydantic forgets a parametrised class that nobody holds, and builds it again for each answer: 200 µs a call.
ANSWERS = (Response[bool], Response[Message], Response[list[Update]])


class UnusableToken(Exception):
    """The token of the respondents' bot does not work. `str()` says what to do, and never shows it."""

    def __init__(self, why: str = "Telegram does not accept SAYSO_TELEGRAM_TOKEN. Copy it again from @BotFather."):
        super().__init__(why)


class UnusableWebhook(UnusableToken):
    """Telegram will not call the address that it was given for this token. `str()` says what to do."""


def make_bot(token: str, api: str | None) -> Bot:
    """The Bot API client; `api` is another server than Telegram's own, such as a local one."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api)) if api else AiohttpSession()
    return Bot(token, session=session)


def check_token(token: str) -> None:
    """Refuse what cannot be a token, without asking Telegram. Raises `UnusableToken`."""
    try:
        validate_token(token)
    except TokenValidationError:
        raise UnusableToken("SAYSO_TELEGRAM_TOKEN is not a bot token. Copy it again from @BotFather.") from None


@asynccontextmanager
async def connected_bot(token: str, api: str | None) -> AsyncIterator[Bot]:
    """A bot whose token Telegram has not refused. Raises `UnusableToken`."""
    check_token(token)
    bot = make_bot(token, api)
    async with bot:
        try:
            await bot.get_me(request_timeout=20)
        except PASSING as error:
            log.warning("the Bot API can't be reached yet (%s); trying on", type(error).__name__)
        except TelegramAPIError as error:
            raise UnusableToken(f"Telegram does not accept SAYSO_TELEGRAM_TOKEN ({error.message}).") from None
        yield bot


async def username_of(token: str, api: str | None) -> str | None:
    """The bot's own name on Telegram; None where that can't be reached. Raises `UnusableToken`."""
    async with connected_bot(token, api) as bot:
        try:
            return (await bot.me()).username
        except PASSING:
            return None


def back_off(tries: int, longest: float = LONGEST_BACK_OFF) -> float:
    """Seconds to wait after so many failures."""
    return float(min(2 ** min(tries, 20) / 4, longest))


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop`; True where it is time to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


async def unless(stop: asyncio.Event, call: Awaitable[Result]) -> Result | None:
    """What a call answers; None where `stop` comes first, and then the call is given up."""
    calling, stopping = asyncio.ensure_future(call), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({calling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else None
    finally:
        calling.cancel()
        stopping.cancel()


async def insist(call: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Make a call until it is answered, or until `stop`. Raises what does not pass by itself."""
    failures = 0
    while not stop.is_set():
        try:
            await unless(stop, call())
            return
        except PASSING as error:
            failures += 1
            log.warning("the Bot API can't be reached (%s); trying again", type(error).__name__)
            await pause(stop, wait_after(error, failures))


def wait_after(error: Exception, failures: int) -> float:
    """Seconds until a call may be made again that failed for the so-manieth time."""
    return max(back_off(failures), getattr(error, "retry_after", 0))
