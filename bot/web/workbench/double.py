"""Where two analysts code the same answers, each by themselves: who codes what, and one answer at a time.

Until both are done with an answer, neither is shown what the other or the machine made of it. The pages work by buttons
alone; `workbench.js` and `double.js` add the keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import Codebook
from analysis.findings.trust import Codes
from analysis.operations import double_code
from analysis.operations.double_code import AlreadySettled, UnknownBlindCode
from analysis.operations.review import SENTIMENTS, Sitting
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Facet
from analysis.storage.codings import UnknownAnswer
from analysis.storage.readings import Doubled, NotToBeRead, doubled
from analysis.storage.reviews import reviews
from bot.chapters import AnswersGone, codebook_of
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import Access, Role, guarded
from bot.web.workbench.review import POLICY
from consultation.domain.consultation import Wave
from consultation.domain.languages import IN_ENGLISH
from consultation.domain.wording import PLAIN
from consultation.operations.redacted_answers import places_of, redacted_answer, told_in

PATH = "/staff/answers/{slug}"
MOST = 500  # answers in one sample


@dataclass(frozen=True)
class Desk:
    """What every page here needs: where it is, who sits there, and all that was drawn for two."""

    sayso: Sayso
    wave: Wave
    codebook: Codebook
    by: str
    seat: str
    drawn: list[Doubled]

    @property
    def sitting(self) -> Sitting:
        desk = self.sayso.desk
        return Sitting(self.wave.consultation.slug, self.codebook, self.by, desk.now(), desk.today())

    @property
    def mine(self) -> list[Doubled]:
        return [each for each in self.drawn if self.by in each.readers]

    @property
    def waiting(self) -> list[Doubled]:
        """Those that whoever sits here has not coded yet."""
        return [each for each in self.mine if self.by not in each.given]

    @property
    def names(self) -> Mapping[str, str]:
        return {each.id: each.name for each in (*self.codebook.codes, *self.codebook.retired)}

    @property
    def questions(self) -> Mapping[str, str]:
        return {str(each.id): each.short_name.in_(PLAIN) for each in self.sayso.desk.survey_of(self.wave).questions}

    def at(self, page: str) -> str:
        return f"{PATH.format(slug=self.wave.consultation.slug)}/{page}"

    def record(self, answer: str) -> AnswerRecord:
        """Raises 404 where it is not there, or not any more."""
        found = redacted_answer(self.sayso.store, self.wave.id, answer)
        if found is None:
            raise HTTPException(404)
        return answer_records([found])[0]


def routes() -> list[BaseRoute]:
    return [
        guarded(f"{PATH}/double", _overview, Access.ANALYST),
        guarded(f"{PATH}/double", _draw, Access.ANALYST, method="POST"),
        guarded(f"{PATH}/double/read", _read, Access.ANALYST),
        guarded(f"{PATH}/double/read", _give, Access.ANALYST, method="POST"),
    ]


def desk_of(request: Request) -> Desk:
    """Raises `AnswersGone`."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    if wave.answers_gone_on:
        raise AnswersGone(wave, wave.answers_gone_on)
    with sayso.store.read() as session:
        drawn = doubled(session, told_in(wave.id))
    staff = request.state.staff
    return Desk(sayso, wave, codebook_of(sayso, wave), str(staff), staff.seat, drawn)


async def _overview(request: Request) -> Response:
    return await run_in_threadpool(_show_overview, request)


def _show_overview(request: Request, *, fault: str = "", typed: Mapping[str, Any] | None = None) -> Response:
    desk = desk_of(request)
    places = places_of(desk.sayso.store, desk.wave.id)
    with desk.sayso.store.read() as session:
        settled = reviews(session, told_in(desk.wave.id)).keys()
    pairs: dict[tuple[str, ...], list[Doubled]] = {}
    for each in desk.drawn:
        pairs.setdefault(each.readers, []).append(each)
    return show(
        request, "double.html", status_code=422 if fault else 200, wave=desk.wave, desk=desk, pairs=pairs,
        settled=settled, fault=fault, typed=typed or {}, most=MOST, together=double_code.together,
        asked=sorted({each.question for each in places.values()}),
        audiences=sorted({each.audience for each in places.values()}),
    )  # fmt: skip


