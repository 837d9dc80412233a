"""Where analysts take a consultation's codebook away as a file, bring one in, and bring in coded examples to learn
from. What is wrong with a file is said with row and mend, and nothing of it is taken in."""

from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from analysis.codebook.edit import NotEdited
from analysis.codebook.files import KINDS, read_codebook, write_codebook
from analysis.coding.example_files import LARGEST, read_examples
from analysis.operations.import_codebook import import_codebook
from analysis.operations.take_examples import take_examples
from bot.sayso import Sayso
from bot.web.security import Access, guarded
from bot.web.workbench.codebooks import show_codebook
from bot.web.workbench.kept_codebook import PATH, Does, Kept, editing_of, kept_at, take
from consultation.content import BadFile

MEDIA = {"yaml": "application/yaml", "csv": "text/csv; charset=utf-8", "qdc": "application/xml"}


def routes() -> list[BaseRoute]:
    return [
        guarded(f"{PATH}/files/{{kind}}", _export, Access.ANALYST),
        guarded(f"{PATH}/import", _uploaded(_import), Access.ANALYST, method="POST"),
        guarded(f"{PATH}/examples", _uploaded(_take_examples), Access.ANALYST, method="POST"),
    ]


async def _export(request: Request) -> Response:
    return await run_in_threadpool(_file, request)


def _file(request: Request) -> Response:
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    kept = kept_at(request)
    name, content = write_codebook(kept.codebook, kind)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[kind], headers=headers)


def _uploaded(does: Does) -> Any:
    async def post(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST + 100_000:  # with what the form says around it
            raise HTTPException(413)
        form = await request.form()
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        named = FormData([*((key, value) for key, value in form.multi_items() if key != "file")])
        name = file.filename or "" if isinstance(file, UploadFile) else ""
        request.state.file = name, content
        return await run_in_threadpool(take, request, named, does, show_codebook)

    return post


def _chosen(request: Request) -> tuple[str, bytes]:
    name, content = request.state.file
    if not name:
        raise NotEdited("No file was chosen. Choose one first.")
    return name, content


def _import(request: Request, kept: Kept, form: FormData) -> str:
    sayso: Sayso = request.app.state.sayso
    name, content = _chosen(request)
    try:
        read = read_codebook(name, content)
    except BadFile as fault:
        raise NotEdited(f"{fault} Nothing was taken in.") from None
    import_codebook(sayso.store, editing_of(request, kept, form), read)
    return "?done=imported"


def _take_examples(request: Request, kept: Kept, form: FormData) -> str:
    sayso: Sayso = request.app.state.sayso
    name, content = _chosen(request)
    try:
        examples = read_examples(name, content, kept.codebook)
    except BadFile as fault:
        raise NotEdited(str(fault)) from None
    taken = take_examples(sayso.store, editing_of(request, kept), examples, sayso.desk.detector)
    return f"?{urlencode({'done': 'examples', 'count': taken.count, 'hidden': taken.hidden})}"
