"""The talk: one page, one form, one question at a time. Translates posts to events and messages to a page."""

import logging

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.turns import Turns
from bot.web.chat.dialogue import decode, parts_of
from bot.web.chat.page import first_offer, locale_in, show_chat
from bot.web.chat.shared import began_here, kept_awake
from bot.web.chat.visit import (
    forget_talk,
    form_of,
    home_of,
    is_open,
    nonce_of,
    path_of,
    remember_talk,
    shared_mark,
    talk_of,
    wave_of,
)
from bot.web.flood import Floods
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.wording import Words
from consultation.flow.events import Began
from consultation.operations.converse import Incoming, Input, NotStored, Reply
from consultation.operations.messages import Message, help_message, not_taking, tell
from consultation.operations.show_conversation import Talk, show_conversation
from consultation.privacy.receipts import new_talk, receipt_of
from consultation.storage.writer import WriterClosed

log = logging.getLogger("sayso.web")

PASSING = (DBAPIError, WriterClosed)  # the disk is full, the database is away, Sayso is stopping


def routes() -> list[BaseRoute]:
    return [
        guarded("/c/{slug}/talk", kept_awake(_show_talk), Access.PUBLIC),
        guarded("/c/{slug}/talk", kept_awake(_take_post), Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/leave", _leave, Access.PUBLIC, method="POST"),
        guarded("/c/{slug}/begin", _begin, Access.PUBLIC, method="POST"),
    ]


async def _begin(request: Request) -> Response:
    wave = await wave_of(request)
    form = await form_of(request)
    begun = None if form.get("afresh") else talk_of(request, wave)
    chat = begun or new_talk()
    on_shared = shared_mark(request, wave) is not None
    wait = _floods(request).seconds_to_wait(request, chat, shared=on_shared)
    if wait:
        return give_back(request, form, wait=wait)
    who, where = Audience.of_link(str(form.get("audience", ""))), str(form.get("place", "")) or None
    locale = locale_in(form)
    began = await began_here(request, wave, locale) if on_shared else Began(who, where, locale)
    if began is None:
        return RedirectResponse(home_of(request, wave), status_code=303)
    try:
        await _turn(request, wave, chat, form, began)
    except PASSING as error:
        return _not_saved(request, form, error)
    response = RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)
    remember_talk(request, response, wave, chat)
    return response


async def _show_talk(request: Request) -> Response:
    wave = await wave_of(request)
    chat = talk_of(request, wave)
    if chat is None:
        return RedirectResponse(home_of(request, wave), status_code=303)
    return await _talk_page(request, wave, chat)


async def _take_post(request: Request) -> Response:
    """One turn. Answered by a redirect, so that reloading the page posts nothing again."""
    wave = await wave_of(request)
    chat = talk_of(request, wave)
    if chat is None:
        return RedirectResponse(home_of(request, wave), status_code=303)
    form = await form_of(request)
    wait = _floods(request).seconds_to_wait(request, chat, shared=shared_mark(request, wave) is not None)
    if wait:
        return give_back(request, form, wait=wait)
    try:
        reply = await _turn(request, wave, chat, form, decode(form))
    except NotStored:
        return await _talk_page(request, wave, chat, form, first=Words("turn.not_stored"), status_code=503)
    except PASSING as error:
        return _not_saved(request, form, error)
    if reply.closed:
        return await _talk_page(request, wave, chat, form, closed=tuple(reply.messages))
    if _was_not_taken(reply):
        # Shown at once and not after a redirect: the draft is kept nowhere but on the person's own screen.
        return await _talk_page(request, wave, chat, form, status_code=422)
    return RedirectResponse(f"{path_of(wave)}/talk#now", status_code=303)


def _not_saved(request: Request, form: FormData, error: Exception) -> Response:
    log.error("a post was not stored (%s)", type(error).__name__)
    return give_back(request, form)


def give_back(request: Request, form: FormData, *, wait: int = 0) -> Response:
    """The form once more, with all that was in it. It keeps its number: if it was taken after all, it is one turn.
    `wait`: seconds, where it is one post of a flood; else something of ours was in the way."""
    sayso: Sayso = request.app.state.sayso
    locale = locale_in(form) or first_offer(request)
    response = show_chat(
        request, "not_saved.html", locale, status_code=429 if wait else 503, flooded=bool(wait),
        kept=[(name, str(value)) for name, value in form.multi_items() if name != "text"],
        typed="text" in form, draft=str(form.get("text", "")),
        lines=help_message(sayso.desk.arrangements().help_lines, None, locale),
    )  # fmt: skip
    if wait:
        response.headers["retry-after"] = str(wait)
    return response


def _floods(request: Request) -> Floods:
    floods: Floods = request.app.state.floods
    return floods


async def _leave(request: Request) -> Response:
    """Forget the talk on this device; the answers stay as they are."""
    wave = await wave_of(request)
    response = RedirectResponse(home_of(request, wave), status_code=303)
    forget_talk(response, wave)
    return response


async def _turn(request: Request, wave: Wave, chat: str, form: FormData, given: Input) -> Reply:
    """Returns once the turn is on the disk."""
    sayso: Sayso = request.app.state.sayso
    turns: Turns = request.app.state.turns
    incoming = Incoming(Channel.WEB, chat, nonce_of(form), given, locale_in(form))
    return await turns.take(sayso.desk, wave, incoming)


def _was_not_taken(reply: Reply) -> bool:
    """Whether something is wrong with what was sent, or it was typed on a page that a later turn has overtaken (two
    tabs, the back button). A form that is merely posted twice is not: its text is in already, and must not be offered
    again under the next question."""
    messages = reply.messages
    return bool(messages) and (messages[0].key == "page.old" or any(each.is_trouble for each in messages))


async def _talk_page(
    request: Request,
    wave: Wave,
    chat: str,
    form: FormData | None = None,
    *,
    first: Words | None = None,
    status_code: int = 200,
    closed: tuple[Message, ...] = (),
) -> Response:
    """The talk as it stands. `form`: what was posted and was not taken, so that it can be mended and sent again."""
    sayso: Sayso = request.app.state.sayso
    survey = await run_in_threadpool(sayso.desk.survey_of, wave)
    taking = not closed and is_open(request, wave)
    if not taking:  # from then on nobody can tell which talk was whose
        locale = (form and locale_in(form)) or first_offer(request, survey.languages)
        talk = Talk(locale, latest=closed or tuple(not_taking(wave, sayso.desk.today(), locale)))
    else:
        talk = await run_in_threadpool(show_conversation, sayso.desk, wave, Channel.WEB, chat)
    latest = (tell(first, talk.locale), *talk.latest) if first else talk.latest
    return show_chat(
        request,
        "talk.html",
        talk.locale,
        status_code=status_code,
        languages=survey.languages if taking else (),
        talking=True,
        wave=wave,
        talk=talk,
        open=taking,
        receipt=receipt_of(chat),
        closes_on=wave.closes_on,
        **parts_of(latest, form),
    )
