"""Addresses of chats, sealed for the outbox and for reminders."""

import pytest

from consultation.domain.consultation import Channel
from consultation.domain.ids import Pseudonym
from consultation.privacy.addresses import (
    Contact,
    UnreadableAddress,
    open_address,
    open_contact,
    seal_address,
    seal_contact,
)

KEY, OTHER = b"k" * 32, b"o" * 32
CONTACT = Contact(Channel.TELEGRAM, "5551208000", 12)


def test_two_reminders_of_one_chat_do_not_look_alike() -> None:
    first, second = seal_contact(KEY, "one", CONTACT), seal_contact(KEY, "two", CONTACT)
    assert first[:16] != second[:16]
    assert open_contact(KEY, "one", first) == open_contact(KEY, "two", second) == CONTACT


def test_it_opens_in_its_own_row_under_its_own_key_and_for_its_own_purpose_alone() -> None:
    sealed = seal_contact(KEY, "one", CONTACT)
    waiting = seal_address(KEY, Pseudonym("one"), CONTACT.chat)
    for wrong in (
        lambda: open_contact(KEY, "two", sealed),
        lambda: open_contact(OTHER, "one", sealed),
        lambda: open_contact(KEY, "one", waiting),
        lambda: open_address(KEY, Pseudonym("one"), sealed),
        lambda: open_contact(KEY, "one", "not Base64!"),
    ):
        with pytest.raises(UnreadableAddress):
            wrong()
    assert open_address(KEY, Pseudonym("one"), waiting) == CONTACT.chat
