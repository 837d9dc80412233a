"""Chats that may be written to: what their handles tell one who has the database and too few keys."""

import json
from pathlib import Path

import pyrage
import pytest

from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.operations.open_referral import open_referral
from consultation.operations.refer_concern import Actor, referrals
from consultation.operations.write_to_person import write_to_person
from tests.adversary.loot import Loot, sqlite_loot
from tests.builders import Person, lead_identity, open_consultation
from tests.lead_keys import agrees, deputy_identity, lead_key, with_deputy

CHATS = [f"{5_551_208_000 + number}" for number in range(3)]
WRITTEN = "Can we talk at school on Friday?"


@pytest.fixture(scope="module")
def loot(tmp_path_factory: pytest.TempPathFactory) -> Loot:
    """Three have agreed, and something waits to be said to one of them."""
    opened = open_consultation(tmp_path_factory.mktemp("handles") / "data", contact=ContactMode.REPLY_HANDLE)
    sayso = opened.sayso
    with_deputy(sayso)
    for chat in CHATS:
        person = Person(opened, chat, Channel.TELEGRAM)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types("my stepdad hits me when he is drunk")
        agrees(person)
    by, now = Actor("safeguarding lead"), sayso.desk.now()
    reference = referrals(sayso.store)[0].reference
    handle = open_referral(sayso.store, reference, lead_key(), by, now).handle
    write_to_person(sayso.store, reference, handle, WRITTEN, by, now, sayso.desk.new_id())
    sayso.store.close()
    return sqlite_loot(opened.folder)


def test_no_chat_and_no_word_lies_in_any_file(loot: Loot, tmp_path: Path) -> None:
    assert len(loot.tables["reply_handle"]) == len(CHATS)
    assert len(loot.tables["relay"]) == 1
    whole = b"".join(loot.files.values())
    assert str(loot.tables["reply_handle"][0]["handle"]).encode() in whole, "the tool sees nothing"
    for secret in (*CHATS, WRITTEN, "AGE-SECRET-KEY"):
        assert secret.encode() not in whole, secret


def test_a_handle_says_of_no_concern_that_it_is_its_own(loot: Loot) -> None:
    """It stands in the sealed message alone, and all that ask for contact are sealed alike."""
    handles = {row["handle"] for row in loot.tables["reply_handle"]}
    elsewhere = [rows for name, rows in loot.tables.items() if name not in ("reply_handle", "relay")]
    others = " ".join(str(row) for rows in elsewhere for row in rows)
    assert [each for each in handles if each in others] == []
    asked = [row for row in loot.tables["concern"] if row["asks_contact"]]
    sealed = [json.loads(pyrage.decrypt(row["sealed"], [lead_identity()])) for row in asked]
    assert {each["handle"] for each in sealed} == handles, "the lead finds each"
    assert max(len(row["sealed"]) for row in asked) - min(len(row["sealed"]) for row in asked) < 300


def test_neither_key_alone_opens_the_glass(loot: Loot) -> None:
    for row in loot.tables["reply_handle"]:
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(row["glass"], [deputy_identity()])
        inner = pyrage.decrypt(row["glass"], [lead_identity()])
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(inner, [lead_identity()])
        assert json.loads(pyrage.decrypt(inner, [deputy_identity()]))["chat"] in CHATS
