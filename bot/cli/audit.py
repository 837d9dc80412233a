"""`sayso audit`: who did what, in order, and whether the log is as it was written."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.parts import settings_with
from consultation.domain.due import LONDON
from consultation.storage import audit as log
from consultation.storage.roles import Role
from consultation.storage.store import open_store
from consultation.storage.tables import AuditEntry, AuditRow, ReferralAuditRow

out = Console(soft_wrap=True, highlight=False, markup=False, width=200)  # an entry a line, as for grep


def audit(
    safeguarding: Annotated[
        bool, typer.Option("--safeguarding", help="who saw and moved which referral; for the lead alone")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="the data folder (else SAYSO_DATA, else ./sayso-data)")] = None,
) -> None:
    """Show what staff and Sayso did, and whether anybody has tampered with this log since."""
    book: log.Book = ReferralAuditRow if safeguarding else AuditRow
    store = open_store(settings_with(data).database_at, [Role.LEAD if safeguarding else Role.OFFICER])
    try:
        with store.read() as session:
            rows = log.entries(session, book)
    finally:
        store.close()
    if not rows:
        out.print("Nothing has been done yet that is kept here.")
        return
    out.print(_table(rows))
    broken = log.first_broken(rows)
    if broken is None:
        out.print(
            f"All {len(rows)} entries are as they were written. To see next time whether some were cut off at the end, "
            f"write down the last one’s seal today: {rows[-1].digest[:16]}"
        )
        return
    out.print(
        f"✗ From entry {broken} on this log can't be relied on: that entry was changed, or one was put in or taken out "
        "there. Those before it are as they were written. Keep a copy of the database as it is, compare it with a "
        "backup from before, and find out who could write to it."
    )
    raise typer.Exit(1)


def _table(rows: list[AuditEntry]) -> Table:
    table = Table("No.", box=None, pad_edge=False)
    for name in ("When", "Who", "Did", "What with", "Details", "Seal"):
        table.add_column(name, no_wrap=name == "When")
    for row in rows:
        when = log.written_at(row).astimezone(LONDON)
        details = ", ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in row.details.items())
        table.add_row(
            str(row.number), f"{when:%d.%m.%Y %H:%M}", row.actor, row.act, row.subject, details, row.digest[:16]
        )
    return table


def _value(value: Any) -> str:
    if value is None:
        return "a few"  # a count that is too small to be shown
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
