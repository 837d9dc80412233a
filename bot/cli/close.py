"""`sayso close`, `sayso certificate` and `sayso verify`: the end of a consultation, and the proof of it."""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with, wave_at, write_files
from bot.closings import certificates_key, close
from bot.settings import Settings
from consultation.domain.consultation import Wave
from consultation.domain.due import Kind
from consultation.operations.close_wave import end_intake
from consultation.operations.due_work import NotYet
from consultation.privacy.certificates import Verdict, read, verify
from consultation.storage import closings
from consultation.storage.faults import FolderInUse
from consultation.storage.keys import KeyFolder
from consultation.storage.roles import Role
from consultation.storage.store import Store, open_store

console = Console(soft_wrap=True)
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]
Slug = Annotated[str, typer.Argument(help="short name of the consultation, as in its link")]

PATIENCE = 120.0  # seconds for another process to do its part
EXIT_CODES = {Verdict.INTACT: 0, Verdict.CHANGED: 1, Verdict.OTHER_KEY: 3, Verdict.NO_CERTIFICATE: 4}
SENTENCES = {
    Verdict.INTACT: "✓ intact: not a letter has changed since it was signed.",
    Verdict.CHANGED: "✗ changed: this is not what was signed. Don't rely on it; ask whoever published it for theirs.",
    Verdict.OTHER_KEY: "✗ signed by another key than the one you named. Whoever made it is not who you think.",
    Verdict.NO_CERTIFICATE: "✗ not a certificate of Sayso's, or a damaged one. Use the JSON file, not the page.",
}


def close_consultation(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; for scripts")] = False,
    key_is_lost: Annotated[
        bool, typer.Option("--key-is-lost", help="its key is gone for good: close without searching the files for it")
    ] = False,
    data: Data = None,
) -> None:
    """Close a consultation today: no more answers, its key destroyed, a certificate. It can't be undone."""
    settings = settings_with(data)
    store = open_store(settings.database_at, needs=[Role.WORKER])
    try:
        wave = wave_at(store, slug)
        if _certificate(store, wave):
            console.print(f"'{slug}' is closed already. Its certificate: sayso certificate {slug} --out FILE")
            return
        if not yes:
            _ask(slug)
        end_intake(store, wave, datetime.now(UTC), key_is_lost=key_is_lost)
        console.print(f"'{slug}' takes no more answers.")
        if _is_mine_to_do(store):
            _finish(settings, store, wave)
        else:
            console.print("Another process of Sayso destroys the key; waiting for it …")
        _wait_for_certificate(store, wave)
        console.print(
            f"Closed. Its certificate: sayso certificate {slug} --out FILE, or the page /c/{slug}/certificate"
        )
    finally:
        store.close()


def save_certificate(
    slug: Slug, out: Annotated[Path, typer.Option(help="where to write it (JSON)")], data: Data = None
) -> None:
    """Write the certificate of a closed consultation to a file, to be published."""
    settings = settings_with(data)
    store = open_store(settings.database_at)
    try:
        body = _certificate(store, wave_at(store, slug))
    finally:
        store.close()
    if body is None:
        raise UserFault(
            f"'{slug}' has no certificate: it is not closed, or not all is destroyed yet. Close it with "
            f"'sayso close {slug}'; if that was done, the log of 'sayso serve' says what is in the way."
        )
    write_files(out.parent, {out.name: body.encode()})
    console.print(f"wrote {out}, signed with {certificates_key(KeyFolder(settings.key_folder))}", highlight=False)


def verify_certificate(
    file: Annotated[Path, typer.Argument(help="the certificate, as a JSON file")],
    key: Annotated[str | None, typer.Option(help="the public key that should have signed it")] = None,
) -> None:
    """Say whether a certificate is as it was signed. Exit codes: 0 intact, 1 changed, 3 another key, 4 none."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    verdict = verify(text, key.strip() if key else None)
    console.print(SENTENCES[verdict], highlight=False)
    found = read(text)
    if found is not None and verdict is not Verdict.CHANGED:
        console.print(f"Signed with {found['public_key']}", highlight=False)
        if key is None:
            console.print("Compare that key with the one its authority publishes: anybody can sign with their own.")
    raise typer.Exit(EXIT_CODES[verdict])


def _certificate(store: Store, wave: Wave) -> str | None:
    with store.read() as session:
        found = closings.certificate(session, wave.id)
        return found.body if found else None


def _ask(slug: str) -> None:
    console.print(
        "This ends the consultation today and destroys its key. Nobody can carry on, change or delete their answers "
        "afterwards, and it can't be undone."
    )
    if typer.prompt(f"Type its short name ({slug}) to go on", default="", show_default=False).strip() != slug:
        raise UserFault("Nothing was changed.")


def _is_mine_to_do(store: Store) -> bool:
    """Not where another process serves the same SQLite folder: it alone does what is due."""
    try:
        store.database.begin_serving()
    except FolderInUse:
        return False
    return True


def _finish(settings: Settings, store: Store, wave: Wave) -> None:
    with store.database.only_one(f"due work: {Kind.CLOSE}") as mine:
        if mine:
            try:
                close(settings, store, KeyFolder(settings.key_folder), wave.id, datetime.now(UTC))
            except NotYet as why:
                raise UserFault(f"{why} Then run 'sayso close {wave.consultation.slug}' again.") from None


def _wait_for_certificate(store: Store, wave: Wave) -> None:
    end = monotonic() + PATIENCE
    while _certificate(store, wave) is None:
        if monotonic() > end:
            raise UserFault(
                f"'{wave.consultation.slug}' takes no more answers, but its key is not destroyed yet. The log of the "
                "running 'sayso serve' says what is in the way; it goes on by itself. If that one runs with --only "
                "officer, stop it and run this again."
            )
        sleep(0.5)
