"""Seals a message so that only the safeguarding lead can read it (the age format, by pyrage).

The server holds public keys alone: it can write, and cannot read back what it wrote.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import pyrage

from consultation.domain.concern import Kind

SHORTEST = 4_096  # bytes


class UnusableKey(Exception):
    """A safeguarding key or its passphrase does not fit. `str()` says what to do."""


@dataclass(frozen=True)
class SealedMessage:
    """What the lead reads: the words as written, why the machine noticed them, and where they were said. Messages of
    one chat carry the same `thread`, which says nothing else of it. `handle`: how to write to that chat, where the
    person asked for it (see `handles`)."""

    text: str
    level: str
    reason: str
    audience: str
    question: str
    thread: str = ""
    kind: str = Kind.DISCLOSURE.value
    handle: str = ""
    drill: bool = False


@dataclass(frozen=True)
class LeadKey:
    """A new key pair. `public` goes to the server; `private` is an age file under the lead's passphrase."""

    public: str
    private: bytes


class OpenedKey:
    """A private key while its holder uses it: in memory alone, and never shown."""

    def __init__(self, identity: Any) -> None:
        self.identity = identity
        self.public = str(identity.to_public())


def new_lead_key(passphrase: str) -> LeadKey:
    """A fresh key pair for a safeguarding lead."""
    identity = pyrage.x25519.Identity.generate()
    return LeadKey(str(identity.to_public()), pyrage.passphrase.encrypt(str(identity).encode(), passphrase))


def open_key(private: bytes, passphrase: str) -> OpenedKey:
    """The key in a key file. Takes a second or two, which slows down whoever guesses. Raises `UnusableKey`."""
    try:
        return OpenedKey(
            pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(private, passphrase).decode().strip())
        )
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError):
        raise UnusableKey(
            "This key file and passphrase do not fit together. Check that it is the file that 'sayso safeguarding "
            "key' wrote, and type the passphrase again."
        ) from None


def seal(message: SealedMessage, leads: Iterable[str]) -> bytes:
    """The message, readable by any one of `leads` (age public keys). `UnusableKey` if there is none, or a bad one."""
    return seal_bytes(_padded(json.dumps(asdict(message), ensure_ascii=False).encode()), leads)


def seal_bytes(plain: bytes, publics: Iterable[str]) -> bytes:
    """The same of any bytes, as they are."""
    try:
        recipients = [pyrage.x25519.Recipient.from_str(each) for each in publics]
    except pyrage.RecipientError as error:
        raise UnusableKey(f"A safeguarding lead's public key is not an age key ({error}). Replace it.") from None
    if not recipients:
        raise UnusableKey("No safeguarding lead has a key yet. Run 'sayso safeguarding key' before opening.")
    return bytes(pyrage.encrypt(plain, recipients))


def _padded(plain: bytes) -> bytes:
    """With spaces after it, which JSON does not mind. What is sealed would else be as long as the words, and tell from
    which of the stored answers it was taken. Most are of the shortest length, longer ones of twice or four times that.
    """
    return plain.ljust(max(SHORTEST, 1 << (len(plain) - 1).bit_length()))


def check_leads(leads: Iterable[str]) -> None:
    """Raise `UnusableKey` now, and not when a child needs it."""
    seal(SealedMessage("", "", "", "", ""), leads)


def unseal(sealed: bytes, key: OpenedKey) -> SealedMessage:
    """What was sealed. `UnusableKey` where it was sealed to other keys."""
    known = {each.name for each in fields(SealedMessage)}  # a newer version may have sealed more
    told = json.loads(unseal_bytes(sealed, key))
    return SealedMessage(**{name: value for name, value in told.items() if name in known})


def unseal_bytes(sealed: bytes, key: OpenedKey) -> bytes:
    try:
        return bytes(pyrage.decrypt(sealed, [key.identity]))
    except pyrage.DecryptError:
        raise UnusableKey(
            f"The key {key.public[:12]}… does not open this: it was sealed to others. Try the lead's or the deputy's "
            "own, or have one of them run 'sayso safeguarding reseal'."
        ) from None
