"""The commands of `sayso`, and the one place that turns expected faults into sentences and exit code 2."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bot.cli import (
    analyse,
    assist,
    audit,
    close,
    codebook,
    demonstrate,
    drill,
    evaluate,
    lead_keys,
    links,
    preview,
    refer,
    retention,
    roles,
    safeguard,
    serve,
    session,
    wording,
)
from bot.cli.crashes import leave_no_core
from bot.cli.easy_read import easy_read_in_words
from bot.cli.faults import UserFault
from bot.cli.parts import EXPECTED, known_framework, settings_with
from bot.cli.translations import missing_in_words, untold_in_words
from bot.logs import set_up_logs
from bot.terminal.player import play
from bot.web.app import staff_secret
from bot.web.security import Passes, Role
from bot.wiring import wire
from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.domain.retention import LONGEST, USUAL, Kept
from consultation.operations.open_wave import Commission, open_wave
from consultation.school_terms import load_terms
from consultation.storage import consultations
from consultation.storage.roles import Role as Rights
from consultation.storage.store import migrate, name_database
from consultation.surveys import load_survey, template, with_areas
from consultation.surveys.facts import load_facts
from consultation.surveys.pictures import pictures_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
app.command("close")(close.close_consultation)
app.command("certificate")(close.save_certificate)
app.command("verify")(close.verify_certificate)
app.command("demo")(demonstrate.demo)
app.command("serve")(serve.serve)
app.command("analyse")(analyse.analyse)
app.command("export")(analyse.export)
app.command("evidence")(analyse.evidence)
app.command("referral")(refer.referral_command)
app.command("roles")(roles.roles)
app.command("links")(links.links)
app.command("retention")(retention.retention)
app.command("audit")(audit.audit)
app.command("assist")(assist.assist)
app.command("session")(session.session)
app.command("preview")(preview.preview)
app.command("wording")(wording.wording)
app.add_typer(codebook.app, name="codebook")
app.add_typer(drill.app, name="drill")
app.add_typer(evaluate.app, name="evaluate")
lead_keys.app.command("arrangements")(safeguard.arrangements)
lead_keys.app.command("sign-off")(safeguard.sign_off)
app.add_typer(lead_keys.app, name="safeguarding")

Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]
Slug = Annotated[str, typer.Argument(help="short name of the consultation, as in its link")]
out = Console(soft_wrap=True)


@app.command("migrate")
def migrate_database(data: Data = None) -> None:
    """Make the database, or bring it to this version's schema."""
    at = settings_with(data).database_at
    out.print(f"{name_database(at)} is at schema {migrate(at)}.", highlight=False)


@app.command("check")
def check_survey(
    survey: Annotated[Path, typer.Argument(help="a survey file")],
    missing: Annotated[bool, typer.Option("--missing", help="list what is not translated yet, with lines")] = False,
    hints: Annotated[bool, typer.Option("--hints", help="list what may be easier in its Easy Read, too")] = False,
) -> None:
    """Check a survey file: what it asks, what its languages lack, or what is wrong with it and where.

    What is not Easy Read is told, and stops nothing.
    """
    found = load_survey(survey)
    for audience in found.audiences:
        out.print(f"{audience.value}: {len(found.for_audience(audience))} questions")
    for line in missing_in_words(found, survey.read_text(encoding="utf-8"), listed=missing):
        out.print(line, highlight=False, markup=False)
    for line in easy_read_in_words(survey.read_text(encoding="utf-8"), hints=hints):
        out.print(line, highlight=False, markup=False)
    out.print(f"{found.id} version {found.version} is in order.")


