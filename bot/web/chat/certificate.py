"""The certificate of a closed consultation, for anybody: to be read, and to be taken away and verified."""

from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.locale import in_words
from consultation.privacy.certificates import Verdict, read, verify
from consultation.storage import closings, consultations


def routes() -> list[BaseRoute]:
    return [
        guarded("/c/{slug}/certificate", _page, Access.PUBLIC),
        guarded("/c/{slug}/certificate.json", _file, Access.PUBLIC),
    ]


async def _page(request: Request) -> Response:
    body = await run_in_threadpool(_body, request)
    found = read(body) if body and verify(body) is Verdict.INTACT else None
    if found is None:
        return show(request, "no_certificate.html", status_code=404, slug=request.path_params["slug"])
    slug = request.path_params["slug"]
    return show(request, "certificate.html", it=found, slug=slug, written_day=_written_day)


async def _file(request: Request) -> Response:
    """Letter for letter as it was signed."""
    body = await run_in_threadpool(_body, request)
    slug = request.path_params["slug"]
    if body is None:
        return show(request, "no_certificate.html", status_code=404, slug=slug)
    headers = {"content-disposition": f'attachment; filename="{slug}-certificate.json"'}
    return Response(body, media_type="application/json", headers=headers)


def _written_day(written: str) -> str:
    return in_words(date.fromisoformat(written))


def _body(request: Request) -> str | None:
    sayso: Sayso = request.app.state.sayso
    with sayso.store.read() as session:
        wave = consultations.wave_by_slug(session, request.path_params["slug"])
        found = closings.certificate(session, wave.id) if wave else None
        return found.body if found else None
