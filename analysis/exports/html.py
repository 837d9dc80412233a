"""The chapter as one self-contained page, for phones and for print. Takes the report, knows no query.

The words are in `phrasing` and in the report, the page itself in chapter.html.j2 beside this file. Everything that
comes from the report is escaped, and the page's own policy lets no script run.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from analysis.exports import phrasing
from analysis.findings.report import Report

_PAGE = Path(__file__).parent / "chapter.html.j2"


def export_html(report: Report) -> bytes:
    """One page, UTF-8."""
    return _page().render(report=report, words=phrasing).encode("utf-8")


@cache
def _page() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["curled"] = phrasing.curled
    return environment.from_string(_PAGE.read_text(encoding="utf-8"))
