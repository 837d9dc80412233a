"""A door that keeps its promise slowly, and two that break it on purpose, over the real records: so that the proof is
seen to fail where it must, and there alone."""

import secrets
import signal
from collections.abc import Callable

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
from consultation.operations.converse import Incoming, Input, Typed, converse, prepare
from consultation.storage.turns import Turn

Take = Callable[[Incoming], object]


def slow(sayso: Sayso) -> None:
    """Commits, and then acknowledges."""
    wave = sayso.waves.at("have-your-say")
    assert wave is not None
    _serve(sayso, lambda incoming: converse(sayso.desk, wave, incoming), lambda form: str(form["nonce"]))


def hasty(sayso: Sayso) -> None:
    """Acknowledges, and then commits."""
    wave = sayso.waves.at("have-your-say")
    assert wave is not None

    def take(incoming: Incoming) -> None:
        turn = prepare(sayso.desk, wave, incoming)
        assert isinstance(turn, Turn)
        sayso.store.writer.submit(turn, lambda _: None)

    _serve(sayso, take, lambda form: str(form["nonce"]))


def forgetful(sayso: Sayso) -> None:
    """Takes what is delivered again for something new."""
    wave = sayso.waves.at("have-your-say")
    assert wave is not None
    _serve(sayso, lambda incoming: converse(sayso.desk, wave, incoming), lambda _: secrets.token_hex(8))


def _serve(sayso: Sayso, take: Take, number: Callable[[FormData], str]) -> None:
    async def answer(request: Request) -> Response:
        form = await request.form()
        given = _read(form, begins=request.url.path.endswith("begin"))
        take(Incoming(Channel.WEB, request.cookies["talk_have-your-say"], number(form), given))
        return RedirectResponse("/c/have-your-say/talk#now", status_code=303)

    app = Starlette(routes=[Route("/c/have-your-say/{act}", answer, methods=["POST"])])
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it once more after it has stopped
    uvicorn.run(app, host=sayso.settings.host, port=sayso.settings.port, log_config=None, lifespan="off")


def _read(form: FormData, *, begins: bool) -> Input:
    """As the real door reads it, but for the prompt under which a text was typed, which a chat does not tell either."""
    if begins:
        return Began(Audience.of_link(str(form.get("audience", ""))))
    if "text" in form:
        return Typed(RawText(str(form["text"])))
    if "command" in form:
        return Commanded(Command(str(form["command"])), int(str(form["step"])))
    return Tapped(int(str(form["step"])), tuple(str(each) for each in form.getlist("value")))
