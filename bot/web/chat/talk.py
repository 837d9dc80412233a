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
from bot.web.chat.visit import (
    forget_talk,
    form_of,
    is_open,
    nonce_of,
    path_of,
    remember_talk,
    talk_of,
    wave_of,
)
from bot.web.pages import show, words
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.due import in_words
from consultation.domain.text import RawText
from consultation.domain.wording import EASY_READ, PLAIN
from consultation.flow.events import Began, Command, Commanded, Tapped
from consultation.flow.state import LONGEST_ANSWER
from consultation.operations.converse import Incoming, Input, NotStored, Reply, Typed
from consultation.operations.messages import Message, help_message, not_taking
from consultation.operations.show_conversation import Talk, show_conversation
from consultation.privacy.receipts import new_talk, receipt_of
from consultation.storage.writer import WriterClosed

log = logging.getLogger("sayso.web")

PASSING = (DBAPIError, WriterClosed)  # the disk is full, the database is away, Sayso is stopping


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
    wave = await wave_of(request)
    audience = request.path_params.get("audience")
    if audience is not None and Audience.of_link(audience) is None:
        raise HTTPException(404)
    under_way = talk_of(request, wave) is not None
    sayso: Sayso = request.app.state.sayso
    over = not_taking(wave, sayso.desk.today())[1:]  # what there is to say beyond its dates
    return show(
        request,
        "welcome.html",
        wave=wave,
        audience=audience,
        under_way=under_way,
        open=is_open(request, wave),
        over=over,
        lines=help_message(sayso.desk.arrangements().help_lines, Audience.of_link(audience or ""), PLAIN),
    )


async def _begin(request: Request) -> Response:
    wave = await wave_of(request)
    form = await form_of(request)
    begun = None if form.get("afresh") else talk_of(request, wave)
    chat = begun or new_talk()
    try:
        await _turn(request, wave, chat, nonce_of(form), Began(Audience.of_link(str(form.get("audience", "")))))
    except PASSING as error:
        return _not_saved(request, form, "", error)
    response = RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)
    remember_talk(request, response, wave, chat)
    return response


async def _show_talk(request: Request) -> Response:
    wave = await wave_of(request)
    chat = talk_of(request, wave)
    if chat is None:
        return RedirectResponse(path_of(wave), status_code=303)
    return await _talk_page(request, wave, chat)


async def _take_post(request: Request) -> Response:
    """One turn. Answered by a redirect, so that reloading the page posts nothing again."""
    wave = await wave_of(request)
    chat = talk_of(request, wave)
    if chat is None:
        return RedirectResponse(path_of(wave), status_code=303)
    form = await form_of(request)
    text = form.get("text")
    draft = text if isinstance(text, str) else ""
    try:
        reply = await _turn(request, wave, chat, nonce_of(form), _decode(form))
    except NotStored as refused:
        return await _talk_page(request, wave, chat, draft=draft, first=refused.message, status_code=503)
    except PASSING as error:
        return _not_saved(request, form, draft, error)
    if reply.closed:
        return await _talk_page(request, wave, chat, draft=draft, closed=tuple(reply.messages))
    if _was_stale(reply) or len(draft) > LONGEST_ANSWER:
        # Shown at once and not after a redirect: the draft is kept nowhere but on the person's own screen.
        return await _talk_page(request, wave, chat, draft=draft, status_code=422)
    return RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)


def _not_saved(request: Request, form: FormData, draft: str, error: Exception) -> Response:
    """The form once more, with all that was in it. It keeps its number: if it was taken after all, it is one turn."""
    log.error("a post was not stored (%s)", type(error).__name__)
    kept = [(name, str(value)) for name, value in form.multi_items() if name != "text"]
    sayso: Sayso = request.app.state.sayso
    lines = help_message(sayso.desk.arrangements().help_lines, None, PLAIN)
    return show(request, "not_saved.html", status_code=503, kept=kept, typed="text" in form, draft=draft, lines=lines)


async def _leave(request: Request) -> Response:
    """Forget the talk on this device; the answers stay as they are."""
    wave = await wave_of(request)
    response = RedirectResponse(path_of(wave), status_code=303)
    forget_talk(response, wave)
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
    taking = not closed and is_open(request, wave)
    if not taking:  # from then on nobody can tell which talk was whose
        talk = Talk(PLAIN, latest=closed or tuple(not_taking(wave, sayso.desk.today())))
    else:
        talk = await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, chat)
    latest = (first, *talk.latest) if first else talk.latest
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
        open=taking,
        receipt=receipt_of(chat),
        locale=talk.locale,
        closes_on=in_words(wave.closes_on),
        finished=prompt is not None and any(each.value == Command.DELETE for each in prompt.buttons),
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
