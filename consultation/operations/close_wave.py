"""Closes a wave for good: whoever answered can be linked to no answer any more, and a signed certificate says so.

One operation in steps. Each is safe to do twice and is noted when it is done, so that a closing which was killed goes
on where it was. Nothing of a turn is kept once the first step is done (`storage/batch.py` looks for it).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from consultation.domain.consultation import Wave
from consultation.domain.due import Kind, Next, closing, day_in_london
from consultation.domain.ids import WaveId
from consultation.operations.advance_figures import advance_figures
from consultation.operations.due_work import NotYet
from consultation.operations.scan import ScanFailed, scan_files, scan_rows
from consultation.privacy.certificates import Facts, certificate, say_count, sign
from consultation.privacy.remnants import secret_of
from consultation.storage import audit, closings, consultations, due
from consultation.storage.faults import StillRead
from consultation.storage.keys import KeyStore, MissingKey, UnusableKeys
from consultation.storage.store import Store
from consultation.storage.tables import (
    AnswerRow,
    CarryOverRow,
    ClosingRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    RelayRow,
    ReminderRow,
    ReplyHandleRow,
    ResponseRow,
)

BEGUN = "begun"
LINKS: dict[str, Any] = {
    "conversations": ConversationRow,
    "messages_waiting": OutboxRow,
    "update_marks": InboxRow,
    "reminders": ReminderRow,
}  # keyed by chats, or leading to them
UNCOUNTED: tuple[Any, ...] = (ReplyHandleRow, CarryOverRow)
MEGABYTE = 2**20


@dataclass(frozen=True)
class Ground:
    """What a closing works on. `folder` is where Sayso's data lies; `shown` is a count as it may be published."""

    store: Store
    keys: KeyStore
    folder: Path
    shown: Callable[[int], int | None]
    version: str


class NotClosed(Exception):
    """The wave can't be closed. `str()` says why."""


def close_wave(ground: Ground, wave_id: WaveId, now: datetime, *, trusted: bool = True) -> Next:
    """Do what is left of the closing, up to the certificate. A wave whose last day is not over is closed on that day,
    unless its intake was ended ahead of it. Where the clock is not `trusted`, none is begun, for it can't be undone; it
    stays due. Raises `NotYet`, which says what is in the way."""
    today = day_in_london(now)
    with ground.store.read() as session:
        wave = consultations.wave_by_id(session, wave_id)
        certified = closings.certificate(session, wave_id) is not None
    if wave is None or certified:
        return None
    if not wave.closed and (today <= wave.closes_on or not trusted):
        return closing(wave.closes_on)
    if not wave.closed:
        with ground.store.write() as session:
            closings.begin(session, wave, BEGUN, today)
    try:
        _Closing(ground, replace(wave, closed=True), now).go_on()
    except (NotYet, StillRead, ScanFailed, UnusableKeys) as why:
        raise NotYet(f"'{wave.consultation.slug}' is closed to answers, and not all is destroyed yet. {why}") from None
    return None


def end_intake(store: Store, wave: Wave, now: datetime, *, key_is_lost: bool = False) -> None:
    """Close the wave today, ahead of its last day: no turn is taken from here on, and the rest is due at once.

    `key_is_lost`: somebody has said that the key is gone for good, so that the closing does not wait for it.
    """
    today, slug = day_in_london(now), wave.consultation.slug
    if today < wave.opens_on:
        raise NotClosed(f"'{slug}' opens on {wave.opens_on}: nobody has answered yet, and it stays as it is.")
    with store.write() as session:
        if not wave.closed and today <= wave.closes_on:
            audit.append(session, at=now, actor="operator", act="close ahead of its day", subject=slug)
        closings.begin(session, wave, BEGUN, today)
        if key_is_lost:
            closings.note(session, wave.id, key_was_lost=True)
        due.plan_anew(session, Kind.CLOSE, wave.id, now)


def destroy_leftover_keys(store: Store, keys: KeyStore) -> int:
    """Destroy what is here of keys of certified waves: other machines have copies, and backups bring them back.
    Returns how many there were."""
    with store.read() as session:
        closed = closings.certified(session)
        found = [each.consultation.id for each in consultations.waves(session) if each.id in closed]
    return sum(keys.destroy(each) for each in found)


@dataclass(frozen=True)
class _Step:
    """`before` takes as long as it takes, and returns what is to be noted; `within` is one with the noting of it."""

    name: str
    before: Callable[[], dict[str, Any]] = dict
    within: Callable[[Session, ClosingRow], object] = lambda session, row: None


