"""Where an officer sees how a consultation is going, and takes the chapter away. Shows no answer."""

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import shipped_codebook
from analysis.exports.docx import export_docx
from analysis.exports.html import export_html
from analysis.findings import suppression
from analysis.findings.report import Count
from analysis.operations.report_wave import Analysed
from bot.chapters import analysed, code_what_is_new
from bot.sayso import Sayso
from bot.troubles import WHAT_IT_MEANS, troubles
from bot.web.pages import show
from bot.web.security import STAFF_COOKIE, STAFF_HOURS, Access, Passes, Role, guarded, signed_in_role
from consultation.domain.consultation import Audience, Wave
from consultation.operations.advance_figures import STEP, advance_figures
from consultation.operations.reach import reach

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class ReachLine:
    """How many of an audience have begun and finished, as it may be shown."""

    audience: Audience
    begun: Count
    finished: Count


def routes() -> list[BaseRoute]:
    return [
        guarded("/staff", _front, Access.PUBLIC),
        guarded("/staff/enter", _offer_entry, Access.PUBLIC),
        guarded("/staff/enter", _enter, Access.PUBLIC, method="POST"),
        guarded("/staff/leave", _leave, Access.STAFF, method="POST"),
        guarded("/staff/consultations", _consultations, Access.OFFICER),
        guarded("/staff/consultations/{slug}/chapter", _chapter, Access.STAFF),
        guarded("/staff/consultations/{slug}/chapter.docx", _chapter_docx, Access.STAFF),
    ]


async def _front(request: Request) -> Response:
    """Where staff belong, by role; or how to come in."""
    role = signed_in_role(request)
    if role is None:
        return show(request, "sign_in.html", status_code=401)
    return RedirectResponse("/staff/consultations" if role is Role.OFFICER else "/staff/answers", status_code=303)


async def _offer_entry(request: Request) -> Response:
    """One button, so that a link preview that opens the address signs nobody in."""
    token = request.query_params.get("pass", "")
    role = _passes(request).role_of_link(token)
    if role is None:
        return show(request, "sign_in.html", status_code=401, stale=True)
    return show(request, "enter.html", token=token, role=role)


async def _enter(request: Request) -> Response:
    form = await request.form()
    role = _passes(request).role_of_link(str(form.get("pass", "")))
    if role is None:
        return show(request, "sign_in.html", status_code=401, stale=True)
    response = RedirectResponse("/staff", status_code=303)
    response.set_cookie(
        STAFF_COOKIE, _passes(request).cookie(role), path="/staff", httponly=True, samesite="strict",
        secure=request.url.scheme == "https", max_age=STAFF_HOURS * 3600,
    )  # fmt: skip
    return response


async def _leave(request: Request) -> Response:
    response = RedirectResponse("/staff", status_code=303)
    response.delete_cookie(STAFF_COOKIE, path="/staff")
    return response


async def _consultations(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    return show(
        request,
        "consultations.html",
        **await run_in_threadpool(_overview, sayso),
        today=sayso.desk.today(),
        address=sayso.settings.address,
        figures_step=STEP,
        what_it_means=WHAT_IT_MEANS,
    )


def _overview(sayso: Sayso) -> dict[str, Any]:
    waves = sayso.waves.all()
    lines = {wave.id: _reach_lines(sayso, wave) for wave in waves}
    return {"waves": waves, "lines": lines, "troubles": troubles(sayso.store)}


def _reach_lines(sayso: Sayso, wave: Wave) -> list[ReachLine]:
    advance_figures(sayso.store, wave, sayso.desk.today())
    counted = reach(sayso.store, wave.id)
    return [
        ReachLine(
            each,
            suppression.guard(counted.begun.get(each.value, 0)),
            suppression.guard(counted.finished.get(each.value, 0)),
        )
        for each in Audience
    ]


async def _chapter(request: Request) -> Response:
    found = await run_in_threadpool(_findings, request)
    # The chapter is a whole document with its own style in it, as it would be published.
    return Response(
        export_html(found.findings.report),
        media_type="text/html",
        headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
    )


async def _chapter_docx(request: Request) -> Response:
    found = await run_in_threadpool(_findings, request)
    name = f"{request.path_params['slug']}-chapter.docx"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(export_docx(found.findings.report), media_type=WORD, headers=headers)


def _findings(request: Request) -> Analysed:
    """The chapter as it stands now, with what came in since the last coding."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    code_what_is_new(sayso)
    return analysed(sayso, wave, shipped_codebook())


def wave_at(sayso: Sayso, slug: str) -> Wave:
    """The wave at `slug`, or a page that says there is none."""
    wave = sayso.waves.at(slug)
    if wave is None:
        raise HTTPException(404)
    return wave


def _passes(request: Request) -> Passes:
    passes: Passes = request.app.state.passes
    return passes
