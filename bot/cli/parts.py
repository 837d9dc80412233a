"""What several commands share: settings with the data folder from the command line, faults, files, progress."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.codebook import UnknownCode, shipped_codebook
from analysis.coding.assist import NoAssist
from analysis.frameworks import Framework, load_framework, shipped_frameworks
from bot.chapters import AnswersGone
from bot.cli.faults import UserFault
from bot.demo.play import NotADemonstration
from bot.respondent.door import UnusableToken
from bot.settings import Settings
from consultation.content import BadFile
from consultation.domain.consultation import Wave
from consultation.encoder import ModelUnavailable as EncoderUnavailable
from consultation.operations.break_glass import NotBroken
from consultation.operations.close_wave import NotClosed
from consultation.operations.open_wave import NotReady
from consultation.operations.receive_file import BadAnswersFile
from consultation.operations.refer_concern import NoSuchMove, UnknownReference
from consultation.operations.shared_sessions import NoSession
from consultation.operations.sign_off import NotSignedOff
from consultation.operations.timetable import NotChanged
from consultation.operations.write_to_person import NotWritten
from consultation.privacy.rampart import ModelUnavailable as DetectorUnavailable
from consultation.safeguarding.lead_keys import UnusableKeyring
from consultation.safeguarding.seal import UnusableKey
from consultation.storage import consultations
from consultation.storage.keys import UnusableKeys
from consultation.storage.store import Store, UnusableDatabase
from consultation.surveys import UnusableAreas

EXPECTED = (
    BadAnswersFile,
    BadFile,
    DetectorUnavailable,
    EncoderUnavailable,
    AnswersGone,
    NoAssist,
    NoSession,
    NoSuchMove,
    NotADemonstration,
    NotBroken,
    NotChanged,
    NotClosed,
    NotReady,
    NotWritten,
    NotSignedOff,
    UnknownCode,
    UnknownReference,
    UnusableAreas,
    UnusableDatabase,
    UnusableToken,
    UnusableKey,
    UnusableKeyring,
    UnusableKeys,
    UserFault,
)


def settings_with(data: Path | None, port: int | None = None) -> Settings:
    """The settings, with what the command line says over them. Raises `UserFault` for a value that can't be used."""
    said = {"data": data, "port": port}
    try:
        found = Settings(**{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SAYSO_{str(first['loc'][0]).upper()}"
        why = first["msg"].removeprefix("Value error, ")
        raise UserFault(
            f"{name} is not usable: {why[0].lower()}{why[1:]}. Change it in the environment or .env."
        ) from None
    except SettingsError as error:
        raise UserFault(f"The settings can't be read ({error}). Change them in the environment or .env.") from None
    except UnicodeDecodeError:
        raise UserFault("The file .env is not UTF-8 text. Save it as UTF-8.") from None
    for path in (found.data, found.database):
        if path.exists() and not os.access(path, os.W_OK):
            raise UserFault(f"{path} can't be written to. Change who may write there, or use another --data folder.")
    return found


def wave_at(store: Store, slug: str) -> Wave:
    """The newest wave of the consultation of that short name. Raises `UserFault`."""
    with store.read() as session:
        wave = consultations.wave_by_slug(session, slug)
    if wave is None:
        raise UserFault(f"There is no consultation '{slug}' here.")
    return wave


def known_framework(name: str) -> Framework:
    """The framework of that name, checked against the shipped codebook. Raises `UserFault`, `BadFile`."""
    if name not in shipped_frameworks():
        known = ", ".join(shipped_frameworks())
        raise UserFault(f"There is no framework '{name}'. Those that ship: {known}. Name one of them.")
    return load_framework(name, shipped_codebook().outcome_ids)


def check_folder(folder: Path) -> None:
    """Refuse a folder that can't be written to, before any work is done for it. Makes nothing."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        raise UserFault(f"{there} is a file, and a folder is needed. Choose another name for --out.")
    if not os.access(there, os.W_OK):
        raise UserFault(f"{there} can't be written to. Choose another folder for --out.")


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
