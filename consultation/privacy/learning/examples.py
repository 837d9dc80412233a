"""The texts that the redaction model learns from, all invented; what each file holds is said at its head.

Reads their markup ("my nan {PERSON:doreen}", "{?AGE:12}" for what may be hidden or not) and knows nothing of how
they are learnt from. The evaluation set in tests/evaluation is none of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

FOLDER = Path(__file__).parents[1] / "examples"
_MARK = re.compile(r"\{(\??)([A-Z_]+):([^{}]+)\}")


def lines(name: str, folder: Path = FOLDER) -> list[str]:
    """The lines of one file, without comments."""
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def rows(names: Iterable[str], folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The marked texts of some files as rows for `evaluate`. Raises ValueError for a mark that does not close."""
    return [
        parse(line, f"{name}-{number:04d}")
        for name in names
        for number, line in enumerate(lines(name, folder), start=1)
    ]


def marks(row: Mapping[str, Any]) -> tuple[tuple[int, int, str], ...]:
    """Where the details of a row start and end, and their types; "?" for what may be hidden or not."""
    sure = [(mark["start"], mark["end"], mark["type"]) for mark in row["spans"]]
    return tuple(sorted([*sure, *((mark["start"], mark["end"], "?") for mark in row["optional_spans"])]))


def is_kept_back(text: str) -> bool:
    """Whether a marked text is one of the tenth that is not learnt from: the thresholds are chosen on those."""
    return crc32(text.encode()) % 10 == 0


def parse(line: str, name: str) -> dict[str, Any]:
    """One marked line as {"id", "text", "spans", "optional_spans"}."""
    text, position = "", 0
    spans: dict[str, list[dict[str, Any]]] = {"": [], "?": []}
    for mark in _MARK.finditer(line):
        text += line[position : mark.start()]
        spans[mark[1]].append({"start": len(text), "end": len(text) + len(mark[3]), "type": mark[2]})
        text, position = text + mark[3], mark.end()
    text += line[position:]
    if "{" in text or "}" in text:
        raise ValueError(f"examples: write each mark as {{TYPE:words}}, here it does not close: {line}")
    return {"id": name, "text": text, "spans": spans[""], "optional_spans": spans["?"]}


def fingerprint(folder: Path = FOLDER) -> str:
    """Changes when any of the texts changes; the weights carry that of the texts they were fitted on."""
    content = "\0".join(path.name + "\0" + path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))
    return hashlib.sha256(content.encode()).hexdigest()
