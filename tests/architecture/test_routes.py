"""Default deny: every route names who may open it, the public ones are listed here, the others refuse a stranger."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from bot.web.app import create_app
from bot.web.security import Access
from tests.builders import Opened

PUBLIC = {
    "GET /",
    "GET /accessibility",
    "GET /pictures/{codepoints}.svg",
    "GET /c/{slug}/picture/{name}",
    "GET /c/{slug}/{audience}/{place}",
    "GET /c/{slug}",
    "GET /c/{slug}/certificate",
    "GET /c/{slug}/certificate.json",
    "GET /c/{slug}/{audience}",
    "GET /c/{slug}/talk",
    "POST /c/{slug}/talk",
    "POST /c/{slug}/begin",
    "POST /c/{slug}/leave",
    "GET /c/{slug}/receipt",
    "POST /c/{slug}/receipt",
    "POST /c/{slug}/code",
    "GET /c/{slug}/shared",
    "POST /c/{slug}/shared",
    "POST /c/{slug}/shared/end",
    "GET /c/{slug}/shared/idle",
    "POST /c/{slug}/shared/here",
    "GET /staff",
    "GET /staff/enter",
    "POST /staff/enter",
    "GET /health/live",
    "GET /health/ready",
    "POST /telegram/webhook",
}
OPEN_FOLDERS = {"/static"}


@pytest.fixture(scope="module")
def app(talking: Opened) -> Starlette:
    return create_app(talking.sayso)


def routes(app: Starlette) -> Iterator[Route]:
    for route in app.routes:
        if isinstance(route, Route):
            yield route


def named(route: Route) -> set[str]:
    return {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}


def test_every_route_says_who_may_open_it(app: Starlette) -> None:
    seen: list[BaseRoute] = list(app.routes)
    assert len(seen) > 8
    for route in seen:
        if isinstance(route, Mount):
            assert route.path in OPEN_FOLDERS, route.path
        else:
            assert isinstance(getattr(route, "access", None), Access), route


def test_the_public_routes_are_these_and_no_others(app: Starlette) -> None:
    public = {name for route in routes(app) if getattr(route, "access", None) is Access.PUBLIC for name in named(route)}
    assert public == PUBLIC


async def test_a_stranger_is_turned_away_from_all_others(app: Starlette) -> None:
    closed = [route for route in routes(app) if getattr(route, "access", None) is not Access.PUBLIC]
    assert len(closed) >= 4
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        for route in closed:
            path = route.path.replace("{slug}", "have-your-say").replace("{", "").replace("}", "")
            for method in (route.methods or set()) - {"HEAD"}:
                answer = await client.request(method, path)
                if getattr(route, "access", None) is Access.MACHINE:
                    assert answer.status_code == 404, path  # no token is set here, so there is no such page
                    continue
                assert answer.status_code == 303, f"{method} {path}: {answer.status_code}"
                assert answer.headers["location"] == "/staff"


async def test_every_page_forbids_frames_caches_and_scripts_but_the_chats_own(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        for path in ("/", "/c/have-your-say", "/c/have-your-say/young-person", "/nowhere", "/staff", "/health/live"):
            headers = (await client.get(path)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'"), path
            assert "frame-ancestors 'none'" in policy
            assert policy.partition("script-src ")[2] == ("" if path in ("/staff", "/health/live") else "'self'"), path
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/static/sayso.css", "/static/chat.js", "/pictures/1F68C.svg"])
async def test_what_never_changes_under_its_address_may_be_kept(app: Starlette, path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        headers = (await client.get(path)).headers
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/c/no-such", "/c/have-your-say/teenager", "/nowhere"])
async def test_a_wrong_address_gets_a_page_that_helps(app: Starlette, path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "or start from the front page" in answer.text
