"""One request in the chat: which consultation it is at, what its form holds, and whose talk its cookie names."""

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.sayso import Sayso
from bot.web.chat.supervised import SIGNED, SharedDevices
from consultation.domain.consultation import Wave

BIGGEST_POST = 256 * 1024  # bytes; the longest answer takes a tenth of it


async def wave_of(request: Request) -> Wave:
    sayso: Sayso = request.app.state.sayso
    slug = request.path_params["slug"]
    # A database that hangs holds up a thread, and not everybody.
    wave = sayso.waves.remembered(slug) or await run_in_threadpool(sayso.waves.at, slug)
    if wave is None:
        raise HTTPException(404)
    return wave


def is_open(request: Request, wave: Wave) -> bool:
    sayso: Sayso = request.app.state.sayso
    return wave.is_open(sayso.desk.today())


async def form_of(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > BIGGEST_POST:
        raise HTTPException(413)
    return await request.form()


def nonce_of(form: FormData) -> str:
    """The form's own number: the same form posted twice is one turn."""
    return str(form.get("nonce") or secrets.token_urlsafe(16))[:64]


def path_of(wave: Wave) -> str:
    return f"/c/{wave.consultation.slug}"


def home_of(request: Request, wave: Wave) -> str:
    """Where whoever has no talk begins one: on a shared device, at the page that is ready for the next person."""
    return f"{path_of(wave)}/shared" if shared_mark(request, wave) else path_of(wave)


def talk_of(request: Request, wave: Wave) -> str | None:
    """The talk that is under way in this browser; on a shared device, for as long as somebody uses it."""
    cookie = request.cookies.get(_cookie(wave), "")
    if SIGNED in cookie:
        return _devices(request).talk(wave.id, cookie)
    return None if shared_mark(request, wave) else cookie or None


def remember_talk(request: Request, response: Response, wave: Wave, talk: str) -> None:
    """In a session cookie: a shared phone forgets the talk when its browser closes."""
    value = _devices(request).talk_cookie(wave.id, talk) if shared_mark(request, wave) else talk
    response.set_cookie(
        _cookie(wave), value, path=path_of(wave), httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def forget_talk(response: Response, wave: Wave) -> None:
    response.delete_cookie(_cookie(wave), path=path_of(wave))


def shared_mark(request: Request, wave: Wave) -> str | None:
    """Which session this device is in, where a worker's code made it a shared one."""
    cookie = request.cookies.get(shared_cookie(wave))
    return _devices(request).mark(wave.id, cookie) if cookie else None


def shared_cookie(wave: Wave) -> str:
    return f"shared_{wave.consultation.slug}"


def _devices(request: Request) -> SharedDevices:
    devices: SharedDevices = request.app.state.devices
    return devices


def _cookie(wave: Wave) -> str:
    return f"talk_{wave.consultation.slug}"
