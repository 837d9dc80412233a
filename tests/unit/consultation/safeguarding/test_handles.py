"""Sealing: to any one of several keys, to a chat's own, and to two people at once."""

import pyrage
import pytest

from consultation.safeguarding.handles import (
    BehindGlass,
    new_handle,
    open_glass,
    open_words,
    seal_glass,
    seal_words,
)
from consultation.safeguarding.seal import OpenedKey, SealedMessage, UnusableKey, open_key, seal, unseal, unseal_bytes
from tests.lead_keys import PASSPHRASE, deputy_key, lead_file, lead_key

CHAT = BehindGlass("telegram", "5551208000")


def stranger() -> OpenedKey:
    return OpenedKey(pyrage.x25519.Identity.generate())


def test_a_message_opens_with_one_key_of_either_and_no_other() -> None:
    message = SealedMessage(
        "my stepdad hits me", "immediate", "why", "young_person", "safer", thread="ab12", handle="h"
    )
    sealed = seal(message, [lead_key().public, deputy_key().public])
    assert unseal(sealed, lead_key()) == unseal(sealed, deputy_key()) == message
    with pytest.raises(UnusableKey, match=r"does not open this.*reseal"):
        unseal(sealed, stranger())


def test_a_key_file_opens_with_its_passphrase_alone() -> None:
    assert open_key(lead_file(), PASSPHRASE).public == lead_key().public
    for private, passphrase in ((lead_file(), "wrong"), (b"junk", "x"), (b"", "")):
        with pytest.raises(UnusableKey, match="do not fit together"):
            open_key(private, passphrase)


def test_words_open_with_the_handles_private_half() -> None:
    handle, other = new_handle(), new_handle()
    sealed = seal_words("We can meet you at school.", handle.public)
    assert open_words(sealed, handle.private) == "We can meet you at school."
    with pytest.raises(UnusableKey):
        open_words(sealed, other.private)


def test_a_chat_behind_glass_takes_a_key_of_each() -> None:
    glass = seal_glass(CHAT, [lead_key().public], [deputy_key().public])
    assert glass
    assert open_glass(glass, lead_key(), deputy_key()) == CHAT
    for pair in (
        (lead_key(), lead_key()), (deputy_key(), deputy_key()), (deputy_key(), lead_key()), (lead_key(), stranger()),
    ):  # fmt: skip
        with pytest.raises(UnusableKey):
            open_glass(glass, *pair)


def test_without_a_second_person_there_is_no_glass() -> None:
    assert seal_glass(CHAT, [lead_key().public], []) is None
    assert seal_glass(CHAT, [], [deputy_key().public]) is None


def test_glass_is_as_thick_whatever_is_behind_it() -> None:
    """All but what the age format adds by chance to each sealing."""
    how = ([lead_key().public], [deputy_key().public])
    glasses = [seal_glass(BehindGlass(channel, chat), *how) for channel, chat in (("web", "x" * 43), ("telegram", "5"))]
    behind = [unseal_bytes(unseal_bytes(each or b"", lead_key()), deputy_key()) for each in glasses]
    assert len(behind[0]) == len(behind[1])
