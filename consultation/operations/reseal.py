"""Seals anew, to the keys of today, what was sealed to those of before: after a rotation, or when a key is lost.

Each referral in a transaction of its own: one that was killed is begun again, and what is done twice is as it was.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from consultation.domain.due import day_in_london
from consultation.operations.refer_concern import Actor, note
from consultation.safeguarding.handles import open_glass, seal_glass
from consultation.safeguarding.lead_keys import Holder, Keyring
from consultation.safeguarding.seal import OpenedKey, UnusableKey, check_leads, seal_bytes, unseal_bytes
from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow, ReplyHandleRow

ALL = "all referrals"


@dataclass(frozen=True)
class Resealed:
    """How many were sealed anew, and how many this key does not open. `glass`: chats behind glass, of which `dark` can
    be found with the former keys alone."""

    referrals: int = 0
    not_opened: int = 0
    glass: int = 0
    dark: int = 0


def reseal(store: Store, key: OpenedKey, second: OpenedKey | None, ring: Keyring, by: Actor, now: datetime) -> Resealed:
    """Every referral, with one key; every chat behind glass, where a `second` opens the other layer. Raises
    `UnusableKey` where nobody has a key to seal to."""
    check_leads(ring)
    by = Actor(by.role, key.public)
    with store.write() as session:
        note(session, "began to seal anew", ALL, by, now)
    done, failed = _reseal_referrals(store, key, ring)
    glass, dark = _reseal_glass(store, key, second, ring, now)
    with store.write() as session:
        note(session, "sealed anew", ALL, by, now, referrals=done, not_opened=failed)
    return Resealed(done, failed, glass, dark)


def _reseal_referrals(store: Store, key: OpenedKey, ring: Keyring) -> tuple[int, int]:
    with store.read() as session:
        references = session.exec(select(ConcernRow.reference).order_by(col(ConcernRow.reference))).all()
    done = 0
    store.database.stale = True
    for reference in references:
        here = col(ConcernRow.reference) == reference
        with store.write() as session:
            sealed = session.exec(select(ConcernRow.sealed).where(here).with_for_update()).first()
            if sealed is None:
                continue
            try:
                anew = seal_bytes(unseal_bytes(sealed, key), ring)
            except UnusableKey:
                continue
            session.execute(update(ConcernRow).where(here).values(sealed=anew))
            done += 1
    return done, len(references) - done


def _reseal_glass(
    store: Store, key: OpenedKey, second: OpenedKey | None, ring: Keyring, now: datetime
) -> tuple[int, int]:
    asked = select(ReplyHandleRow.handle, ReplyHandleRow.glass).where(
        col(ReplyHandleRow.last_day) >= day_in_london(now), col(ReplyHandleRow.glass).is_not(None)
    )
    with store.read() as session:
        there = session.exec(asked).all()
    done = 0
    for handle, glass in there:
        anew = _anew(glass or b"", key, second, ring)
        if anew is not None:
            with store.write() as session:
                session.execute(update(ReplyHandleRow).where(col(ReplyHandleRow.handle) == handle).values(glass=anew))
            done += 1
    return done, len(there) - done


def _anew(glass: bytes, key: OpenedKey, second: OpenedKey | None, ring: Keyring) -> bytes | None:
    """Whichever of the two opens the outer layer."""
    for lead, deputy in ((key, second), (second, key)):
        if lead and deputy:
            try:
                found = open_glass(glass, lead, deputy)
            except UnusableKey:
                continue
            return seal_glass(found, ring.of(Holder.LEAD), ring.of(Holder.DEPUTY))
    return None
