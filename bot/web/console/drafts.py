"""Where an officer chooses which survey to preview: a file of their own, one that ships, or one of a consultation.

A file of their own is kept as a draft, so that it can be shown to others, and forgotten after a while.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.chat.visit import form_of
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.content import BadFile
from consultation.domain.consultation import Wave
from consultation.domain.survey import Survey
from consultation.operations.drafts import add_draft, delete_draft, draft_body, drafts
from consultation.operations.preview import seeming
from consultation.storage import consultations
from consultation.surveys import parse_survey, shipped_templates, template

PATH = "/staff/preview"


class Source(NamedTuple):
    """The survey that an address names: its file's name and text, and the consultation that asks it, or seems to."""

    file: str
    body: str
    wave: Wave
    is_draft: bool

    @property
    def survey(self) -> Survey:
        """Raises `BadFile`: a draft may be older than this version of Sayso."""
        return read(self.body, self.file)


def routes() -> list[BaseRoute]:
    return [
        guarded(PATH, _list, Access.OFFICER),
        guarded(PATH, _add, Access.OFFICER, method="POST"),
        guarded(f"{PATH}/draft/{{name}}/delete", _delete, Access.OFFICER, method="POST"),
    ]


async def _list(request: Request) -> Response:
    return await run_in_threadpool(list_page, request)


def list_page(request: Request, fault: str = "") -> Response:
    """What there is to preview; `fault`: why what was asked for can't be."""
    sayso: Sayso = request.app.state.sayso
    return show(
        request, "previews.html", status_code=422 if fault else 200, fault=fault, drafts=drafts(sayso.store),
        shipped=shipped_templates(), waves=sayso.waves.all(),
    )  # fmt: skip


async def _add(request: Request) -> Response:
    form = await form_of(request)
    file = form.get("file")
    name, raw = (file.filename or "", await file.read()) if isinstance(file, UploadFile) else ("", b"")
    return await run_in_threadpool(_added, request, name, raw)


def _added(request: Request, name: str, raw: bytes) -> Response:
    """A file with a fault is not kept: it is mended where it lies, and chosen again."""
    if not name:
        return list_page(request, "No file was chosen. Choose a survey file first.")
    sayso: Sayso = request.app.state.sayso
    try:
        body = raw.decode("utf-8-sig")
        read(body, name)
    except UnicodeDecodeError:
        return list_page(request, f"{name}: this is not UTF-8 text. Save it as UTF-8.")
    except BadFile as fault:
        return list_page(request, str(fault))
    draft = sayso.desk.new_id()
    add_draft(sayso.store, draft, name, body, sayso.desk.today())
    return RedirectResponse(f"{PATH}/draft/{draft}", status_code=303)


async def _delete(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    await run_in_threadpool(delete_draft, sayso.store, request.path_params["name"])
    return RedirectResponse(PATH, status_code=303)


def source_of(request: Request) -> Source:
    """Raises 404, and `BadFile`."""
    sayso: Sayso = request.app.state.sayso
    kind, name = request.path_params["kind"], request.path_params["name"]
    if kind == "consultation":
        wave = wave_at(sayso, name)
        with sayso.store.read() as session:
            return Source(
                f"{wave.survey}.yaml", consultations.survey_body(session, wave.survey, wave.survey_version), wave, False
            )
    found: tuple[str, str] | None = None
    if kind == "draft":
        found = draft_body(sayso.store, name)
    if kind == "shipped" and name in shipped_templates():
        found = f"{name}.yaml", template(name)
    if found is None:
        raise HTTPException(404)
    file, body = found
    return Source(file, body, seeming(read(body, file), sayso.desk.today()), kind == "draft")


@lru_cache(maxsize=8)
def read(body: str, file: str) -> Survey:
    """The survey in a file, read once however many turns are taken. Raises `BadFile`."""
    return parse_survey(body, Path(file))
