"""Templates to pages. Knows where templates lie and what every page needs; nothing of any one page."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from analysis.text.tokens import NOBODY_SEES, legend, pieces
from consultation.domain.due import in_words
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.messages import command_label

HERE = Path(__file__).parent
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True


def words(key: str, locale: str = PLAIN, **values: str | int) -> str:
    """A sentence of the system for a page."""
    return render(Words(key, values), locale)


templates.env.globals.update(pieces=pieces, legend=legend, nobody_sees=NOBODY_SEES)
templates.env.globals.update(words=words, command_label=command_label, day=in_words, Command=Command)


def show(request: Request, template: str, *, status_code: int = 200, **context: Any) -> Response:
    return templates.TemplateResponse(request, template, context, status_code=status_code)
