"""`sayso analyse`, `sayso export`, `sayso evidence`: findings out of answers, and the way back from each figure."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from analysis.codebook import shipped_codebook
from analysis.coding import shipped_coder
from analysis.findings.report import Commission
from analysis.operations.analyse_file import analyse_file
from analysis.operations.export_findings import EVIDENCE, evidence_rows, export_findings
from bot.chapters import analysed, code_what_is_new, note_taken
from bot.cli.faults import UserFault
from bot.cli.parts import check_folder, known_framework, progress_bar, settings_with, wave_at, write_files
from bot.logs import set_up_logs
from bot.wiring import wire
from consultation.operations.receive_file import receive_file
from consultation.privacy.detect import default_detector
from consultation.safeguarding.screen import load_screen
from consultation.storage import consultations
from consultation.storage.roles import Role

console = Console(soft_wrap=True)
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]


def analyse(
    answers: Annotated[Path, typer.Argument(help="a CSV file with the columns audience, question and text")],
    out: Annotated[Path, typer.Option(help="where the exports are written")],
    title: Annotated[str, typer.Option(help="of the consultation")] = "Consultation",
    authority: Annotated[str, typer.Option(help="whose consultation it was")] = "",
    framework: Annotated[
        str, typer.Option(help="the authority's framework; empty for none")
    ] = "cambridgeshire-2009-12",
) -> None:
    """Analyse answers that came from elsewhere: redacted and screened on the way in, coded, reported."""
    set_up_logs("text")
    check_folder(out)
    codebook = shipped_codebook()
    chosen = known_framework(framework) if framework else None
    try:
        content = answers.read_bytes()
    except OSError as error:
        raise UserFault(f"{answers} can't be read ({error.strerror}). Check the name.") from None
    with progress_bar(console) as progress:
        task = progress.add_task("Screening and redacting", total=None)
        received = receive_file(
            content, default_detector(), load_screen(), date.today(),  # noqa: DTZ011 - the officer's own calendar day
            lambda row: progress.update(task, completed=row - 1),
        )  # fmt: skip
        total = sum(len(each.answers) for each in received.responses)
        task = progress.add_task("Coding", total=total)
        found = analyse_file(
            received.responses, shipped_coder(), codebook, chosen, Commission(title, authority or "the authority"),
            lambda done: progress.update(task, completed=done),
        )  # fmt: skip
    for path in write_files(out, export_findings(found)):
        console.print(f"wrote {path}")
    accounting = found.findings.accounting
    console.print(
        f"{accounting.answers} answers: {accounting.coded} coded, {accounting.uncoded} uncoded, "
        f"{accounting.withheld} withheld. Something identifying was hidden in {received.hidden}."
    )
    if received.concerns:
        rows = ", ".join(f"{row} ({level.value})" for row, level in received.concerns)
        console.print(
            f"[bold]Pass to the safeguarding lead today[/bold]: these rows may tell of someone at risk: {rows}"
        )


def export(
    slug: Annotated[str, typer.Argument(help="short name of the consultation")],
    out: Annotated[Path, typer.Option(help="where the exports are written")],
    data: Data = None,
) -> None:
    """Write the chapter and the analysts' files of a consultation as it stands."""
    set_up_logs("text")
    check_folder(out)
    sayso = wire(settings_with(data), needs=[Role.ANALYST])
    code_what_is_new(sayso)
    wave = wave_at(sayso.store, slug)
    files = export_findings(analysed(sayso, wave))
    note_taken(sayso, wave, *files, by="operator")
    for path in write_files(out, files):
        console.print(f"wrote {path}")


def evidence(
    ref: Annotated[str, typer.Argument(help="a reference from a report, such as SS-YP-bullying.a41c")],
    source: Annotated[Path | None, typer.Option("--from", help="the folder of an export; else the database")] = None,
    data: Data = None,
) -> None:
    """Walk a figure of a report back to the codings and answers under it."""
    rows = _exported(source) if source else _stored(data)
    known: list[str] = []
    for row in rows:
        if row["ref"] == ref:
            _print_evidence(row)
            return
        known.append(row["ref"])
    nearest = [each for each in known if each.split(".")[0] == ref.split(".")[0]]
    hint = (
        f"The figures have changed since; it is now {nearest[0]}." if nearest
        else "Copy it whole from the report, and name the export it came with: --from FOLDER."
    )  # fmt: skip
    raise UserFault(f"There is no evidence '{ref}' here. {hint}")


def _exported(folder: Path) -> Iterable[dict[str, Any]]:
    path = folder / EVIDENCE
    if not path.is_file():
        raise UserFault(f"There is no {EVIDENCE} in {folder}. Name the folder that 'sayso export' or 'analyse' wrote.")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _stored(data: Path | None) -> Iterable[dict[str, Any]]:
    set_up_logs("text")
    sayso = wire(settings_with(data), needs=[Role.ANALYST])
    with sayso.store.read() as session:
        waves = consultations.waves(session)
    there = [each for each in waves if not each.answers_gone_on]
    return [row for wave in there for row in evidence_rows(analysed(sayso, wave))]


def _print_evidence(row: dict[str, Any]) -> None:
    mark = "  (simulated)" if row["simulated"] else ""
    console.print(f"{row['ref']}: “{row['statement']}”{mark}", highlight=False, markup=False)
    of = f" of {row['of']}" if "of" in row else ""  # an older export says not
    console.print(f"{row['respondents']}{of} respondents. Exact and not cleared: for analysts only.\n", highlight=False)
    for answer in row["answers"]:
        console.print(f"• {answer['text']}", highlight=False, markup=False)
        console.print(f"  {answer['audience']}, {answer['question']}, answer {answer['answer'][:8]}", style="dim")
        for each in answer["codings"]:
            console.print(
                f"  {each['code']} {each['confidence']:.2f} by {each['coder']}: {each['verdict']}; “{each['words']}”",
                style="dim", highlight=False, markup=False,
            )  # fmt: skip
