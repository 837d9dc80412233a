"""Where an analyst judges answers one at a time. The page works by buttons alone; `workbench.js` adds the keys.

Shows redacted text only, and none of a respondent's own characteristics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from analysis.codebook import Codebook, UnknownCode
from analysis.coding.reasons import why_unread
from analysis.coding.suggestion import Explanation
from analysis.operations import review
from analysis.operations.review import SENTIMENTS, BuiltUpon, Judgement, NothingToUndo, Place, Sitting
from analysis.operations.review_queue import Chosen, Queue, Sheet, read_queue, read_sheet
from analysis.operations.take_records import answer_records
from analysis.records import Coding, Facet, Verdict
from analysis.storage import assists
from analysis.storage.acts import Overtaken, key_of
from analysis.storage.codings import UnknownAnswer
from analysis.storage.readings import kept_from
from analysis.text.marked import marked
from bot.chapters import AnswersGone, code_what_is_new, codebook_of, coder_of
from bot.learning import band_of
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from bot.web.pages import show
from bot.web.security import OUR_SCRIPT, Access, guarded
from bot.web.workbench.judging import NotUnderstood, judgement_of, key_in, number_in
from consultation.domain.consultation import Wave
from consultation.domain.languages import IN_ENGLISH
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN
from consultation.operations.redacted_answers import places_of, redacted_answer, told_in

PATH = "/staff/answers/{slug}/review"
MOST_LATER = 30  # answers left for later that an address remembers
LONGEST_NOTE = 4000  # characters
ORDERS = {
    "mixed": "least certain, with rounds for rare codes",
    "uncertain": "least certain",
    "rare": "rarest codes",
    "random": "a random sample",
}
STATES = {
    "open": "not reviewed",
    "reviewed": "reviewed",
    "uncoded": "without a code",
    "noted": "with a note",
    "safe": "with codes in the safe band",
    "": "all",
}
POLICY = {"content-security-policy": OUR_SCRIPT["content-security-policy"] + "; connect-src 'self'"}
UNREAD = (None, Verdict.ACCEPTED)  # nobody has judged a code of this verdict on this answer
FILTERS = tuple(each.name for each in fields(Chosen))


@dataclass(frozen=True)
class Shown:
    """A coding on the page: which of the marks in the text is its, and why the machine thinks so."""

    number: int
    coding: Coding
    key: str
    name: str
    why: Explanation | None


@dataclass(frozen=True)
class Desk:
    """What every step on this page needs: where it is, who sits there, and what they have chosen to look at."""

    sayso: Sayso
    wave: Wave
    codebook: Codebook
    chosen: Chosen
    later: tuple[str, ...]
    by: str

    @property
    def sitting(self) -> Sitting:
        desk = self.sayso.desk
        return Sitting(self.wave.consultation.slug, self.codebook, self.by, desk.now(), desk.today())

    def address(self, **more: str) -> str:
        """This page with the same choice, of the next answer or of one that is named."""
        kept = {name: getattr(self.chosen, name) for name in FILTERS} | {"later": ",".join(self.later)} | more
        wanted = {name: value for name, value in kept.items() if value or name == "state"}
        return f"{PATH.format(slug=self.wave.consultation.slug)}?{urlencode(wanted)}"

    def queue(self) -> Queue:
        """Of all answers but those that whoever sits here is to code blind."""
        places = places_of(self.sayso.store, self.wave.id)
        with self.sayso.store.read() as session:
            blind = kept_from(session, self.by, told_in(self.wave.id))
        return read_queue(self.sayso.store, self.wave, {each: at for each, at in places.items() if each not in blind})


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


def _desk(request: Request) -> Desk:
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    if wave.answers_gone_on:
        raise AnswersGone(wave, wave.answers_gone_on)
    asked = request.query_params
    chosen = Chosen(**{name: asked[name] for name in FILTERS if name in asked})
    if "order" not in asked and "answer" in asked:  # they looked this one up
        chosen = Chosen(order="chosen")
    later = tuple(each for each in asked.get("later", "").split(",") if each)[-MOST_LATER:]
    return Desk(sayso, wave, codebook_of(sayso, wave), chosen, later, str(request.state.staff))


def _show_page(request: Request) -> Response:
    answer = request.query_params.get("answer")
    if answer is None:
        code_what_is_new(request.app.state.sayso)
    return _show(request, _desk(request), answer)


def _take(request: Request, form: FormData) -> Response:
    """Do what was pressed, and go where that leads. What can't be done is said on the page of the answer."""
    desk, answer = _desk(request), str(form.get("answer", ""))
    try:
        return RedirectResponse(_do(desk, form, answer), status_code=303)
    except UnknownAnswer:
        return _show(request, desk, None, status_code=409, fault="This answer was withdrawn or changed meanwhile.")
    except Overtaken as error:
        return _show(request, desk, answer, status_code=409, overtaken=error, meant=form)
    except BuiltUpon as error:
        return _show(request, desk, answer, status_code=409, built_upon=error)
    except NothingToUndo:
        return _show(request, desk, answer, status_code=409, fault="There is nothing of yours left to undo here.")
    except (NotUnderstood, UnknownCode) as error:
        return _show(request, desk, answer, status_code=422, fault=str(error))


