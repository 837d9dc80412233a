"""A device in the hands of many, one after the other: a worker's code begins it, each person's talk is wiped before the
next one's, and nothing stays on the device once the worker has ended it. What its cookies hold: `supervised`.

The page "Ready for the next person" wipes whenever it is shown, so that what it says is true.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.brake import Brake
from bot.web.chat.page import first_offer, show_chat
from bot.web.chat.supervised import IDLE, TO_SAY_SO, SharedDevices
from bot.web.chat.visit import (
    forget_talk,
    form_of,
    path_of,
    remember_talk,
    shared_cookie,
    shared_mark,
    talk_of,
    wave_of,
)
from bot.web.security import Access, Endpoint, guarded
from consultation.domain.consultation import Wave
from consultation.domain.due import DAY, closing
from consultation.domain.wording import Words
from consultation.flow.events import Began
from consultation.locale import render
from consultation.operations.shared_sessions import SharedSession, session_at, session_of_code

WRONG_CODES = 100  # from one address in ten minutes: pupils who try some must not lock out the worker beside them
ALL_BUT_COOKIES, ALL = '"cache", "storage"', '"cache", "cookies", "storage"'


def routes() -> list[BaseRoute]:
    return [
        guarded("/c/{slug}/shared", _show, Access.PUBLIC),
        guarded("/c/{slug}/shared", _take_code, Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/shared/end", _end, Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/shared/idle", _ask_who_is_there, Access.PUBLIC),
        guarded("/c/{slug}/shared/here", kept_awake(_here), Access.PUBLIC, method="POST"),
    ]


def kept_awake(endpoint: Endpoint) -> Endpoint:
    """For pages with something of a talk on them: on a shared device each visit says that somebody is there, and the
    page (`idle.html`) asks about it after a while."""

    async def visit(request: Request) -> Response:
        wave = await wave_of(request)
        if shared_mark(request, wave) is None:
            return await endpoint(request)
        request.state.shared = {"path": f"{path_of(wave)}/shared", "idle": IDLE}
        response = await endpoint(request)
        talk = talk_of(request, wave)
        if talk and "set-cookie" not in response.headers:
            remember_talk(request, response, wave, talk)
        if "content-security-policy" in response.headers:
            response.headers["content-security-policy"] += "; connect-src 'self'"  # for shared.js
        return response

    return visit


async def began_here(request: Request, wave: Wave, locale: str | None) -> Began | None:
    """How a talk begins on this shared device; None where its session is over."""
    found = await _session(request, wave)
    return Began(found.audience, found.place, locale) if found else None


async def _show(request: Request) -> Response:
    wave = await wave_of(request)
    if shared_mark(request, wave) is None:
        return await _page(request, wave, "code")
    if await _session(request, wave) is None:
        return await _wiped(request, wave, "over")
    response = await _page(request, wave, "ready")
    forget_talk(response, wave)
    response.headers["clear-site-data"] = ALL_BUT_COOKIES
    return response


async def _take_code(request: Request) -> Response:
    wave = await wave_of(request)
    form = await form_of(request)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return await _page(request, wave, "code")
    sayso: Sayso = request.app.state.sayso
    brake: Brake = request.app.state.code_brake
    address = request.client.host if request.client else ""
    if brake.holds(address):
        return await _page(request, wave, "code", Words("shared.wait"), 429)
    found = await run_in_threadpool(session_of_code, sayso.desk, wave, str(form.get("code", ""))[:200])
    if found is None:
        brake.note_wrong(address)
        return await _page(request, wave, "code", Words("shared.bad_code"), 422)
    devices: SharedDevices = request.app.state.devices
    response = RedirectResponse(f"{path_of(wave)}/shared", status_code=303)
    response.set_cookie(
        shared_cookie(wave), devices.session_cookie(wave.id, found.mark), path=path_of(wave),
        max_age=int((closing(found.last_day + DAY) - sayso.desk.now()).total_seconds()),  # the day after it says "over"
        httponly=True, samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


async def _end(request: Request) -> Response:
    return await _wiped(request, await wave_of(request), "ended")


async def _ask_who_is_there(request: Request) -> Response:
    """Shows nothing of the talk, and is no sign that anybody is there."""
    wave = await wave_of(request)
    if talk_of(request, wave) is None:
        return RedirectResponse(f"{path_of(wave)}/shared", status_code=303)
    response = await _page(request, wave, "idle")
    response.headers["refresh"] = f"{TO_SAY_SO};url={path_of(wave)}/shared"
    return response


async def _here(request: Request) -> Response:
    """Somebody types; what, nobody is told."""
    return Response(status_code=204)


async def _wiped(request: Request, wave: Wave, state: str) -> Response:
    response = await _page(request, wave, state)
    forget_talk(response, wave)
    response.delete_cookie(shared_cookie(wave), path=path_of(wave), httponly=True, samesite="strict")
    response.headers["clear-site-data"] = ALL
    return response


async def _session(request: Request, wave: Wave) -> SharedSession | None:
    sayso: Sayso = request.app.state.sayso
    mark = shared_mark(request, wave)
    return await run_in_threadpool(session_at, sayso.desk, wave, mark) if mark else None


async def _page(
    request: Request, wave: Wave, state: str, trouble: Words | None = None, status_code: int = 200
) -> Response:
    sayso: Sayso = request.app.state.sayso
    survey = await run_in_threadpool(sayso.desk.survey_of, wave)
    locale = first_offer(request, survey.languages)
    return show_chat(
        request, "shared.html", locale, languages=survey.languages if state in ("code", "ready") else (),
        status_code=status_code, wave=wave, state=state, trouble=render(trouble, locale) if trouble else "",
    )  # fmt: skip
