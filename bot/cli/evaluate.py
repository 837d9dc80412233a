"""`sayso evaluate`: check the machine against a sample that you coded, marked or judged by hand."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import analysis.coding.evaluate as coding_evaluation
from analysis.codebook import Codebook, shipped_codebook
from analysis.codebook.files import read_codebook
from analysis.coding import Coder, shipped_coder
from analysis.coding.exemplars import exemplar_from
from analysis.coding.teach import teach, untaught_coder
from bot.cli.faults import UserFault
from bot.cli.sample import (
    CodedRow,
    CodingRow,
    RedactionRow,
    Row,
    SafeguardingRow,
    SampleRow,
    clashes,
    read_rows,
    refuse_repeats,
)
from bot.logs import set_up_logs
from consultation.privacy import evaluate as redaction_evaluation
from consultation.privacy.detect import default_detector
from consultation.safeguarding import evaluate as safeguarding_evaluation
from consultation.safeguarding.screen import load_screen

app = typer.Typer(no_args_is_help=True, help="Check the machine against your own hand-made sample (JSON lines).")
console, aside = Console(soft_wrap=True), Console(soft_wrap=True, stderr=True)

Sample = Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="one JSON object a line")]
AsJson = Annotated[bool, typer.Option("--json", help="print the figures as JSON")]
Predictions = Annotated[Path | None, typer.Option(help="also write what the machine made of each row")]


@app.command("coding")
def coding(
    file: Sample,
    codebook: Annotated[Path | None, typer.Option(help="what it is coded to: .yaml, .csv or .qdc")] = None,
    train: Annotated[Path | None, typer.Option(help="coded rows: learn from these alone, then predict FILE")] = None,
    as_json: AsJson = False,
    predictions: Predictions = None,
) -> None:
    """Outcomes, themes and sentiment of answers. Rows: id, audience, question, text, outcomes, themes, sentiment.

    With --codebook and --train, what is checked is how well that codebook is learned from those rows.
    """
    set_up_logs("text")
    _check_target(predictions)
    book = _codebook_in(codebook) if codebook else shipped_codebook()
    rows = read_rows(file, CodingRow, book)
    refuse_repeats(file, rows)
    lessons = _lessons(train, file, rows, book) if train else []
    start = time.perf_counter()
    coder: Coder
    if train:
        coder = teach([exemplar_from(each) for each in lessons], book)
    else:
        coder = untaught_coder(book) if codebook else shipped_coder()
    learned = {"rows": len(lessons), "seconds": round(time.perf_counter() - start, 1)} if train else None
    found, figures = coding_evaluation.predict_and_score(rows, coder)
    _write(predictions, found)
    _show(figures | ({"learned_from": learned} if learned else {}), as_json)


def _codebook_in(file: Path) -> Codebook:
    try:
        return read_codebook(file.name, file.read_bytes())
    except OSError as error:
        raise UserFault(f"{file} can't be read ({error.strerror}). Check the name.") from None


def _lessons(train: Path, file: Path, rows: list[Row], codebook: Codebook) -> list[Row]:
    """The rows to learn from. What two people coded in two ways happens in any real set, so it is said, not refused."""
    lessons = read_rows(train, CodedRow, codebook)
    refuse_repeats(train, lessons)
    for sentence in clashes(train, lessons, file, rows):
        aside.print(sentence, style="yellow", highlight=False, markup=False)
    return lessons


@app.command("redaction")
def redaction(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """What is hidden in texts. Rows: id, text, spans (start, end, type)."""
    detector = default_detector()
    _run(file, RedactionRow, as_json, predictions, lambda rows: redaction_evaluation.evaluate(rows, detector),
         lambda rows: redaction_evaluation.predict(rows, detector))  # fmt: skip


@app.command("safeguarding")
def safeguarding(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """Which messages are referred. Rows: id, text, concern (true or false), level (immediate, concern, none)."""
    screen = load_screen()
    _run(file, SafeguardingRow, as_json, predictions, lambda rows: safeguarding_evaluation.evaluate(rows, screen),
         lambda rows: safeguarding_evaluation.predict(rows, screen))  # fmt: skip


def _run(
    file: Path,
    model: type[SampleRow],
    as_json: bool,
    predictions: Path | None,
    evaluate: Callable[[list[Row]], Any],
    predict: Callable[[list[Row]], Any],
) -> None:
    set_up_logs("text")
    _check_target(predictions)
    rows = read_rows(file, model)
    if predictions:
        _write(predictions, predict(rows))
    _show(evaluate(rows), as_json)


def _check_target(predictions: Path | None) -> None:
    if predictions and (predictions.is_dir() or not predictions.absolute().parent.is_dir()):
        raise UserFault(f"{predictions} can't be written: there is no such folder, or it is one. Name a file.")


def _write(predictions: Path | None, found: list[Row]) -> None:
    if predictions:
        lines = [json.dumps(each, ensure_ascii=False) for each in found]
        predictions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _show(figures: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _print_figures(figures)


def _print_figures(figures: dict[str, Any], indent: str = "") -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            console.print(f"{indent}{name}", highlight=False)
            _print_figures(value, indent + "  ")
        else:
            shown = f"{value:.3f}" if isinstance(value, float) else "–" if value is None else value
            console.print(f"{indent}{name:<22} {shown}", highlight=False)
