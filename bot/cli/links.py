"""`sayso links`: all links to send out, for each audience and place, on the web and on Telegram; as QR codes, too."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Annotated

import segno
import typer
from rich.console import Console

from bot.cli.parts import check_folder, settings_with, wave_at, write_files
from bot.links import Link, links_into
from bot.respondent.connection import username_of
from bot.settings import Settings
from consultation.domain.consultation import Wave
from consultation.domain.survey import Survey
from consultation.domain.wording import PLAIN, Words
from consultation.locale import render
from consultation.storage import consultations
from consultation.storage.roles import Role
from consultation.storage.store import open_store
from consultation.surveys import parse_survey

out = Console(soft_wrap=True, highlight=False, markup=False)

WEB, TELEGRAM = "web", "telegram"


def links(
    slug: Annotated[str, typer.Argument(help="short name of the consultation")],
    qr: Annotated[Path | None, typer.Option(help="a folder for a QR code of each link, as SVG and as PNG")] = None,
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Print every link into a consultation, ready to send out."""
    settings = settings_with(data)
    if qr:
        check_folder(qr)
    store = open_store(settings.database_at, [Role.OFFICER])
    try:
        wave = wave_at(store, slug)
        with store.read() as session:
            body = consultations.survey_body(session, wave.survey, wave.survey_version)
    finally:
        store.close()
    survey = parse_survey(body, Path(f"{wave.survey}.yaml"))
    bot = _bot_for(settings, wave)
    files: dict[str, bytes] = {}
    for link in links_into(survey):
        out.print(f"\n{_heading(link, survey)}")
        for where, address in _addresses(settings, wave, bot, link):
            out.print(f"  {where:<9} {address}")
            if qr:
                files |= _codes("-".join(part for part in (slug, where, *_named(link)) if part), address)
    if qr:
        out.print(f"\n{len(write_files(qr, files))} pictures are in {qr}.")


def _bot_for(settings: Settings, wave: Wave) -> str | None:
    """The user name of the bot that runs this consultation, as Telegram says; None, and why, where none is known."""
    if settings.telegram_token is None or settings.telegram_consultation not in (None, wave.consultation.slug):
        out.print("No bot runs this consultation here (SAYSO_TELEGRAM_TOKEN), so there are no links into Telegram.")
        return None
    name = asyncio.run(username_of(settings.telegram_token.get_secret_value(), settings.telegram_api))
    if name is None:
        out.print("Telegram can't be reached just now, so its links are missing here. Try again later.")
    return name


def _addresses(settings: Settings, wave: Wave, bot: str | None, link: Link) -> Iterator[tuple[str, str]]:
    yield WEB, f"{settings.address}/c/{wave.consultation.slug}{link.path}"
    if bot and link.start is not None:
        yield TELEGRAM, f"https://t.me/{bot}" + (f"?start={link.start}" if link.start else "")


def _heading(link: Link, survey: Survey) -> str:
    each = link.audience
    who = render(Words(f"audience.{each.value}"), PLAIN) if each else "Anyone: they are asked who they are"
    asked = survey.asked_by_link
    place = next((one.label.in_(PLAIN) for one in asked.options if one.id == link.place), "") if asked else ""
    return f"{who}, {place}" if place else who


def _named(link: Link) -> tuple[str, ...]:
    return tuple(each for each in (link.audience.link if link.audience else "anyone", link.place) if each)


def _codes(name: str, address: str) -> dict[str, bytes]:
    """The QR code in both forms: the one for print, and the one for a message."""
    code = segno.make(address, error="m", micro=False)
    files = {}
    for kind in ("svg", "png"):
        made = BytesIO()
        code.save(made, kind=kind, scale=10)
        files[f"{name}.{kind}"] = made.getvalue()
    return files
