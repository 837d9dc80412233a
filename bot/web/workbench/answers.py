"""Where an analyst reads answers with what the machine made of them, decides, clears quotations, and takes files.

Shows redacted text only, and none of a respondent's own characteristics.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import Codebook
from analysis.coding.reasons import why_unread
from analysis.findings.trust import drawn_in_words, in_words
from analysis.operations.export_findings import evidence_rows, export_findings
from analysis.operations.report_wave import Analysed
from analysis.operations.review import clear_quotation, withdraw_clearance
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.storage import acts
from analysis.storage.codings import UnknownAnswer
from analysis.storage.readings import kept_from
from bot.chapters import analysed, code_what_is_new, codebook_of, note_taken
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, Role, guarded
from bot.web.workbench import (
    assist,
    codebook_files,
    codebooks,
    differences,
    discovery,
    double,
    leaks,
    learning,
    review,
    splits,
)
from consultation.domain.languages import IN_ENGLISH
from consultation.domain.wording import PLAIN
from consultation.operations.redacted_answers import told_in

PAGE = 20  # answers
FILTERS = ("audience", "question", "code", "state")
MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jsonl": "application/jsonl; charset=utf-8",
}


@dataclass(frozen=True)
class Shown:
    """One answer on the page: its text around the words that carried the first code, its codings, its clearance. A
    `blind` one is without codings: whoever looks is to code it without having seen any."""

    answer: AnswerRecord
    codings: tuple[Coding, ...]
    cleared_by: str | None
    blind: bool


def routes() -> list[BaseRoute]:
    return [
        guarded("/staff/answers", _choose, Access.ANALYST),
        guarded("/staff/answers/{slug}", _answers, Access.ANALYST),
        guarded("/staff/answers/{slug}/clear", _clear, Access.ANALYST, method="POST"),
        guarded("/staff/answers/{slug}/evidence/{ref}", _evidence, Access.ANALYST),
        guarded("/staff/answers/{slug}/files/{name}", _file, Access.ANALYST),
        *leaks.routes(),
        *assist.routes(),
        *discovery.routes(),
        *learning.routes(),
        *codebooks.routes(),
        *codebook_files.routes(),
        *splits.routes(),
        *review.routes(),
        *double.routes(),
        *differences.routes(),
    ]


async def _choose(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    waves = await run_in_threadpool(sayso.waves.all)
    if len(waves) == 1:
        return RedirectResponse(f"/staff/answers/{waves[0].consultation.slug}", status_code=303)
    return show(request, "choose.html", waves=waves)


async def _answers(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    wave = await run_in_threadpool(wave_at, sayso, request.path_params["slug"])
    found = await run_in_threadpool(_analysed, request, everything=True)
    codebook = await run_in_threadpool(codebook_of, sayso, wave)
    chosen = {name: request.query_params.get(name, "") for name in FILTERS}
    blind = await run_in_threadpool(_kept_from, request)
    rows = _filtered(found, chosen, blind)
    asked = request.query_params.get("page", "")
    page = max(1, int(asked)) if asked.isdecimal() else 1
    shown = rows[(page - 1) * PAGE : page * PAGE]
    questions = {str(each.id): each.short_name.in_(PLAIN) for each in sayso.desk.survey_of(wave).questions}
    return show(
        request,
        "answers.html",
        wave=wave,
        shown=shown,
        seen=await run_in_threadpool(_last_acts, sayso, shown),
        total=len(rows),
        page=page,
        pages=max(1, -(-len(rows) // PAGE)),
        chosen=chosen,
        query=urlencode({name: value for name, value in chosen.items() if value}),
        questions={each.question: questions.get(each.question, each.question) for each in found.answers},
        names=_names(codebook),
        themes={each.id: each.name for each in codebook.themes},
        accounting=found.findings.accounting,
        trust=in_words(found.findings.trust, "{:,}".format),
        drawn=drawn_in_words(found.findings.trust),
        spoken=IN_ENGLISH,
        why_unread=why_unread,
        Facet=Facet,
        Verdict=Verdict,
    )


def _last_acts(sayso: Sayso, shown: list[Shown]) -> Mapping[str, int]:
    """The number of the last act on each answer, so that who acts on what is no longer so is told."""
    with sayso.store.read() as session:
        return acts.numbers(session, [each.answer.answer_id for each in shown])


def _names(codebook: Codebook) -> Mapping[str, str]:
    return {each.id: each.name for each in codebook.codes}


def _kept_from(request: Request) -> set[str]:
    """Answers that whoever is here is to code blind, together with somebody who is not done yet, or before they are."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    with sayso.store.read() as session:
        return kept_from(session, str(request.state.staff), told_in(wave.id))


