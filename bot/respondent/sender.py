"""Says things to chats: to each in order, to all within Telegram's rates, and what one waits for holds up no other.

A turn waits in the outbox until all that it says was sent, so that what is lost from memory here is said by whoever
takes it over. Chat ids live in memory alone, for as long as something waits and a few seconds more; those whose prompts
are remembered (see `tidying`), for some hours.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardMarkup
from aiolimiter import AsyncLimiter

from bot.metrics import SendOutcome
from bot.respondent.connection import LOST_TOKEN, PASSING, UnusableToken, pause, wait_after
from bot.respondent.keyboards import keyboard, texts
from bot.respondent.tidying import Tidying
from bot.sayso import Sayso
from consultation.domain.consultation import Channel, Wave
from consultation.operations.deliver import end_leases, forget_unsaid, leave_rest, note_said, take_over
from consultation.operations.messages import Message

log = logging.getLogger("sayso.respondent")

ROUND = 5.0  # seconds between two looks for what dead processes left
ENOUGH = 500  # chats that something waits for: no more is taken over then
LAST_SECONDS = 5.0  # in which is sent what can be, at the end
SEND_SECONDS = 20  # for one message


@dataclass(frozen=True)
class Rates:
    """Messages a second: with one token, by all processes together; and to one chat, which may have `burst` at once."""

    token: float = 30
    chat: float = 1
    burst: int = 3


@dataclass
class _Part:
    """One Telegram message, and which of its turn's messages it belongs to; the step of a prompt that ends with it."""

    of: int
    text: str
    markup: InlineKeyboardMarkup | None = None
    step: int | None = None


@dataclass
class _Words:
    """What is to be said together: of `turn` in the outbox, or stored nowhere (None)."""

    messages: tuple[Message, ...]
    turn: int | None
    parts: deque[_Part] | None = None  # not yet sent; made when it is this turn's turn

    def rest(self) -> tuple[Message, ...]:
        if self.parts is None:
            return self.messages
        return self.messages[self.parts[0].of :] if self.parts else ()

    @property
    def step(self) -> int | None:
        """Of the prompt that stands after them."""
        return next((each.step for each in reversed(self.messages) if each.mode), None)


