"""`sayso session`: codes by which workers in clubs and schools let many answer on one device."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with, wave_at
from bot.wiring import wire
from consultation.domain.consultation import Audience
from consultation.locale import in_words
from consultation.operations.shared_sessions import (
    LONGEST,
    SharedSession,
    end_session,
    open_session,
    place_name,
    sessions,
)
from consultation.storage.roles import Role

out = Console(soft_wrap=True, highlight=False, markup=False)
AUDIENCES = ", ".join(each.link for each in Audience)


def session(
    slug: Annotated[str, typer.Argument(help="short name of the consultation, as in its link")],
    audience: Annotated[str, typer.Option(help=f"who answers: {AUDIENCES}; else each is asked")] = "",
    place: Annotated[str, typer.Option(help="where, as the survey names it: fenland; else each is asked")] = "",
    days: Annotated[int, typer.Option(min=1, max=LONGEST, help="how many days it is good for, with today")] = 1,
    list_them: Annotated[bool, typer.Option("--list", help="those that are not over")] = False,
    end: Annotated[str, typer.Option(help="end the session of this name, on all devices")] = "",
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Make a code with which a worker lets many answer on one device, one after the other. It is shown once."""
    if audience and Audience.of_link(audience) is None:
        raise UserFault(f"There is no audience '{audience}'. Those there are: {AUDIENCES}.")
    sayso = wire(settings_with(data), needs=[Role.OFFICER])
    desk, wave = sayso.desk, wave_at(sayso.store, slug)
    try:
        if list_them:
            for each in sessions(desk, wave):
                where = place_name(desk, wave, each.place) if each.place else "any place"
                out.print(f"{each.name}: {_who(each)}, {where}, until {in_words(each.last_day)}")
        elif end:
            end_session(desk, wave, end, by="operator")
            out.print("Ended. Talks under way can be finished; no new one begins.")
        else:
            code, made = open_session(desk, wave, Audience.of_link(audience), place or None, days, by="operator")
            out.print(f"The worker's code, good until {in_words(made.last_day)}: {code}")
            out.print(f"They open {sayso.settings.address}/c/{slug}/shared on each device and type it in.")
            out.print(f"It can't be shown again. To end it sooner: sayso session {slug} --end {made.name}")
    finally:
        sayso.store.close()


def _who(which: SharedSession) -> str:
    return which.audience.link if which.audience else "anyone"
