"""Where an officer makes codes for workers in clubs and schools, and ends their sessions."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience, Wave
from consultation.operations.shared_sessions import (
    LONGEST,
    NoSession,
    SharedSession,
    end_session,
    open_session,
    place_name,
    places,
    sessions,
)

PATH = "/staff/consultations/{slug}/sessions"
OFFICER = "officer"


def routes() -> list[BaseRoute]:
    return [
        guarded(PATH, _show, Access.OFFICER),
        guarded(PATH, _open, Access.OFFICER, method="POST"),
        guarded(f"{PATH}/end", _end, Access.OFFICER, method="POST"),
    ]


async def _show(request: Request) -> Response:
    return await _page(request, await _wave(request))


async def _open(request: Request) -> Response:
    """The code is on this page alone, so it is no redirect; who reloads it makes another one."""
    sayso: Sayso = request.app.state.sayso
    wave, form = await _wave(request), await request.form()
    days = str(form.get("days", ""))
    if not days.isdecimal() or not 1 <= int(days[:3]) <= LONGEST:
        return await _page(request, wave, trouble=f"Choose from 1 to {LONGEST} days.")
    audience, place = Audience.of_link(str(form.get("audience", ""))), str(form.get("place", "")) or None
    try:
        code, made = await run_in_threadpool(open_session, sayso.desk, wave, audience, place, int(days), OFFICER)
    except NoSession as why:
        return await _page(request, wave, trouble=str(why))
    return await _page(request, wave, code=code, made=made)


async def _end(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    wave, form = await _wave(request), await request.form()
    try:
        await run_in_threadpool(end_session, sayso.desk, wave, str(form.get("session", "")), OFFICER)
    except NoSession as why:
        return await _page(request, wave, trouble=str(why))
    return RedirectResponse(f"/staff/consultations/{wave.consultation.slug}/sessions", status_code=303)


async def _wave(request: Request) -> Wave:
    return await run_in_threadpool(wave_at, request.app.state.sayso, request.path_params["slug"])


async def _page(
    request: Request, wave: Wave, *, code: str = "", made: SharedSession | None = None, trouble: str = ""
) -> Response:
    sayso: Sayso = request.app.state.sayso
    those = await run_in_threadpool(sessions, sayso.desk, wave)
    return show(
        request, "sessions.html", status_code=422 if trouble else 200, wave=wave, code=code, made=made, trouble=trouble,
        sessions=[(each, place_name(sayso.desk, wave, each.place) if each.place else "") for each in those],
        places=places(sayso.desk, wave), audiences=tuple(Audience), longest=LONGEST, address=sayso.settings.address,
        open=wave.is_open(sayso.desk.today()),
    )  # fmt: skip
