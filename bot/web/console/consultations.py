"""Where an officer sees how a consultation is going. Reads no answer."""

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from analysis.findings import suppression
from analysis.findings.report import Count
from bot.closings import certificates_key
from bot.sayso import Sayso
from bot.troubles import WHAT_IT_MEANS, troubles
from bot.web.health import not_ready
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience, ContactMode, Wave
from consultation.operations.advance_figures import STEP, advance_figures
from consultation.operations.oversee import oversee
from consultation.operations.reach import reach
from consultation.storage import closings, timetables

CONTACT_MODES = {
    ContactMode.SIGNPOST: "help lines are shown.",
    ContactMode.OPT_IN: "help lines are shown, and people may tell the safeguarding lead alone how to reach them.",
    ContactMode.REPLY_HANDLE: "help lines are shown, and people may agree that the safeguarding lead writes to them in "
    "the same chat.",
}


@dataclass(frozen=True)
class ReachLine:
    """How many of an audience have begun and finished, as it may be shown."""

    audience: Audience
    begun: Count
    finished: Count


def routes() -> list[BaseRoute]:
    return [guarded("/staff/consultations", _consultations, Access.OFFICER)]


async def _consultations(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    return show(
        request,
        "consultations.html",
        **await run_in_threadpool(_overview, sayso),
        not_ready=await not_ready(request),
        today=sayso.desk.today(),
        address=sayso.settings.address,
        contact_modes=CONTACT_MODES,
        figures_step=STEP,
        what_it_means=WHAT_IT_MEANS,
    )


def _overview(sayso: Sayso) -> dict[str, Any]:
    waves = sayso.waves.all()
    lines = {wave.id: _reach_lines(sayso, wave) for wave in waves}
    with sayso.store.read() as session:
        closed = closings.certified(session)
        kept = {(each.consultation.id, each.what): each for each in timetables.holdings(session)}
    key = certificates_key(sayso.keys) if closed else None
    desk = sayso.desk
    safeguarding = oversee(sayso.store, desk.survey_of, desk.today(), desk.now())
    return {
        "safeguarding": safeguarding,
        "waves": waves, "lines": lines, "troubles": troubles(sayso.store), "closed": closed, "key": key, "kept": kept,
    }  # fmt: skip


def _reach_lines(sayso: Sayso, wave: Wave) -> list[ReachLine]:
    advance_figures(sayso.store, wave, sayso.desk.today())
    counted = reach(sayso.store, wave.id)
    return [
        ReachLine(
            each,
            suppression.guard(counted.begun.get(each.value, 0)),
            suppression.guard(counted.finished.get(each.value, 0)),
        )
        for each in sayso.desk.survey_of(wave).audiences
    ]


def wave_at(sayso: Sayso, slug: str) -> Wave:
    """The wave at `slug`, or a page that says there is none."""
    wave = sayso.waves.at(slug)
    if wave is None:
        raise HTTPException(404)
    return wave