@app.command("open")
def open_consultation(
    slug: Slug,
    authority: Annotated[str, typer.Option(help="who asks")],
    decided_by: Annotated[str, typer.Option(help="who decides what is done about it")],
    purpose: Annotated[str, typer.Option(help="why, for a nine-year-old: 'to learn what …'")],
    title: Annotated[str, typer.Option()] = "What do you want from the people who work with you?",
    survey: Annotated[Path | None, typer.Option(help="a survey file; else the one that ships")] = None,
    areas: Annotated[str, typer.Option(help="your own areas for the survey that ships: 'Town, North, South'")] = "",
    framework: Annotated[str, typer.Option(help="the authority's framework")] = "cambridgeshire-2009-12",
    contact: Annotated[
        ContactMode, typer.Option(help="what is offered to somebody who may be in danger, beside help lines")
    ] = ContactMode.OPT_IN,
    translations: Annotated[
        Path | None, typer.Option(help="title, authority, purpose and decided_by in other languages: a .yaml file")
    ] = None,
    partly_translated: Annotated[
        bool, typer.Option("--partly-translated", help="open although a language of the survey lacks wordings")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="how long it stays open")] = 28,
    keep: Annotated[
        int, typer.Option(min=1, max=LONGEST, help="days after the close for which answers are kept")
    ] = USUAL[Kept.ANSWERS],
    terms: Annotated[
        str, typer.Option(help="schools' term dates: 'cambridgeshire', or a .yaml file; reminders keep out of them")
    ] = "",
    data: Data = None,
) -> None:
    """Open a consultation today, if the safeguarding lead has signed off everything that it needs."""
    body = _survey_body(survey, areas, slug)
    known_framework(framework)
    schools = load_terms(terms) if terms else None
    facts = load_facts(translations) if translations else {}
    sayso = wire(settings_with(data), needs=[Rights.OFFICER])
    today = date.today()  # noqa: DTZ011 - the officer's own calendar day
    commission = Commission(
        slug, title, authority, purpose, decided_by, framework, today, today + timedelta(days=days), answers_kept=keep,
        contact=contact, terms=schools.days if schools else (), translations=facts, partly_translated=partly_translated,
    )  # fmt: skip
    images = pictures_of(load_survey(survey), survey) if survey else {}
    wave = open_wave(sayso.desk, sayso.keys, commission, body, images)
    out.print(f"Open until {wave.closes_on}. The link, once you run 'sayso serve': /c/{slug}")
    if untold := untold_in_words(sayso.desk.survey_of(wave), facts):
        out.print(untold)
    out.print(f"Answers are kept until {wave.answers_until}, as people are told. To change it: sayso retention {slug}")
    if schools and schools.covers(wave.closes_on):
        out.print(f"Whoever asks for a reminder gets it outside of school hours in {schools.name}.")
    else:
        out.print("On days that no --terms cover, reminders are sent as on a school day: from 16:00 to 20:00.")


def _survey_body(survey: Path | None, areas: str, slug: str) -> str:
    """What is to be asked: a checked file of the officer's own, or the template, with their areas if they name any."""
    if survey is None:
        body = template("what-we-want")
        return with_areas(body, areas.split(","), f"what-we-want-{slug}") if areas else body
    if areas:
        raise UserFault("--areas is for the survey that ships. In a file of your own, write them under shared_options.")
    load_survey(survey)  # a fault in it is told with the file's own name
    return survey.read_text(encoding="utf-8")


@app.command("staff-link")
def staff_link(
    role: Annotated[Role, typer.Argument(help="whose pages they are to see")],
    seat: Annotated[
        str, typer.Option(help="a letter that tells two analysts apart: A, B, C …; not their initials")
    ] = "",
    data: Data = None,
) -> None:
    """Print a link by which one member of staff comes in; good for 12 hours."""
    seat = seat.strip().upper()
    if seat and not (len(seat) == 1 and "A" <= seat <= "Z"):
        raise UserFault(f"--seat {seat} is no letter. Give each analyst one of A to Z.")
    if seat and role is not Role.ANALYST:
        raise UserFault("--seat is for analysts alone, whose codings are compared. Leave it out.")
    settings = settings_with(data)
    seat = seat or ("A" if role is Role.ANALYST else "")
    token = Passes(staff_secret(settings.key_folder)).link_token(role, seat)
    out.print(f"{settings.address}/staff/enter?pass={token}")


@app.command("chat")
def chat(
    slug: Annotated[str, typer.Argument()] = "what-we-want",
    audience: Annotated[Audience | None, typer.Option(help="who is answering")] = None,
    name: Annotated[str, typer.Option(help="any word; the same word carries on the same talk")] = "terminal",
    data: Data = None,
) -> None:
    """Answer a consultation in this terminal."""
    set_up_logs("text")
    sayso = wire(settings_with(data), needs=[Rights.RESPONDENT])
    with sayso.store.read() as session:
        wave = consultations.wave_by_slug(session, slug)
    if wave is None:
        raise typer.BadParameter(f"there is no consultation '{slug}' here. Try 'sayso demo', or 'sayso open'.")
    play(sayso, wave, f"{Channel.TERMINAL}:{name}", audience, input, print)


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"✗ {sentence}", markup=False, highlight=False)
    sys.exit(2)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an expected fault is one sentence on standard error and exit code 2.

    So is a file or folder that the system refuses, wherever it is met.
    """
    leave_no_core()
    try:
        app(args=arguments)
    except EXPECTED as fault:
        _refuse(str(fault))
    except OSError as fault:
        if fault.strerror is None:
            raise
        where = f"{fault.filename}: " if fault.filename else ""
        _refuse(f"{where}{fault.strerror}")
