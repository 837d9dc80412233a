"""What the machine has learned from analysts' corrections, what more reviewing is worth, and what needs no look.

Shows figures alone, no answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import shipped_codebook
from analysis.coding.effort import shipped_effort
from analysis.coding.suggestion import UnusableHead
from analysis.operations.accept_band import accept_band, check_band, count_in_band, strokes, take_back
from analysis.operations.learn import FEWEST_HELD_OUT, OWN_CURVE_FROM, use_coder
from analysis.operations.review import Sitting
from analysis.storage import coders
from analysis.storage.lessons import count_reviewed
from bot.chapters import codebook_of, coder_of
from bot.learning import AFTER, band_of
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, guarded
from bot.web.workbench.chart import Chart, chart
from consultation.domain.consultation import Wave
from consultation.operations.ask_to_learn import ask_to_learn
from consultation.operations.redacted_answers import told_in

PATH = "/staff/answers/{slug}/learning"
MOST_MOVED = 5  # codes that gained most, and as many that lost most
SAID = {
    "asked": "Asked for. The machine learns as soon as the process that does the coding looks, usually within half a "
    "minute. Load this page again to see what came of it.",
    "used": "Done. Answers are coded again in the background; what people decided stays.",
    "accepted": "Accepted. Each of these codes says “accepted in bulk” wherever it is shown.",
    "taken-back": "Taken back. What somebody had decided about one of these codes since, stays.",
    "other": "Nothing was accepted: another coder was put to use meanwhile. Look at the figures again.",
    "unusable": "This version can’t be used: it is no longer kept, or learned other codes than those of the codebook "
    "in use. Choose another one, or let the machine learn again.",
}


def routes() -> list[BaseRoute]:
    return [
        guarded(PATH, _page, Access.ANALYST),
        guarded(PATH, _act, Access.ANALYST, method="POST"),
    ]


async def _page(request: Request) -> Response:
    return await run_in_threadpool(_show_page, request)


async def _act(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take, request, form)


def _show_page(request: Request) -> Response:
    sayso, wave = _at(request)
    codebook = codebook_of(sayso, wave)
    mine = told_in(wave.id)
    with sayso.store.read() as session:
        kept = coders.versions(session, wave.consultation.id)
        reviewed = count_reviewed(session, mine)
        accepted = strokes(session, mine)
        session.expunge_all()
    in_use = next((each for each in kept if each.in_use), None)
    own = in_use.figures.get("curves") if in_use else None
    effort = {"n": in_use.figures["n"], "curves": own} if in_use and own else shipped_effort()
    learnt = kept[0].figures["reviewed"] if kept else 0
    base = "the coder that ships" if codebook == shipped_codebook() else "the one that has read only the codebook"
    return show(
        request, "learning.html", wave=wave, base=base, kept=kept, in_use=in_use, reviewed=reviewed, accepted=accepted,
        names={each.id: each.name for each in codebook.every}, effort=effort, is_own=bool(own), charts=_charts(effort),
        more=max(0, AFTER - (reviewed - learnt)), after=AFTER, fewest=FEWEST_HELD_OUT, own_from=OWN_CURVE_FROM,
        most_moved=MOST_MOVED, said=SAID.get(request.query_params.get("said", "")), **_band(sayso, wave),
    )  # fmt: skip


def _charts(effort: Mapping[str, Any]) -> Sequence[Chart]:
    return [
        chart(title, {name: [(each[0], each[at]) for each in curve] for name, curve in effort["curves"].items()})
        for at, title in ((1, "Micro-F1 (all codes together)"), (2, "Macro-F1 (each code counts the same)"))
    ]


def _band(sayso: Sayso, wave: Wave) -> dict[str, Any]:
    """What the page says of the safe band."""
    band, own = band_of(sayso, wave)
    if band is None:
        return {"band": None}
    coder, mine = coder_of(sayso, wave).version, told_in(wave.id)
    return {
        "band": band,
        "own_band": own,
        "coder": coder,
        "waiting": count_in_band(sayso.store, mine, band, coder),
        "check": check_band(sayso.store, mine, wave.consultation.id, band, coder),
    }


def _take(request: Request, form: FormData) -> Response:
    sayso, wave = _at(request)
    by, desk = str(request.state.staff), sayso.desk
    match form.get("do"):
        case "learn":
            ask_to_learn(sayso.store, wave.consultation, by=by, at=desk.now())
            said = "asked"
        case "use":
            said = _use(sayso, wave, str(form.get("version", "")) or None, by)
        case "accept":
            said = _accept(sayso, wave, str(form.get("coder", "")), by)
        case "take back" if str(form.get("number", "")).isdecimal():
            take_back(sayso.store, _sitting(sayso, wave, by), told_in(wave.id), int(str(form.get("number"))))
            said = "taken-back"
        case _:
            raise HTTPException(404)
    return RedirectResponse(f"{PATH.format(slug=wave.consultation.slug)}?{urlencode({'said': said})}", status_code=303)


def _use(sayso: Sayso, wave: Wave, version: str | None, by: str) -> str:
    codebook, consultation = codebook_of(sayso, wave), wave.consultation
    try:
        use_coder(sayso.store, consultation.id, consultation.slug, codebook, version, by=by, at=sayso.desk.now())
    except UnusableHead:
        return "unusable"
    return "used"


def _accept(sayso: Sayso, wave: Wave, seen: str, by: str) -> str:
    """Only what the page was about: the figures of one coder say nothing of another one's proposals."""
    found = _band(sayso, wave)
    if found["band"] is None or found["coder"] != seen or found["check"].verdict == "fails":
        return "other"
    accept_band(sayso.store, _sitting(sayso, wave, by), told_in(wave.id), found["band"], seen)
    return "accepted"


def _sitting(sayso: Sayso, wave: Wave, by: str) -> Sitting:
    return Sitting(wave.consultation.slug, codebook_of(sayso, wave), by, sayso.desk.now(), sayso.desk.today())


def _at(request: Request) -> tuple[Sayso, Wave]:
    sayso: Sayso = request.app.state.sayso
    return sayso, wave_at(sayso, request.path_params["slug"])
