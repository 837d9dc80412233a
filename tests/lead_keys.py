"""Key files of the safeguarding lead, the deputy and strangers; and somebody who agrees to be written to.

The files are as age has them, but for the work that a passphrase takes: a thousandth, or each use would take a second.
"""

import base64
import hmac
import os
from functools import cache
from typing import Any

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.sayso import Sayso
from bot.wiring import add_lead_key
from consultation.safeguarding.lead_keys import Holder
from consultation.safeguarding.seal import OpenedKey
from tests.builders import Person, lead_identity

PASSPHRASE = "five words of the lead here"
LOG_WORK = 8


@cache
def deputy_identity() -> Any:
    return pyrage.x25519.Identity.generate()


def lead_key() -> OpenedKey:
    return OpenedKey(lead_identity())


def deputy_key() -> OpenedKey:
    return OpenedKey(deputy_identity())


def lead_file() -> bytes:
    return key_file(lead_identity())


def deputy_file() -> bytes:
    return key_file(deputy_identity())


def strangers_file() -> bytes:
    return key_file(pyrage.x25519.Identity.generate())


def key_file(identity: Any) -> bytes:
    """The private key under the passphrase: https://age-encryption.org/v1, a scrypt stanza and one chunk."""
    salt, file_key, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrapping = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, 2**LOG_WORK, 8, 1).derive(PASSPHRASE.encode())
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_base64(salt), LOG_WORK, _base64(body))
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    sealed = payload.encrypt(bytes(11) + b"\1", str(identity).encode(), None)  # the last chunk, and the only one
    return header + b" " + _base64(mac) + b"\n" + nonce + sealed


def with_deputy(sayso: Sayso) -> None:
    """Give the deputy a key; what is sealed from now on opens with it, too."""
    add_lead_key(sayso.settings, str(deputy_identity().to_public()), Holder.DEPUTY)


def agrees(person: Person) -> None:
    """Right after worrying words, in the mode of reply handles: they may be written to."""
    person.taps("I'd like someone to contact me")
    person.taps("Yes, they may write to me")


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(key)


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
