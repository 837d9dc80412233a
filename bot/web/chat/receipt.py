"""The receipt of a talk: shown to whoever is in it, and typed in on another day or device to come back to it.

It is in no address, and nothing is stored because of it: it is the talk's own id, in a form that can be written down.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.brake import Brake
from bot.web.chat.visit import form_of, is_open, path_of, remember_talk, talk_of, wave_of
from bot.web.pages import show, words
from bot.web.security import Access, guarded
from consultation.domain.consultation import Channel, Wave
from consultation.domain.due import in_words
from consultation.domain.wording import PLAIN
from consultation.operations.messages import not_taking
from consultation.operations.show_conversation import show_conversation
from consultation.privacy.receipts import LENGTH, Slip, characters, read_receipt, receipt_of


def routes() -> list[BaseRoute]:
    return [
        guarded("/c/{slug}/receipt", _show_receipt, Access.PUBLIC),
        guarded("/c/{slug}/receipt", _take_receipt, Access.PUBLIC, method="POST"),
    ]


async def _show_receipt(request: Request) -> Response:
    return await _page(request, await wave_of(request))


async def _take_receipt(request: Request) -> Response:
    """Let this browser go on with the talk whose receipt was typed."""
    wave = await wave_of(request)
    form = await form_of(request)
    if not is_open(request, wave):
        return await _page(request, wave)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return await _page(request, wave)  # another site's form would have people answer in somebody else's talk
    typed = str(form.get("receipt", ""))[:200]
    talk = read_receipt(typed)
    if isinstance(talk, Slip):
        trouble = words(f"receipt.{talk.value}", count=len(characters(typed)), length=LENGTH)
        return await _page(request, wave, typed, trouble, 422)
    return await _come_back(request, wave, talk, typed)


async def _come_back(request: Request, wave: Wave, talk: str, typed: str) -> Response:
    sayso: Sayso = request.app.state.sayso
    brake: Brake = request.app.state.brake
    address = request.client.host if request.client else ""
    if brake.holds(address):
        return await _page(request, wave, typed, words("receipt.wait"), 429)
    found = await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, talk)
    if not found.latest:
        brake.note_wrong(address)
        return await _page(request, wave, typed, words("receipt.unknown"), 404)
    response = RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)
    remember_talk(request, response, wave, talk)
    return response


async def _page(request: Request, wave: Wave, typed: str = "", trouble: str = "", status_code: int = 200) -> Response:
    sayso: Sayso = request.app.state.sayso
    talk = talk_of(request, wave)
    is_taking, locale = is_open(request, wave), PLAIN
    if talk and is_taking:
        locale = (await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, talk)).locale
    return show(
        request,
        "receipt.html",
        status_code=status_code,
        wave=wave,
        open=is_taking,
        over=[] if is_taking else not_taking(wave, sayso.desk.today()),
        under_way=talk is not None,
        receipt=receipt_of(talk) if talk else None,
        locale=locale,
        closes_on=in_words(wave.closes_on),
        typed=typed,
        trouble=trouble,
    )
