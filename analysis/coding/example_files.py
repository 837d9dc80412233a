"""Coded answers from elsewhere, in a file of JSON lines or CSV, checked against the codebook that they are coded to.

Nothing is half read: a file with any bad row is refused, with the rows named and how to mend them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.codebook import Codebook, UnknownCode
from analysis.codebook.files import as_text
from analysis.codebook.sheet import read_rows
from analysis.coding.exemplars import SENTIMENTS, Exemplar
from consultation.content import BadFile

LARGEST = 10_000_000  # bytes; ten thousand answers take two million
MOST_TOLD = 5  # faults
COLUMNS = ("text", "themes")
MANY = ("themes", "outcomes")


@dataclass(frozen=True)
class Example:
    """One row: its number as a spreadsheet or editor shows it, its id, and what it teaches."""

    row: int
    id: str
    exemplar: Exemplar


def read_examples(name: str, content: bytes, codebook: Codebook) -> list[Example]:
    """The rows `{id?, text, question?, audience?, themes, outcomes?, sentiment?}` of a file. In CSV, codes of one
    answer are separated by ";". Raises `BadFile`."""
    path = Path(name)
    if len(content) > LARGEST:
        mend = "Split it, and take in one part after the other."
        raise BadFile(path, None, f"it is larger than {LARGEST // 1_000_000} MB. {mend}")
    if not content.strip():
        raise BadFile(path, None, "it is empty. Choose another file.")
    text = as_text(content, path)
    rows = list(_sheet(text, path) if path.suffix.casefold() == ".csv" else _lines(text, path))
    faults = [f"row {number}: {fault}" for number, row in rows for fault in _faults(row, codebook)]
    faults += _clashes(rows)
    if faults:
        more = f" (and {len(faults) - MOST_TOLD} more)" if len(faults) > MOST_TOLD else ""
        raise BadFile(path, None, "\n".join(faults[:MOST_TOLD]) + more + "\nNothing was taken in.")
    return [_example(number, row, path) for number, row in rows]


def _sheet(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """An empty cell is a field that was left out; "none" among codes says that no code fits."""
    for number, cells in read_rows(text, path, COLUMNS):
        row: dict[str, Any] = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
        for facet in MANY:
            if facet in row:
                codes = [each.strip() for each in row[facet].split(";") if each.strip()]
                row[facet] = [] if codes == ["none"] else codes
        yield number, row


def _lines(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            json.dumps(row, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            mend = 'Each line must be one JSON object, such as {"text": "…", "themes": ["…"]}.'
            raise BadFile(path, None, f"row {number}: this is not JSON ({type(error).__name__}). {mend}") from None
        if not isinstance(row, dict):
            raise BadFile(path, None, f"row {number}: this must be one JSON object {{…}}.")
        yield number, {name: value for name, value in row.items() if value is not None}


def _faults(row: Mapping[str, Any], codebook: Codebook) -> Iterator[str]:
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        yield "the text is missing. Fill it in, or take the row out."
    if not any(row.get(facet) is not None for facet in MANY):
        yield "no themes are given. Name them; where none fits, write [] (in CSV: none)."
    for facet in MANY:
        yield from _code_faults(row.get(facet), facet, codebook)
    for field in ("question", "audience"):
        if not isinstance(row.get(field, ""), str):
            yield f"{field} must be words in quotation marks, or left out."
    if row.get("sentiment", SENTIMENTS[0]) not in SENTIMENTS:
        yield f"'{row['sentiment']}' is no sentiment. Use one of: {', '.join(SENTIMENTS)}."
    version = str(row.get("codebook_version", codebook.version))
    if version != str(codebook.version):
        yield (
            f"it was coded to version {version} of the codebook, and {codebook} is in use. Look its codes over, then "
            f"write codebook_version {codebook.version} or take it out."
        )


def _code_faults(given: Any, facet: str, codebook: Codebook) -> Iterator[str]:
    if given is None:
        return
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        yield f'{facet} must be a list of ids, such as ["a", "b"].'
        return
    for each in given:
        try:
            codebook.theme(each) if facet == "themes" else codebook.outcome(each)
        except UnknownCode as unknown:
            yield str(unknown)


def _clashes(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[str]:
    """The same id twice, and the same words coded in two ways: whichever is right, a machine must not learn both."""
    ids: dict[str, int] = {}
    coded: dict[tuple[str, str], tuple[int, Any]] = {}
    for number, row in rows:
        if "id" in row:
            name = str(row["id"])
            if name in ids:
                yield f"row {number}: the id '{name}' is taken by row {ids[name]}. Give this row another."
            ids.setdefault(name, number)
        words = (" ".join(str(row.get("text")).casefold().split()), str(row.get("question", "")))
        codes = [sorted(map(str, row.get(facet) or ())) for facet in MANY]
        first, others = coded.setdefault(words, (number, codes))
        if others != codes:
            yield f"row {number}: the same words stand in row {first} under other codes. Make them agree, or keep one."


def _example(number: int, row: Mapping[str, Any], path: Path) -> Example:
    given = {facet: tuple(dict.fromkeys(row[facet])) if facet in row else None for facet in MANY}
    exemplar = Exemplar(
        text=row["text"].strip(), outcomes=given["outcomes"], themes=given["themes"], sentiment=row.get("sentiment"),
        audience=row.get("audience", ""), question=row.get("question", ""), source=path.stem,
    )  # fmt: skip
    return Example(number, str(row.get("id", f"{path.stem} {number}")), exemplar)