def _filtered(found: Analysed, chosen: Mapping[str, str], blind: Collection[str]) -> list[Shown]:
    """Least certain first: that is where a person's eye is worth most."""
    by_answer: dict[str, list[Coding]] = {}
    for coding in found.codings:
        if coding.answer_id not in blind:
            by_answer.setdefault(coding.answer_id, []).append(coding)
    rows = [
        Shown(
            each, tuple(by_answer.get(each.answer_id, ())), found.cleared.get(each.answer_id), each.answer_id in blind
        )
        for each in found.answers
    ]
    return sorted((row for row in rows if _matches(row, chosen)), key=_certainty)


def _matches(row: Shown, chosen: Mapping[str, str]) -> bool:
    if chosen["audience"] not in ("", row.answer.audience) or chosen["question"] not in ("", row.answer.question):
        return False
    if chosen["code"] and not any(each.code == chosen["code"] and each.counts for each in row.codings):
        return False
    match chosen["state"]:
        case "unchecked":
            return any(each.verdict is None for each in row.codings)
        case "uncoded":
            return (
                not row.answer.withheld
                and not row.blind
                and not any(each.facet is not Facet.SENTIMENT for each in row.codings)
            )
        case "cleared":
            return row.cleared_by is not None
        case _:
            return True


def _certainty(row: Shown) -> tuple[float, str]:
    open_ones = [each.confidence for each in row.codings if each.verdict is None]
    return min(open_ones, default=2.0), row.answer.answer_id


async def _clear(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    form = await request.form()
    answer = str(form.get("answer"))
    if form.get("withdraw"):
        await run_in_threadpool(withdraw_clearance, sayso.store, answer)
    else:
        try:
            await run_in_threadpool(
                clear_quotation, sayso.store, answer, by=str(request.state.staff), on=sayso.desk.today()
            )
        except UnknownAnswer:
            raise HTTPException(404) from None
    return _back(request, answer)


def _back(request: Request, answer: str) -> Response:
    """To the same filtered page, at the same answer."""
    slug = request.path_params["slug"]
    return RedirectResponse(f"/staff/answers/{slug}?{request.url.query}#a{answer}", status_code=303)


async def _evidence(request: Request) -> Response:
    found = await run_in_threadpool(_analysed, request)
    blind = await run_in_threadpool(_kept_from, request)
    for row in evidence_rows(found):
        if row["ref"] == request.path_params["ref"]:
            sayso: Sayso = request.app.state.sayso
            wave = await run_in_threadpool(wave_at, sayso, request.path_params["slug"])
            codebook = await run_in_threadpool(codebook_of, sayso, wave)
            return show(request, "evidence.html", row=row, wave=wave, names=_names(codebook), blind=blind)
    raise HTTPException(404)


async def _file(request: Request) -> Response:
    return await run_in_threadpool(_make_file, request)


def _make_file(request: Request) -> Response:
    found = _analysed(request)
    name = request.path_params["name"]
    files = {key: content for key, content in export_findings(found).items() if not key.startswith("chapter")}
    if name not in files:
        raise HTTPException(404)
    sayso: Sayso = request.app.state.sayso
    note_taken(sayso, wave_at(sayso, request.path_params["slug"]), name, by=Role.ANALYST.value)
    media = MEDIA[name[name.rindex(".") :]]
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(files[name], media_type=media, headers=headers)


def _analysed(request: Request, *, everything: bool = False) -> Analysed:
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    code_what_is_new(sayso)
    return analysed(sayso, wave, everything=everything)
