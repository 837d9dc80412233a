"""`sayso preview`: talk to a survey that nobody has opened yet, or see which paths lead through it. Nothing is kept."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import models
from bot.cli.faults import UserFault
from bot.logs import set_up_logs
from bot.terminal.preview import play_preview
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.languages import ENGLISH, LANGUAGES, with_easy
from consultation.domain.survey import Survey
from consultation.operations.preview import NeverAsked, Trial, seeming
from consultation.safeguarding.arrangements import shipped_arrangements
from consultation.surveys import load_survey
from consultation.surveys.outline import Outline, outline

MOST_WAYS = 8  # that are listed for an audience; the others are counted
out = Console(soft_wrap=True, highlight=False, markup=False)


def preview(
    survey: Annotated[Path, typer.Argument(help="a survey file")],
    audience: Annotated[Audience | None, typer.Option(help="whose questions; else the first that it asks")] = None,
    language: Annotated[str, typer.Option(help=f"one of {', '.join(LANGUAGES)}")] = "en",
    easy: Annotated[bool, typer.Option("--easy", help="in Easy Read")] = False,
    at: Annotated[str, typer.Option(help="the id of a question to begin at")] = "",
    only_paths: Annotated[bool, typer.Option("--paths", help="no talk: who is asked what, when, for how long")] = False,
) -> None:
    """Talk to a draft survey as people would, in any of its languages. Nothing is kept, and nobody is alerted."""
    found = load_survey(survey)
    if audience is not None and audience not in found.audiences:
        raise UserFault(f"{survey.name} asks nobody who answers as {audience.value}. {_asks(found)}")
    if only_paths:
        for each in [audience] if audience else found.audiences:
            _print_paths(outline(found, each))
        return
    _check_language(survey, found, language, easy)
    set_up_logs("text")
    trial = Trial(
        found, seeming(found, date.today()), shipped_arrangements(), models.detector(), models.screen()  # noqa: DTZ011
    )  # fmt: skip
    try:
        play_preview(
            trial,
            audience or found.audiences[0],
            with_easy(language, easy),
            QuestionId(at) if at else None,
            input,
            print,
        )
    except NeverAsked as refused:
        raise UserFault(f"{refused}. 'sayso preview {survey} --paths' lists who is asked what.") from None


def _check_language(file: Path, survey: Survey, language: str, easy: bool) -> None:
    if language not in survey.languages:
        raise UserFault(
            f"{file.name} isn't offered in '{language}', only in: {', '.join(survey.languages)}. "
            "Add it under 'languages:', or name another. Easy Read is --easy."
        )
    if easy and language != ENGLISH:
        raise UserFault("Easy Read is in English alone. Leave out --easy, or --language.")


def _asks(survey: Survey) -> str:
    return f"It asks: {', '.join(survey.audiences)}."


def _print_paths(found: Outline) -> None:
    out.print(f"\n{found.audience.value}: {len(found.stops)} questions, {found.takes}")
    for number, stop in enumerate(found.stops, 1):
        out.print(f"{number:4}. {stop.name} [{stop.question}], {stop.kind}")
        for note in stop.notes:
            out.print(f"      {note}")
    more = "" if found.complete else ", and more"
    out.print(f"  {len(found.ways)} ways through{more}:")
    for way in found.ways[:MOST_WAYS]:
        out.print(f"    – {': '.join(filter(None, (way.length, '; '.join(way.after))))}")
    if len(found.ways) > MOST_WAYS:
        out.print(f"    – and {len(found.ways) - MOST_WAYS} more")
