"""Samples that people made by hand, one JSON object a line: what each row may hold, and what is wrong where it doesn't.

Knows nothing of what is made of them.
"""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from analysis.codebook import Codebook, UnknownCode
from analysis.coding.exemplars import SENTIMENTS
from bot.cli.faults import UserFault

Row = dict[str, Any]

MOST_TOLD = 5  # of a kind


def _one_of(*known: str) -> AfterValidator:
    def check(word: str) -> str:
        if word not in known:
            nearest = get_close_matches(word.casefold(), known, n=1)
            hint = f"The nearest is '{nearest[0]}'. " if nearest else ""
            raise ValueError(f"'{word}' is not known. {hint}Write one of: {', '.join(known)}.")
        return word

    return AfterValidator(check)


def _codebook(info: ValidationInfo) -> Codebook:
    assert info.context
    codebook: Codebook = info.context["codebook"]
    return codebook


def _code(code: str, info: ValidationInfo) -> str:
    codebook = _codebook(info)
    try:
        return (codebook.theme(code) if info.field_name == "themes" else codebook.outcome(code)).id
    except UnknownCode as unknown:
        raise ValueError(str(unknown)) from None


def _version(version: int | str, info: ValidationInfo) -> int | str:
    codebook = _codebook(info)
    if str(version) != str(codebook.version):
        raise ValueError(
            f"the row was coded to version {version}, and {codebook} is used. Rows of one version at a time: code it "
            f"again, then write {codebook.version}."
        )
    return version


Code = Annotated[str, AfterValidator(_code)]


class SampleRow(BaseModel):
    """What every row has. Fields that nobody made by hand may be left out; fields of no concern here are let be."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: str | int | float | None = None
    text: str


class CodingRow(SampleRow):
    """Its codes are those of the codebook in the context."""

    audience: str | None = None
    question: str | None = None
    outcomes: list[Code] | None = None
    themes: list[Code] | None = None
    sentiment: Annotated[str, _one_of(*SENTIMENTS)] | None = None
    codebook_version: Annotated[int | str, AfterValidator(_version)] | None = None


class CodedRow(CodingRow):
    """A row to learn from."""

    themes: list[Code]


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


def read_rows(file: Path, model: type[SampleRow], codebook: Codebook | None = None) -> list[Row]:
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
            model.model_validate(row, context={"codebook": codebook})
        except json.JSONDecodeError as error:
            raise UserFault(
                f"{file.name}, line {number}: not JSON ({error.msg}). Each line must be one JSON object."
            ) from None
        except UnicodeEncodeError as error:
            half = error.object[error.start].encode("ascii", "backslashreplace").decode()
            raise UserFault(f"{file.name}, line {number}: {half} is half a character. Write it whole.") from None
        except ValidationError as error:
            raise UserFault(f"{file.name}, line {number}: {_sentence(error.errors()[0])}") from None
        rows.append({"id": f"line {number}", **row, "line": number})
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


def refuse_repeats(file: Path, rows: Sequence[Row]) -> None:
    """Raises `UserFault` where an id stands twice: nobody could tell which row a prediction is for."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(str(row["id"]), row)
        if before is not row:
            taken = f"the id '{row['id']}' is taken by line {before['line']}"
            raise UserFault(f"{file.name}, line {row['line']}: {taken}. Give each row its own.")


def clashes(train: Path, lessons: Sequence[Row], file: Path, rows: Sequence[Row]) -> Iterator[str]:
    """What makes a learned coder look worse, or better, than it is: the same words under other themes among the rows to
    learn from, and rows to be predicted that are among them."""
    coded: dict[tuple[str, str], Row] = {}
    told = []
    for row in lessons:
        before = coded.setdefault(_words(row), row)
        if set(before["themes"]) != set(row["themes"]):
            told.append(f"{before['line']} and {row['line']}")
    if told:
        two_ways = "the same words stand under different themes in lines"
        yield f"{train.name}: {two_ways} {_some(told)}. Both are learned from; keep one if one is wrong."
    seen = [f"{row['line']} ({coded[_words(row)]['line']})" for row in rows if _words(row) in coded]
    if seen:
        flattered = f"The figures flatter the coder where {train.name} has the same words"
        yield f"{flattered}: lines {_some(seen)} of {file.name} (lines of {train.name} in brackets)."


def _words(row: Row) -> tuple[str, str]:
    return " ".join(row["text"].casefold().split()), row.get("question", "")


def _some(told: Sequence[str]) -> str:
    return ", ".join(told[:MOST_TOLD]) + (f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else "")
