"""Whose keys open what is sealed to the safeguarding lead: public halves, by holder. Knows no private key."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Holder(StrEnum):
    """Who keeps a key. One key of either opens a message; a chat's own address takes one of each."""

    LEAD = "lead"
    DEPUTY = "deputy"


class UnusableKeyring(Exception):
    """The file of public keys can't be read. `str()` says what to do."""


@dataclass(frozen=True)
class LeadsKey:
    """A public half. `retired_on`: nothing is sealed to it from that day on; it still opens what was before."""

    public: str
    holder: Holder
    made_on: date | None = None  # None: before that was noted
    retired_on: date | None = None


@dataclass(frozen=True)
class Keyring:
    """All keys there were, in the order in which they came. As a sequence of public halves: those to seal to."""

    keys: tuple[LeadsKey, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return (each.public for each in self.current())

    def __bool__(self) -> bool:
        return any(self)

    def current(self, holder: Holder | None = None) -> tuple[LeadsKey, ...]:
        """Those that are in use; of one holder, or of all."""
        return tuple(each for each in self.keys if not each.retired_on and holder in (None, each.holder))

    def of(self, holder: Holder) -> tuple[str, ...]:
        return tuple(each.public for each in self.current(holder))

    def find(self, public: str) -> LeadsKey | None:
        return next((each for each in self.keys if each.public == public), None)

    def with_key(self, public: str, holder: Holder, on: date, *, replaces: bool = False) -> "Keyring":
        """With this key too. `replaces`: its holder's former keys are retired. One that is there already stays."""
        if self.find(public):
            return self
        former = (
            replace(each, retired_on=each.retired_on or on) if replaces and each.holder is holder else each
            for each in self.keys
        )
        return Keyring((*former, LeadsKey(public, holder, on)))


def short(public: str) -> str:
    """As much of a public key as tells it from others, for people and for the audit log."""
    return public[:12]


def read_keyring(text: str) -> Keyring:
    """From the text of its file, this version's or the first one's. Raises `UnusableKeyring`."""
    try:
        found = json.loads(text)
        if "keys" in found:
            return Keyring(tuple(_key(**each) for each in found["keys"]))
        first = dict.fromkeys(found["public_keys"])  # a lead's, and then deputies'
        return Keyring(tuple(LeadsKey(each, list(Holder)[at > 0]) for at, each in enumerate(first)))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnusableKeyring(
            "safeguarding-leads.json, beside the keys, is damaged. Put it back from a copy of the key folder, or make "
            "new keys with 'sayso safeguarding key'."
        ) from None


def write_keyring(ring: Keyring) -> str:
    return json.dumps({"keys": [asdict(each) for each in ring.keys]}, indent=1, default=str)


def _key(public: str, holder: str, made_on: str | None, retired_on: str | None) -> LeadsKey:
    days: list[Any] = [date.fromisoformat(each) if each else None for each in (made_on, retired_on)]
    return LeadsKey(public, Holder(holder), *days)
