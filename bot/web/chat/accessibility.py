"""The accessibility statement, for anybody. It says what was tested and what falls short, so it changes with both."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.sayso import Sayso
from bot.web.chat.page import first_offer, show_chat
from bot.web.security import Access, guarded


def routes() -> list[BaseRoute]:
    return [guarded("/accessibility", _statement, Access.PUBLIC)]


async def _statement(request: Request) -> Response:
    sayso: Sayso = request.app.state.sayso
    return show_chat(request, "accessibility.html", first_offer(request), contact=sayso.settings.accessibility_contact)
