"""`sayso retention`: until when what a consultation left is kept, what goes next, and changing that."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.findings.suppression import shown
from bot.cli.faults import UserFault
from bot.cli.parts import settings_with
from consultation.domain.due import day_in_london
from consultation.domain.retention import LONGEST, Kept
from consultation.locale import in_words
from consultation.operations.purge import MARKS_KEPT, SET_ASIDE_KEPT
from consultation.operations.timetable import Line, change_timetable, timetable
from consultation.privacy.certificates import say_count
from consultation.storage.roles import Role
from consultation.storage.store import Store, open_store

Days = Annotated[int | None, typer.Option(min=1, max=LONGEST, help="keep them for so many days after the close")]
out = Console(soft_wrap=True, highlight=False, markup=False)

NAMES = {
    Kept.ANSWERS: "answers, and what was made of them",
    Kept.CONCERNS: "messages sealed to the safeguarding lead",
}
THE_SAME_FOR_ALL = f"""
The same for every consultation:
  what links a chat to its answers, and what waits to be sent: until the close
  which chat agreed that the safeguarding lead writes to it: three days, or until the close if that is sooner
  updates that could not be taken: noted for {SET_ASIDE_KEPT.days} days, without what they held
  marks of updates, so that none is taken twice: {MARKS_KEPT.days} days
  certificates, the audit log, and what you have exported or published: for good, or until you delete them\
"""


def retention(
    slug: Annotated[str, typer.Argument(help="short name of the consultation; leave out for all")] = "",
    answers_days: Days = None,
    concerns_days: Days = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="what goes tonight and later; changes nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask, even where something is deleted tonight")] = False,
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Show until when answers and sealed messages are kept, or change it."""
    given = {Kept.ANSWERS: answers_days, Kept.CONCERNS: concerns_days}
    wanted = {what: days for what, days in given.items() if days is not None}
    if wanted and (dry_run or not slug):
        raise UserFault("Name the consultation whose timetable is to change, and leave out --dry-run.")
    store = open_store(settings_with(data).database_at, [Role.WORKER])
    now = datetime.now(UTC)
    today = day_in_london(now)
    try:
        lines = _lines(store, slug, today)
        if wanted:
            for each in lines:
                _confirm(each, wanted.get(each.holding.what), today, yes)
            change_timetable(store, slug, wanted, now, by="operator")
            lines = _lines(store, slug, today)
    finally:
        store.close()
    if dry_run:
        _forecast(lines, today)
    else:
        _tell(lines, today)


def _lines(store: Store, slug: str, today: date) -> list[Line]:
    lines = timetable(store, today, shown)
    mine = [each for each in lines if slug in ("", each.holding.consultation.slug)]
    if not mine:
        raise UserFault(f"There is no consultation '{slug}' here." if slug else "No consultation has been opened yet.")
    return mine


def _confirm(line: Line, days: int | None, today: date, yes: bool) -> None:
    """Say what the change breaks, and ask before one that deletes: a slip of the finger can't be taken back."""
    it = line.holding
    if days is None or it.begun_on:
        return
    if days > it.days and it.what is Kept.ANSWERS:
        out.print(
            f"Whoever has taken part was told that answers are kept until {in_words(it.until)}. To keep them for "
            "longer you need a good reason, and to publish it."
        )
    if replace(it, days=days).until < today and not yes:
        out.print(f"The {NAMES[it.what]} would be deleted tonight, for good: {say_count(line.count)}.")
        typer.confirm("Is that what you want?", abort=True)


def _tell(lines: list[Line], today: date) -> None:
    for slug in sorted({each.holding.consultation.slug for each in lines}):
        mine = [each.holding for each in lines if each.holding.consultation.slug == slug]
        closes_on = mine[0].closes_on
        out.print(f"{slug}, {'closes' if closes_on >= today else 'closed'} on {in_words(closes_on)}:")
        for each in mine:
            over = ", so they go tonight" if each.until < today else ""
            rest = ", but none that nobody has opened yet" if each.what is Kept.CONCERNS else ""
            kept = f"kept until {in_words(each.until)}, {each.days} days after the close{rest}{over}"
            out.print(f"  {NAMES[each.what]}: {f'deleted on {in_words(each.begun_on)}' if each.begun_on else kept}")
    out.print(THE_SAME_FOR_ALL)


def _forecast(lines: list[Line], today: date) -> None:
    """What goes first at the top."""
    left = [each for each in lines if each.holding.done_on is None]
    tonight = [each for each in left if each.holding.until < today]
    later = [each for each in left if each.holding.until >= today]
    for title, some in (("Would be deleted tonight:", tonight), ("Later:", later)):
        out.print(title if some else f"{title} nothing")
        for line in some:
            it = line.holding
            count = f", {say_count(line.count)}" if it.what is Kept.ANSWERS or some is tonight else ""
            out.print(f"  {it.consultation.slug}: {NAMES[it.what]}{count}, kept until {in_words(it.until)}")
    out.print("Nothing was changed. Backups and exports are yours to delete: Sayso does not reach them.")
