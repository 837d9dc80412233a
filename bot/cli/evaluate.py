"""`sayso evaluate`: check the machine against a sample that you coded, marked or judged by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import analysis.coding.evaluate as coding_evaluation
from analysis.coding import shipped_coder
from bot.cli.faults import UserFault
from bot.wiring import quieten_logs
from consultation.privacy import evaluate as redaction_evaluation
from consultation.privacy.detect import default_detector
from consultation.safeguarding import evaluate as safeguarding_evaluation
from consultation.safeguarding.screen import load_screen

app = typer.Typer(no_args_is_help=True, help="Check the machine against your own hand-made sample (JSON lines).")
console = Console(soft_wrap=True)

Row = dict[str, Any]
Sample = Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="one JSON object a line")]
AsJson = Annotated[bool, typer.Option("--json", help="print the figures as JSON")]
Predictions = Annotated[Path | None, typer.Option(help="also write what the machine made of each row")]


@app.command("coding")
def coding(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """Outcomes, themes and sentiment of answers. Rows: id, audience, question, text, outcomes, themes, sentiment."""
    coder = shipped_coder()
    _run(file, as_json, predictions, lambda rows: coding_evaluation.evaluate(rows, coder),
         lambda rows: coding_evaluation.predict(rows, coder))  # fmt: skip


@app.command("redaction")
def redaction(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """What is hidden in texts. Rows: id, text, spans (start, end, type)."""
    detector = default_detector()
    _run(file, as_json, predictions, lambda rows: redaction_evaluation.evaluate(rows, detector),
         lambda rows: redaction_evaluation.predict(rows, detector))  # fmt: skip


@app.command("safeguarding")
def safeguarding(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """Which messages are referred. Rows: id, text, concern (true or false), level (immediate, concern, none)."""
    screen = load_screen()
    _run(file, as_json, predictions, lambda rows: safeguarding_evaluation.evaluate(rows, screen),
         lambda rows: safeguarding_evaluation.predict(rows, screen))  # fmt: skip


def _run(
    file: Path,
    as_json: bool,
    predictions: Path | None,
    evaluate: Callable[[list[Row]], Any],
    predict: Callable[[list[Row]], Any],
) -> None:
    quieten_logs()
    rows = read_rows(file)
    if predictions:
        lines = [json.dumps(each, ensure_ascii=False) for each in predict(rows)]
        predictions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    figures = evaluate(rows)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _print_figures(figures)


def read_rows(file: Path) -> list[Row]:
    """The rows of a sample. Raises `UserFault` with the line that can't be used."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserFault(f"{file} can't be read as UTF-8 text ({error}).") from None
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserFault(
                f"{file.name}, line {number}: not JSON ({error.msg}). Each line must be one JSON object."
            ) from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise UserFault(f"{file.name}, line {number}: a row needs a 'text'.")
        rows.append({"id": f"line {number}", **row})
    if not rows:
        raise UserFault(f"{file.name} has no rows.")
    return rows


def _print_figures(figures: dict[str, Any], indent: str = "") -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            console.print(f"{indent}{name}", highlight=False)
            _print_figures(value, indent + "  ")
        else:
            shown = f"{value:.3f}" if isinstance(value, float) else "–" if value is None else value
            console.print(f"{indent}{name:<22} {shown}", highlight=False)