async def _draw(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_make_draw, request, form)


def _make_draw(request: Request, form: FormData) -> Response:
    desk = desk_of(request)
    typed = {name: str(form.get(name, "")).strip() for name in ("first", "second", "size", "audience", "question")}
    seats = sorted({typed["first"].upper(), typed["second"].upper()})
    if len(seats) < 2 or not all(len(each) == 1 and each.isalpha() for each in seats):
        fault = "Name two analysts by their letters, such as A and B. Each must come in by a link of their own."
        return _show_overview(request, fault=fault, typed=typed)
    if not typed["size"].isdecimal() or not 1 <= int(typed["size"]) <= MOST:
        return _show_overview(request, fault=f"How many answers? A number from 1 to {MOST}.", typed=typed)
    among = {
        answer
        for answer, place in places_of(desk.sayso.store, desk.wave.id).items()
        if typed["audience"] in ("", place.audience) and typed["question"] in ("", place.question)
    }
    count = double_code.draw_sample(
        desk.sayso.store, desk.sitting, told_in(desk.wave.id), [f"{Role.ANALYST.value} {each}" for each in seats],
        int(typed["size"]), Random(f"{desk.wave.id} {len(desk.drawn)}"), among,  # noqa: S311 - a sample, not a secret
    )  # fmt: skip
    if not count:
        fault = "There is no such answer left that nobody has judged or drawn. Choose a wider audience or question."
        return _show_overview(request, fault=fault, typed=typed)
    return RedirectResponse(desk.at("double"), status_code=303)


async def _read(request: Request) -> Response:
    return await run_in_threadpool(_show_reading, request)


def _show_reading(request: Request, answer: str = "", *, fault: str = "", ticked: Codes | None = None) -> Response:
    """One answer, without a word of what anybody made of it: the next, or one that was asked for. What this analyst
    gave can be changed until the other one is done as well."""
    desk = desk_of(request)
    wanted = answer or request.query_params.get("answer") or next((each.answer for each in desk.waiting), "")
    mine = next((each for each in desk.mine if each.answer == wanted and not each.finished), None)
    if mine is None:
        return RedirectResponse(desk.at("double"), status_code=303)
    given = mine.given.get(desk.by, frozenset()) if ticked is None else ticked
    page = show(
        request, "double_read.html", status_code=422 if fault else 200, wave=desk.wave, desk=desk, fault=fault,
        answer=desk.record(mine.answer), given=given, tones=SENTIMENTS, spoken=IN_ENGLISH, Facet=Facet,
        last=request.query_params.get("last", ""),
    )  # fmt: skip
    page.headers.update(POLICY)
    return page


async def _give(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take_reading, request, form)


def _take_reading(request: Request, form: FormData) -> Response:
    desk, answer = desk_of(request), str(form.get("answer", ""))
    codes = frozenset((facet, str(code)) for facet in Facet for code in form.getlist(facet.value))
    if not any(facet is Facet.SENTIMENT for facet, _ in codes):
        return _show_reading(request, answer, fault="Choose a tone as well: one of the four.", ticked=codes)
    try:
        double_code.code_blind(desk.sayso.store, desk.sitting, answer, codes)
    except UnknownBlindCode:
        fault = "The codebook has changed meanwhile, so nothing was kept. Look through the codes again."
        return _show_reading(request, answer, fault=fault, ticked=codes)
    except (NotToBeRead, UnknownAnswer):
        raise HTTPException(404) from None
    except AlreadySettled:
        pass  # sent twice: what was sent first stands
    return RedirectResponse(desk.at(f"double/read?last={answer}"), status_code=303)
