"""Make a new version of a consultation's codebook, with why. Nobody saves over what somebody else saved meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from analysis.codebook import Codebook, codebook_from, shipped_codebook
from analysis.codebook.body import body_of
from analysis.codebook.edit import NotEdited
from analysis.storage import codebooks, coders
from analysis.storage.database import Database
from analysis.storage.tables import CodebookVersionRow
from consultation.domain.consultation import Consultation
from consultation.operations.note_coding import note_coding

LONGEST_WHY = 600  # characters
SHIPPED_BY, SHIPPED_WHY = "sayso", "As it came with Sayso."

Change = Callable[[Codebook], Codebook]


class Overtaken(Exception):
    """Somebody else saved a version meanwhile, so nothing was written. `latest` is theirs."""

    def __init__(self, latest: CodebookVersionRow) -> None:
        super().__init__("the codebook was changed meanwhile")
        self.latest = latest


@dataclass(frozen=True)
class Editing:
    """What a change is made under: the consultation, who changes ("analyst A"), when, why, and which version they saw
    (its number, 0 where none was made here)."""

    consultation: Consultation
    by: str
    at: datetime
    on: date
    why: str = ""
    seen: int = 0


def change_codebook(database: Database, editing: Editing, change: Change, act: str = "codebook changed") -> Codebook:
    """Put to use what `change` makes of the codebook. Raises `Overtaken`; `NotEdited` where it can't be made."""
    with database.write() as session:
        return save(session, editing, change, act)


def save(session: Session, editing: Editing, change: Change, act: str) -> Codebook:
    """`change_codebook` within a transaction that recodes, too.

    Where the codes are others now, what the machine had learned of the old ones is out of use.
    """
    why = " ".join(editing.why.split())
    if not why or len(why) > LONGEST_WHY:
        raise NotEdited(
            f"Say in a few words why, for whoever reads the list of versions (at most {LONGEST_WHY} letters)."
        )
    latest = codebooks.last(session, editing.consultation.id)
    if latest and latest.number != editing.seen:
        session.expunge(latest)
        raise Overtaken(latest)
    before = codebook_from(latest.body) if latest else shipped_codebook()
    number = latest.number if latest else _keep_shipped(session, editing, before)
    after = change(before)
    if replace(after, version=before.version) == before:
        raise NotEdited("Nothing is different yet, so there is nothing to save.")
    _refuse_halfway(session, editing, after)
    after = replace(after, version=_version(session, editing, before, after))
    _add(session, editing, number + 1, body_of(after), why)
    if not after.has_codes_of(before):
        coders.use(session, editing.consultation.id, None)
    note_coding(
        session, editing.consultation.slug, act, by=editing.by, at=editing.at, codebook=after.id, version=after.version
    )
    return after


def go_back(database: Database, editing: Editing, number: int) -> Codebook:
    """Put an older version to use again, as a new one. Codes that came since are retired."""

    def change(codebook: Codebook) -> Codebook:
        rows = {each.number: each for each in _versions(database, editing)}
        if number not in rows:
            raise NotEdited("There is no such version. Choose one from the list.")
        older = codebook_from(rows[number].body)
        known = {each.id for each in older.every}
        since = tuple(replace(each, retired=True) for each in codebook.every if each.id not in known)
        return replace(older, retired=older.retired + since) if older.id == codebook.id else older

    return change_codebook(database, editing, change, "codebook taken back")


def _versions(database: Database, editing: Editing) -> list[CodebookVersionRow]:
    with database.read() as session:
        return codebooks.versions(session, editing.consultation.id)


def _keep_shipped(session: Session, editing: Editing, shipped: Codebook) -> int:
    """So that there is a way back to it even when a later Sayso ships another."""
    as_it_ships = replace(editing, by=SHIPPED_BY)
    _add(session, as_it_ships, 1, body_of(shipped), SHIPPED_WHY)
    return 1


def _add(session: Session, editing: Editing, number: int, body: Mapping[str, Any], why: str) -> None:
    """Where another transaction took the number, this waits for that one's end."""
    try:
        with session.begin_nested():
            codebooks.add(session, editing.consultation.id, number, body, by=editing.by, on=editing.on, why=why)
    except IntegrityError:
        latest = codebooks.last(session, editing.consultation.id)
        assert latest is not None
        session.expunge(latest)
        raise Overtaken(latest) from None


def _version(session: Session, editing: Editing, before: Codebook, after: Codebook) -> int:
    """The next of this codebook; what comes from elsewhere keeps its own where that is free."""
    taken = [each.version for each in codebooks.versions(session, editing.consultation.id) if each.codebook == after.id]
    if after.id == before.id:
        return max([*taken, before.version]) + 1
    return after.version if after.version not in taken else max(taken) + 1


def _refuse_halfway(session: Session, editing: Editing, after: Codebook) -> None:
    """A code that is being split stays as it is until that is done."""
    for each in codebooks.splits(session, editing.consultation.id):
        if not after.uses(each.code) or any(after_id in _ids(after) for after_id in (part["id"] for part in each.into)):
            mend = "Finish that first, or stop it."
            raise NotEdited(f"The code '{each.code}' is being split into others, which this change would break. {mend}")


def _ids(codebook: Codebook) -> set[str]:
    return {each.id for each in codebook.every}
