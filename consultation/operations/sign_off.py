"""The safeguarding lead approves everything that happens when something worrying is said, and the system goes by that.

That somebody holds a key is proved by the door, which has it. Must not know what is to be opened (`check_sign_off`).
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from consultation.content import BadFile
from consultation.domain.consultation import ContactMode
from consultation.domain.wording import Localised
from consultation.locale import in_words
from consultation.locale.approved import approved_sentences
from consultation.safeguarding.arrangements import ROLES, Arrangements, Contact, read_arrangements, shipped_arrangements
from consultation.safeguarding.fingerprint import screen_fingerprint
from consultation.safeguarding.help_lines import LONGEST_UNCHECKED, HelpLine, unchecked
from consultation.safeguarding.lead_keys import Holder, Keyring, LeadsKey, short
from consultation.storage import audit, consultations, sign_offs
from consultation.storage.store import Store
from consultation.storage.tables import SignOffRow
from consultation.surveys import parse_survey

BODY = Path("what was signed off")  # what the stored file is called in what is said of a fault
ACTOR = "safeguarding lead"


class NotSignedOff(Exception):
    """It can't be signed off as it is. `str()` says how to mend it."""


@dataclass(frozen=True)
class Statement:
    """All that one signature approves. `openings` and `contacts` are those with which a consultation may open."""

    body: str  # the arrangements, word for word
    arrangements: Arrangements
    openings: tuple[Localised, ...]
    contacts: tuple[ContactMode, ...]
    simulated: bool = False  # of a demonstration: nothing real can open with it

    def parts(self) -> dict[str, Any]:
        return {
            "arrangements": fingerprint(self.arrangements.model_dump()),
            "wording": wording_fingerprint(),
            "screen": screen_fingerprint(),
            "openings": sorted({fingerprint(dict(each.texts)) for each in self.openings}),
            "contacts": sorted(self.contacts),
            "simulated": self.simulated,
        }


def state(
    store: Store, body: str, path: Path, openings: Iterable[Localised], contacts: Iterable[ContactMode], today: date
) -> Statement:
    """What would be signed: this file, these surveys' openings and contact modes, and those of the consultations that
    are running or planned, so that none of them falls out by a new signature. Raises `BadFile`, `NotSignedOff`."""
    arrangements = read_arrangements(body, path)
    _refuse_unready(arrangements, path, today)
    with store.read() as session:
        waves = [each for each in consultations.waves(session) if not each.is_over(today)]
        real = [each for each in waves if not each.consultation.simulated]
        surveys = {(each.survey, each.survey_version) for each in real}
        asked = [parse_survey(consultations.survey_body(session, *each), Path(f"{each[0]}.yaml")) for each in surveys]
    modes = {*contacts, *(each.consultation.contact for each in real)}
    unique = {
        fingerprint(dict(each.texts)): each
        for each in (*openings, *(one for each in asked for one in each.every_opening))
    }
    return Statement(body, arrangements, tuple(unique.values()), tuple(each for each in ContactMode if each in modes))


def lead_with(keyring: Keyring, public: str) -> LeadsKey:
    """The key of this public half, if it may sign: it is the lead's, and in use. Raises `NotSignedOff`."""
    key = keyring.find(public)
    if key is None:
        raise NotSignedOff("This key is not registered here. Use the one that 'sayso safeguarding key' made here.")
    if key.holder is not Holder.LEAD:
        raise NotSignedOff("This is a deputy's key. Only the safeguarding lead signs: it is theirs to answer for.")
    if key.retired_on:
        raise NotSignedOff(f"This key was replaced on {in_words(key.retired_on)}. Use the lead's new one.")
    return key


def sign_off(store: Store, statement: Statement, *, by: LeadsKey, at: datetime) -> int:
    """Store it, approved by the holder of that key; returns its number. From now on the system goes by it."""
    with store.write() as session:
        number = sign_offs.add(session, at=at, by=by.public, body=statement.body, parts=statement.parts())
        audit.append(
            session, at=at, actor=ACTOR, act="signed off the arrangements", subject=f"sign-off {number}",
            details={"key": short(by.public), "contact": [each.value for each in statement.contacts]},
        )  # fmt: skip
    return number


def arrangements_now(session: Session) -> Arrangements:
    """What the system goes by: what was signed off last, else what ships. A demonstration's names nobody whom anything
    could be sent to. What this version of Sayso can't read, as after an upgrade or beside a newer process, opens
    nothing; but it cuts off nobody who is talking or who is to be told: what was signed before it holds."""
    for row in sign_offs.newest_first(session):
        with suppress(BadFile):
            return _held_by(row)
    return shipped_arrangements()


def _held_by(row: SignOffRow) -> Arrangements:
    found = signed(row)
    return found.model_copy(update=dict.fromkeys(ROLES)) if row.parts["simulated"] else found


def signed(row: SignOffRow) -> Arrangements:
    """Raises `BadFile`."""
    return _read_once(row.body)


def describe(lines: Iterable[HelpLine]) -> str:
    return ", ".join(f"{each.name} ({in_words(each.verified_on)})" for each in lines)


def fingerprint(content: object) -> str:
    """The same for the same content, in whatever order a set keeps it."""
    plain = json.dumps(
        content, sort_keys=True, ensure_ascii=False, default=lambda each: sorted(each) if _is_set(each) else str(each)
    )
    return sha256(plain.encode()).hexdigest()


@cache
def wording_fingerprint() -> str:
    """Of the sentences that this process says."""
    return fingerprint(approved_sentences())


def _is_set(each: object) -> bool:
    return isinstance(each, set | frozenset)


@cache
def _read_once(body: str) -> Arrangements:
    return read_arrangements(body, BODY)


def _refuse_unready(arrangements: Arrangements, path: Path, today: date) -> None:
    if absent := arrangements.absent():
        raise NotSignedOff(f"{path.name} names no {' and no '.join(absent)}. All three are needed: fill them in.")
    ways = [_ways(each) for each in (arrangements.lead, arrangements.deputy, arrangements.duty_team)]
    if len(set(ways)) < len(ways):
        raise NotSignedOff(
            f"In {path.name} two of lead, deputy and duty team are reached in the very same way, so that passing a "
            "concern on would pass it to nobody else. Give each a way of their own."
        )
    if old := unchecked(arrangements.help_lines, today):
        raise NotSignedOff(
            f"These help lines were not checked in the last {LONGEST_UNCHECKED} days, or their day is still to come: "
            f"{describe(old)}. Check each, and write the day into 'verified_on' in {path.name}."
        )


def _ways(contact: Contact | None) -> tuple[object, ...]:
    return (contact.email, contact.telegram, contact.webhook) if contact else ()
