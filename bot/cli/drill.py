"""`sayso drill safeguarding`: does the path from a worrying message to somebody who acts work, and how fast?"""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.lead_keys import actor
from bot.cli.parts import settings_with, wave_at
from bot.sayso import Sayso
from bot.wiring import lead_keys, wire
from consultation.domain.consultation import Wave
from consultation.operations.drill import WORDS, Done, Drill, begin_drill, end_drill, first_paths, follow
from consultation.operations.open_referral import open_referral, unlock
from consultation.operations.refer_concern import Actor
from consultation.operations.sign_off import arrangements_now
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
        secret = key and (passphrase or typer.prompt(f"Passphrase of {key.name}", hide_input=True))
        with sayso.store.read() as session:
            arrangements = arrangements_now(session)
        drill = begin_drill(sayso.desk, wave, f"drill-{secrets.token_hex(8)}", monotonic)
        for each in drill.steps:
            _tell(each)
        if drill.reference is None:
            raise UserFault("The words were not passed on. Nothing that a child writes like this would be: call help.")
        out.print(f"   its reference: {drill.reference}")
        try:
            _watch(sayso, drill, drill.reference, arrangements, (within, wait * 60), key, secret or "")
        finally:
            end_drill(sayso.store, drill.reference, datetime.now(UTC))
            out.print(f"{drill.reference} is closed as a drill. Nobody is told of it any more.")
    finally:
        sayso.store.close()
    if not all(each.worked for each in drill.steps):
        raise typer.Exit(1)


def _newest(sayso: Sayso) -> Wave:
    waves = sayso.waves.all()
    today = sayso.desk.today()
    found = next((each for each in waves if each.is_open(today)), None) or next(iter(waves), None)
    if found is None:
        raise UserFault("There is no consultation to say it in. Open one first: sayso open --help")
    return found


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
        drill.steps.append(Done("somebody is named who could be told (sign off arrangements with contacts)", 0, False))
        _tell(drill.steps[-1])
        return
    for each in follow(drill, sayso.store, arrangements, monotonic):
        if each is not None:
            _tell(each)
            continue
        passed = monotonic() - drill.began
        missing = sorted(expected - {done.step for done in drill.steps})
        if missing and passed > within:
            _fail(drill, missing, passed)
            expected = set()
        elif not missing and key:
            _open(sayso, drill, reference, key, secret)
            key = None
        elif passed > max(wait, within if missing else 0):
            _fail(drill, ["somebody has it in hand"], passed)
            return
        sleep(SECONDS)


def _open(sayso: Sayso, drill: Drill, reference: str, key: Path, secret: str) -> None:
    """Only when the first have been told: to open it is to acknowledge it, and nobody is told after that."""
    store, now = sayso.store, datetime.now(UTC)
    opened_key = unlock(store, reference, key.read_bytes(), secret, Actor("drill"), now)
    opened = open_referral(store, reference, opened_key, actor(lead_keys(sayso.settings), opened_key), now)
    same = opened.letter.message.text == WORDS
    drill.steps.append(Done("the key opens it, word for word", monotonic() - drill.began, same))
    _tell(drill.steps[-1])


def _fail(drill: Drill, steps: list[str], seconds: float) -> None:
    for each in steps:
        drill.steps.append(Done(each, seconds, worked=False))
        _tell(drill.steps[-1])
    if any("told by" in each for each in steps):
        out.print("   Is 'sayso serve' running, with a worker, and are its mail server, staff bot or webhook set up?")


def _tell(done: Done) -> None:
    out.print(f"{'✓' if done.worked else '✗'} {done.seconds:8.2f} s  {done.step}")
