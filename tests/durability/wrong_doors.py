"""Doors that break a promise on purpose, over the real records, so that the proof is seen to fail where it must."""

import secrets
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.sayso import Sayso
from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import RawText
from consultation.flow.events import Began, Command, Commanded, Tapped
from consultation.operations.converse import Incoming, Input, Reply, Typed, prepare
from consultation.storage.turns import Turn

Take: TypeAlias = Callable[[Turn], Awaitable[None]]


def hasty(sayso: Sayso) -> None:
    """Acknowledges before the commit."""

    def take(incoming: Incoming) -> None:
        sayso.store.writer.submit(_turn(sayso, incoming), lambda _: None)

    _serve(sayso, take, forget=False)


def forgetful(sayso: Sayso) -> None:
    """Takes what is delivered again for something new."""

    def take(incoming: Incoming) -> None:
        sayso.store.writer.take(_turn(sayso, incoming))

    _serve(sayso, take, forget=True)


def _turn(sayso: Sayso, incoming: Incoming) -> Turn:
    wave = sayso.waves.at("have-your-say")
    assert wave is not None
    turn = prepare(sayso.desk, wave, incoming)
    assert not isinstance(turn, Reply)
    return turn


def _serve(sayso: Sayso, take: Callable[[Incoming], None], *, forget: bool) -> None:
    async def answer(request: Request) -> Response:
        form = await request.form()
        number = secrets.token_hex(8) if forget else str(form["nonce"])
        given = _read(form, begins=request.url.path.endswith("begin"))
        take(Incoming(Channel.WEB, request.cookies["talk_have-your-say"], number, given))
        return RedirectResponse("/c/have-your-say/talk#now", status_code=303)

    app = Starlette(routes=[Route("/c/have-your-say/{act}", answer, methods=["POST"])])
    uvicorn.run(app, host=sayso.settings.host, port=sayso.settings.port, log_config=None, lifespan="off")


def _read(form: FormData, *, begins: bool) -> Input:
    """As the real door reads it, but for the prompt under which a text was typed: a chat does not tell it either."""
    if begins:
        return Began(Audience.of_link(str(form.get("audience", ""))))
    if "text" in form:
        return Typed(RawText(str(form["text"])))
    if "command" in form:
        return Commanded(Command(str(form["command"])), int(str(form["step"])))
    return Tapped(int(str(form["step"])), tuple(str(each) for each in form.getlist("value")))
