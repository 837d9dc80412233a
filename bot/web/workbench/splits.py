"""Where analysts split a code: they name what it becomes, then read each answer that carries it and say where it goes.

Nothing changes for anybody else until the last answer is given and somebody finishes it.
"""

from uuid import UUID

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from analysis.codebook import UnknownCode
from analysis.codebook.edit import NotEdited
from analysis.operations.split_code import Split, begin_split, finish_split, give, split_under_way, stop_split
from analysis.operations.take_records import answer_records
from analysis.storage.codings import UnknownAnswer
from bot.sayso import Sayso
from bot.web.pages import show
from bot.web.security import Access, guarded
from bot.web.workbench.codebooks import show_codebook, wording_in
from bot.web.workbench.kept_codebook import PATH, Kept, editing_of, page, posted
from consultation.operations.redacted_answers import redacted_answers

PARTS = 5  # codes at most that one is split into at a time
AT = f"{PATH}/split/{{code}}"


def routes() -> list[BaseRoute]:
    return [
        guarded(AT, page(_show), Access.ANALYST),
        guarded(AT, posted(_begin, _show), Access.ANALYST, method="POST"),
        guarded(f"{AT}/give", posted(_give, _show), Access.ANALYST, method="POST"),
        guarded(f"{AT}/finish", posted(_finish, _show), Access.ANALYST, method="POST"),
        guarded(f"{AT}/stop", posted(_stop, show_codebook), Access.ANALYST, method="POST"),
    ]


def _show(
    request: Request, kept: Kept, form: FormData | None = None, *, status_code: int = 200, **said: object
) -> Response:
    """What it is to become; once that is said, the next answer to give, or one that was given already."""
    sayso: Sayso = request.app.state.sayso
    try:
        code = kept.codebook.code(request.path_params["code"])
    except UnknownCode:
        raise HTTPException(404) from None
    split = split_under_way(sayso.store, editing_of(request, kept), code.id)
    if split is None:
        typed = {name: str(value) for name, value in form.multi_items()} if form else {}
        return show(
            request, "codebook_split.html", status_code=status_code, wave=kept.wave, kept=kept, code=code, parts=PARTS,
            typed=typed, **said,
        )  # fmt: skip
    texts = {each.answer_id: each for each in answer_records(redacted_answers(sayso.store, kept.wave.id))}
    asked = request.query_params.get("answer", "")
    now = asked if asked in split.carrying else min(split.left, default="")
    return show(
        request, "codebook_split_answers.html", status_code=status_code, wave=kept.wave, kept=kept, split=split,
        answer=texts.get(now), now=now, given=split.given[now].given if now in split.given else [],
        why=str(form.get("why", "")) if form else "",
        looked_at=[(each, texts.get(each), _names(split, each)) for each in sorted(split.given)], **said,
    )  # fmt: skip


def _names(split: Split, answer: str) -> str:
    given = [each.name for each in split.into if each.id in split.given[answer].given]
    return ", ".join(given) or "none of them"


def _begin(request: Request, kept: Kept, form: FormData) -> str:
    """Parts of which nothing was typed are left out."""
    sayso: Sayso = request.app.state.sayso
    said = [
        number
        for number in range(1, PARTS + 1)
        if any(str(form.get(f"{field}_{number}", "")).strip() for field in ("name", "definition"))
    ]
    wordings = [(wording_in(form, number), UUID(sayso.desk.new_id())) for number in said]
    begin_split(sayso.store, editing_of(request, kept, form), request.path_params["code"], wordings)
    return _here(request)


def _give(request: Request, kept: Kept, form: FormData) -> str:
    sayso: Sayso = request.app.state.sayso
    given = [str(each) for each in form.getlist("given")]
    if not given and not form.get("none"):
        raise NotEdited("Tick what the answer speaks of, or press “None of them”.")
    try:
        answer, code = str(form.get("answer", "")), request.path_params["code"]
        give(sayso.store, editing_of(request, kept), code, answer, [] if form.get("none") else given)
    except UnknownAnswer:
        raise NotEdited("This answer was withdrawn, or lost the code, meanwhile. Here is the next one.") from None
    return _here(request)


def _finish(request: Request, kept: Kept, form: FormData) -> str:
    finish_split(request.app.state.sayso.store, editing_of(request, kept, form), request.path_params["code"])
    return "?done=split"


def _stop(request: Request, kept: Kept, form: FormData) -> str:
    stop_split(request.app.state.sayso.store, editing_of(request, kept, form), request.path_params["code"])
    return "?done=stopped"


def _here(request: Request) -> str:
    return f"/split/{request.path_params['code']}"
