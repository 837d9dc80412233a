"""What every page of the chat has: its language, the languages to choose from, and our little script. Knows no talk."""

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import show
from bot.web.security import OUR_SCRIPT
from consultation.domain.languages import LANGUAGES, is_locale, language_of
from consultation.domain.wording import PLAIN

ASKED_FOR = "in"  # ?in=pl: a language that was chosen before there was a talk to remember it


def show_chat(
    request: Request, template: str, locale: str, *, languages: Iterable[str] = (), status_code: int = 200, **more: Any
) -> Response:
    """A page in `locale`, with a menu of `languages` where there are several."""
    response = show(
        request, template, status_code=status_code, locale=locale, languages=tuple(languages), scripted=True, **more
    )
    response.headers.update(OUR_SCRIPT)
    return response


def locale_in(form: FormData) -> str | None:
    """The language of the page that a form was on."""
    found = str(form.get(ASKED_FOR, ""))
    return found if is_locale(found) else None


def first_offer(request: Request, languages: Iterable[str] = tuple(LANGUAGES)) -> str:
    """The locale to greet somebody in: what they chose on the page before, else what their browser asks for first among
    `languages`. It is used for that alone, and kept nowhere."""
    offered = tuple(languages)
    chosen = request.query_params.get(ASKED_FOR, "")
    if is_locale(chosen) and language_of(chosen) in offered:
        return chosen
    wanted = (tag.partition("-")[0] for tag in _preferred(request.headers.get("accept-language", "")))
    return next((each for each in wanted if each in offered), PLAIN)


def _preferred(accepted: str) -> list[str]:
    """The tags of an Accept-Language header, the best first: "cy, en;q=0.5"."""
    weighed = []
    for part in accepted[:200].casefold().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda each: each[0]) if weight < 0]
