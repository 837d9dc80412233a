"""Scans all files of a folder, and what a database holds beside its files, for secrets that should be gone.

Files are read by another process, to which the secrets go through a pipe: one that serves a SQLite database must never
open its files in another way, because on closing them the system would take the database's locks away.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from consultation.privacy.remnants import WINDOW, Remnants

BLOCK = 4 * 2**20  # bytes


@dataclass(frozen=True)
class Scanned:
    """How much was read; where a secret was found; what could not be read."""

    files: int
    size: int
    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class ScanFailed(Exception):
    """The other process came to no end. `str()` says what is known of it."""


def scan_files(folder: Path, secrets: Sequence[bytes]) -> Scanned:
    """All files of the folder, hidden and temporary ones too. Raises `ScanFailed`."""
    order = {"folder": str(folder.resolve()), "secrets": [base64.b64encode(each).decode() for each in secrets]}
    command = [sys.executable, "-m", "consultation.operations.scan"]
    done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ScanFailed(f"The scan of {folder} ended with {done.returncode}.")
    told = json.loads(done.stdout)
    return Scanned(told["files"], told["size"], tuple(told["found"]), tuple(told["unread"]))


def scan_rows(tables: Iterable[tuple[str, Iterable[str]]], secrets: Sequence[bytes]) -> Scanned:
    """Tables as text: counts no files."""
    remnants, found, size = Remnants(secrets), set(), 0
    for name, rows in tables:
        for some in _blocks(rows):
            size += len(some)
            if remnants.in_(some):
                found.add(name)
    return Scanned(0, size, tuple(sorted(found)))


def _blocks(rows: Iterable[str]) -> Iterator[bytes]:
    left = iter(rows)
    while some := list(islice(left, 1_000)):
        yield "\n".join(some).encode()


def _scan(folder: Path, secrets: Sequence[bytes]) -> Scanned:
    remnants, files, size = Remnants(secrets), 0, 0
    found, unread = [], []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        try:
            hit, length = _scan_file(path, remnants)
        except FileNotFoundError:  # a temporary file that has done its work
            continue
        except OSError:
            unread.append(str(path))
            continue
        files, size = files + 1, size + length
        found += [str(path)] if hit else []
    return Scanned(files, size, tuple(found), tuple(unread))


def _scan_file(path: Path, remnants: Remnants) -> tuple[bool, int]:
    hit, length, tail = False, 0, b""
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            length += len(block)
            hit = hit or remnants.in_(tail + block)
            tail = (tail + block)[1 - WINDOW :]
    return hit, length


if __name__ == "__main__":
    order = json.load(sys.stdin)
    told = _scan(Path(order["folder"]), [base64.b64decode(each) for each in order["secrets"]])
    print(json.dumps(vars(told)))
