"""Whoever asked to be reminded, or for a short code: what one who has the database and not the key makes of it."""

from hashlib import sha256

import pytest

from consultation.domain.consultation import Audience, Channel
from consultation.flow.events import Command
from consultation.operations.carry_over import make_code
from consultation.privacy.receipts import new_talk
from consultation.privacy.short_codes import LENGTH
from tests.adversary.loot import Loot, is_id, sqlite_loot, tokens
from tests.builders import Person, open_consultation

CHATS = [f"{5_551_208_000 + number}" for number in range(4)]
CODES: list[str] = []
TALKS: list[str] = []


@pytest.fixture(scope="module")
def loot(tmp_path_factory: pytest.TempPathFactory) -> Loot:
    """Four have asked to be reminded on one day, and four carry their talks over."""
    opened = open_consultation(tmp_path_factory.mktemp("coming back") / "data")
    for chat, talk in zip(CHATS, (new_talk() for _ in CHATS), strict=True):
        person, visitor = Person(opened, chat, Channel.TELEGRAM), Person(opened, talk, Channel.WEB)
        for each in (person, visitor):
            each.begins(Audience.YOUNG_PERSON)
            each.answers_until("good_worker")
        person.commands(Command.STOP)
        person.taps("Remind me once, tomorrow")
        TALKS.append(talk)
        CODES.append(make_code(opened.sayso.desk, opened.wave, talk) or "")
    opened.sayso.store.close()
    return sqlite_loot(opened.folder)


def test_neither_chat_nor_talk_nor_code_lies_in_any_file(loot: Loot) -> None:
    assert [len(loot.tables[name]) for name in ("reminder", "carry_over")] == [4, 4]
    assert {len(each) for each in CODES} == {LENGTH}
    whole = b"".join(loot.files.values())
    assert str(loot.tables["carry_over"][0]["mark"]).encode() in whole, "the tool sees nothing"
    for secret in (*CHATS, *TALKS, *CODES):
        assert secret.encode() not in whole, secret


@pytest.mark.parametrize("name", ["reminder", "carry_over"])
def test_a_row_has_nothing_in_common_with_any_other(name: str, loot: Loot) -> None:
    """But for the wave, which everybody may know."""
    wave = {str(row["id"]) for row in loot.tables["wave"]}
    rows = loot.tables[name]
    others = {token for other in loot.tables for row in loot.tables[other] if other != name for token in tokens(row)}
    for row in rows:
        own = {each for each in tokens(row) - wave if is_id(each)}  # no days, which many have in common
        assert len(own) == 2, "the tool sees nothing"
        assert own & others == set()
        assert not any(own & tokens(each) for each in rows if each is not row)


def test_no_guess_at_a_chat_or_a_code_is_proved_right_without_the_key(loot: Loot) -> None:
    """Numbers of chats are few and codes are short: a plain hash of either would be found in no time."""
    told = " ".join(
        str(value) for name in ("reminder", "carry_over") for row in loot.tables[name] for value in row.values()
    )
    for guess in (*CHATS, *(f"telegram\0{each}" for each in CHATS), *CODES):
        assert sha256(guess.encode()).hexdigest() not in told
    made = sha256(CODES[0].encode()).hexdigest()
    assert made in f"{told} {made}", "the tool sees nothing"
