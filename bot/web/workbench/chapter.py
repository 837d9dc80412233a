"""The chapter as it stands, for officers and analysts. It is made here and not in the console, because whoever makes it
reads every answer, and the console's role may read none."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from analysis.exports.docx import export_docx
from analysis.exports.html import export_html
from analysis.operations.report_wave import Analysed
from bot.chapters import analysed, code_what_is_new, note_taken
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.security import Access, guarded

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def routes() -> list[BaseRoute]:
    return [
        guarded("/staff/consultations/{slug}/chapter", _chapter, Access.STAFF),
        guarded("/staff/consultations/{slug}/chapter.docx", _chapter_docx, Access.STAFF),
    ]


async def _chapter(request: Request) -> Response:
    found = await run_in_threadpool(_findings, request, "chapter.html")
    # The chapter is a whole document with its own style in it, as it would be published.
    return Response(
        export_html(found.findings.report),
        media_type="text/html",
        headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
    )


async def _chapter_docx(request: Request) -> Response:
    found = await run_in_threadpool(_findings, request, "chapter.docx")
    name = f"{request.path_params['slug']}-chapter.docx"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(export_docx(found.findings.report), media_type=WORD, headers=headers)


def _findings(request: Request, taken_as: str) -> Analysed:
    """The chapter as it stands now, with what came in since the last coding; a copy of it leaves Sayso."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    code_what_is_new(sayso)
    note_taken(sayso, wave, taken_as, by=request.state.role.value)
    return analysed(sayso, wave)
