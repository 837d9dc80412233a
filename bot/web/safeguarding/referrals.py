"""Where the safeguarding lead sees what waits, reads it with their key, notes what was done and writes back.

A key and its passphrase are in memory for one request, and in no file, log, cookie or page. The words that were opened
go into one page that nobody keeps.
"""

import secrets
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.chat.visit import form_of, nonce_of
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.domain.concern import Outcome, Queue, Status
from consultation.operations.open_referral import Opened, history, open_referral, save_referral, unlock
from consultation.operations.refer_concern import (
    Actor,
    NoSuchMove,
    Referral,
    UnknownReference,
    acknowledge,
    move,
    referral,
    referrals,
)
from consultation.operations.write_to_person import LONGEST, NotWritten, write_to_person
from consultation.safeguarding.lead_keys import Holder
from consultation.safeguarding.seal import UnusableKey

HERE = "/staff/safeguarding"


def routes() -> list[BaseRoute]:
    return [
        guarded(HERE, _list, Access.SAFEGUARDING),
        guarded(f"{HERE}/{{reference}}", _show_one, Access.SAFEGUARDING),
        guarded(f"{HERE}/{{reference}}/read", _read, Access.SAFEGUARDING, method="POST"),
        guarded(f"{HERE}/{{reference}}/move", _move, Access.SAFEGUARDING, method="POST"),
        guarded(f"{HERE}/{{reference}}/write", _write, Access.SAFEGUARDING, method="POST"),
        guarded(f"{HERE}/{{reference}}/sealed", _save, Access.SAFEGUARDING, method="POST"),
    ]


async def _list(request: Request) -> Response:
    found = await run_in_threadpool(referrals, _sayso(request).store)
    ring = _sayso(request).desk.keyring()
    return show(
        request, "referrals.html", waiting=[each for each in found if each.status == Status.NEW],
        in_hand=[each for each in found if each.status in (Status.ACKNOWLEDGED, Status.ACTIONED)],
        closed=[each for each in found if each.status == Status.CLOSED], Queue=Queue,
        lacking=[each for each in Holder if not ring.of(each)],
    )  # fmt: skip


async def _show_one(request: Request) -> Response:
    return await run_in_threadpool(_page, request)


async def _read(request: Request) -> Response:
    form = await form_of(request)
    file = form.get("key")
    private = await file.read() if isinstance(file, UploadFile) else b""
    return await run_in_threadpool(_open, request, private, str(form.get("passphrase", "")))


def _open(request: Request, private: bytes, passphrase: str) -> Response:
    sayso, about, now = _sayso(request), _about(request), _sayso(request).desk.now()
    try:
        key = unlock(sayso.store, about.reference, private, passphrase, _actor(request), now)
        opened = open_referral(sayso.store, about.reference, key, _actor(request), now)
    except UnusableKey as why:
        return _page(request, fault=str(why))
    return _page(request, opened=opened)


async def _move(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_take_on, request, form)


def _take_on(request: Request, form: FormData) -> Response:
    sayso, about, now = _sayso(request), _about(request), _sayso(request).desk.now()
    to, outcome = str(form.get("to", "")), str(form.get("outcome", ""))
    if to not in set(Status) or outcome not in {"", *Outcome}:
        raise HTTPException(404)
    try:
        if to == Status.ACKNOWLEDGED:
            acknowledge(sayso.store, about.reference, _actor(request), now)
        else:
            done = Outcome(outcome) if outcome else None
            move(sayso.store, about.reference, Status(to), _actor(request), now, done)
    except NoSuchMove as why:
        return _page(request, fault=str(why))
    return RedirectResponse(f"{HERE}/{about.reference}", status_code=303)


async def _write(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_leave, request, form)


def _leave(request: Request, form: FormData) -> Response:
    sayso, about = _sayso(request), _about(request)
    words, handle = str(form.get("words", "")), str(form.get("handle", ""))  # found with a key alone
    try:
        write_to_person(sayso.store, about.reference, handle, words, _actor(request), sayso.desk.now(), nonce_of(form))
    except NotWritten as why:
        return _page(request, fault=str(why), handle=handle, typed=words)
    return RedirectResponse(f"{HERE}/{about.reference}?written=1", status_code=303)


async def _save(request: Request) -> Response:
    return await run_in_threadpool(_sealed, request)


def _sealed(request: Request) -> Response:
    sayso, about = _sayso(request), _about(request)
    sealed = save_referral(sayso.store, about.reference, _actor(request), sayso.desk.now())
    named = {"content-disposition": f'attachment; filename="{about.reference}.age"'}
    return Response(sealed, media_type="application/octet-stream", headers=named)


def _page(
    request: Request, *, opened: Opened | None = None, fault: str = "", handle: str = "", typed: str = ""
) -> Response:
    """The referral as it stands by now; opened, or with what is in the way."""
    about = _about(request)
    more: dict[str, Any] = {
        "opened": opened, "fault": fault, "handle": opened.handle if opened else handle, "typed": typed,
    }  # fmt: skip
    return show(
        request, "referral.html", status_code=422 if fault else 200, about=about, Status=Status, Queue=Queue,
        outcomes=tuple(Outcome), history=history(_sayso(request).store, about.reference),
        longest=LONGEST, nonce=secrets.token_hex(16), written="written" in request.query_params, **more,
    )  # fmt: skip


def _about(request: Request) -> Referral:
    try:
        return referral(_sayso(request).store, request.path_params["reference"])
    except UnknownReference:
        raise HTTPException(404) from None


def _actor(request: Request) -> Actor:
    return Actor(request.state.role.words)


def _sayso(request: Request) -> Sayso:
    sayso: Sayso = request.app.state.sayso
    return sayso