@dataclass
class _Lane:
    """One chat: what waits for it, its bucket, and the task that empties the one through the other."""

    bucket: AsyncLimiter
    words: deque[_Words] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Sender:
    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot, rates: Rates) -> None:
        self._sayso, self._wave, self._bot, self._rates = sayso, wave, bot, rates
        self.tidying = Tidying(bot, self._take_room)
        self._lanes: dict[int, _Lane] = {}
        self._servers = 1
        self._bucket = AsyncLimiter(1, 1 / rates.token)
        self._next_in_line = asyncio.Lock()
        self._lost, self._ending = asyncio.Event(), asyncio.Event()

    def say(self, chat: int, messages: Sequence[Message], turn: int | None = None) -> None:
        """Queue what is to be said. Returns at once."""
        if not messages and turn is None:
            return
        if chat not in self._lanes:
            self._lanes[chat] = _Lane(AsyncLimiter(self._rates.burst, self._rates.burst / self._rates.chat))
        lane = self._lanes[chat]
        lane.words.append(_Words(tuple(messages), turn))
        if lane.task is None:
            lane.task = asyncio.create_task(self._empty(chat, lane))

    def waiting(self) -> int:
        """How many turns, and words that are stored nowhere, are not said yet."""
        return sum(len(each.words) for each in self._lanes.values())

    # -- the life of a sender ---------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Take over what an earlier door of this process left, and what dead processes did."""
        await asyncio.to_thread(end_leases, self._sayso.desk)
        await self._look_around()

    async def run(self) -> None:
        """Look around every few seconds. Ends only by `UnusableToken`."""
        while not await pause(self._lost, ROUND):
            try:
                await self._look_around()
            except Exception as error:  # a door: what waits here is sent all the same
                log.error("nothing could be taken over from others (%s)", type(error).__name__)
        raise UnusableToken

    async def finish(self) -> None:
        """Send what can be sent soon. A chat that is limited, or that can't be reached, is not waited for."""
        self._ending.set()
        tasks = [each.task for each in self._lanes.values() if each.task]
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECONDS)

    async def leave(self) -> None:
        """Send no more, and leave the rest to others."""
        tasks = [each.task for each in self._lanes.values() if each.task]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await asyncio.to_thread(self._leave_rests)
        except Exception as error:  # the door closes all the same
            log.error("what is left to say could not be given to others (%s); it is said again", type(error).__name__)
        self._lanes.clear()

    async def _look_around(self) -> None:
        desk = self._sayso.desk
        servers = await asyncio.to_thread(desk.store.database.servers)
        if servers != self._servers:
            self._servers, self._bucket = servers, AsyncLimiter(1, servers / self._rates.token)
        while len(self._lanes) < ENOUGH and (found := await asyncio.to_thread(take_over, desk, self._wave)):
            for each in found:
                self.say(int(each.chat), each.messages, each.turn)

    def _leave_rests(self) -> None:
        for chat, lane in self._lanes.items():
            for each in lane.words:
                rest = each.rest()
                if each.turn is not None and rest != each.messages:
                    leave_rest(self._sayso.desk, self._wave, Channel.TELEGRAM, str(chat), each.turn, rest)
        end_leases(self._sayso.desk)

    # -- one chat ---------------------------------------------------------------------------------------------------

    async def _empty(self, chat: int, lane: _Lane) -> None:
        failures = 0
        while lane.words:
            try:
                wait = await self._say_next(chat, lane, failures)
            except Exception as error:  # a door: the database or a key may be gone for a while
                log.error("what a chat is told could not be dealt with (%s); trying again", type(error).__name__)
                wait = wait_after(error, failures + 1)
            failures = failures + 1 if wait else 0
            if wait and await pause(self._ending, wait):
                break
        lane.task = None
        self._forget_when_idle(chat)

    def _forget_when_idle(self, chat: int) -> None:
        seconds = self._rates.burst / self._rates.chat
        asyncio.get_running_loop().call_later(seconds, self._forget_idle, chat)

    def _forget_idle(self, chat: int) -> None:
        lane = self._lanes.get(chat)
        if lane and not lane.words and not lane.task and lane.bucket.has_capacity(self._rates.burst):
            del self._lanes[chat]

    async def _say_next(self, chat: int, lane: _Lane, failures: int) -> float:
        """Send one message, or be done with its turn. Returns how many seconds this chat waits now."""
        words = lane.words[0]
        if words.parts is None:
            words.parts = deque(_parts(words.messages))
        if any(each.until and self._sayso.desk.now() >= each.until for each in words.messages):
            words.parts.clear()  # a reminder that could not be sent in its hours
        if not words.parts:
            if words.turn is not None:
                note_said(self._sayso.desk, self._wave, Channel.TELEGRAM, str(chat), words.turn)
                self.tidying.goes_on(chat, words.step)
            lane.words.popleft()
            return 0
        error = await self._send(chat, lane, words.parts[0])
        outcome = _outcome(error)
        self._sayso.metrics.message_sent(outcome)
        if outcome == "blocked":
            await self._forget(chat, lane)
            return 0
        if outcome in ("sent", "refused"):
            words.parts.popleft()
            return 0
        assert error is not None
        if isinstance(error, LOST_TOKEN):
            self._lost.set()
        log.warning("a message could not be sent (%s); this chat waits", type(error).__name__)
        return wait_after(error, failures + 1)

    async def _send(self, chat: int, lane: _Lane, part: _Part) -> Exception | None:
        """What went wrong, if anything did."""
        await lane.bucket.acquire()
        await self._wait_in_line()
        try:
            sent = await self._bot.send_message(chat, part.text, reply_markup=part.markup, request_timeout=SEND_SECONDS)
            if part.step is not None:
                self.tidying.shows(chat, sent.message_id, part.step)
        except Exception as error:  # a door: whatever it is, it must not stop what else is to be said
            if _outcome(error) == "refused":
                log.error("a message is refused for good (%s) and is passed over", type(error).__name__)
            return error
        return None

    async def _wait_in_line(self) -> None:
        async with self._next_in_line:  # so that a change of the rate holds for all that wait
            await self._bucket.acquire()

    async def _take_room(self, chat: int) -> bool:
        """Room for one call beside what is said: only where it holds up nothing that waits, nor what is said next."""
        lane = self._lanes.get(chat)
        if self._next_in_line.locked():
            return False
        if lane is not None:
            if lane.words or not lane.bucket.has_capacity(min(2, self._rates.burst)):
                return False
            await lane.bucket.acquire()
            self._forget_when_idle(chat)
        await self._wait_in_line()
        return True

    async def _forget(self, chat: int, lane: _Lane) -> None:
        """The person blocked the bot: nothing waits for them any more, here or in the outbox."""
        waiting = len(lane.words)
        self.tidying.forget(chat)
        await asyncio.to_thread(forget_unsaid, self._sayso.desk, self._wave, Channel.TELEGRAM, str(chat))
        for _ in range(waiting):
            lane.words.popleft()


def _parts(messages: Sequence[Message]) -> Iterable[_Part]:
    """The keyboard of a message is under the last of its texts."""
    for of, message in enumerate(messages):
        *first, last = texts(message)
        yield from (_Part(of, text) for text in first)
        yield _Part(of, last, keyboard(message), message.step if message.mode else None)


def _outcome(error: Exception | None) -> SendOutcome:
    match error:
        case None:
            return "sent"
        case ClientDecodeError(data={"ok": True}):  # it was sent, and what Telegram says of it can't be read
            return "sent"
        case TelegramRetryAfter():
            return "limited"
        case TelegramForbiddenError():
            return "blocked"
        case TelegramEntityTooLarge():
            return "refused"
        case _:
            return "failed" if isinstance(error, (*PASSING, *LOST_TOKEN)) else "refused"
