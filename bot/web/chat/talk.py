"""The talk: one page, one form, one question at a time. Translates posts to events and messages to a page."""

import logging
import secrets

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.turns import Turns
from bot.web.pages import show, words
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow.events import Began, Command, Commanded, Tapped
from consultation.flow.state import LONGEST_ANSWER
from consultation.locale import render
from consultation.operations.converse import Incoming, Input, NotStored, Reply, Typed
from consultation.operations.messages import Message, briefing, help_text
from consultation.operations.show_conversation import Talk, show_conversation
from consultation.storage.writer import WriterClosed

log = logging.getLogger("sayso.web")

PASSING = (DBAPIError, WriterClosed)  # the disk is full, the database is away, Sayso is stopping
BIGGEST_POST = 256 * 1024  # bytes; the longest answer takes a tenth of it


def routes() -> list[BaseRoute]:
    return [
        guarded("/", _front, Access.PUBLIC),
        guarded("/c/{slug}", _welcome, Access.PUBLIC),
        guarded("/c/{slug}/talk", _show_talk, Access.PUBLIC),
        guarded("/c/{slug}/talk", _take_post, Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/leave", _leave, Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/{audience}", _welcome, Access.PUBLIC),
        guarded("/c/{slug}/begin", _begin, Access.PUBLIC, method="POST"),
    ]


