"""As little of the Bot API as a bot needs, answered at once, so that what is measured is the bot.

Run as `python -m tests.benchmarks.bot_api PORT`. Each token is a bot of its own. A bot's updates are given to it by
POST /load/TOKEN (a JSON array), and GET /wait/TOKEN/SENT/ANSWERED is held until it has sent so many messages and
answered so many button presses since then; it returns the seconds that passed since the updates were given.
"""

import asyncio
import gc
import json
import re
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

OFFSET = re.compile(rb"(?:^|&)offset=(-?\d+)")
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
MOST, LONGEST = 100, 25.0  # updates in an answer; seconds that a bot waits for the first
YES = b'{"ok":true,"result":true}'
SENT = (
    b'{"ok":true,"result":{"message_id":7,"date":1795430000,"chat":{"id":1,"type":"private","first_name":"A"},'
    b'"text":"Thank you."}}'
)
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Sayso","username":"sayso_bot"}}'


@dataclass
class Bot:
    """What one token has still to be given, and what it did since it was given the last."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    answered: int = 0
    began: float = 0.0
    change: asyncio.Condition = field(default_factory=asyncio.Condition)
    awaited: list[tuple[int, int, asyncio.Future[float]]] = field(default_factory=list)

    def load(self, updates: list[dict[str, Any]]) -> None:
        self.updates += updates
        self.sent = self.answered = 0
        self.began = perf_counter()

    def did(self, *, sent: int = 0, answered: int = 0) -> None:
        self.sent += sent
        self.answered += answered
        for most_sent, most_answered, future in self.awaited:
            if self.sent >= most_sent and self.answered >= most_answered and not future.done():
                future.set_result(perf_counter() - self.began)


class Api(asyncio.Protocol):
    bots: dict[str, Bot] = {}  # noqa: RUF012 - all connections share them
    tasks: set[asyncio.Task[None]] = set()  # noqa: RUF012

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._got = b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._got, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._got) < whole:
                return
            path = self._got[: self._got.index(b"\r\n")].split(b" ")[1].decode()
            body, self._got = self._got[end + 4 : whole], self._got[whole:]
            self._serve(path, body)

    def _serve(self, path: str, body: bytes) -> None:
        what, *rest = path.strip("/").split("/")
        if what == "load":
            self._later(self._load(self._bot(rest[0]), body))
        elif what == "wait":
            self._later(self._wait(self._bot(rest[0]), int(rest[1]), int(rest[2])))
        else:
            self._call(self._bot(what.removeprefix("bot")), rest[0], body)

    def _call(self, bot: Bot, method: str, body: bytes) -> None:
        match method:
            case "sendMessage":
                self._answer(SENT)
                bot.did(sent=1)
            case "answerCallbackQuery":
                self._answer(YES)
                bot.did(answered=1)
            case "getUpdates":
                self._later(self._updates(bot, body))
            case "getMe":
                self._answer(ME)
            case _:
                self._answer(YES)

    async def _load(self, bot: Bot, body: bytes) -> None:
        async with bot.change:
            bot.load(json.loads(body))
            bot.change.notify_all()
        self._answer(YES)

    async def _wait(self, bot: Bot, sent: int, answered: int) -> None:
        reached: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        bot.awaited.append((sent, answered, reached))
        bot.did()
        seconds = await reached
        bot.awaited.clear()
        self._answer(json.dumps(seconds).encode())

    async def _updates(self, bot: Bot, body: bytes) -> None:
        """Those from the asked number on; the ones before are acknowledged and gone."""
        asked = OFFSET.search(body)
        offset = int(asked[1]) if asked else 0
        async with bot.change:
            bot.updates = [each for each in bot.updates if each["update_id"] >= offset]
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.change.wait_for(lambda: bool(bot.updates)), LONGEST)
            found = bot.updates[:MOST]
        self._answer(json.dumps({"ok": True, "result": found}).encode())

    def _later(self, answering: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answering)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _bot(self, token: str) -> Bot:
        return self.bots.setdefault(token, Bot())

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Api, "127.0.0.1", port)
    gc.freeze()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
