"""Templates to pages. Knows where templates lie and what every page needs; nothing of any one page."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from analysis.text.tokens import NOBODY_SEES, legend, pieces
from bot.web.pictures import picture
from consultation.domain.languages import LANGUAGES, direction, has_easy, in_language, is_easy, language_of, with_easy
from consultation.domain.wording import PLAIN, Value, Words
from consultation.flow.events import Command
from consultation.locale import in_words, render
from consultation.operations.messages import command_label

HERE = Path(__file__).parent
NUMBER = re.compile(r"\+?\d+(?:[ -]\d+)+")
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True


def words(key: str, locale: str = PLAIN, **values: Value) -> str:
    """A sentence of the system for a page."""
    return render(Words(key, values), locale)


def tag(locale: str) -> str:
    """A locale as HTML names the language."""
    return "en-GB" if language_of(locale) == PLAIN else language_of(locale)


def numbers(text: str) -> Markup:
    """Text in which numbers to ring read from left to right, whatever is around them: browsers show the two halves of
    "0800 1111" the other way round among Urdu or Arabic words."""
    return Markup(NUMBER.sub(r'<bdi dir="ltr">\g<0></bdi>', str(escape(text))))


def address_in(text: str, address: str) -> Markup:
    """Text in which an address of ours reads from left to right, too."""
    return Markup(str(escape(text)).replace(str(escape(address)), f'<bdi dir="ltr">{escape(address)}</bdi>'))


def with_999(text: str) -> Markup:
    """Text in which 999 can be pressed."""
    return Markup(str(escape(text)).replace("999", '<a href="tel:999">999</a>', 1))


@cache
def static(name: str) -> str:
    """Where a file of ours is; the address changes with what is in it, so that browsers may keep it."""
    version = sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={version}"


templates.env.globals.update(pieces=pieces, legend=legend, nobody_sees=NOBODY_SEES)
templates.env.globals.update(words=words, command_label=command_label, day=in_words, Command=Command, static=static)
templates.env.globals.update(
    locale=PLAIN, tag=tag, direction=direction, has_easy=has_easy, is_easy=is_easy, with_easy=with_easy,
    language_of=language_of, in_language=in_language, LANGUAGES=LANGUAGES, picture=picture,
)  # fmt: skip
templates.env.filters.update(numbers=numbers, address_in=address_in, with_999=with_999)


def show(request: Request, template: str, *, status_code: int = 200, **context: Any) -> Response:
    return templates.TemplateResponse(request, template, context, status_code=status_code)