async def _front(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    waves = await run_in_threadpool(sayso.waves.open_on, sayso.desk.today())
    return show(request, "front.html", waves=waves, audiences=tuple(Audience))


async def _welcome(request: Request) -> Response:
    """The page before the talk: what this is, and one button."""
    wave = await _wave(request)
    audience = request.path_params.get("audience")
    if audience is not None and Audience.of_link(audience) is None:
        raise HTTPException(404)
    under_way = _cookie_name(wave) in request.cookies
    return show(
        request, "welcome.html", wave=wave, audience=audience, under_way=under_way, open=_is_open(request, wave)
    )


async def _begin(request: Request) -> Response:
    wave = await _wave(request)
    form = await _form(request)
    begun = None if form.get("afresh") else request.cookies.get(_cookie_name(wave))
    chat = begun or secrets.token_urlsafe(24)
    try:
        await _turn(request, wave, chat, _nonce(form), Began(Audience.of_link(str(form.get("audience", "")))))
    except PASSING as error:
        return _not_saved(request, form, "", error)
    response = RedirectResponse(f"/c/{wave.consultation.slug}/talk#now", status_code=303)
    # A session cookie: a shared phone forgets the talk when its browser closes.
    response.set_cookie(
        _cookie_name(wave),
        chat,
        path=f"/c/{wave.consultation.slug}",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


async def _show_talk(request: Request) -> Response:
    wave = await _wave(request)
    chat = request.cookies.get(_cookie_name(wave))
    if chat is None:
        return RedirectResponse(f"/c/{wave.consultation.slug}", status_code=303)
    return await _talk_page(request, wave, chat)


async def _take_post(request: Request) -> Response:
    """One turn. Answered by a redirect, so that reloading the page posts nothing again."""
    wave = await _wave(request)
    chat = request.cookies.get(_cookie_name(wave))
    if chat is None:
        return RedirectResponse(f"/c/{wave.consultation.slug}", status_code=303)
    form = await _form(request)
    text = form.get("text")
    draft = text if isinstance(text, str) else ""
    try:
        reply = await _turn(request, wave, chat, _nonce(form), _decode(form))
    except NotStored as refused:
        return await _talk_page(request, wave, chat, draft=draft, first=refused.message, status_code=503)
    except PASSING as error:
        return _not_saved(request, form, draft, error)
    if reply.closed:
        return await _talk_page(request, wave, chat, draft=draft, closed=tuple(reply.messages))
    if _was_stale(reply) or len(draft) > LONGEST_ANSWER:
        # Shown at once and not after a redirect: the draft is kept nowhere but on the person's own screen.
        return await _talk_page(request, wave, chat, draft=draft, status_code=422)
    return RedirectResponse(f"/c/{wave.consultation.slug}/talk#now", status_code=303)


def _not_saved(request: Request, form: FormData, draft: str, error: Exception) -> Response:
    """The form once more, with all that was in it. It keeps its number: if it was taken after all, it is one turn."""
    log.error("a post was not stored (%s)", type(error).__name__)
    kept = [(name, str(value)) for name, value in form.multi_items() if name != "text"]
    lines = help_text(None, PLAIN)
    return show(request, "not_saved.html", status_code=503, kept=kept, typed="text" in form, draft=draft, lines=lines)


async def _leave(request: Request) -> Response:
    """Forget the talk on this device; the answers stay as they are."""
    wave = await _wave(request)
    response = RedirectResponse(f"/c/{wave.consultation.slug}", status_code=303)
    response.delete_cookie(_cookie_name(wave), path=f"/c/{wave.consultation.slug}")
    return response


async def _turn(request: Request, wave: Wave, chat: str, nonce: str, given: Input) -> Reply:
    """Returns once the turn is on the disk."""
    sayso: Sayso = request.app.state.sayso
    turns: Turns = request.app.state.turns
    return await turns.take(sayso.desk, wave, Incoming(Channel.WEB, chat, nonce, given))


def _was_stale(reply: Reply) -> bool:
    """Whether the text was typed on a page that a later turn has overtaken (two tabs, the back button). A form that
    is merely posted twice is not: its text is in already, and must not be offered again under the next question."""
    return bool(reply.said) and reply.said[0]["text"] in {words("page.old", locale) for locale in (PLAIN, EASY_READ)}


async def _talk_page(
    request: Request,
    wave: Wave,
    chat: str,
    *,
    draft: str = "",
    first: Message | None = None,
    status_code: int = 200,
    closed: tuple[Message, ...] = (),
) -> Response:
    sayso: Sayso = request.app.state.sayso
    talk: Talk = await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, chat)
    is_open = not closed and _is_open(request, wave)
    latest = (first, *talk.latest) if first else talk.latest
    if not is_open:  # the talk stays to be read, but nothing is asked any more
        latest = closed or (Message(render(Words("wave.not_open", briefing(wave)), talk.locale)),)
    prompt = latest[-1] if latest and latest[-1].mode is not None else None
    return show(
        request,
        "talk.html",
        status_code=status_code,
        wave=wave,
        talk=talk,
        said=latest[:-1] if prompt else latest,
        prompt=prompt,
        draft=draft,
        nonce=secrets.token_urlsafe(16),
        longest=LONGEST_ANSWER,
        open=is_open,
    )


def _decode(form: FormData) -> Input:
    """A post to an event: a command button, ticked choices, or typed text."""
    step = str(form.get("step", ""))
    number = int(step) if step.isdecimal() and len(step) < 10 else -1
    command = form.get("command")
    if command in set(Command):
        return Commanded(Command(str(command)), number)
    text = form.get("text")
    if isinstance(text, str):
        return Typed(RawText(text.replace("\r\n", "\n")), number)
    return Tapped(number, tuple(str(each) for each in form.getlist("value")))


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > BIGGEST_POST:
        raise HTTPException(413)
    return await request.form()


def _nonce(form: FormData) -> str:
    """The form's own number: the same form posted twice is one turn."""
    return str(form.get("nonce") or secrets.token_urlsafe(16))[:64]


async def _wave(request: Request) -> Wave:
    sayso: Sayso = request.app.state.sayso
    slug = request.path_params["slug"]
    # A database that hangs holds up a thread, and not everybody.
    wave = sayso.waves.remembered(slug) or await run_in_threadpool(sayso.waves.at, slug)
    if wave is None:
        raise HTTPException(404)
    return wave


def _is_open(request: Request, wave: Wave) -> bool:
    sayso: Sayso = request.app.state.sayso
    return wave.is_open(sayso.desk.today())


def _cookie_name(wave: Wave) -> str:
    return f"talk_{wave.consultation.slug}"
