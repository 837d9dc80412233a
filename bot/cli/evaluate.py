"""`sayso evaluate`: check the machine against a sample that you coded, marked or judged by hand."""

import json
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from rich.console import Console

import analysis.coding.evaluate as coding_evaluation
from analysis.codebook import UnknownCode, shipped_codebook
from analysis.coding import shipped_coder
from analysis.coding.exemplars import SENTIMENTS
from bot.cli.faults import UserFault
from bot.logs import set_up_logs
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


def _one_of(*known: str) -> AfterValidator:
    def check(word: str) -> str:
        if word not in known:
            nearest = get_close_matches(word.casefold(), known, n=1)
            hint = f"The nearest is '{nearest[0]}'. " if nearest else ""
            raise ValueError(f"'{word}' is not known. {hint}Write one of: {', '.join(known)}.")
        return word

    return AfterValidator(check)


def _outcome(code: str) -> str:
    try:
        return shipped_codebook().outcome(code).id
    except UnknownCode as unknown:
        raise ValueError(str(unknown)) from None


def _theme(code: str) -> str:
    try:
        return shipped_codebook().theme(code).id
    except UnknownCode as unknown:
        raise ValueError(str(unknown)) from None


class SampleRow(BaseModel):
    """What every row has. Fields that nobody made by hand may be left out; fields of no concern here are let be."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: str | int | float | None = None
    text: str


class CodingRow(SampleRow):
    audience: str | None = None
    question: str | None = None
    outcomes: list[Annotated[str, AfterValidator(_outcome)]] | None = None
    themes: list[Annotated[str, AfterValidator(_theme)]] | None = None
    sentiment: Annotated[str, _one_of(*SENTIMENTS)] | None = None


class Mark(BaseModel):
    """A half-open range of character offsets into the row's text, and the kind of detail that stands there, if said."""

    model_config = ConfigDict(strict=True, frozen=True)

    start: int = Field(ge=0)
    end: int
    type: str = ""

    @model_validator(mode="after")
    def _forwards(self) -> "Mark":
        if self.end <= self.start:
            raise ValueError(f"it ends at {self.end}, and starts at {self.start}. 'end' is the place after the detail.")
        return self


class RedactionRow(SampleRow):
    spans: list[Mark] = []
    optional_spans: list[Mark] = []

    @model_validator(mode="after")
    def _within(self) -> "RedactionRow":
        for mark in (*self.spans, *self.optional_spans):
            if mark.end > len(self.text):
                raise ValueError(
                    f"a span ends at {mark.end}, and the text has {len(self.text)} characters. Count them from 0."
                )
        return self


class SafeguardingRow(SampleRow):
    concern: bool | None = None
    level: Annotated[str, _one_of("immediate", "concern", "none")] | None = None


CODES = 'Write a list of ids, such as ["a"]; [] where none fits; leave it out where nobody has coded it.'
SPANS = (
    'Write [{"start": 0, "end": 4, "type": "PERSON"}], with places counted from 0; [] where nothing is to be hidden; '
    "leave it out where nobody has marked it."
)
MEND = {
    "id": "Write a word or a number.",
    "text": "Write the words in quotation marks.",
    "outcomes": CODES,
    "themes": CODES,
    "spans": SPANS,
    "optional_spans": SPANS,
    "concern": "Write true or false, without quotation marks; leave it out where nobody has judged it.",
}


@app.command("coding")
def coding(file: Sample, as_json: AsJson = False, predictions: Predictions = None) -> None:
    """Outcomes, themes and sentiment of answers. Rows: id, audience, question, text, outcomes, themes, sentiment."""
    coder = shipped_coder()
    _run(file, CodingRow, as_json, predictions, lambda rows: coding_evaluation.evaluate(rows, coder),
         lambda rows: coding_evaluation.predict(rows, coder))  # fmt: skip


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
    if predictions and (predictions.is_dir() or not predictions.absolute().parent.is_dir()):
        raise UserFault(f"{predictions} can't be written: there is no such folder, or it is one. Name a file.")
    rows = read_rows(file, model)
    if predictions:
        lines = [json.dumps(each, ensure_ascii=False) for each in predict(rows)]
        predictions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    figures = evaluate(rows)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _print_figures(figures)


def read_rows(file: Path, model: type[SampleRow]) -> list[Row]:
    """The rows of a sample as they stand there, each checked. Raises `UserFault` with the line that can't be used."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")  # alone: a text may hold other ends of lines
    except OSError as error:
        raise UserFault(f"{file} can't be read ({error.strerror}). Check the name.") from None
    except UnicodeDecodeError:
        raise UserFault(f"{file} is not UTF-8 text. Save it as UTF-8.") from None
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            json.dumps(row, ensure_ascii=False).encode()
            row = _without_blanks(row)
            model.model_validate(row)
        except json.JSONDecodeError as error:
            raise UserFault(
                f"{file.name}, line {number}: not JSON ({error.msg}). Each line must be one JSON object."
            ) from None
        except UnicodeEncodeError as error:
            half = error.object[error.start].encode("ascii", "backslashreplace").decode()
            raise UserFault(f"{file.name}, line {number}: {half} is half a character. Write it whole.") from None
        except ValidationError as error:
            raise UserFault(f"{file.name}, line {number}: {_sentence(error.errors()[0])}") from None
        rows.append({"id": f"line {number}", **row})
    if not rows:
        raise UserFault(f"{file.name} has no rows.")
    return rows


def _without_blanks(row: Any) -> Any:
    """A field that holds null was left blank: nobody has made it by hand."""
    return {name: value for name, value in row.items() if value is not None} if isinstance(row, dict) else row


def _sentence(fault: Any) -> str:
    """What is wrong with a row and how to mend it, out of the first fault that its model found."""
    if not fault["loc"]:
        return str(fault["ctx"]["error"]) if fault["type"] == "value_error" else "a row must be one JSON object {…}."
    top, *inside = fault["loc"]
    where = top + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in inside if top != "id")
    if fault["type"] == "value_error":
        return f"{where}: {fault['ctx']['error']}"
    if fault["type"] == "missing":
        return f"{where} is missing. {MEND[top]}"
    found = json.dumps(fault["input"])
    why = f"{fault['msg'][0].lower()}{fault['msg'][1:]}"
    mend = MEND.get(top, "Write a word in quotation marks, or leave it out.")
    return f"{where}: {why} (found {found[:60]}{'…' if len(found) > 60 else ''}). {mend}"


def _print_figures(figures: dict[str, Any], indent: str = "") -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            console.print(f"{indent}{name}", highlight=False)
            _print_figures(value, indent + "  ")
        else:
            shown = f"{value:.3f}" if isinstance(value, float) else "–" if value is None else value
            console.print(f"{indent}{name:<22} {shown}", highlight=False)
