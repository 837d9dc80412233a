"""The web application: all routes, each with the access it needs, over one Sayso."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.sayso import Sayso
from bot.web import pages
from bot.web.chat import talk
from bot.web.console import consultations
from bot.web.security import Passes, SecureHeaders
from bot.web.workbench import answers


def create_app(sayso: Sayso) -> Starlette:
    """The application over `sayso`. Pure but for reading (or making) the cookie secret among the keys."""
    app = Starlette(
        routes=[
            *talk.routes(),
            *consultations.routes(),
            *answers.routes(),
            Mount("/static", StaticFiles(directory=pages.HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SecureHeaders)],
        exception_handlers={404: _not_found, 413: _too_large},
    )
    app.state.sayso = sayso
    app.state.passes = Passes(staff_secret(sayso.settings.key_folder))
    return app


def staff_secret(folder: Path) -> bytes:
    """The secret that signs staff links and cookies; made once, readable by its owner alone."""
    path = folder / "staff.secret"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
    return path.read_bytes()


async def _not_found(request: Request, error: Exception) -> Response:
    return pages.show(request, "not_found.html", status_code=404)


async def _too_large(request: Request, error: Exception) -> Response:
    return pages.show(request, "too_large.html", status_code=413)
