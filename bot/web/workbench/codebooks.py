"""Where analysts keep a consultation's codebook: what its codes mean, changes with why, and every version of it.

Whoever saves upon an older version than the last is shown both, and nothing is lost.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from analysis.codebook import Codebook, UnknownCode
from analysis.codebook.codebook import CodeFacet
from analysis.codebook.edit import NotEdited, Wording, add, retire, revise
from analysis.operations.edit_codebook import change_codebook, go_back
from analysis.operations.merge_codes import merge_codes
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.storage import codings
from bot.sayso import Sayso
from bot.web.pages import show
from bot.web.security import Access, guarded
from bot.web.workbench.kept_codebook import PATH, Kept, editing_of, page, posted
from consultation.operations.redacted_answers import redacted_answers

QUOTED = 2  # answers shown with a code


def routes() -> list[BaseRoute]:
    return [
        guarded(PATH, page(show_codebook), Access.ANALYST),
        guarded(f"{PATH}/new", page(_show_form), Access.ANALYST),
        guarded(f"{PATH}/new", posted(_add, _show_form), Access.ANALYST, method="POST"),
        guarded(f"{PATH}/codes/{{code}}", page(_show_form), Access.ANALYST),
        guarded(f"{PATH}/codes/{{code}}", posted(_revise, _show_form), Access.ANALYST, method="POST"),
        guarded(f"{PATH}/codes/{{code}}/retire", posted(_retire, _show_form), Access.ANALYST, method="POST"),
        guarded(f"{PATH}/merge", page(_show_merge), Access.ANALYST),
        guarded(f"{PATH}/merge", posted(_merge, _show_merge), Access.ANALYST, method="POST"),
        guarded(f"{PATH}/back", posted(_back, show_codebook), Access.ANALYST, method="POST"),
    ]


def wording_in(form: FormData, number: int | None = None) -> Wording:
    """What was typed about a code; of the part with that number where it is to be split. Raises `NotEdited`."""
    end = "" if number is None else f"_{number}"
    name, definition = (" ".join(str(form.get(f"{field}{end}", "")).split()) for field in ("name", "definition"))
    if not name or not definition:
        raise NotEdited("A code needs a name, and a definition that tells others when to give it.")
    include, exclude = (
        tuple(" ".join(line.split()) for line in str(form.get(f"{field}{end}", "")).splitlines() if line.strip())
        for field in ("include", "exclude")
    )
    return Wording(name, definition, include, exclude)


def show_codebook(
    request: Request, kept: Kept, form: FormData | None = None, *, status_code: int = 200, **said: Any
) -> Response:
    sayso: Sayso = request.app.state.sayso
    answers = {each.answer_id: each for each in answer_records(redacted_answers(sayso.store, kept.wave.id))}
    with sayso.store.read() as session:
        found = [each for each in codings.codings_of(session, list(answers)) if each.counts]
    carrying: dict[str, list[Coding]] = {}
    for each in found:
        if each.facet is not Facet.SENTIMENT:
            carrying.setdefault(each.code, []).append(each)
    return show(
        request, "codebook.html", status_code=status_code, wave=kept.wave, kept=kept, codebook=kept.codebook,
        counts={code: len(some) for code, some in carrying.items()}, n=len(answers),
        quotes={code: _quotes(some, answers) for code, some in carrying.items()},
        done=request.query_params.get("done", ""), **said,
    )  # fmt: skip


def _quotes(some: list[Coding], answers: Mapping[str, AnswerRecord]) -> list[tuple[AnswerRecord, Verdict | None]]:
    """Confirmed ones first, then those that the machine is surest of."""
    first = sorted(some, key=lambda each: (each.verdict is None, -each.confidence, each.answer_id))
    return [(answers[each.answer_id], each.verdict) for each in first[:QUOTED]]


def _show_form(
    request: Request, kept: Kept, form: FormData | None = None, *, status_code: int = 200, **said: Any
) -> Response:
    """One code, or a new one. What was typed comes back with a fault."""
    try:
        code = kept.codebook.code(request.path_params["code"]) if "code" in request.path_params else None
    except UnknownCode:
        raise HTTPException(404) from None
    typed = {
        field: str(form.get(field, "")) if form and field in form else _as_typed(getattr(code, field, ""))
        for field in ("name", "definition", "include", "exclude")
    }
    typed["why"] = str(form.get("why", "")) if form else ""
    return show(
        request, "codebook_code.html", status_code=status_code, wave=kept.wave, kept=kept, code=code, typed=typed,
        facet=str(form.get("facet", "theme")) if form else "theme", as_typed=_as_typed, **said,
    )  # fmt: skip


def _as_typed(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _show_merge(
    request: Request, kept: Kept, form: FormData | None = None, *, status_code: int = 200, **said: Any
) -> Response:
    return show(
        request, "codebook_merge.html", status_code=status_code, wave=kept.wave, kept=kept,
        into=str(form.get("into", "")) if form else request.query_params.get("into", ""),
        others=form.getlist("other") if form else [], why=str(form.get("why", "")) if form else "", **said,
    )  # fmt: skip


def _change(request: Request, kept: Kept, form: FormData, change: Callable[[Codebook], Codebook]) -> Codebook:
    return change_codebook(request.app.state.sayso.store, editing_of(request, kept, form), change)


def _add(request: Request, kept: Kept, form: FormData) -> str:
    facet: CodeFacet = "outcome" if form.get("facet") == "outcome" else "theme"
    guid = UUID(request.app.state.sayso.desk.new_id())
    after = _change(request, kept, form, partial(add, wording=wording_in(form), facet=facet, guid=guid))
    return f"?done=added#{next(each.id for each in after.codes if each.guid == guid)}"


def _revise(request: Request, kept: Kept, form: FormData) -> str:
    code = request.path_params["code"]
    _change(request, kept, form, partial(revise, code_id=code, wording=wording_in(form)))
    return f"?done=changed#{code}"


def _retire(request: Request, kept: Kept, form: FormData) -> str:
    code = request.path_params["code"]
    _change(request, kept, form, lambda codebook: retire(codebook, code))
    return "?done=retired"


def _merge(request: Request, kept: Kept, form: FormData) -> str:
    store = request.app.state.sayso.store
    into, others = str(form.get("into", "")), [str(each) for each in form.getlist("other")]
    if not into or not others:
        raise NotEdited("Choose the code that stays, and at least one other that becomes part of it.")
    merge_codes(store, editing_of(request, kept, form), into, [each for each in others if each != into])
    return f"?done=merged#{into}"


def _back(request: Request, kept: Kept, form: FormData) -> str:
    number = str(form.get("number", ""))
    go_back(request.app.state.sayso.store, editing_of(request, kept, form), int(number) if number.isdecimal() else 0)
    return "?done=back"
