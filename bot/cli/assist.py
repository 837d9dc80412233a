"""`sayso assist`: have the council's own language model propose codes for answers that it has not read."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.operations.assist_answers import Tally, assist_answers
from analysis.operations.take_records import answer_records
from bot.chapters import AnswersGone, codebook_of
from bot.cli.parts import progress_bar, settings_with, wave_at
from bot.delivery.assist import HttpAssist
from bot.logs import set_up_logs
from bot.wiring import wire
from consultation.domain.wording import PLAIN
from consultation.operations.redacted_answers import redacted_answers
from consultation.storage.roles import Role

out = Console(soft_wrap=True, highlight=False, markup=False)


def assist(
    slug: Annotated[str, typer.Argument(help="short name of the consultation, as in its link")],
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Have your own language model propose codes, for analysts to confirm. An analyst must have turned it on."""
    set_up_logs("text")
    settings = settings_with(data)
    model = HttpAssist(settings)
    sayso = wire(settings, needs=[Role.ANALYST])
    try:
        wave = wave_at(sayso.store, slug)
        if wave.answers_gone_on:
            raise AnswersGone(wave, wave.answers_gone_on)
        answers = answer_records(redacted_answers(sayso.store, wave.id))
        questions = {str(each.id): each.prompt.in_(PLAIN) for each in sayso.desk.survey_of(wave).questions}
        with progress_bar(out) as progress:
            task = progress.add_task(f"{model.model} reads", total=len(answers))
            tally = assist_answers(
                sayso.store, wave.consultation, answers, codebook_of(sayso, wave), questions, model,
                lambda done: progress.update(task, completed=done),
            )  # fmt: skip
        out.print(_in_words(tally, model.model))
    except KeyboardInterrupt:
        out.print("Stopped. What was read is kept; start again to go on.")
        raise typer.Exit(130) from None
    finally:
        model.close()
        sayso.store.close()


def _in_words(tally: Tally, model: str) -> str:
    said = f"{model} read {tally.read} answers and proposes {tally.proposals} codes. None counts until a person agrees."
    if tally.unknown or tally.unfounded:
        said += (
            f" Dropped: {tally.unknown} codes that the codebook does not have, and {tally.unfounded} for which the "
            "answer does not hold the words that they were said to stand on."
        )
    if tally.unreadable:
        said += f" Nothing could be read of {tally.unreadable} replies: start again to ask once more."
    return said