class _Closing:
    """The steps in their order, over one wave."""

    def __init__(self, ground: Ground, wave: Wave, now: datetime) -> None:
        self._ground, self._wave, self._now = ground, wave, now
        self._store, self._keys, self._owner = ground.store, ground.keys, wave.consultation.id

    def go_on(self) -> None:
        steps = (
            _Step("noted", before=self._list_links),
            _Step("forgotten", within=self._forget),
            _Step("scanned", before=self._scan),
            _Step("destroyed", before=self._destroy),
            _Step("certified", within=self._certify),
        )
        with self._store.read() as session:
            last = closings.get(session, self._wave.id).step
        done = [BEGUN, *(each.name for each in steps)].index(last)
        for step in steps[done:]:
            found = step.before()
            with self._store.write() as session:
                step.within(session, closings.note(session, self._wave.id, step.name, **found))

    def _list_links(self) -> dict[str, Any]:
        """Count everybody, and note outside the database what must be found in it no more."""
        self._key()
        if advance_figures(self._store, self._wave, day_in_london(self._now)):
            raise NotYet("Another process is counting the last answers.")
        with self._store.read() as session:
            canaries = [*session.exec(_of(ConversationRow, self._wave, ConversationRow.pseudonym))]
            for kept in (OutboxRow.address, ReplyHandleRow.address, ReminderRow.address, CarryOverRow.mark):
                canaries += session.exec(_of(kept.class_, self._wave, kept))  # type: ignore[attr-defined]
            counts = {name: session.exec(_of(table, self._wave, func.count())).one() for name, table in LINKS.items()}
        self._keys.note_canaries(self._owner, canaries)
        return {"counts": counts}

    def _forget(self, session: Session, row: ClosingRow) -> None:
        """Who, and on which day: on a quiet one it is somebody's."""
        handles = select(ReplyHandleRow.handle).where(ReplyHandleRow.wave_id == self._wave.id)
        session.execute(delete(RelayRow).where(col(RelayRow.handle).in_(handles)))  # found by the handle alone
        for table in (*LINKS.values(), *UNCOUNTED):
            session.execute(delete(table).where(col(table.wave_id) == self._wave.id))
        last, mine = self._wave.closes_on, col(ResponseRow.wave_id) == self._wave.id
        session.execute(update(ResponseRow).where(mine).values(consented_on=last))
        answered = col(AnswerRow.response_id).in_(select(ResponseRow.id).where(mine))
        session.execute(update(AnswerRow).where(answered).values(answered_on=last))

    def _scan(self) -> dict[str, Any]:
        """Write everything anew, and then look for what should be gone, and for the key."""
        key = self._key()
        listed = self._keys.canaries(self._owner)
        secrets = [secret_of(each) for each in listed or ()] + ([key] if key else [])
        self._store.database.scramble()
        files = scan_files(self._ground.folder, secrets)
        rows = scan_rows(self._store.database.contents(), secrets)
        if files.unread:
            raise NotYet(
                f"{_and(files.unread)} can't be read, so nobody knows whether it tells who answered. Let Sayso's user "
                "read it, or delete it."
            )
        if found := (*files.found, *(f"the table {each}" for each in rows.found)):
            raise NotYet(
                f"What links people to their answers is still in {_and(found)}. Delete it, or move it off this machine "
                "and note when it lapses (it may be a copy of the database or of its key); the rest follows by itself."
            )
        return {"files": files.files, "bytes": files.size + rows.size, "list_was_lost": listed is None}

    def _destroy(self) -> dict[str, Any]:
        self._keys.destroy(self._owner)
        try:
            self._keys.key(self._owner)
        except MissingKey:
            return {}
        raise NotYet("The key store says that the key is destroyed, and still gives it out.")

    def _certify(self, session: Session, row: ClosingRow) -> None:
        """The certificate and its audit entry are there together, once."""
        found, today = row.destroyed, day_in_london(self._now)
        facts = Facts(
            wave=self._wave,
            closed_on=today,
            version=self._ground.version,
            destroyed={name: self._said(count) for name, count in found["counts"].items()},
            files=found["files"],
            megabytes=ceil(found["bytes"] / MEGABYTE),
            key_was_lost=found.get("key_was_lost", False),
            list_was_lost=found["list_was_lost"],
            postgresql=self._store.database.writing.dialect.name == "postgresql",
        )
        body = sign(certificate(facts), self._keys.signing_key())
        closings.certify(session, self._wave.id, today, body)
        audit.append(session, at=self._now, actor="sayso", act="close", subject=self._wave.consultation.slug)

    def _key(self) -> bytes | None:
        """None where it is lost, and somebody has said so."""
        try:
            return self._keys.key(self._owner)
        except MissingKey as missing:
            with self._store.read() as session:
                if closings.get(session, self._wave.id).destroyed.get("key_was_lost"):
                    return None
            raise NotYet(
                f"{missing} Or is it lost for good? 'sayso close {self._wave.consultation.slug} --key-is-lost'."
            ) from None

    def _said(self, count: int) -> str:
        return say_count(self._ground.shown(count))


def _of(table: type[Any], wave: Wave, what: Any) -> Any:
    return select(what).select_from(table).where(table.wave_id == wave.id)


def _and(these: tuple[str, ...]) -> str:
    """The first few of them."""
    return ", ".join(these[:3]) + (f" and {len(these) - 3} more" if len(these) > 3 else "")
