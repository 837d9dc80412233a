"""A codebook as a spreadsheet holds it: CSV, a row for each code. Knows what a sheet can't say, and leaves that out.

Several notes of one code stand in one cell, each on a line of its own.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.codebook.codebook import Code, Codebook
from analysis.codebook.loader import Place, check_body, codebook_from
from consultation.content import BadFile

COLUMNS = ("id", "name", "definition", "include", "exclude", "facet")
MORE = ("guid", "retired", "codebook_version")  # may be left out
FACETS = {"outcome": "outcomes", "theme": "themes"}

Row = Mapping[str, str]


def as_csv(codebook: Codebook) -> bytes:
    """With a mark at its start by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, *MORE))
    writer.writerows(_cells(each, codebook.version) for each in codebook.every)
    return out.getvalue().encode("utf-8-sig")


def _cells(code: Code, version: int) -> list[str]:
    notes = ("\n".join(" ".join(each.split()) for each in some) for some in (code.include, code.exclude))
    return [
        code.id, code.name, code.definition, *notes, code.facet, str(code.guid), "yes" if code.retired else "",
        str(version),
    ]  # fmt: skip


def parse_csv(text: str, path: Path, name: str) -> Codebook:
    """The codebook called `name` in a sheet; `path` is only named in what is said of a fault. Raises `BadFile`."""
    rows = read_rows(text, path, COLUMNS)
    body: dict[str, Any] = {"codebook": name, "version": _version(rows, path), "outcomes": [], "themes": []}
    places: dict[Place, int] = {}
    for number, row in rows:
        facet = row["facet"].strip().casefold().removesuffix("s") or "theme"
        if facet not in FACETS:
            raise _bad(path, number, f"the facet '{row['facet']}' is not known. Write theme or outcome.")
        blocks = body[FACETS[facet]]
        places[FACETS[facet], len(blocks)] = number
        blocks.append(_block(row))
    if fault := check_body(body):
        place, message = fault
        raise _bad(path, places.get(place[:2]), message)
    return codebook_from(body)


def _version(rows: Sequence[tuple[int, Row]], path: Path) -> int:
    """Of all rows. Raises `BadFile` where two versions are mixed."""
    said = [(number, version) for number, row in rows if (version := row.get("codebook_version", "").strip())]
    for number, version in said:
        if version != said[0][1]:
            raise _bad(
                path, number,
                f"this row is of version {version} of the codebook, and row {said[0][0]} of version {said[0][1]}. "
                "Take the rows of one version, or empty the column codebook_version.",
            )  # fmt: skip
        if not version.isdecimal() or int(version) < 1:
            raise _bad(path, number, f"codebook_version '{version}' is no number. Write 1, 2, 3 …")
    return int(said[0][1]) if said else 1


def _block(row: Row) -> dict[str, Any]:
    block = {
        "id": row["id"].strip(),
        "guid": row.get("guid", "").strip(),
        "name": " ".join(row["name"].split()),
        "definition": row["definition"].strip(),
        "include": _notes(row["include"]),
        "exclude": _notes(row["exclude"]),
        "retired": row.get("retired", "").strip().casefold() in ("yes", "true", "1", "x"),
    }
    return {name: value for name, value in block.items() if value}


def _notes(cell: str) -> list[str]:
    return [" ".join(line.split()) for line in cell.splitlines() if line.strip()]


def read_rows(text: str, path: Path, needed: Sequence[str]) -> list[tuple[int, Row]]:
    """(row number as a spreadsheet shows it, its cells by column). Raises `BadFile` where columns are missing, where
    there are no rows or where they can't be read."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
    try:
        names = [each.strip().casefold() for each in reader.fieldnames or []]
        reader.fieldnames = names
        rows = [(number, row) for number, row in enumerate(reader, 2)]
    except csv.Error as error:
        raise _bad(path, reader.line_num, f"this can't be read as CSV ({error}). Save it as CSV again.") from None
    if twice := next((each for each in names if each and names.count(each) > 1), None):
        raise _bad(path, 1, f"two columns are called '{twice}'. Take one of them out.")
    if missing := [each for each in needed if each not in names]:
        raise _bad(
            path, 1,
            f"the first row must name the columns {', '.join(needed)}. Missing: {', '.join(missing)}. It says: "
            f"{', '.join(names) or 'nothing'}.",
        )  # fmt: skip
    for number, row in rows:
        if None in row:
            raise _bad(path, number, "more cells than the first row has. Put quotation marks around text with commas.")
    found: list[tuple[int, Row]] = [each for each in rows if any(cell.strip() for cell in each[1].values())]
    if not found:
        raise _bad(path, None, "there are no rows under the first one. Add some.")
    return found


def _bad(path: Path, row: int | None, message: str) -> BadFile:
    return BadFile(path, None, f"row {row}: {message}" if row else message)
