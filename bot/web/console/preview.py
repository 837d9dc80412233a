"""Where an officer talks to a survey before anybody else does, and sees which paths lead through it.

Nothing of such a talk is kept: where it stands travels in its own form, signed, and holds no words.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.chat.dialogue import decode, parts_of
from bot.web.chat.visit import form_of
from bot.web.console.drafts import PATH, Source, list_page, read, source_of
from bot.web.pages import show
from bot.web.security import Access, guarded
from consultation.content import BadFile
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.languages import IN_ENGLISH, is_easy, language_of
from consultation.domain.survey import Survey
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow.state import State
from consultation.operations.converse import NotStored
from consultation.operations.messages import Message, tell
from consultation.operations.preview import NeverAsked, Shown, Trial, again, jump, so_far, start, take
from consultation.operations.show_conversation import Talk
from consultation.surveys.lint import Finding, lint
from consultation.surveys.missing import Gap, gaps
from consultation.surveys.outline import Outline, name_of, outline

TRIED = f"{PATH}/{{kind}}/{{name}}"  # kind: draft, shipped, consultation
MOST_SHOWN = 60  # findings, or wordings that are missing; the others are counted


def routes() -> list[BaseRoute]:
    return [guarded(TRIED, _begin, Access.OFFICER), guarded(TRIED, _take, Access.OFFICER, method="POST")]


async def _begin(request: Request) -> Response:
    """From the beginning, or at the question that was chosen."""
    return await run_in_threadpool(_page_of, request, lambda trial: _begun(request, trial))


async def _take(request: Request) -> Response:
    """One turn, answered by the page itself: nowhere else is it known."""
    form = await form_of(request)
    return await run_in_threadpool(_page_of, request, lambda trial: _taken(request, trial, form), form)


def _page_of(request: Request, turn: Callable[[Trial], Shown], form: FormData | None = None) -> Response:
    try:
        source = source_of(request)
        survey = source.survey
    except BadFile as fault:
        return list_page(request, str(fault))
    desk = _sayso(request).desk
    trial = Trial(survey, source.wave, desk.arrangements(), desk.detector, desk.screen)
    try:
        shown = turn(trial)
    except (NeverAsked, BadSignature):  # of another audience, or from before the survey or our keys were changed
        return RedirectResponse(request.url.path, status_code=303)
    was_not_taken = any(each.is_trouble for each in shown.said)
    return _page(request, source, trial, shown, form if was_not_taken else None)


def _begun(request: Request, trial: Trial) -> Shown:
    asked, audience = request.query_params, _audience(request, trial.survey)
    locale, at = asked.get("in", PLAIN), asked.get("at", "")
    if locale not in _locales(trial.survey):
        locale = PLAIN
    return jump(trial, audience, locale, QuestionId(at)) if at else start(trial, audience, locale)


def _taken(request: Request, trial: Trial, form: FormData) -> Shown:
    state = State.from_json(_signed(request).loads(str(form.get("state", "")), salt=request.url.path))
    if (state.survey, state.survey_version) != (trial.survey.id, trial.survey.version):
        raise BadSignature("of another version")
    try:
        return take(trial, state, decode(form))
    except NotStored:
        return Shown(state, (tell(Words("turn.not_stored"), state.locale), *again(trial, state).said))


def _page(request: Request, source: Source, trial: Trial, shown: Shown, form: FormData | None) -> Response:
    survey, state = trial.survey, shown.state
    audience = state.audience or _audience(request, survey)
    said = [_without_own_pictures(each) for each in shown.said] if source.is_draft else shown.said
    return show(
        request,
        "preview.html",
        wave=trial.wave,
        talk=Talk(state.locale, so_far(trial, state)),
        locale=state.locale,
        path=request.url.path,
        posts_to=f"{request.url.path}#now",
        carried=_signed(request).dumps(state.to_json(), salt=request.url.path),
        source=source,
        audience=audience,
        audiences=survey.audiences,
        locales=_locales(survey),
        in_english=_in_english,
        asked=[(each.id, name_of(each)) for each in survey.for_audience(audience)],
        current=state.current,
        outline=_outline(source.body, source.file, audience),
        missing=_missing(source.body, state.locale),
        findings=_findings(source.body),
        most=MOST_SHOWN,
        **parts_of(said, form),
    )


def _audience(request: Request, survey: Survey) -> Audience:
    named = Audience.of_link(request.query_params.get("audience", ""))
    return named if named in survey.audiences else survey.audiences[0]


def _without_own_pictures(message: Message) -> Message:
    """They lie beside the file, and come with it when it is opened."""
    buttons = tuple(replace(each, picture="") if "." in each.picture else each for each in message.buttons)
    return replace(message, buttons=buttons, picture="" if "." in message.picture else message.picture)


def _locales(survey: Survey) -> list[str]:
    """Easy Read is in English alone."""
    return [
        each for language in survey.languages for each in ((PLAIN, EASY_READ) if language == PLAIN else (language,))
    ]


def _in_english(locale: str) -> str:
    return f"{IN_ENGLISH[language_of(locale)]}{', Easy Read' if is_easy(locale) else ''}"


def _signed(request: Request) -> URLSafeSerializer:
    signed: URLSafeSerializer = request.app.state.previews
    return signed


def _sayso(request: Request) -> Sayso:
    sayso: Sayso = request.app.state.sayso
    return sayso


# A file is looked over once, however many turns are taken.


@lru_cache(maxsize=24)
def _outline(body: str, file: str, audience: Audience) -> Outline:
    return outline(read(body, file), audience)


@lru_cache(maxsize=24)
def _missing(body: str, locale: str) -> tuple[Gap, ...]:
    return () if locale == PLAIN else tuple(gaps(body, locale))


@lru_cache(maxsize=8)
def _findings(body: str) -> tuple[Finding, ...]:
    return tuple(lint(body))
