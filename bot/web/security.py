"""Who may open which page. Default deny: a route that names no access cannot be built."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from pydantic import SecretStr
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

STAFF_COOKIE = "sayso_staff"
STAFF_HOURS = 8


class Role(StrEnum):
    OFFICER = "officer"
    ANALYST = "analyst"
    LEAD = "lead"
    DEPUTY = "deputy"
    DUTY_TEAM = "duty-team"

    @property
    def words(self) -> str:
        return "safeguarding lead" if self is Role.LEAD else self.value.replace("-", " ")


class Access(StrEnum):
    PUBLIC = "public"
    STAFF = "staff"  # any role
    OFFICER = "officer"
    ANALYST = "analyst"
    SAFEGUARDING = "safeguarding"  # the lead, the deputy, the duty team; nobody who runs or reads a consultation
    MACHINE = "machine"  # whoever brings the token of `state.machine_token`; nobody where there is none


@dataclass(frozen=True)
class Staff:
    """Who is signed in: a role and, where several share it, which of them, by a letter. No name is kept."""

    role: Role
    seat: str = ""

    def __str__(self) -> str:
        return f"{self.role.value} {self.seat}".strip()


ROLES = {
    Access.STAFF: frozenset(Role),
    Access.OFFICER: frozenset({Role.OFFICER}),
    Access.ANALYST: frozenset({Role.ANALYST}),
    Access.SAFEGUARDING: frozenset({Role.LEAD, Role.DEPUTY, Role.DUTY_TEAM}),
}


def guarded(path: str, endpoint: Endpoint, access: Access, *, method: str = "GET") -> Route:
    """A route that answers only those whom `access` names; staff who are not signed in are shown where to."""

    async def guard(request: Request) -> Response:
        if access is Access.PUBLIC:
            return await endpoint(request)
        if access is Access.MACHINE:
            return await endpoint(request) if is_machine(request) else unknown_machine()
        staff = signed_in(request)
        if staff is None:
            return RedirectResponse("/staff", status_code=303)
        if staff.role not in ROLES[access]:
            return await refused(request, access)
        request.state.staff, request.state.role = staff, staff.role
        return await endpoint(request)

    route = Route(path, guard, methods=[method], name=f"{method} {path}")
    route.access = access  # type: ignore[attr-defined]
    return route


async def refused(request: Request, access: Access) -> Response:
    from bot.web.pages import show  # the page needs the app that this guards

    return show(request, "refused.html", status_code=403, needed=sorted(each.words for each in ROLES[access]))


def is_machine(request: Request) -> bool:
    """Whether the request brings the machines' token. Raises 404 where none is set: there is no such page here."""
    token: SecretStr | None = getattr(request.app.state, "machine_token", None)
    if token is None or not token.get_secret_value():
        raise HTTPException(404)
    scheme, _, brought = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(brought.strip().encode(), token.get_secret_value().encode())
    return same and scheme.lower() == "bearer"


def unknown_machine() -> Response:
    return Response(status_code=401, headers={"www-authenticate": "Bearer"})


class Passes:
    """Signed links by which staff come in, and the cookie they carry after. Nothing is stored."""

    def __init__(self, secret: bytes) -> None:
        self._links = URLSafeTimedSerializer(secret, salt="staff link")
        self._cookies = URLSafeTimedSerializer(secret, salt="staff cookie")

    def link_token(self, role: Role, seat: str = "") -> str:
        return self._links.dumps([role.value, seat])

    def cookie(self, role: Role, seat: str = "") -> str:
        return self._cookies.dumps([role.value, seat])

    def of_link(self, token: str, hours: int = 12) -> Staff | None:
        return self._read(self._links, token, hours)

    def of_cookie(self, cookie: str) -> Staff | None:
        return self._read(self._cookies, cookie, STAFF_HOURS)

    def _read(self, serializer: URLSafeTimedSerializer, text: str, hours: int) -> Staff | None:
        try:
            role, seat = serializer.loads(text, max_age=hours * 3600)
            return Staff(Role(role), str(seat))
        except (BadSignature, SignatureExpired, ValueError):
            return None


def signed_in(request: Request) -> Staff | None:
    passes: Passes = request.app.state.passes
    return passes.of_cookie(request.cookies.get(STAFF_COOKIE, ""))


POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
OUR_SCRIPT = {"content-security-policy": f"{POLICY}; script-src 'self'"}  # of the pages that have it


class SecureHeaders:
    """No script, no frame, no referrer, no cache: a talk is nobody else's business."""

    HEADERS = {  # noqa: RUF012 - never changed
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
