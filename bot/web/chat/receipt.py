"""How somebody comes back to their talk, on another day or device: by its receipt, or by a short code.

The receipt is in no address, and nothing is stored because of it: it is the talk's own id, in a form that can be
written down. A short code is good once, and for minutes.
"""

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.brake import Brake
from bot.web.chat.page import first_offer, locale_in, show_chat
from bot.web.chat.shared import kept_awake
from bot.web.chat.talk import give_back
from bot.web.chat.visit import form_of, is_open, path_of, remember_talk, shared_mark, talk_of, wave_of
from bot.web.flood import Floods
from bot.web.security import Access, guarded
from consultation.domain.consultation import Channel, Wave
from consultation.domain.wording import Words
from consultation.operations.carry_over import GOOD_FOR, make_code, take_code
from consultation.operations.converse import Desk
from consultation.operations.messages import not_taking, tell
from consultation.operations.show_conversation import show_conversation
from consultation.privacy.receipts import LENGTH, Slip, characters, read_receipt, receipt_of
from consultation.privacy.short_codes import read_code, shown

MINUTES = GOOD_FOR.seconds // 60


def routes() -> list[BaseRoute]:
    return [
        guarded("/c/{slug}/receipt", kept_awake(_show), Access.PUBLIC),
        guarded("/c/{slug}/receipt", kept_awake(_take_typed), Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/code", kept_awake(_make_code), Access.PUBLIC, method="POST"),
    ]


async def _show(request: Request) -> Response:
    return await _page(request, await wave_of(request))


async def _make_code(request: Request) -> Response:
    """Shown at once and not after a redirect: it is kept nowhere."""
    wave = await wave_of(request)
    sayso: Sayso = request.app.state.sayso
    floods: Floods = request.app.state.floods
    talk = talk_of(request, wave)
    if talk is None or not is_open(request, wave):
        return await _page(request, wave)
    if wait := floods.seconds_to_wait(request, talk, shared=shared_mark(request, wave) is not None):
        return give_back(request, await form_of(request), wait=wait)
    return await _page(request, wave, code=await run_in_threadpool(make_code, sayso.desk, wave, talk))


async def _take_typed(request: Request) -> Response:
    """Let this browser go on with the talk whose receipt or code was typed."""
    wave, form = await wave_of(request), await form_of(request)
    if not is_open(request, wave):
        return await _page(request, wave, form)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return await _page(request, wave, form)  # another site's form would have people answer in somebody else's talk
    typed = _typed(form)
    is_code, read = read_code(typed) is not None, read_receipt(typed)
    if isinstance(read, Slip) and not is_code:
        slip = Words(f"receipt.{read.value}", {"count": len(characters(typed)), "length": LENGTH})
        return await _page(request, wave, form, slip, 422)
    sayso: Sayso = request.app.state.sayso
    brake: Brake = request.app.state.brake
    address = request.client.host if request.client else ""
    if brake.holds(address):
        return await _page(request, wave, form, Words("receipt.wait"), 429)
    talk = await run_in_threadpool(take_code if is_code else _of_receipt, sayso.desk, wave, typed)
    if talk is None:
        brake.note_wrong(address)
        unknown = Words("code.unknown", {"minutes": MINUTES}) if is_code else Words("receipt.unknown")
        return await _page(request, wave, form, unknown, 404)
    response = RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)
    remember_talk(request, response, wave, talk)
    return response


def _of_receipt(desk: Desk, wave: Wave, typed: str) -> str | None:
    """The talk, where there is one."""
    talk = read_receipt(typed)
    begun = not isinstance(talk, Slip) and show_conversation(desk, wave, Channel.WEB, talk).latest
    return talk if begun else None


def _typed(form: FormData | None) -> str:
    return str(form.get("receipt", ""))[:200] if form else ""


async def _page(
    request: Request,
    wave: Wave,
    form: FormData | None = None,
    trouble: Words | None = None,
    status_code: int = 200,
    code: str | None = None,
) -> Response:
    """`form`: what was posted, so that it can be mended. `code`: one that was made just now."""
    sayso: Sayso = request.app.state.sayso
    survey = await run_in_threadpool(sayso.desk.survey_of, wave)
    taking = is_open(request, wave)
    talk = talk_of(request, wave) if taking else None
    if talk:
        locale = (await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, talk)).locale
    else:
        locale = (form and locale_in(form)) or first_offer(request, survey.languages)
    return show_chat(
        request,
        "receipt.html",
        locale,
        status_code=status_code,
        languages=survey.languages if taking else (),
        talking=talk is not None,
        wave=wave,
        open=taking,
        over=[] if taking else not_taking(wave, sayso.desk.today(), locale),
        receipt=receipt_of(talk) if talk else None,
        code=shown(code) if code else None,
        minutes=MINUTES,
        closes_on=wave.closes_on,
        step="",
        nonce=secrets.token_urlsafe(16),
        typed=_typed(form),
        trouble=tell(trouble, locale).text if trouble else "",
    )
