"""What several commands share: settings with the data folder from the command line, faults, files, progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.codebook import UnknownCode
from bot.cli.faults import UserFault
from bot.respondent.door import UnusableToken
from bot.settings import Settings
from consultation.content import BadFile
from consultation.encoder import ModelUnavailable as EncoderUnavailable
from consultation.operations.open_wave import NotReady
from consultation.operations.receive_file import BadAnswersFile
from consultation.operations.refer_concern import UnknownReference
from consultation.privacy.rampart import ModelUnavailable as DetectorUnavailable
from consultation.safeguarding.seal import UnusableKey
from consultation.storage.keys import UnusableKeys
from consultation.storage.store import UnusableDatabase

EXPECTED = (
    BadAnswersFile,
    BadFile,
    DetectorUnavailable,
    EncoderUnavailable,
    NotReady,
    UnknownCode,
    UnknownReference,
    UnusableDatabase,
    UnusableToken,
    UnusableKey,
    UnusableKeys,
    UserFault,
)


def settings_with(data: Path | None, port: int | None = None) -> Settings:
    """The settings, with what the command line says over them."""
    said = {"data": data, "port": port}
    try:
        return Settings(**{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SAYSO_{str(first['loc'][0]).upper()}"
        raise UserFault(
            f"{name} is not usable: {first['msg'].lower()}. Change it in the environment or .env."
        ) from None


def write_files(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write each file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        paths.append(part.replace(folder / name))
    return paths


@contextmanager
def progress_bar(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield progress
