"""Where an analyst reports words that slipped through redaction, sees where else they stand, and has them taken out.

The words travel in the bodies of forms alone: never in an address, a log or the audit log.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.operations.redact_codings import carry_codings
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord
from analysis.text.tokens import STOOD
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, Role, guarded
from consultation.domain.consultation import Wave
from consultation.domain.text import Kind, RawText
from consultation.operations.note_export import exports_before
from consultation.operations.redact_leak import NotThere, redact_leak, redaction
from consultation.operations.redacted_answers import redacted_answers
from consultation.privacy.leak import LONGEST, Leak, NothingToSeek

MOST_SHOWN = 50  # answers; the others are counted
PATH = "/staff/answers/{slug}/leak"


@dataclass(frozen=True)
class Found:
    """An answer that holds the words, and what would be left of it."""

    answer: AnswerRecord
    after: str


def routes() -> list[BaseRoute]:
    return [
        guarded(f"{PATH}/{{answer}}", _ask, Access.ANALYST),
        guarded(f"{PATH}/{{answer}}", _find, Access.ANALYST, method="POST"),
        guarded(f"{PATH}/{{answer}}/redact", _redact, Access.ANALYST, method="POST"),
        guarded("/staff/answers/{slug}/redacted/{number}", _done, Access.ANALYST),
    ]


async def _ask(request: Request) -> Response:
    return await run_in_threadpool(_form, request)


def _form(request: Request, *, fault: str = "", typed: str = "", kind: str = "") -> Response:
    """Which words, and what they are. What was typed comes back with a fault."""
    wave, answer = _at(request)
    return show(
        request, "leak.html", status_code=422 if fault else 200, wave=wave, answer=answer, kinds=STOOD, fault=fault,
        typed=typed, chosen=kind, longest=LONGEST,
    )  # fmt: skip


async def _find(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_show_found, request, form)


def _show_found(request: Request, form: FormData) -> Response:
    """Where the words stand, and what would be left: the last page before it can't be undone."""
    typed, kind = str(form.get("words", "")), str(form.get("kind", ""))
    try:
        leak = _leak(form)
    except NothingToSeek:
        fault = (
            f"Type the words that slipped through, as they stand in the answer: {LONGEST} characters at most, and none "
            "that are in square brackets already."
        )
        return _form(request, fault=fault, typed=typed, kind=kind)
    wave, answer = _at(request)
    records = answer_records(redacted_answers(request.app.state.sayso.store, wave.id))
    found = [Found(each, leak.hide(each.text)) for each in records if leak.places(each.text)]
    here = [each for each in found if each.answer.answer_id == answer.answer_id]
    others = [each for each in found if each.answer.answer_id != answer.answer_id]
    if not found:
        fault = "No answer of this consultation holds these words. Copy them from the answer as they stand there."
        return _form(request, fault=fault, typed=typed, kind=kind)
    return show(
        request, "leak_found.html", wave=wave, here=here, others=others[:MOST_SHOWN], more=len(others) - MOST_SHOWN,
        total=len(found), answer=answer, typed=typed, kind=leak.kind, stood=STOOD[leak.kind],
    )  # fmt: skip


async def _redact(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take_out, request, form)


def _take_out(request: Request, form: FormData) -> Response:
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    only = request.path_params["answer"] if form.get("where") == "here" else None
    try:
        done = redact_leak(
            sayso.store, wave, _leak(form), only, carry=carry_codings, new_id=sayso.desk.new_id, by=Role.ANALYST.value,
            at=sayso.desk.now(),
        )  # fmt: skip
    except (NotThere, NothingToSeek):
        return show(request, "leak_gone.html", status_code=409, wave=wave)
    later = "" if done.wiped else "?later=1"
    return RedirectResponse(f"/staff/answers/{wave.consultation.slug}/redacted/{done.number}{later}", status_code=303)


async def _done(request: Request) -> Response:
    return await run_in_threadpool(_show_done, request)


def _show_done(request: Request) -> Response:
    """What was done, as the audit log has it, and which files still hold the words."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    number = request.path_params["number"]
    is_number = number.isdecimal() and len(number) < 10
    entry = redaction(sayso.store, wave.consultation.slug, int(number)) if is_number else None
    if entry is None:
        raise HTTPException(404)
    return show(
        request, "leak_redacted.html", wave=wave, answers=entry.details["answers"], number=entry.number,
        kind=Kind(entry.details["kind"]), later="later" in request.query_params,
        exports=exports_before(sayso.store, wave.consultation.slug, entry.number),
    )  # fmt: skip


def _at(request: Request) -> tuple[Wave, AnswerRecord]:
    """The wave and the answer that the address names."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    for each in answer_records(redacted_answers(sayso.store, wave.id)):
        if each.answer_id == request.path_params["answer"] and not each.withheld:
            return wave, each
    raise HTTPException(404)


def _leak(form: FormData) -> Leak:
    kind = str(form.get("kind", ""))
    if kind not in set(Kind):
        raise NothingToSeek
    return Leak(RawText(str(form.get("words", ""))), Kind(kind))
