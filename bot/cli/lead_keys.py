"""`sayso safeguarding key|keys|check-key|reseal|break-glass`: for those who hold the keys of the safeguarding lead."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with
from bot.wiring import add_lead_key, lead_keys
from consultation.domain.consultation import Channel
from consultation.operations.break_glass import THREAT_TO_LIFE, break_glass
from consultation.operations.refer_concern import Actor, referral
from consultation.operations.reseal import reseal
from consultation.safeguarding.handles import BehindGlass
from consultation.safeguarding.lead_keys import Holder, Keyring, LeadsKey, short
from consultation.safeguarding.seal import OpenedKey, new_lead_key, open_key
from consultation.storage.roles import Role
from consultation.storage.store import open_store

app = typer.Typer(no_args_is_help=True, help="Keys of the safeguarding lead and deputies.")
console = Console(soft_wrap=True, highlight=False, markup=False)
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]
Passphrase = Annotated[str, typer.Option(envvar="SAYSO_LEAD_PASSPHRASE", help="asked for if not given")]
SHORTEST = 12  # characters

ROLES = {Holder.LEAD: "safeguarding lead", Holder.DEPUTY: "deputy"}
IF_LOST = """
If the lead's key is lost: make a new one (--for lead --replace), and have the deputy run 'reseal' with theirs. Nothing
is lost but who was put behind glass until then. If a deputy's is lost: the same the other way round. If every key is
lost: what was sealed is gone for good, and nobody can bring it back. So keep a copy of each in a safe.\
"""
WHAT_IT_IS = {
    Channel.TELEGRAM: "Telegram's number of the chat, which for a person is the number of their account. Give it to "
    "the police: they can ask Telegram for the rest, and in an emergency they know how to do so quickly.",
    Channel.WEB: "It was in a browser, which leaves no address: nobody can be found by it, here or by the police. Tell "
    "them the words, and the day.",
}


@app.callback()
def _group() -> None:
    """Keys of the safeguarding lead and deputies."""


@app.command("key")
def key(
    file: Annotated[Path, typer.Argument(help="where the private key is written; keep it off this server")],
    holder: Annotated[Holder, typer.Option("--for", help="who keeps it")] = Holder.LEAD,
    replace: Annotated[bool, typer.Option("--replace", help="retire this holder's former keys")] = False,
    data: Data = None,
    passphrase: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="SAYSO_LEAD_PASSPHRASE")
    ] = "",
) -> None:
    """Make a key pair. The public half seals from now on; only the private half and its passphrase can read."""
    if len(passphrase) < SHORTEST:
        raise UserFault(f"Choose a passphrase of at least {SHORTEST} characters: four or five words do well.")
    if file.exists():
        raise UserFault(f"{file} is there already, and a lost key can't be made again. Choose another name.")
    settings = settings_with(data)  # before the key: it may refuse
    lead_keys(settings)
    made = new_lead_key(passphrase)
    file.touch(mode=0o600)
    file.write_bytes(made.private)
    ring = add_lead_key(settings, made.public, holder, replaces=replace)
    console.print(f"Private key of the {ROLES[holder]}: {file}. Keep it off this server, with a copy in a safe.")
    if not ring.of(Holder.DEPUTY):
        console.print(
            "Nobody is a deputy yet. Have one make a key (--for deputy): if this one is lost, so are the messages "
            "sealed to it alone; and in a threat to life, which chat it was can't be opened without a second person."
        )
    if len(ring.keys) > 1:
        console.print("What was sealed before opens with the former keys alone, until 'sayso safeguarding reseal'.")


@app.command("keys")
def keys(data: Data = None) -> None:
    """Who holds a key, since when, and what is lost with each."""
    ring = lead_keys(settings_with(data))
    if not ring.keys:
        raise UserFault("Nobody has a key yet. The safeguarding lead makes one: sayso safeguarding key FILE")
    for each in ring.keys:
        since = f"since {each.made_on}" if each.made_on else "from before days were noted"
        until = f", retired on {each.retired_on}: nothing new is sealed to it" if each.retired_on else ""
        console.print(f"{short(each.public)}  {each.holder.value:<6}  {since}{until}")
    for holder in Holder:
        if not ring.of(holder):
            console.print(f"No {ROLES[holder]} has a key in use.")
    console.print(IF_LOST)


@app.command("check-key")
def check_key(
    file: Annotated[Path, typer.Argument(help="a private key file")], passphrase: Passphrase = "", data: Data = None
) -> None:
    """Whether a key file and its passphrase fit, and whose key it is. Try yours once a term."""
    opened = opened_key(file, passphrase)
    known = lead_keys(settings_with(data)).find(opened.public)
    if known is None:
        raise UserFault(
            f"The file and the passphrase fit, but no message here is sealed to this key ({short(opened.public)}…): it "
            "was made for another Sayso, or safeguarding-leads.json beside the keys was replaced."
        )
    console.print(f"✓ The file and the passphrase fit. This is the key {_named(known)}.")


@app.command("reseal")
def reseal_all(
    key: Annotated[Path, typer.Option(help="a private key that opens what there is")],
    second: Annotated[Path | None, typer.Option(help="the other holder's, for chats behind glass too")] = None,
    passphrase: Passphrase = "",
    data: Data = None,
) -> None:
    """Seal all referrals anew to today's keys: after a rotation, or when a key is lost. Safe to do twice."""
    settings = settings_with(data)
    ring = lead_keys(settings)
    opened = opened_key(key, passphrase)
    other = opened_key(second, "") if second else None
    store = open_store(settings.database_at, needs=[Role.LEAD])
    try:
        done = reseal(store, opened, other, ring, actor(ring, opened), datetime.now(UTC))
    finally:
        store.close()
    console.print(f"{done.referrals} referrals are sealed to today's keys: {', '.join(map(short, ring))}.")
    if done.not_opened:
        console.print(f"{done.not_opened} don't open with this key. Run it again with the one they were sealed to.")
    if done.dark:
        console.print(
            f"{done.dark} chats behind glass open with the former keys alone. Name a lead's and a deputy's former key "
            "together (--key, --second) to seal them anew; or leave them: they are gone within three days."
        )


