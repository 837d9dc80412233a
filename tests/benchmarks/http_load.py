"""Chats that post to a web server over connections that stay open. As little client as can be: it shares the machine.

The same bytes go to whichever server is measured.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from consultation.domain.consultation import Audience
from consultation.flow.events import Began, Commanded, Tapped
from consultation.operations.converse import Input, Typed
from tests.benchmarks.places import SLUG

TALK, BEGIN = f"/c/{SLUG}/talk", f"/c/{SLUG}/begin"
PATIENCE = 30.0  # seconds for an answer
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
LINKS = {each: each.value.replace("_", "-") for each in Audience}


class HttpChat:
    """One person after another over one connection, each through the whole talk; `looking`, at the page after each post
    as a browser does."""

    def __init__(self, connection: "Connection", script: Sequence[Input], *, looking: bool = False) -> None:
        self._connection, self._looking = connection, looking
        self._posts = [_post(each) for each in script]
        self._at, self._cookie = 0, ""

    async def __call__(self) -> None:
        if self._at == 0:
            self._cookie = secrets.token_urlsafe(24)
        path, fields = self._posts[self._at]
        body = f"{fields}&nonce={self._cookie[:12]}{self._at}"
        form = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
        await self._ask("POST", path, form, body, "303")
        if self._looking:
            await self._ask("GET", TALK, "", "", "200")
        self._at = (self._at + 1) % len(self._posts)

    async def _ask(self, method: str, path: str, headers: str, body: str, expected: str) -> None:
        cookie = f"cookie: talk_{SLUG}={self._cookie}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{cookie}{headers}\r\n"
        status = await self._connection.ask((head + body).encode())
        if status != expected:
            raise AssertionError(f"{method} {path} was answered with {status}")


def _post(what: Input) -> tuple[str, str]:
    """(path, fields of the form), as the page's own form would send them."""
    match what:
        case Began(audience):
            assert audience is not None
            return BEGIN, urlencode({"audience": LINKS[audience]})
        case Tapped(step, values):
            return TALK, urlencode([("step", step), *(("value", each) for each in values)])
        case Commanded(command, step):
            return TALK, urlencode({"step": step, "command": command.value})
        case Typed(text, step):
            return TALK, urlencode({"step": step, "text": text.reveal()})
        case _:
            raise AssertionError(f"a page has no way to send {what}")


class Connection(asyncio.Protocol):
    """One question at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._got = b""
        self._status: asyncio.Future[str] | None = None

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        length = LENGTH.search(self._got, 0, end)
        if end >= 0 and len(self._got) >= end + 4 + (int(length[1]) if length else 0) and self._status is not None:
            self._status.set_result(self._got[9:12].decode())

    def connection_lost(self, error: Exception | None) -> None:
        if self._status is not None and not self._status.done():
            self._status.set_exception(error or ConnectionError("the server hung up"))

    async def ask(self, request: bytes) -> str:
        """The status of the answer, once all of it is there."""
        self._got, self._status = b"", asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._status, PATIENCE)

    def close(self) -> None:
        self._transport.close()


async def connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection
