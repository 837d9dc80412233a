"""For a threat to life: which chat a handle belongs to, with a key of the lead's and one of a deputy's together."""

from datetime import datetime

from sqlmodel import col, select

from consultation.operations.open_referral import open_referral
from consultation.operations.refer_concern import Actor, note
from consultation.safeguarding.handles import BehindGlass, open_glass
from consultation.safeguarding.lead_keys import Holder, Keyring, short
from consultation.safeguarding.seal import OpenedKey
from consultation.storage.store import Store
from consultation.storage.tables import ReplyHandleRow

THREAT_TO_LIFE = "threat to life"


class NotBroken(Exception):
    """Nothing was shown. `str()` says why."""


def break_glass(
    store: Store, reference: str, keys: tuple[OpenedKey, OpenedKey], ring: Keyring, by: Actor, now: datetime
) -> BehindGlass:
    """Where the chat of a referral is. The keys are of two people, in whichever order. Raises `NotBroken`,
    `UnusableKey`, `UnknownReference`. Each try is noted, with both keys, before anything is shown."""
    with store.write() as session:
        note(session, "tried to break glass", reference, by, now, keys=[short(each.public) for each in keys])
    lead, deputy = _of_two_people(keys, ring)
    opened = open_referral(store, reference, lead, by, now)
    with store.read() as session:
        glass = session.exec(select(ReplyHandleRow.glass).where(col(ReplyHandleRow.handle) == opened.handle)).first()
    if not opened.handle:
        raise NotBroken(
            "Nothing is kept of which chat this was: nobody there agreed to be written to, or its days are over. What "
            "they wrote is all there is; the police can be told that."
        )
    if glass is None:
        raise NotBroken("This chat was not put behind glass: no deputy had a key when the person agreed.")
    found = open_glass(glass, lead, deputy)
    with store.write() as session:
        note(session, "broke glass", reference, by, now, keys=[short(each.public) for each in keys])
    return found


def _of_two_people(keys: tuple[OpenedKey, OpenedKey], ring: Keyring) -> tuple[OpenedKey, OpenedKey]:
    """(the lead's, the deputy's)."""
    held = {}
    for key in keys:
        known = ring.find(key.public)
        if known is None or known.retired_on:
            raise NotBroken(
                f"The key {short(key.public)}… is not in use. 'sayso safeguarding keys' lists those that are."
            )
        held[known.holder] = key
    if len(held) < 2:
        raise NotBroken("This takes two people: a key of the lead's and one of a deputy's.")
    return held[Holder.LEAD], held[Holder.DEPUTY]
