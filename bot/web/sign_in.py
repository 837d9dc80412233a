"""How staff come in and leave, whichever pages this process has for them. Asks no database."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.web.pages import show
from bot.web.security import STAFF_COOKIE, STAFF_HOURS, Access, Passes, Role, guarded, signed_in

HOMES = {Role.OFFICER: "/staff/consultations", Role.ANALYST: "/staff/answers"}


def routes() -> list[BaseRoute]:
    return [
        guarded("/staff", _front, Access.PUBLIC),
        guarded("/staff/enter", _offer_entry, Access.PUBLIC),
        guarded("/staff/enter", _enter, Access.PUBLIC, method="POST"),
        guarded("/staff/leave", _leave, Access.STAFF, method="POST"),
    ]


async def _front(request: Request) -> Response:
    """Where staff belong, by role; or how to come in."""
    staff = signed_in(request)
    if staff is None:
        return show(request, "sign_in.html", status_code=401)
    return RedirectResponse(HOMES.get(staff.role, "/staff/safeguarding"), status_code=303)


async def _offer_entry(request: Request) -> Response:
    """One button, so that a link preview that opens the address signs nobody in."""
    token = request.query_params.get("pass", "")
    staff = _passes(request).of_link(token)
    if staff is None:
        return show(request, "sign_in.html", status_code=401, stale=True)
    return show(request, "enter.html", token=token, role=staff.role)


async def _enter(request: Request) -> Response:
    form = await request.form()
    staff = _passes(request).of_link(str(form.get("pass", "")))
    if staff is None:
        return show(request, "sign_in.html", status_code=401, stale=True)
    response = RedirectResponse("/staff", status_code=303)
    response.set_cookie(
        STAFF_COOKIE, _passes(request).cookie(staff.role, staff.seat), path="/staff", httponly=True, samesite="strict",
        secure=request.url.scheme == "https", max_age=STAFF_HOURS * 3600,
    )  # fmt: skip
    return response


async def _leave(request: Request) -> Response:
    response = RedirectResponse("/staff", status_code=303)
    response.delete_cookie(STAFF_COOKIE, path="/staff")
    return response


def _passes(request: Request) -> Passes:
    passes: Passes = request.app.state.passes
    return passes