@app.command("break-glass")
def break_the_glass(
    reference: Annotated[str, typer.Argument(help="such as C-7Q2K9F")],
    key: Annotated[Path, typer.Option(help="one person's private key: the lead's, or a deputy's")],
    second: Annotated[Path, typer.Option(help="the other person's")],
    data: Data = None,
) -> None:
    """Find which chat a referral came from, for a threat to life. Takes two people, and is noted for good."""
    settings = settings_with(data)
    store = open_store(settings.database_at, needs=[Role.LEAD])
    try:
        about = referral(store, reference)
        console.print(
            f"{about.reference} is {about.level}. This shows which chat it came from. The person was told that it is "
            "done by two people together and if a life is in danger, and never otherwise. That you did is noted."
        )
        if typer.prompt(f"To go on, type: {THREAT_TO_LIFE}").strip().casefold() != THREAT_TO_LIFE:
            raise UserFault("Nothing was opened.")
        both = (opened_key(key, ""), opened_key(second, ""))
        ring = lead_keys(settings)
        found = break_glass(store, reference, both, ring, Actor("two people"), datetime.now(UTC))
    finally:
        store.close()
    _show(found)


def opened_key(file: Path, passphrase: str) -> OpenedKey:
    """The key in the file; asks for its passphrase where none is given. Raises `UserFault`, `UnusableKey`."""
    check_key_file(file)
    return open_key(file.read_bytes(), passphrase or ask_passphrase(file))


def check_key_file(file: Path) -> None:
    """Raises `UserFault`."""
    if not file.is_file():
        raise UserFault(f"There is no key file {file}. Name your private key file: --key FILE.")


def ask_passphrase(file: Path) -> str:
    return str(typer.prompt(f"Passphrase of {file.name}", hide_input=True))


def actor(ring: Keyring, key: OpenedKey) -> Actor:
    """Who uses this key, as the audit log says it."""
    known = ring.find(key.public)
    return Actor(ROLES[known.holder] if known else "a key that is not listed", key.public)


def _named(key: LeadsKey) -> str:
    retired = f", which was retired on {key.retired_on}" if key.retired_on else ""
    return f"{short(key.public)}… of the {ROLES[key.holder]}{retired}"


def _show(found: BehindGlass) -> None:
    console.print(f"\nChannel: {found.channel}\nChat: {found.chat or 'none'}\n")
    console.print(WHAT_IT_IS.get(Channel(found.channel), "Nobody can be found by it."))
