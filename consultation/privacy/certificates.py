"""The certificate of a closing: plain data, made into one JSON text, signed with Ed25519, and verified by anybody.

Pure. It is published, so nothing in it may give anyone away: its counts come in as they may be shown.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consultation.domain.consultation import Wave

FORM = "sayso closing certificate 1"

OPERATOR = (
    "Delete the backups of the database that were made before this day, or let them lapse, and write down when.",
    "Delete every copy of the consultation’s key: on other machines, in backups of the key folder, in a vault.",
    "Restart Sayso’s processes on other machines, which may hold the key in memory.",
    "Delete snapshots of the disks or virtual machines that were made before this day, of the keys above all.",
    "If a web server or proxy stands in front of Sayso and keeps logs of addresses, delete those of the wave’s days.",
)
OPERATOR_POSTGRESQL = (
    "PostgreSQL: the journal (pg_wal) still holds rows that were deleted. As a superuser: ALTER SYSTEM SET wal_recycle "
    "= off; SELECT pg_reload_conf(); CHECKPOINT; then SELECT pg_switch_wal(); as often as there are files in pg_wal, "
    "each followed by CHECKPOINT; and last ALTER SYSTEM RESET wal_recycle.",
    "PostgreSQL: delete archived journals and base backups made before this day. Replicas follow by themselves; their "
    "own pg_wal needs the same as above.",
)


@dataclass(frozen=True)
class Facts:
    """What a closing did. Counts are words such as "about 120", as `say_count` makes them."""

    wave: Wave
    closed_on: date
    version: str
    destroyed: Mapping[str, str]
    files: int
    megabytes: int
    key_was_lost: bool = False
    list_was_lost: bool = False
    postgresql: bool = False


class Verdict(StrEnum):
    INTACT = "intact"
    CHANGED = "changed"
    OTHER_KEY = "signed by another key"
    NO_CERTIFICATE = "not a certificate"


def say_count(shown: int | None) -> str:
    """A count as it may be shown: rounded, or hidden (None)."""
    if shown is None:
        return "a few"
    return f"about {shown}" if shown else "none"


def certificate(facts: Facts) -> dict[str, Any]:
    """The certificate, before it is signed."""
    wave = facts.wave
    return {
        "form": FORM,
        "consultation": {
            "name": wave.consultation.slug,
            "title": wave.consultation.title,
            "authority": wave.consultation.authority,
            "simulated": wave.consultation.simulated,
        },
        "wave": {"opened_on": wave.opens_on.isoformat(), "closed_on": wave.closes_on.isoformat()},
        "issued_on": facts.closed_on.isoformat(),
        "summary": list(_summary(facts)),
        "destroyed": {
            "key": "none, it was lost before" if facts.key_was_lost else "1",
            **facts.destroyed,
            "reply_handles": "all, if there were any",  # no count: how many were in danger is nobody's business
        },
        "scanned": {
            "looked_for": "the key, every name under which a chat was known, every address of a chat",
            "files": facts.files,
            "megabytes": facts.megabytes,
            "every_table_row": facts.postgresql,
            "found": 0,
        },
        "remarks": list(_remarks(facts)),
        "operator_must": [*OPERATOR, *(OPERATOR_POSTGRESQL if facts.postgresql else ())],
        "made_by": f"Sayso {facts.version}",
    }


def _summary(facts: Facts) -> tuple[str, ...]:
    """For the young person who answered."""
    return (
        f"{facts.wave.consultation.authority} asked people what they think. That is over now.",
        "While it was open, a secret key let Sayso know which answers came from which chat, so that you could carry "
        "on, change your answers or delete them. Sayso never kept your name or who your chat belongs to.",
        "The key is now destroyed, and so is every note of which chat gave which answers, and of the day on which "
        "anybody answered. Sayso looked through its files for anything left of them and found nothing.",
        "Your answers stay, without anything that says they are yours. That also means they can’t be changed or "
        "deleted for you any more. If you wrote something that only you would write, somebody who knows you may still "
        "know it when they read it; so a person looks at each quotation before it is published.",
        "The people who run Sayso must still delete their old copies. What they must do is listed here, so that you "
        "can ask them about it.",
    )


def _remarks(facts: Facts) -> Iterator[str]:
    if facts.key_was_lost:
        yield "The key was lost before the closing; its operator said so. So it was not searched for in the files."
    if facts.list_was_lost:
        yield "The list of the names under which chats were known was lost, so they were not searched for in the files."


def sign(body: Mapping[str, Any], signing_key: bytes) -> str:
    """The certificate as it is published: a JSON text with the public key and the signature in it."""
    key = Ed25519PrivateKey.from_private_bytes(signing_key)
    signed = {**body, "public_key": public_key(signing_key)}
    signature = _as_text(key.sign(_canonical(signed)))
    return json.dumps({**signed, "signature": signature}, indent=1, ensure_ascii=False) + "\n"


def public_key(signing_key: bytes) -> str:
    """The half that anybody may know, as 43 characters."""
    return _as_text(Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw())


def read(text: str) -> dict[str, Any] | None:
    """What the text of a certificate says, verified or not; None where it is none."""
    try:
        found = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        return None
    is_one = isinstance(found, dict) and found.get("form") == FORM
    return found if is_one and all(isinstance(found.get(each), str) for each in ("public_key", "signature")) else None


def verify(text: str, public: str | None = None) -> Verdict:
    """Whether it is as it was signed; with `public`, also whether that key signed it.

    Without, it says no more than that the key in the certificate did: whoever changes one can sign it anew with a key
    of their own. So compare the key with one that the authority publishes elsewhere.
    """
    found = read(text)
    if found is None:
        return Verdict.NO_CERTIFICATE
    signature = found.pop("signature")
    try:
        key = Ed25519PublicKey.from_public_bytes(_as_bytes(found["public_key"]))
        key.verify(_as_bytes(signature), _canonical(found))
    except (InvalidSignature, ValueError, binascii.Error):
        return Verdict.CHANGED
    return Verdict.INTACT if public in (None, found["public_key"]) else Verdict.OTHER_KEY


def _canonical(body: Mapping[str, Any]) -> bytes:
    """The same bytes however the file is laid out."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice could show a reader something else than what is signed."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _as_text(these: bytes) -> str:
    return base64.urlsafe_b64encode(these).decode().rstrip("=")


def _as_bytes(text: str) -> bytes:
    these = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _as_text(these) != text:
        raise ValueError("another way to write the same bytes")
    return these
