"""Opens a referral with a key of the lead's or a deputy's, and notes who saw what. What was read goes to the caller and
nowhere else."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from consultation.domain.concern import Kind
from consultation.domain.due import LONDON, day_in_london
from consultation.operations.refer_concern import Actor, acknowledge, note, referral, sealed_message
from consultation.safeguarding.seal import OpenedKey, SealedMessage, UnusableKey, open_key, unseal
from consultation.storage import audit
from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow, ReferralAuditRow, ReplyHandleRow

INTRODUCED = {
    Kind.DISCLOSURE: "They wrote",
    Kind.SAFETY: "Asked whether they are safe right now, they said",
    Kind.CONTACT: "They want to be contacted",
    Kind.REPLY: "They wrote back",
}


@dataclass(frozen=True)
class Letter:
    """One opened message."""

    reference: str
    raised_on: date
    message: SealedMessage

    @property
    def introduced(self) -> str:
        """What the words that follow are."""
        return INTRODUCED[Kind(self.message.kind)]


@dataclass(frozen=True)
class Opened:
    """A referral, and the other messages of the same chat, by day. `handle`: how to write to that chat, while that is
    possible, which is until the end of `last_day`."""

    letter: Letter
    others: Sequence[Letter] = ()
    handle: str = ""
    last_day: date | None = None


def unlock(store: Store, reference: str, private: bytes, passphrase: str, by: Actor, now: datetime) -> OpenedKey:
    """The private key, or `UnusableKey`, in which case it is noted that somebody tried."""
    try:
        return open_key(private, passphrase)
    except UnusableKey:
        with store.write() as session:
            note(session, "failed to unlock a key", reference, by, now)
        raise


def open_referral(store: Store, reference: str, key: OpenedKey, by: Actor, now: datetime) -> Opened:
    """Its words, and those of the same chat. Whoever read them has them in hand. Raises `UnknownReference`, and
    `UnusableKey`, of which the try is noted."""
    sealed = sealed_message(store, reference)
    by = Actor(by.role, key.public)
    try:
        message = unseal(sealed, key)
    except UnusableKey:
        with store.write() as session:
            note(session, "failed to read", reference, by, now)
        raise
    letter = Letter(reference, referral(store, reference).raised_on, message)
    others = [each for each in _thread(store, message.thread, key) if each.reference != reference]
    with store.write() as session:
        for each in (letter, *others):
            note(session, "read", each.reference, by, now)
    for each in (letter, *others):
        acknowledge(store, each.reference, by, now)
    handle, last_day = _open_handle(store, [letter, *others], day_in_london(now))
    return Opened(letter, others, handle, last_day)


def save_referral(store: Store, reference: str, by: Actor, now: datetime) -> bytes:
    """Its sealed bytes, to be opened by any age tool on another computer. Raises `UnknownReference`."""
    sealed = sealed_message(store, reference)
    with store.write() as session:
        note(session, "saved", reference, by, now)
    return sealed


def _thread(store: Store, thread: str, key: OpenedKey) -> list[Letter]:
    """All that this key opens is looked through: which messages are of one chat stands inside them alone. Of a closed
    wave it can't be told."""
    if not thread:
        return []
    with store.read() as session:
        rows = session.exec(select(ConcernRow).order_by(col(ConcernRow.raised_on), col(ConcernRow.reference))).all()
    found = []
    for row in rows:
        with suppress(UnusableKey):
            message = unseal(row.sealed, key)
            if message.thread == thread:
                found.append(Letter(row.reference, row.raised_on, message))
    return found


def _open_handle(store: Store, letters: Sequence[Letter], today: date) -> tuple[str, date | None]:
    """The handle among theirs that lasts longest."""
    handles = {each.message.handle for each in letters} - {""}
    handle, last_day = col(ReplyHandleRow.handle), col(ReplyHandleRow.last_day)
    asked = select(handle, last_day).where(handle.in_(handles), last_day >= today).order_by(last_day.desc())
    with store.read() as session:
        found = session.exec(asked).first()
    return (found[0], found[1]) if found else ("", None)


@dataclass(frozen=True)
class Entry:
    """Who did something with a referral, and when, in London."""

    at: datetime
    actor: str
    act: str
    details: Mapping[str, str]


def history(store: Store, reference: str) -> list[Entry]:
    """The audit log's entries on one referral, the oldest first."""
    with store.read() as session:
        rows = audit.entries(session, ReferralAuditRow)
    return [
        Entry(audit.written_at(row).astimezone(LONDON), row.actor, row.act, row.details)
        for row in rows
        if row.subject == reference
    ]
