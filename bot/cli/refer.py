"""`sayso referral`: for the safeguarding lead, the deputy and the duty team, and nobody else."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.lead_keys import actor, ask_passphrase, check_key_file
from bot.cli.parts import settings_with, write_files
from bot.settings import Settings
from bot.wiring import lead_keys
from consultation.domain.concern import Outcome, Queue, Status
from consultation.locale import in_words
from consultation.operations.open_referral import Letter, Opened, open_referral, save_referral, unlock
from consultation.operations.refer_concern import Actor, Referral, acknowledge, move, referral, referrals
from consultation.operations.write_to_person import write_to_person
from consultation.storage.roles import Role
from consultation.storage.store import Store, open_store

console = Console(soft_wrap=True, highlight=False, markup=False)

UNNAMED = Actor("command line")  # whoever has this server's command line and no key


def referral_command(
    reference: Annotated[str, typer.Argument(help="such as C-7Q2K9F; leave out to list them")] = "",
    key: Annotated[Path | None, typer.Option(help="your private key file: read it")] = None,
    save: Annotated[Path | None, typer.Option(help="write it to a file, sealed, for any age tool")] = None,
    have: Annotated[bool, typer.Option("--acknowledge", help="you have it in hand: stop the alerts")] = False,
    actioned: Annotated[Outcome | None, typer.Option(help="what was done")] = None,
    close: Annotated[bool, typer.Option("--close", help="nothing is left to do")] = False,
    outcome: Annotated[Outcome | None, typer.Option(help="with --close: what was done, if nothing is noted")] = None,
    reply: Annotated[
        bool, typer.Option("--reply", help="with --key: write to the person, if they asked for it; asks for your words")
    ] = False,
    passphrase: Annotated[str, typer.Option(envvar="SAYSO_LEAD_PASSPHRASE", help="asked for if not given")] = "",
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """List safeguarding referrals; read one with your key, note what was done, write to the person."""
    settings, now = settings_with(data), datetime.now(UTC)
    asked = key or save or have or actioned or close or reply
    store = open_store(settings.database_at, needs=[Role.LEAD])
    try:
        if not reference:
            if asked:
                raise UserFault("Name the referral: sayso referral C-…")
            _list(referrals(store))
            return
        if reply and key is None:
            raise UserFault("To write to the person, name your private key file: the way to them is sealed, too. --key")
        opened = open_with(settings, store, reference, key, passphrase, now) if key else None
        by = opened[1] if opened else UNNAMED
        if opened:
            _show_all(opened[0])
        if save:
            write_files(save.parent, {save.name: save_referral(store, reference, by, now)})
            console.print(f"wrote {save}, sealed. On your own computer: age -d -i YOUR-KEY-FILE {save.name}")
        if opened and reply:
            # Asked for: what stands in a command is seen in the list of processes, and stays in the shell's history.
            words = typer.prompt("What do you want to say to them?")
            write_to_person(store, reference, opened[0].handle, words, by, datetime.now(UTC), uuid.uuid4().hex)
            console.print("Written. They see it in their chat within a minute, or when they come back to its page.")
        if have and not acknowledge(store, reference, by, now):
            console.print(f"{reference} was acknowledged before.")
        if actioned:
            move(store, reference, Status.ACTIONED, by, now, actioned)
        if close:
            move(store, reference, Status.CLOSED, by, now, outcome)
        if not asked:
            console.print("To read it: --key YOUR-KEY-FILE. To say what was done: --actioned, --close. See --help.")
        _list([referral(store, reference)])
    finally:
        store.close()


def _list(found: list[Referral]) -> None:
    if not found:
        console.print("There is no referral.")
    for each in found:
        marks = [
            "DRILL" if each.drill else "",
            "allegation about staff" if each.queue == Queue.ALLEGATIONS else "",
            "asks for contact" if each.asks_contact else "",
            each.outcome or "",
        ]
        told = ", ".join(filter(None, marks))
        console.print(f"{each.reference}  {each.level:<10} {each.raised_on}  {each.status:<12} {told}".rstrip())


def open_with(
    settings: Settings, store: Store, reference: str, file: Path, passphrase: str, now: datetime, by: Actor = UNNAMED
) -> tuple[Opened, Actor]:
    """The referral, and whose key it was opened with. `by`: who tries. Raises `UserFault`, `UnusableKey`."""
    check_key_file(file)
    key = unlock(store, reference, file.read_bytes(), passphrase or ask_passphrase(file), by, now)
    holder = actor(lead_keys(settings), key)
    return open_referral(store, reference, key, holder, now), holder


def _show_all(opened: Opened) -> None:
    _show(opened.letter)
    if opened.others:
        console.print("From the same chat:\n")
        for each in opened.others:
            _show(each)
    if opened.handle and opened.last_day:
        console.print(f"They may be written to until the end of {in_words(opened.last_day)}: --reply\n")


def _show(letter: Letter) -> None:
    told = letter.message
    drill = "DRILL, nobody said this. " if told.drill else ""
    console.print(f"{drill}{letter.reference}, {in_words(letter.raised_on)}: {told.level}. {told.reason}")
    console.print(f"Said by: {told.audience}; asked: {told.question}; conversation {told.thread or 'not known'}")
    if told.text:  # to agree to be written to takes no words
        console.print(f"{letter.introduced}:\n\n{told.text}\n")