def _do(desk: Desk, form: FormData, answer: str) -> str:
    """Returns the address to go on to."""
    store, sitting, seen = desk.sayso.store, desk.sitting, number_in(form.get("seen")) or 0
    # Nothing is done here to another consultation's answer; what is undone is looked for among this one's.
    text = "" if form.get("act") == "undo" else _text_of(desk, answer)
    match form.get("act"):
        case "judge":
            judgement = judgement_of(form, text)
            review.decide_codings(store, sitting, answer, [judgement], seen=seen)
            if "back" in form:  # to the list of answers
                return f"/staff/answers/{sitting.slug}?{form['back']}#a{answer}"
            return desk.address(answer=answer, at=key_of(judgement.facet, judgement.code))
        case "done":
            held = [Judgement(*key_in(str(each)), Verdict.CONFIRMED) for each in form.getlist("open")]
            review.finish_review(
                store, sitting, answer, held, drawn=desk.chosen.drawn, seen=seen, coder=str(form.get("coder", ""))
            )
            return desk.address()
        case "undo":
            undone = review.undo_last(store, sitting, answer, places_of(store, desk.wave.id))
            return desk.address(answer=undone.answer_id, at=f"{undone.facet} {undone.code}".strip(), undone="1")
        case "note":
            return _note(desk, form, answer)
        case _:
            raise NotUnderstood("Nothing was done: press one of the buttons of this page.")


def _note(desk: Desk, form: FormData, answer: str) -> str:
    words = str(form.get("words", ""))[:LONGEST_NOTE]
    try:
        review.write_note(desk.sayso.store, desk.sitting, desk.sayso.desk.detector, answer, RawText(words))
    except UnknownAnswer:
        raise
    except Exception as error:  # a model that fails, whatever its fault: nothing unread by it may be kept
        raise NotUnderstood(
            "The note could not be searched for names and other details, so nothing of it was kept. Try again; if that "
            "does not help, tell whoever runs Sayso that redaction is not working."
        ) from error
    return desk.address(answer=answer, at="note")


def _text_of(desk: Desk, answer: str) -> str:
    response = redacted_answer(desk.sayso.store, desk.wave.id, answer)
    if response is None:
        raise UnknownAnswer(answer)
    return response.answers[0].text or ""


