"""`sayso drill safeguarding`: does the path from a worrying message to somebody who acts work, and how fast?"""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.lead_keys import ask_passphrase, check_key_file
from bot.cli.parts import settings_with, wave_at
from bot.cli.refer import open_with
from bot.delivery.tell import named_now
from bot.sayso import Sayso
from bot.wiring import wire
from consultation.domain.consultation import Wave
from consultation.operations.drill import BY, IN_HAND, WORDS, Done, Drill, begin_drill, end_drill, first_paths, follow
from consultation.safeguarding.arrangements import Arrangements
from consultation.storage.roles import Role

app = typer.Typer(no_args_is_help=True, help="Try what must work when it is needed.")
out = Console(soft_wrap=True, highlight=False, markup=False)

SECONDS = 0.5  # between two looks


@app.callback()
def _group() -> None:
    """Try what must work when it is needed."""


@app.command("safeguarding")
def drill_safeguarding(
    slug: Annotated[str, typer.Argument(help="the consultation to say it in; left out: the newest that is open")] = "",
    wait: Annotated[float, typer.Option(min=0, help="minutes to wait for somebody to acknowledge")] = 5,
    within: Annotated[float, typer.Option(min=0, help="seconds in which the first must have been told")] = 60,
    key: Annotated[Path | None, typer.Option(help="your private key file: open it, and acknowledge by that")] = None,
    passphrase: Annotated[str, typer.Option(envvar="SAYSO_LEAD_PASSPHRASE", help="asked for if not given")] = "",
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Send a test concern, marked DRILL, through the whole path, and say how long each step took.

    Real people are told. With --wait 31 the deputy and the duty team are too, if nobody acknowledges.
    """
    sayso = wire(settings_with(data), needs=[Role.RESPONDENT, Role.LEAD])
    try:
        wave = wave_at(sayso.store, slug) if slug else _newest(sayso)
        secret = ""
        if key:
            check_key_file(key)
            secret = passphrase or ask_passphrase(key)
        arrangements = named_now(sayso.store, sayso.settings)
        drill = begin_drill(sayso.desk, wave, f"drill-{secrets.token_hex(8)}", monotonic)
        for each in drill.steps:
            _tell(each)
        if drill.reference is None:
            raise UserFault("The words were not passed on. Nothing that a child writes like this would be: call help.")
        out.print(f"   its reference: {drill.reference}")
        try:
            _watch(sayso, drill, drill.reference, arrangements, (within, wait * 60), key, secret)
        finally:
            end_drill(sayso.store, drill.reference, datetime.now(UTC))
            out.print(f"{drill.reference} is closed as a drill. Nobody is told of it any more.")
    finally:
        sayso.store.close()
    if not all(each.worked for each in drill.steps):
        raise typer.Exit(1)


def _newest(sayso: Sayso) -> Wave:
    found = sayso.waves.open_on(sayso.desk.today()) or sayso.waves.all()
    if not found:
        raise UserFault("There is no consultation to say it in. Open one first: sayso open --help")
    return found[0]


def _watch(
    sayso: Sayso,
    drill: Drill,
    reference: str,
    arrangements: Arrangements,
    patience: tuple[float, float],
    key: Path | None,
    secret: str,
) -> None:
    """Tell of each step as it comes. `patience`: seconds for the first to be told, and for somebody to acknowledge."""
    within, wait = patience
    expected = {f"{each.position} told by {each.means}" for each in first_paths(arrangements, sayso.store, reference)}
    if not expected:
        _fail(drill, ["somebody is named who could be told (sign off arrangements with contacts)"])
        return
    for each in follow(drill, sayso.store, arrangements, monotonic):
        if each is not None:
            _tell(each)
            continue
        passed = monotonic() - drill.began
        missing = sorted(expected - {done.step for done in drill.steps})
        if missing and passed > within:
            _fail(drill, missing)
            expected = set()
        elif not missing and key:
            _open(sayso, drill, reference, key, secret)
            key = None
        elif passed > max(wait, within if missing else 0):
            _fail(drill, [IN_HAND])
            return
        sleep(SECONDS)


def _open(sayso: Sayso, drill: Drill, reference: str, key: Path, secret: str) -> None:
    """Only when the first have been told: to open it is to acknowledge it, and nobody is told after that."""
    opened, _ = open_with(sayso.settings, sayso.store, reference, key, secret, datetime.now(UTC), BY)
    same = opened.letter.message.text == WORDS
    _tell(drill.note("the key opens it, word for word", monotonic, worked=same))


def _fail(drill: Drill, steps: list[str]) -> None:
    for each in steps:
        _tell(drill.note(each, monotonic, worked=False))
    if any("told by" in each for each in steps):
        out.print("   Is 'sayso serve' running, with a worker, and are its mail server, staff bot or webhook set up?")


def _tell(done: Done) -> None:
    out.print(f"{'✓' if done.worked else '✗'} {done.seconds:8.2f} s  {done.step}")
