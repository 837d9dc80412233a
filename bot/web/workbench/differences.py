"""Where analysts see how far two of them agree who coded the same answers, and settle what they differ on.

Holds nothing of an answer with which not both are done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.coding.agreement import Agreement, CodeAgreement
from analysis.findings.trust import Codes, of_facet, with_interval
from analysis.operations import double_code
from analysis.records import Facet
from analysis.storage.acts import Overtaken, key_of, numbers, standing
from analysis.storage.codings import UnknownAnswer
from analysis.storage.readings import Doubled
from analysis.storage.reviews import reviews
from bot.web.pages import show
from bot.web.security import Access, guarded
from bot.web.workbench.double import PATH, Desk, desk_of
from bot.web.workbench.review import POLICY
from consultation.operations.redacted_answers import told_in

PAGE = 20  # answers with differences
ACTS = ("keep", "drop")
TITLES = {Facet.THEME: "Themes", Facet.OUTCOME: "Outcomes", Facet.SENTIMENT: "Tone"}


@dataclass(frozen=True)
class Compared:
    """The two on one facet, and the machine beside each of them."""

    title: str
    agreement: Agreement
    machine: Mapping[str, Agreement]

    @property
    def used(self) -> list[CodeAgreement]:
        """The codes that either gave, the commonest first."""
        found = [each for each in self.agreement.codes if each.prevalence]
        return sorted(found, key=lambda each: (-each.prevalence, each.code))

    @property
    def unused(self) -> list[str]:
        return [each.code for each in self.agreement.codes if not each.prevalence]


def routes() -> list[BaseRoute]:
    return [
        guarded(f"{PATH}/agreement", _agreement, Access.ANALYST),
        guarded(f"{PATH}/disagreements", _differences, Access.ANALYST),
        guarded(f"{PATH}/disagreements", _settle, Access.ANALYST, method="POST"),
    ]


async def _agreement(request: Request) -> Response:
    return await run_in_threadpool(_show_agreement, request)


def _show_agreement(request: Request) -> Response:
    """Of the pair that was asked for, or that has coded most together."""
    desk = desk_of(request)
    pairs: dict[tuple[str, ...], list[Doubled]] = {}
    for each in desk.drawn:
        if each.finished:
            pairs.setdefault(each.readers, []).append(each)
    named = {double_code.together(each): each for each in sorted(pairs, key=lambda each: (-len(pairs[each]), each))}
    chosen = request.query_params.get("pair", "")
    readers = named.get(chosen) or next(iter(named.values()), ())
    found = pairs.get(readers, [])
    with desk.sayso.store.read() as session:
        proposed = double_code.made_by_machine(session, [each.answer for each in found])
    return show(
        request, "double_agreement.html", wave=desk.wave, desk=desk, pairs=named, readers=readers, n=len(found),
        compared=_compared(desk, readers, found, proposed), together=double_code.together, figure=with_interval,
    )  # fmt: skip


def _compared(
    desk: Desk, readers: Sequence[str], found: Sequence[Doubled], proposed: Mapping[str, Codes]
) -> list[Compared]:
    facets = [each for each in TITLES if each is not Facet.OUTCOME or desk.codebook.outcomes]
    return [
        Compared(
            TITLES[facet],
            of_facet(desk.codebook, [each.pair for each in found], facet),
            {
                reader: of_facet(desk.codebook, [(proposed[each.answer], each.given[reader]) for each in found], facet)
                for reader in readers
            },
        )
        for facet in facets
    ]


async def _differences(request: Request) -> Response:
    return await run_in_threadpool(_show_differences, request)


def _show_differences(request: Request, *, overtaken: Overtaken | None = None) -> Response:
    """The answers that wait, the one that was last acted on before the others."""
    desk = desk_of(request)
    finished = [each for each in desk.drawn if each.finished]
    at = request.query_params.get("at", "")
    with desk.sayso.store.read() as session:
        settled = reviews(session, told_in(desk.wave.id)).keys()
        unsettled = [each for each in finished if each.answer not in settled]
        shown = sorted(unsettled, key=lambda each: each.answer != at)[:PAGE]
        proposed = double_code.made_by_machine(session, [each.answer for each in shown])
        decided = {each.answer: standing(session, each.answer) for each in shown}
        seen = numbers(session, [each.answer for each in shown])
    page = show(
        request, "double_disagreements.html", status_code=409 if overtaken else 200, wave=desk.wave, desk=desk,
        shown=[(each, desk.record(each.answer), sorted(each.differing)) for each in shown], left=len(unsettled),
        finished=len(finished), proposed=proposed, decided=decided, seen=seen, overtaken=overtaken, TITLES=TITLES,
    )  # fmt: skip
    page.headers.update(POLICY)
    return page


async def _settle(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_take_settling, request, form)


def _take_settling(request: Request, form: FormData) -> Response:
    """Keep or leave out one code; of two tones, keeping one leaves out the other."""
    desk, answer = desk_of(request), str(form.get("answer", ""))
    mine = next((each for each in desk.drawn if each.answer == answer and each.finished), None)
    seen = str(form.get("seen", ""))
    if mine is None or not seen.isdecimal():
        raise HTTPException(404)
    keep, drop = (frozenset(each for each in mine.differing if key_of(*each) in form.getlist(name)) for name in ACTS)
    if any(facet is Facet.SENTIMENT for facet, _ in keep):
        drop |= {each for each in mine.differing - keep if each[0] is Facet.SENTIMENT}
    try:
        double_code.settle(desk.sayso.store, desk.sitting, answer, keep, drop, seen=int(seen))
    except Overtaken as error:
        return _show_differences(request, overtaken=error)
    except UnknownAnswer:
        raise HTTPException(404) from None
    return RedirectResponse(desk.at(f"disagreements?at={answer}"), status_code=303)
