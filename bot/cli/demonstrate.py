"""`sayso demo`: the whole path from nothing: 200 simulated answers, coded, reported, and served."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.coding import shipped_coder
from analysis.operations.code_answers import code_answers
from analysis.operations.export_findings import export_findings
from analysis.operations.take_records import answer_records
from bot.chapters import analysed
from bot.cli.faults import UserFault
from bot.cli.parts import check_folder, progress_bar, settings_with, write_files
from bot.cli.serve import check_port, serve_until_stopped
from bot.demo.play import Demo, clear_quotations, make_demo, play_respondents, stored_responses
from bot.demo.respondents import simulated_respondents
from bot.logs import set_up_logs
from bot.web.app import staff_secret
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience
from consultation.operations.refer_concern import referrals

console = Console(soft_wrap=True)


def demo(
    once: Annotated[bool, typer.Option("--once", help="no server: write every export and end")] = False,
    out: Annotated[Path, typer.Option(help="where --once writes")] = Path("sayso-out"),
    data: Annotated[Path | None, typer.Option(help="the data folder; made if it is not there")] = None,
    port: Annotated[int | None, typer.Option(help="else SAYSO_PORT, else 8000")] = None,
    on: Annotated[str, typer.Option(help="the day it opened, YYYY-MM-DD; else today")] = "",
) -> None:
    """Make a demonstration with 200 simulated respondents, and serve it (or write its exports)."""
    settings = settings_with(data, port)
    set_up_logs(settings.log)
    if once:
        check_folder(out)
    else:
        check_port(settings)
    day = _day(on)
    made = make_demo(settings, day)
    made.sayso.store.database.begin_serving()
    if not once and not made.wave.is_open(day):
        raise UserFault(
            f"The demonstration in {settings.data} closed on {made.wave.closes_on}. Use another --data folder."
        )
    if made.passphrase:  # now, not at the end: a demonstration that is interrupted would never tell it
        key = settings.key_folder / "demo-lead.age"
        console.print(f"The safeguarding lead’s key is {key}; its passphrase, told once: {made.passphrase}")
    console.print("Playing, coding and reporting: a minute or two …")
    _fill(made, day)
    if once:
        _write(made, out)
        return
    _announce(made)
    made.sayso.store.close()
    serve_until_stopped(settings)


def _day(on: str) -> date:
    try:
        return date.fromisoformat(on) if on else date.today()  # noqa: DTZ011 - the officer's own calendar day
    except ValueError:
        raise UserFault(f"'{on}' is not a date. Write it as 2026-11-22.") from None


def _fill(made: Demo, day: date) -> None:
    """Play, code, clear. What was done on an earlier run is not done again."""
    people = simulated_respondents()
    with progress_bar(console) as progress:
        task = progress.add_task("Playing simulated respondents", total=len(people))
        play_respondents(made, people, lambda done: progress.update(task, completed=done))
        responses = stored_responses(made)
        answers = answer_records(responses)
        task = progress.add_task("Coding their answers", total=len(answers))
        code_answers(made.sayso.store, answers, shipped_coder(), lambda done: progress.update(task, completed=done))
        progress.update(task, completed=len(answers))
    cleared = clear_quotations(made, people, day)
    waiting = len(referrals(made.sayso.store))
    console.print(
        f"{len(responses)} simulated responses hold {len(answers)} free-text answers; {cleared} may be quoted; "
        f"{waiting} messages were sealed to the safeguarding lead."
    )


def _write(made: Demo, out: Path) -> None:
    found = analysed(made.sayso, made.wave)
    for path in write_files(out, export_findings(found)):
        console.print(f"wrote {path}")
    ref = next(iter(sorted(found.findings.evidence)))
    console.print(f"Walk any reference back with: sayso evidence {ref} --from {out}")


def _announce(made: Demo) -> None:
    settings = made.sayso.settings
    passes = Passes(staff_secret(settings.key_folder))
    links = {
        "Answer it": f"{settings.address}/c/{made.wave.consultation.slug}/{Audience.YOUNG_PERSON.link}",
        "All audiences": settings.address,
        "As an officer": f"{settings.address}/staff/enter?pass={passes.link_token(Role.OFFICER)}",
        "As an analyst": f"{settings.address}/staff/enter?pass={passes.link_token(Role.ANALYST, 'A')}",
    }
    console.print()
    for what, link in links.items():
        console.print(f"  {what:<14} {link}", highlight=False)
    console.print("\nAll 200 earlier answers are simulated, and say so. Yours joins them. Stop with Ctrl-C.\n")
