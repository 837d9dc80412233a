"""Codebooks from files and to files, each kind by the end of its name: .yaml, .csv, .qdc."""

import re
from pathlib import Path

from analysis.codebook.body import as_yaml
from analysis.codebook.codebook import Codebook
from analysis.codebook.loader import parse_codebook
from analysis.codebook.qdc import as_qdc, parse_qdc
from analysis.codebook.sheet import as_csv, parse_csv
from consultation.content import BadFile

LARGEST = 2_000_000  # bytes; the codebook that ships takes 40,000
KINDS = {"yaml": as_yaml, "csv": as_csv, "qdc": as_qdc}


def write_codebook(codebook: Codebook, kind: str) -> tuple[str, bytes]:
    """A name for the file, from which its version can be read again, and what it holds."""
    return f"{codebook.id}.v{codebook.version}.{kind}", KINDS[kind](codebook)


def read_codebook(name: str, content: bytes) -> Codebook:
    """The codebook in a file of that name. Raises `BadFile` with line or row, and how to mend it."""
    path = Path(name)
    kind = path.suffix.casefold()
    called, version = _called(path)
    if len(content) > LARGEST:
        raise BadFile(
            path, None, f"it is larger than {LARGEST // 1_000_000} MB, as no codebook is. Choose another file."
        )
    if not content.strip():
        raise BadFile(path, None, "it is empty. Choose another file.")
    if kind == ".qdc":
        return parse_qdc(content, path, called, version)
    if kind == ".csv":
        return parse_csv(as_text(content, path), path, called)
    if kind in (".yaml", ".yml"):
        return parse_codebook(as_text(content, path), path)
    raise BadFile(path, None, "its name must end in .yaml, .csv or .qdc, by what it is.")


def as_text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mend = "Save it as UTF-8; in Excel: 'CSV UTF-8 (comma delimited)'."
        raise BadFile(path, None, f"this is not UTF-8 text (byte {error.start}). {mend}") from None


def _called(path: Path) -> tuple[str, int]:
    """A codebook's id and version, out of the name of a file that can't say them."""
    stem = re.sub(r" ?\(\d+\)$", "", path.stem)  # of a browser that has downloaded it before
    found = re.fullmatch(r"(.+)\.v(\d{1,6})", stem)
    name, version = (found[1], max(1, int(found[2]))) if found else (stem, 1)
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-_.")[:80] or "codebook", version
