"""Themes that the codebook may miss: found by machine, judged here. Prompts for a person, never figures.

Shows redacted text only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import UnknownCode
from analysis.codebook.edit import NotEdited
from analysis.operations.decide_themes import adopt_theme, dismiss_theme, merge_theme
from analysis.operations.edit_codebook import Overtaken
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord
from analysis.storage import candidates
from analysis.storage.candidates import Decided
from analysis.storage.candidates import Kept as Candidate
from analysis.themes.cluster import FEWEST
from analysis.themes.measure import BACK, HIDDEN
from bot.chapters import code_what_is_new
from bot.sayso import Sayso
from bot.themes import look_for_themes
from bot.web.pages import show
from bot.web.security import Access, guarded
from bot.web.workbench.codebooks import wording_in
from bot.web.workbench.kept_codebook import Kept, editing_of, kept_at, page, seen_in
from consultation.operations.redacted_answers import redacted_answers

PATH = "/staff/answers/{slug}/themes"
QUOTED = 3  # of different respondents, the nearest to the middle


@dataclass(frozen=True)
class Shown:
    """A candidate with its answers that are still there, the nearest to its middle first."""

    candidate: Candidate
    answers: Sequence[AnswerRecord]

    @property
    def respondents(self) -> int:
        return len({each.response_id for each in self.answers})

    @property
    def quotes(self) -> Sequence[AnswerRecord]:
        of_each = {each.response_id: each for each in reversed(self.answers)}
        return [each for each in self.answers if of_each[each.response_id] is each][:QUOTED]


def routes() -> list[BaseRoute]:
    return [
        guarded(PATH, page(_list), Access.ANALYST),
        guarded(PATH, _look, Access.ANALYST, method="POST"),
        guarded(f"{PATH}/{{candidate}}", page(_one), Access.ANALYST),
        guarded(f"{PATH}/{{candidate}}", _decide, Access.ANALYST, method="POST"),
    ]


async def _look(request: Request) -> Response:
    return await run_in_threadpool(_find, request)


def _find(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    wave = kept_at(request).wave
    code_what_is_new(sayso)
    look_for_themes(sayso, wave)
    return RedirectResponse(f"{PATH.format(slug=wave.consultation.slug)}?said=looked", status_code=303)


async def _decide(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take, request, form)


def _take(request: Request, form: FormData) -> Response:
    sayso, kept = request.app.state.sayso, kept_at(request)
    candidate, act = request.path_params["candidate"], str(form.get("act"))
    ticked = {str(each) for each in form.getlist("answer")}
    editing = editing_of(request, kept, form)
    try:
        if act == "adopt":
            guid = UUID(hex=sayso.desk.new_id())
            adopt_theme(sayso.store, editing, candidate, wording_in(form), ticked, guid)
        elif act == "merge":
            _refuse_none(ticked)
            merge_theme(sayso.store, editing, kept.codebook, candidate, str(form.get("code")), ticked)
        elif act == "dismiss":
            dismiss_theme(sayso.store, editing, candidate)
        else:
            raise HTTPException(404)
    except UnknownCode:
        raise HTTPException(404) from None
    except NotEdited as error:
        return _one(request, kept, form, fault=str(error), status_code=422)
    except Overtaken:
        now = kept_at(request)
        return _one(request, now, form, overtaken=now.since(seen_in(form)), status_code=409)
    except Decided as other:
        return _list(request, kept, decided=other.row, too_late=True, status_code=409)
    return RedirectResponse(f"{PATH.format(slug=kept.wave.consultation.slug)}?said={act}", status_code=303)


def _refuse_none(ticked: Mapping[str, Any] | set[str]) -> None:
    if not ticked:
        raise NotEdited("Tick the answers that say this first, or dismiss the candidate.")


def _list(request: Request, kept: Kept, *, status_code: int = 200, **said: Any) -> Response:
    shown = _shown(request, kept)
    waiting = [each for each in shown if each.candidate.row.state == "open" and each.respondents >= FEWEST]
    return show(
        request, "themes.html", status_code=status_code, wave=kept.wave, names=_names(kept), waiting=waiting,
        all_quotes=[quote.text for each in waiting for quote in each.quotes], hidden=HIDDEN, back=BACK,
        settled=[each for each in shown if each.candidate.row.state != "open"],
        done=request.query_params.get("said", ""), **said,
    )  # fmt: skip


def _one(
    request: Request, kept: Kept, form: FormData | None = None, *, status_code: int = 200, **said: Any
) -> Response:
    wanted = request.path_params["candidate"]
    found = next((each for each in _shown(request, kept) if each.candidate.row.id == wanted), None)
    if found is None:
        raise HTTPException(404)
    if found.candidate.row.state != "open":
        return _list(request, kept, decided=found.candidate.row, too_late=True)
    ticked = set(form.getlist("answer")) if form is not None else set()
    if request.query_params.get("tick") == "all":
        ticked = {each.answer_id for each in found.answers}
    return show(
        request, "theme.html", status_code=status_code, wave=kept.wave, kept=kept, codebook=kept.codebook,
        names=_names(kept), found=found, ticked=ticked, typed=form or {"name": found.candidate.row.name},
        **{"fault": "", **said},
    )  # fmt: skip


def _shown(request: Request, kept: Kept) -> list[Shown]:
    sayso: Sayso = request.app.state.sayso
    with sayso.store.read() as session:
        found = candidates.all_of(session, kept.wave.consultation.id)
        session.expunge_all()
    told = {each.answer_id: each for each in answer_records(redacted_answers(sayso.store, kept.wave.id))}
    return [Shown(each, [told[id] for id in each.nearest_first if id in told]) for each in found]


def _names(kept: Kept) -> Mapping[str, str]:
    return {each.id: each.name for each in kept.codebook.every}
