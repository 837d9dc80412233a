"""`sayso codebook`: check a codebook's file, bring one in, take one away, bring in coded examples to learn from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.codebook.changes import changes
from analysis.codebook.edit import NotEdited
from analysis.codebook.files import KINDS, read_codebook, write_codebook
from analysis.coding.example_files import read_examples
from analysis.operations.edit_codebook import Editing, Overtaken
from analysis.operations.import_codebook import import_codebook
from analysis.operations.take_examples import take_examples
from analysis.storage import codebooks
from bot.chapters import codebook_of
from bot.cli.faults import UserFault
from bot.cli.parts import check_folder, settings_with, wave_at, write_files
from bot.logs import set_up_logs
from bot.sayso import Sayso
from bot.wiring import wire
from consultation.domain.consultation import Wave
from consultation.storage.roles import Role

app = typer.Typer(no_args_is_help=True, help="What answers are coded to: files in and out, examples to learn from.")
out = Console(soft_wrap=True, highlight=False, markup=False)

File = Annotated[Path, typer.Argument(metavar="FILE", help="a .yaml, .csv or .qdc file")]
Slug = Annotated[str, typer.Argument(help="short name of the consultation, as in its link")]
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]


@app.command("check")
def check(file: File) -> None:
    """Say what a codebook's file holds, or what is wrong with it and where."""
    found = read_codebook(file.name, _bytes_of(file))
    retired = f", {len(found.retired)} retired" if found.retired else ""
    out.print(f"{found}: {len(found.outcomes)} outcomes, {len(found.themes)} themes{retired}. It is in order.")


@app.command("import")
def bring_in(
    file: File,
    slug: Annotated[str, typer.Option("--for", help="short name of the consultation")],
    why: Annotated[str, typer.Option(help="for whoever reads the list of versions")] = "",
    data: Data = None,
) -> None:
    """Have a consultation coded to the codebook in a file, as a new version. All of it or nothing."""
    read = read_codebook(file.name, _bytes_of(file))
    sayso, wave = _opened(slug, data)
    try:
        before = codebook_of(sayso, wave)
        after = import_codebook(sayso.store, _editing(sayso, wave, why or f"From the file {file.name}."), read)
        out.print(f"{slug} is coded to {after} from now on.")
        for each in changes(before, after) if after.id == before.id else ():
            out.print(f"  {each.code.name}: {each.kind}")
        if not after.has_codes_of(before):
            out.print("The codes are others, so the machine must learn again: see the workbench, under Learning.")
    except (NotEdited, Overtaken) as error:
        raise UserFault(f"{str(error)[:1].upper()}{str(error)[1:]} Nothing was taken in.") from None
    finally:
        sayso.store.close()


@app.command("export")
def take_away(
    slug: Slug,
    kind: Annotated[str, typer.Option("--as", help=f"what kind of file: {', '.join(KINDS)}")] = "yaml",
    to: Annotated[Path, typer.Option("--out", help="the folder to write it to")] = Path(),
    data: Data = None,
) -> None:
    """Write the codebook of a consultation to a file."""
    if kind not in KINDS:
        raise UserFault(f"--as {kind} is not known. Write one of: {', '.join(KINDS)}.")
    check_folder(to)
    sayso, wave = _opened(slug, data)
    try:
        for path in write_files(to, dict([write_codebook(codebook_of(sayso, wave), kind)])):
            out.print(f"wrote {path}")
    finally:
        sayso.store.close()


@app.command("teach")
def teach(
    slug: Slug,
    examples: Annotated[Path, typer.Argument(help="a .jsonl or .csv file: text, themes; id, outcomes, sentiment …")],
    data: Data = None,
) -> None:
    """Bring in answers from elsewhere that people coded. They are redacted, and learned from at the next learning."""
    content = _bytes_of(examples)
    sayso, wave = _opened(slug, data)
    try:
        rows = read_examples(examples.name, content, codebook_of(sayso, wave))
        taken = take_examples(sayso.store, _editing(sayso, wave), rows, sayso.desk.detector)
        replaced = f", {taken.replaced} of them in place of earlier ones of the same id" if taken.replaced else ""
        out.print(f"{taken.count} examples were taken in{replaced}. Something was hidden in {taken.hidden}.")
    finally:
        sayso.store.close()


def _opened(slug: str, data: Path | None) -> tuple[Sayso, Wave]:
    set_up_logs("text")
    sayso = wire(settings_with(data), needs=[Role.ANALYST])
    return sayso, wave_at(sayso.store, slug)


def _editing(sayso: Sayso, wave: Wave, why: str = "") -> Editing:
    """Upon whatever is in use now."""
    with sayso.store.read() as session:
        latest = codebooks.last(session, wave.consultation.id)
    seen = latest.number if latest else 0
    return Editing(wave.consultation, "operator", sayso.desk.now(), sayso.desk.today(), why, seen)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserFault(f"{file} can't be read ({error.strerror}). Check the name.") from None
