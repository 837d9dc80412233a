"""The pages before the talk: what is open, what this is, and the button that begins. Knows nothing of what is asked."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.chat.page import ASKED_FOR, first_offer, show_chat
from bot.web.chat.visit import is_open, talk_of, wave_of
from bot.web.security import Access, guarded
from consultation.domain.consultation import Audience
from consultation.domain.languages import LANGUAGES
from consultation.flow.progress import minutes_for
from consultation.operations.messages import help_message, not_taking

ANYONE = "anyone"  # stands for the audience in a link that says where, and not who


def routes() -> list[BaseRoute]:
    """After all others of the chat: they take any name."""
    return [
        guarded("/", _front, Access.PUBLIC),
        guarded("/c/{slug}", _welcome, Access.PUBLIC),
        guarded("/c/{slug}/{audience}", _welcome, Access.PUBLIC),
        guarded("/c/{slug}/{audience}/{place}", _welcome, Access.PUBLIC),
    ]


async def _front(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    waves = await run_in_threadpool(sayso.waves.open_on, sayso.desk.today())
    surveys = [await run_in_threadpool(sayso.desk.survey_of, each) for each in waves]
    spoken = {each for survey in surveys for each in survey.languages}
    languages = [each for each in LANGUAGES if each in spoken]
    return show_chat(
        request,
        "front.html",
        first_offer(request, languages),
        languages=languages,
        waves=[(wave, survey.audiences, minutes_for(survey)) for wave, survey in zip(waves, surveys, strict=True)],
        chosen=ASKED_FOR in request.query_params,
    )


async def _welcome(request: Request) -> Response:
    """What this is, and one button."""
    wave = await wave_of(request)
    sayso: Sayso = request.app.state.sayso
    link = request.path_params.get("audience", ANYONE)
    audience = Audience.of_link(link)
    if audience is None and link != ANYONE:
        raise HTTPException(404)
    survey = await run_in_threadpool(sayso.desk.survey_of, wave)
    locale = first_offer(request, survey.languages)
    taking = is_open(request, wave)
    return show_chat(
        request,
        "welcome.html",
        locale,
        languages=survey.languages,
        wave=wave,
        audience=audience,
        place=request.path_params.get("place"),
        under_way=talk_of(request, wave) is not None,
        open=taking,
        over=[] if taking else not_taking(wave, sayso.desk.today(), locale),
        minutes=minutes_for(survey, audience),
        lines=help_message(sayso.desk.arrangements().help_lines, audience, locale),
    )
