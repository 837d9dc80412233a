"""`sayso wording`: how old one must be to read what Sayso says."""

import html
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.faults import UserFault
from bot.web.pages import HERE
from consultation.locale.catalogue import FOLDER
from consultation.operations.reading_ages import Part, Reading, as_markdown, parts

TABLE = FOLDER / "reading-ages.md"
ELSEWHERE = {"accessibility": "Accessibility statement"}  # a page with words of its own
TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|<(?!/?(?:a|strong|em|code|span)\b)[^>]*>", re.DOTALL)
out = Console(soft_wrap=True)


def wording(
    write: Annotated[bool, typer.Option("--write", help="write the table that ships with the wording")] = False,
) -> None:
    """Show how hard Sayso's own words are to read: sentences, the longest of them, reading ages, and the hardest."""
    found = everything()
    if write:
        try:
            TABLE.write_text(as_markdown(found), encoding="utf-8")
        except OSError as fault:
            raise UserFault(
                f"{TABLE} can't be written ({fault.strerror}). Run this in the project's own folder."
            ) from None
        out.print(f"Written: {TABLE}", highlight=False)
        return
    table = Table("", "wording", "sentences", "longest (words)", "reading age", "hardest text", "its sentence")
    for each in found:
        for name, reading in (("plain", each.plain), ("Easy Read", each.easy)):
            if reading:
                table.add_row(each.name, name, *_cells(reading))
    Console(width=max(out.width, 110)).print(table)


def everything() -> list[Part]:
    """What is measured: the catalogue, the surveys that ship, help lines, and pages that have words of their own."""
    pages = {title: _texts(HERE / "templates" / f"{name}.html") for name, title in ELSEWHERE.items()}
    return parts(pages)


def _texts(page: Path) -> list[str]:
    """What stands in a template, a block of text each."""
    shown = TAGS.sub("\n", page.read_text(encoding="utf-8"))
    inline = re.sub(r"<[^>]*>", "", re.sub(r"\{\{.*?\}\}", "this", shown, flags=re.DOTALL))
    blocks = (" ".join(html.unescape(each).split()) for each in inline.split("\n"))
    return [each for each in blocks if each]


def _cells(reading: Reading) -> tuple[str, ...]:
    counts = str(reading.sentences), str(reading.longest)
    return *counts, f"{reading.age:.1f}", f"{reading.hardest_age:.1f}", reading.hardest
