"""The web application: all routes, each with the access it needs, over one Sayso."""

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

from itsdangerous import URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.chapters import AnswersGone
from bot.sayso import Sayso
from bot.turns import Turns
from bot.web import health, pages, pictures, sign_in, webhook
from bot.web.brake import Brake
from bot.web.chat import accessibility, certificate, receipt, shared, talk, welcome
from bot.web.chat.page import first_offer, show_chat
from bot.web.chat.supervised import SharedDevices
from bot.web.console import consultations, drafts, preview, sessions
from bot.web.flood import Floods, Limits
from bot.web.health import readiness_of
from bot.web.safeguarding import referrals
from bot.web.security import Passes, SecureHeaders
from bot.web.workbench import answers, chapter
from consultation.operations.messages import help_message
from consultation.storage.keys import secret_at

SECRET_BYTES = 32
log = logging.getLogger("sayso.web")


class Kept(StaticFiles):
    """Files that a browser may keep: their address changes with what is in them (`pages.static`)."""

    def file_response(self, *given: Any, **more: Any) -> Response:
        response = super().file_response(*given, **more)
        response.headers.update(pictures.FOR_A_YEAR)
        return response


# The pages of one kind of people each. A process may have some alone, and less right to the records.
PARTS = {
    "chat": (certificate, receipt, shared, talk, welcome),
    "console": (sign_in, consultations, drafts, preview, sessions),
    "workbench": (sign_in, answers, chapter),
    "safeguarding": (sign_in, referrals),
}


def create_app(sayso: Sayso, parts: Collection[str] = tuple(PARTS), *, limits: Limits | None = None) -> Starlette:
    """The application over `sayso`, with these of its PARTS and with what machines ask for. `limits`: what is a flood;
    else as the settings have it. Pure but for reading (or making) the cookie secret among the keys."""
    modules = dict.fromkeys(module for part in sorted(parts) for module in PARTS[part])
    people = [route for module in (accessibility, pictures, *modules) for route in module.routes()]
    static = Mount("/static", Kept(directory=pages.HERE / "static"), name="static")
    app = Starlette(
        routes=[*people, *health.routes(), *webhook.routes(), static],
        middleware=[Middleware(SecureHeaders)],
        exception_handlers={
            404: _not_found,
            413: _too_large,
            500: _broken,
            SQLAlchemyError: _away,
            AnswersGone: _gone,
        },
    )
    app.state.sayso = sayso
    app.state.turns = Turns(sayso.metrics)
    app.state.metrics = sayso.metrics
    app.state.machine_token = sayso.settings.metrics_token
    app.state.readiness = readiness_of(sayso)
    app.state.brake, app.state.code_brake = Brake(), Brake(most=shared.WRONG_CODES)
    app.state.floods = Floods(limits or Limits.of_a_crowd(sayso.settings.people_at_one_address), sayso.metrics)
    secret = staff_secret(sayso.settings.key_folder)
    app.state.passes = Passes(secret)
    app.state.previews = URLSafeSerializer(secret, salt="preview")
    app.state.devices = SharedDevices(secret, sayso.desk.now)
    return app


def staff_secret(folder: Path) -> bytes:
    """The secret that signs staff links and cookies; made once, readable by its owner alone. Raises `UnusableKeys`."""
    return secret_at(folder / "staff.secret", SECRET_BYTES)


async def _not_found(request: Request, error: Exception) -> Response:
    return show_chat(request, "not_found.html", first_offer(request), status_code=404)


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of ours, told to someone who may need help while it is mended. The fault itself is logged by its type."""
    log.error("a page failed (%s)", type(error).__name__)
    return _sorry(request, 500)


async def _away(request: Request, error: Exception) -> Response:
    """The database is away or full: that passes, and whoever stands in front may ask another process."""
    log.error("a page could not be made (%s)", type(error).__name__)
    return _sorry(request, 503)


def _sorry(request: Request, status_code: int) -> Response:
    sayso: Sayso = request.app.state.sayso
    locale = first_offer(request)
    lines = help_message(sayso.desk.arrangements().help_lines, None, locale)
    return show_chat(request, "broken.html", locale, status_code=status_code, lines=lines)


async def _gone(request: Request, error: Exception) -> Response:
    return pages.show(request, "gone.html", status_code=410, why=str(error))


async def _too_large(request: Request, error: Exception) -> Response:
    return show_chat(request, "too_large.html", first_offer(request), status_code=413)
