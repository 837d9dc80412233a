"""The codebook of a consultation as its pages have it: what is kept, and what becomes of a form that changes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from analysis.codebook import Codebook, UnknownCode, codebook_from, shipped_codebook
from analysis.codebook.changes import Change, changes
from analysis.codebook.edit import NotEdited
from analysis.operations.edit_codebook import Editing, Overtaken
from analysis.storage import codebooks, coders, recoding
from analysis.storage.tables import CodebookVersionRow, CoderVersionRow, SplitRow
from bot.chapters import AnswersGone
from bot.sayso import Sayso
from bot.web.console.consultations import wave_at
from consultation.domain.consultation import Wave
from consultation.operations.redacted_answers import answer_ids

PATH = "/staff/answers/{slug}/codebook"


@dataclass(frozen=True)
class Version:
    """A version as the list shows it: what it changed in the one before."""

    row: CodebookVersionRow
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Kept:
    """The codebook of a consultation as it is kept: its versions, the newest first, and what goes on around it."""

    wave: Wave
    codebook: Codebook
    rows: tuple[CodebookVersionRow, ...]
    splits: tuple[SplitRow, ...]
    taught: CoderVersionRow | None
    examples: int
    out_of_use: int  # decisions that count nowhere

    @property
    def number(self) -> int:
        return self.rows[0].number if self.rows else 0

    @property
    def machine_knows(self) -> bool:
        return self.taught is not None or self.codebook.has_codes_of(shipped_codebook())

    @property
    def versions(self) -> list[Version]:
        books = [codebook_from(each.body) for each in self.rows]
        made_of = dict(pairwise(range(len(books))))  # the newest is the first
        return [
            Version(row, tuple(changes(books[made_of[at]], books[at])) if at in made_of else ())
            for at, row in enumerate(self.rows)
        ]

    def since(self, number: int) -> list[Change]:
        """What others changed since the version of that number; 0 is the codebook as it ships."""
        seen = next((codebook_from(each.body) for each in self.rows if each.number == number), shipped_codebook())
        return changes(seen, self.codebook)


Shows = Callable[..., Response]
Does = Callable[[Request, Kept, FormData], str]  # where it leads


def page(shows: Shows) -> Callable[[Request], Any]:
    async def shown(request: Request) -> Response:
        return await run_in_threadpool(lambda: shows(request, kept_at(request)))

    return shown


def posted(does: Does, shows: Shows) -> Callable[[Request], Any]:
    """Do what a form says and go where that leads; else show the form again, with what was typed and what is in the
    way."""

    async def post(request: Request) -> Response:
        form = await request.form()
        return await run_in_threadpool(take, request, form, does, shows)

    return post


def take(request: Request, form: FormData, does: Does, shows: Shows) -> Response:
    kept = kept_at(request)
    try:
        return RedirectResponse(f"{path_of(kept)}{does(request, kept, form)}", status_code=303)
    except UnknownCode:
        raise HTTPException(404) from None
    except NotEdited as error:
        return shows(request, kept, form, fault=str(error), status_code=422)
    except Overtaken:
        now = kept_at(request)
        return shows(request, now, form, overtaken=now.since(seen_in(form)), status_code=409)


def kept_at(request: Request) -> Kept:
    """Raises 404, and `AnswersGone`."""
    sayso: Sayso = request.app.state.sayso
    wave = wave_at(sayso, request.path_params["slug"])
    if wave.answers_gone_on:
        raise AnswersGone(wave, wave.answers_gone_on)
    mine = wave.consultation.id
    with sayso.store.read() as session:
        rows = codebooks.versions(session, mine)
        codebook = codebook_from(rows[0].body) if rows else shipped_codebook()
        kept = Kept(
            wave, codebook, tuple(rows), tuple(codebooks.splits(session, mine)), coders.in_use(session, mine),
            len(codebooks.examples(session, mine)), recoding.out_of_use(session, answer_ids(mine), codebook),
        )  # fmt: skip
        session.expunge_all()
    return kept


def editing_of(request: Request, kept: Kept, form: Mapping[str, Any] | None = None) -> Editing:
    desk = request.app.state.sayso.desk
    given = form or {}
    return Editing(
        kept.wave.consultation, str(request.state.staff), desk.now(), desk.today(), str(given.get("why", "")),
        seen_in(given),
    )  # fmt: skip


def seen_in(form: Mapping[str, Any]) -> int:
    said = str(form.get("seen", ""))
    return int(said) if said.isdecimal() and len(said) < 9 else -1


def path_of(kept: Kept) -> str:
    return PATH.format(slug=kept.wave.consultation.slug)
