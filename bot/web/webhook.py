"""Where Telegram calls, if it is to. Hands each call to the respondents' door while that is open; knows no update."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.web.chat.visit import BIGGEST_POST
from bot.web.security import Access, guarded

PATH = "/telegram/webhook"
Receiver: TypeAlias = Callable[[Mapping[str, str], bytes], Awaitable[int]]  # headers, body -> status


def routes() -> list[BaseRoute]:
    return [guarded(PATH, _receive, Access.PUBLIC, method="POST")]  # the door itself looks at Telegram's secret


async def _receive(request: Request) -> Response:
    receive: Receiver | None = getattr(request.app.state, "receive_update", None)
    if receive is None:  # the door is closed just now: Telegram comes again
        return Response(status_code=503)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > BIGGEST_POST:
        return Response(status_code=413)
    return Response(status_code=await receive(request.headers, await request.body()))