def _show(request: Request, desk: Desk, answer: str | None, *, status_code: int = 200, **more: Any) -> Response:
    """The page of an answer, or of the next one that matches; where none does, the page that says so."""
    queue = desk.queue()
    band, _ = band_of(desk.sayso, desk.wave)
    matching = queue.matching(desk.chosen, band.holds if band else lambda *_: False)
    wanted = answer if answer is not None else queue.next(desk.chosen, matching, desk.later)
    response = redacted_answer(desk.sayso.store, desk.wave.id, wanted) if wanted and wanted in queue.places else None
    if answer and response is None:
        raise HTTPException(404)
    context = {
        "wave": desk.wave,
        "chosen": desk.chosen,
        "orders": ORDERS,
        "states": STATES,
        "reviewed": len(queue.reviews),
        "total": len(queue.places),
        "matching": len(matching),
        "questions": {
            str(each.id): each.short_name.in_(PLAIN) for each in desk.sayso.desk.survey_of(desk.wave).questions
        },
        "asked": sorted({each.question for each in queue.places.values()}),
        "names": {each.id: each.name for each in (*desk.codebook.codes, *desk.codebook.retired)},
        "codebook": desk.codebook,
        "here": desk.address(),
        **more,
    }
    if response is not None:
        sheet = read_sheet(desk.sayso.store, answer_records([response])[0], desk.by, queue.places.keys())
        context |= _of_sheet(request, desk, sheet)
    page = show(request, "review.html", status_code=status_code, **context)
    page.headers.update(POLICY)
    return page


def _of_sheet(request: Request, desk: Desk, sheet: Sheet) -> Mapping[str, Any]:
    shown = _shown(desk, sheet)
    answer = sheet.record.answer_id
    waiting = [each.key for each in shown if each.coding.verdict in UNREAD]
    at = request.query_params.get("at", "")
    in_hand = next((each for each in shown if each.key == at), None)
    if in_hand is None or in_hand.coding.verdict not in UNREAD:  # on to the next that is open, where there is one
        after = shown[in_hand.number :] if in_hand else shown
        in_hand = next((each for each in (*after, *shown) if each.coding.verdict in UNREAD), in_hand)
    return {
        "sheet": sheet,
        "shown": shown,
        "open": waiting,
        "in_hand": in_hand.key if in_hand else "",
        "stretches": marked(sheet.record.text, {each.number: _places(each) for each in shown}),
        "unread": why_unread(sheet.record.language),
        "spoken": IN_ENGLISH,
        "my_note": next((each.text for each in sheet.notes if each.by == desk.by), ""),
        "by": desk.by,
        "tones": SENTIMENTS,
        "stands": {each.key for each in shown if each.coding.counts},
        "post_to": desk.address(answer=answer),
        "leave": _leave(desk, answer),
        "assisted": _assisted(desk, sheet),
    }


def _assisted(desk: Desk, sheet: Sheet) -> Mapping[str, tuple[str, str]]:
    """What the council's language model proposes, by key: the code's name, and the words that it gives for it."""
    with desk.sayso.store.read() as session:
        _, proposals = assists.assist_for(session, sheet.record.answer_id, desk.codebook)
    return {
        key_of(each.facet, each.code): (desk.codebook.code(each.code).name, sheet.record.text[each.start : each.end])
        for each in proposals
    }


def _leave(desk: Desk, answer: str) -> str:
    return desk.address(later=",".join([*(each for each in desk.later if each != answer), answer]))


def _shown(desk: Desk, sheet: Sheet) -> list[Shown]:
    why = coder_of(desk.sayso, desk.wave).explain(sheet.record, [each.code for each in sheet.codings])
    names = {each.id: each.name for each in (*desk.codebook.codes, *desk.codebook.retired)}
    return [
        Shown(number, each, key_of(each.facet, each.code), names.get(each.code, each.code), why.get(each.code))
        for number, each in enumerate(sheet.codings, 1)
    ]


def _places(shown: Shown) -> Sequence[Place]:
    """What a person marked, else the words that carried the code, else the clause; nothing for what does not stand, nor
    the machine's words for what it never proposed."""
    coding = shown.coding
    if not coding.counts or coding.facet is Facet.SENTIMENT or coding.verdict is Verdict.ADDED:
        return coding.places if coding.counts else ()
    carried = shown.why.words if shown.why else ()
    return coding.places or carried or ((coding.start, coding.end),)
