"""`sayso safeguarding arrangements` and `sign-off`: what the safeguarding lead fills in, reads and approves."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with
from bot.cli.statement import arrangements_in_words, statement_in_words
from bot.settings import Settings
from bot.wiring import lead_keys
from consultation.domain.consultation import ContactMode, Wave
from consultation.domain.due import LONDON, day_in_london
from consultation.domain.survey import Survey
from consultation.operations import sign_off as signing
from consultation.operations.check_sign_off import MEND, differences_for_all, uncovered
from consultation.safeguarding.arrangements import file_to_fill_in
from consultation.safeguarding.lead_keys import LeadsKey, short
from consultation.safeguarding.seal import open_key
from consultation.storage import consultations, sign_offs
from consultation.storage.roles import Role
from consultation.storage.store import Store, open_store
from consultation.surveys import load_survey, parse_survey, template

out = Console(soft_wrap=True, highlight=False, markup=False)
Data = Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")]


def arrangements(
    file: Annotated[Path, typer.Argument(help="where it is written; never over a file that is there")],
    data: Data = None,
) -> None:
    """Write the arrangements for the safeguarding lead to fill in: as signed off last, else as they ship."""
    store = open_store(settings_with(data).database_at, needs=[Role.LEAD])
    with store.read() as session:
        newest = sign_offs.newest(session)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(newest.body if newest else file_to_fill_in())
    except FileExistsError:
        raise UserFault(f"{file} is there already, and nothing is written over it. Choose another name.") from None
    out.print(f"{file}: {f'as sign-off {newest.number} has it' if newest else 'as it ships'}. Fill it in, and then run")
    out.print(f"  sayso safeguarding sign-off {file} --key YOUR-KEY.age")


def sign_off(
    file: Annotated[Path | None, typer.Argument(help="the arrangements, filled in")] = None,
    survey: Annotated[
        list[Path] | None, typer.Option(help="a survey that may be opened, if not the one that ships; may be repeated")
    ] = None,
    contact: Annotated[
        list[ContactMode] | None, typer.Option(help="a contact mode that may be opened (else opt_in); may be repeated")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="the lead's private key file")] = None,
    passphrase: Annotated[str, typer.Option(envvar="SAYSO_LEAD_PASSPHRASE", help="asked for if not given")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="for scripts: don't ask")] = False,
    show: Annotated[bool, typer.Option("--show", help="what is signed off, and whether what runs is covered")] = False,
    data: Data = None,
) -> None:
    """Read all that happens when something worrying is said, and sign it off. Nothing opens before that.

    Consultations that are running or planned are always covered along with what is named here.
    """
    settings = settings_with(data)
    store = open_store(settings.database_at, needs=[Role.LEAD])
    now = datetime.now(UTC)
    if show:
        return _show(store, day_in_london(now))
    if file is None:
        raise UserFault("Name the arrangements to sign off; 'sayso safeguarding arrangements FILE' writes them.")
    surveys = map(load_survey, survey) if survey else [_shipped()]
    openings = [opening for each in surveys for opening in each.every_opening]
    modes = contact or [ContactMode.OPT_IN]
    statement = signing.state(store, _text(file), file, openings, modes, day_in_london(now))
    out.print(statement_in_words(statement))
    by = _prove(settings, key, passphrase)
    if not yes and typer.prompt("\nThis is everything. If you approve all of it, type yes").strip().lower() != "yes":
        raise UserFault("Nothing was signed off.")
    number = signing.sign_off(store, statement, by=by, at=now)
    out.print(f"\nSign-off {number}, with the key {short(by.public)}…. It holds from now on, within ten seconds.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserFault(f"{file} is not UTF-8 text. Save it as UTF-8.") from None


def _prove(settings: Settings, key: Path | None, passphrase: str) -> LeadsKey:
    """age can't sign: whoever unlocks the private half of a registered lead's key is the lead."""
    if key is None or not key.is_file():
        raise UserFault("Name your private key file: --key FILE.")
    opened = open_key(key.read_bytes(), passphrase or typer.prompt("Passphrase of your key", hide_input=True))
    return signing.lead_with(lead_keys(settings), opened.public)


def _show(store: Store, today: date) -> None:
    def survey_of(wave: Wave) -> Survey:
        return parse_survey(consultations.survey_body(session, wave.survey, wave.survey_version), Path("survey.yaml"))

    with store.read() as session:
        row = sign_offs.newest(session)
        differs = differences_for_all(row, today)
        waves = {} if differs else uncovered(session, survey_of, today)
    if row:
        at = sign_offs.signed_at(row).astimezone(LONDON)
        simulated = ", for a demonstration" if row.parts["simulated"] else ""
        out.print(f"Sign-off {row.number}, {at:%d.%m.%Y %H:%M}, with the key {short(row.by)}…{simulated}.")
        modes, openings = ", ".join(row.parts["contacts"]), len(row.parts["openings"])
        out.print(f"Contact modes: {modes}. Surveys’ openings: {openings}.\n")
        out.print(arrangements_in_words(signing.signed(row)))
    for each in differs:
        out.print(f"✗ {each}")
    for slug, those in waves.items():
        out.print(f"✗ {slug}: {' '.join(those)}")
    out.print(MEND if differs or waves else "✓ What runs is what was signed off.")


def _shipped() -> Survey:
    return parse_survey(template("what-we-want"), Path("what-we-want.yaml"))
