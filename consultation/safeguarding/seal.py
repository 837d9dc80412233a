"""Seals a message so that only the safeguarding lead can read it (the age format, by pyrage).

The server holds the public key alone: it can write, and cannot read back what it wrote.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyrage

SHORTEST = 4_096  # bytes


class UnusableKey(Exception):
    """A safeguarding key or its passphrase does not fit. `str()` says what to do."""


@dataclass(frozen=True)
class SealedMessage:
    """What the lead reads: the words as written, why the machine noticed them, and where they were said. Messages of
    one chat carry the same `thread`, which says nothing else of it."""

    text: str
    level: str
    reason: str
    audience: str
    question: str
    thread: str = ""


@dataclass(frozen=True)
class LeadKey:
    """A new key pair. `public` goes to the server; `private` is an age file under the lead's passphrase."""

    public: str
    private: bytes


def new_lead_key(passphrase: str) -> LeadKey:
    """A fresh key pair for a safeguarding lead."""
    identity = pyrage.x25519.Identity.generate()
    return LeadKey(str(identity.to_public()), pyrage.passphrase.encrypt(str(identity).encode(), passphrase))


def seal(message: SealedMessage, leads: Sequence[str]) -> bytes:
    """The message, readable by any one of `leads` (age public keys). `UnusableKey` if there is none, or a bad one."""
    if not leads:
        raise UnusableKey("No safeguarding lead has a key yet. Run 'sayso safeguarding key' before opening.")
    try:
        recipients = [pyrage.x25519.Recipient.from_str(each) for each in leads]
    except pyrage.RecipientError as error:
        raise UnusableKey(f"A safeguarding lead's public key is not an age key ({error}). Replace it.") from None
    return bytes(pyrage.encrypt(_padded(json.dumps(asdict(message), ensure_ascii=False).encode()), recipients))


def _padded(plain: bytes) -> bytes:
    """With spaces after it, which JSON does not mind. What is sealed would else be as long as the words, and tell from
    which of the stored answers it was taken. Most are of the shortest length, longer ones of twice or four times that.
    """
    return plain.ljust(max(SHORTEST, 1 << (len(plain) - 1).bit_length()))


def check_leads(leads: Sequence[str]) -> None:
    """Raise `UnusableKey` now, and not when a child needs it."""
    seal(SealedMessage("", "", "", "", ""), leads)


def unseal(sealed: bytes, private: bytes, passphrase: str) -> SealedMessage:
    """What was sealed, with the lead's key file and passphrase. `UnusableKey` where they do not fit."""
    try:
        identity = pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(private, passphrase).decode())
        return SealedMessage(**json.loads(pyrage.decrypt(sealed, [identity])))
    except pyrage.DecryptError:
        raise UnusableKey(
            "This key or passphrase does not open the message. Try the lead's or the deputy's own."
        ) from None
