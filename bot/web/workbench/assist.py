"""Where an analyst lets the council's own language model read a consultation's answers, or forbids it. Asks it nothing.

Its proposals are shown where answers are reviewed.
"""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.operations.assist_answers import allow_assist, forbid_assist
from analysis.storage import assists
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, guarded

PATH = "/staff/answers/{slug}/assist"


def routes() -> list[BaseRoute]:
    return [guarded(PATH, _page, Access.ANALYST), guarded(PATH, _turn, Access.ANALYST, method="POST")]


async def _page(request: Request) -> Response:
    return await run_in_threadpool(_show, request)


def _show(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    with sayso.store.read() as session:
        on = assists.turned_on(session, wave.consultation.id)
        read = assists.read_of(session, wave.consultation.id)
    settings = sayso.settings
    model = settings.assist_model if settings.assist_url else None
    return show(request, "assist.html", wave=wave, on=on, read=read, model=model, at=settings.assist_url)


async def _turn(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take, request, form)


def _take(request: Request, form: FormData) -> Response:
    sayso: Sayso = request.app.state.sayso
    consultation = wave_at(sayso, request.path_params["slug"]).consultation
    by, at = str(request.state.staff), sayso.desk.now()
    if form.get("turn") == "on" and form.get("sure") and sayso.settings.assist_url:
        allow_assist(sayso.store, consultation, by=by, at=at, on=sayso.desk.today())
    elif form.get("turn") == "off":
        forbid_assist(sayso.store, consultation, by=by, at=at)
    return RedirectResponse(PATH.format(slug=consultation.slug), status_code=303)
