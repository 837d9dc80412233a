"""`sayso safeguarding key` and `sayso referral`: for the safeguarding lead, and nobody else."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with
from bot.wiring import add_lead_key
from consultation.operations.refer_concern import acknowledge, referrals, sealed_message
from consultation.safeguarding.seal import new_lead_key, unseal
from consultation.storage.roles import Role
from consultation.storage.store import open_store

app = typer.Typer(no_args_is_help=True, help="Keys of the safeguarding lead and deputies.")
console = Console(soft_wrap=True)
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]


@app.callback()
def _group() -> None:
    """Keys of the safeguarding lead and deputies."""


@app.command("key")
def key(
    file: Annotated[Path, typer.Argument(help="where the private key is written; keep it off this server")],
    data: Data = None,
    passphrase: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="SAYSO_LEAD_PASSPHRASE")
    ] = "",
) -> None:
    """Make a key pair. The public half seals from now on; only the private half and its passphrase can read."""
    if len(passphrase) < 12:
        raise UserFault("Choose a passphrase of at least 12 characters: four or five words do well.")
    if file.exists():
        raise UserFault(f"{file} is there already, and a lost key can't be made again. Choose another name.")
    settings = settings_with(data)  # before the key: it may refuse
    made = new_lead_key(passphrase)
    file.touch(mode=0o600)
    file.write_bytes(made.private)
    add_lead_key(settings, made.public)
    console.print(f"Private key: {file}. Keep it off this server, with a copy in a safe. If it is lost, so are the")
    console.print("messages sealed to it alone: make one for a deputy too.")


def referral(
    reference: Annotated[str, typer.Argument(help="such as C-7Q2K9F; leave out to list those that wait")] = "",
    key: Annotated[Path | None, typer.Option(help="your private key file")] = None,
    passphrase: Annotated[str, typer.Option(envvar="SAYSO_LEAD_PASSPHRASE", help="asked for if not given")] = "",
    data: Data = None,
) -> None:
    """List safeguarding referrals, or read one with your key."""
    store = open_store(settings_with(data).database_at, needs=[Role.LEAD])
    if not reference:
        for each in referrals(store):
            console.print(f"{each.reference}  {each.level:<10} {each.raised_on}  {each.status}", highlight=False)
        return
    sealed = sealed_message(store, reference)
    if key is None or not key.is_file():
        raise UserFault("Name your private key file: --key FILE.")
    message = unseal(sealed, key.read_bytes(), passphrase or typer.prompt("Passphrase", hide_input=True))
    console.print(f"{reference}: {message.level}. {message.reason}", markup=False, highlight=False)
    console.print(
        f"Said by: {message.audience}; asked: {message.question}; conversation {message.thread or 'not known'} "
        "(the same for all messages of one chat)",
        markup=False,
        highlight=False,
    )
    console.print(f"\n{message.text}\n", markup=False, highlight=False)
    acknowledge(store, reference)  # after it was shown: what fails here must not keep the words from the lead
