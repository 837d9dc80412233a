"""The staff bot over a real Bot API server: it answers staff, and nobody else."""

import asyncio
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal

from bot.officer.door import FAILED, OfficerDoor, UnusableStaffToken
from consultation.domain.consultation import Audience
from consultation.operations.set_aside import set_aside
from tests.builders import TODAY, Opened, Person, make_sayso
from tests.transcripts.bot_api import TOKEN, BotApi, serving

STAFF, STRANGER = 4242, 6666


async def test_staff_hear_of_reach_referrals_and_troubles_and_strangers_hear_nothing(opened: Opened) -> None:
    person = Person(opened, "someone")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("safer")
    person.types("my dad hits me when hes drunk")
    for fault in ("DataError", "DataError", "KeyError"):
        set_aside(opened.sayso.store, "respondent", fault, opened.sayso.desk.new_id, TODAY)
    api = BotApi()
    async with serving(api) as address:
        sayso = make_sayso(opened.folder, officer_token=TOKEN, officer_chats=[STAFF], telegram_api=address)
        stop = asyncio.Event()
        running = asyncio.create_task(OfficerDoor(sayso).run(stop))
        last = await api.give(command(api, STRANGER, "/reach"))
        for text in ("/start", "/reach", "/referrals", "/troubles"):
            last = await api.give(command(api, STAFF, text))
        await api.acknowledged(last)
        await api.shown(STAFF, 4)
        stop.set()
        await running
    hello, reach, referrals, troubles = (each.text for each in api.chats[STAFF])
    assert "/referrals" in hello
    assert "/troubles" in hello
    assert "nobody yet" in reach
    assert "(support)" in referrals
    assert "drunk" not in referrals
    assert "23.11.2026, Telegram: 2 (DataError)\n23.11.2026, Telegram: 1 (KeyError)" in troubles
    assert "was told that it was not saved, if" in troubles
    assert STRANGER not in api.chats


def test_hundreds_of_troubles_stay_one_message(opened: Opened) -> None:
    door = OfficerDoor(opened.sayso)
    assert door.troubles_text() == "Every message was taken."
    for n in range(300):
        set_aside(opened.sayso.store, "web", f"SomeRatherLongNameOfAFault{n:03}", opened.sayso.desk.new_id, TODAY)
    text = door.troubles_text()
    assert len(text) < 4096, "more than Telegram takes"
    assert "and earlier: 270" in text


async def test_a_revoked_token_ends_it_with_a_sentence_and_a_bad_hour_does_not(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    api = BotApi()
    async with serving(api) as address:
        sayso = make_sayso(opened.folder, officer_token=TOKEN, officer_chats=[STAFF], telegram_api=address)
        running = asyncio.create_task(OfficerDoor(sayso).run(asyncio.Event()))
        api.refuse.append(("getUpdates", ApiRefusal("Internal Server Error", 500)))
        await api.give(command(api, STAFF, "/start"))
        await api.shown(STAFF, 1)
        assert not api.refuse
        api.revoked.add(TOKEN)
        await api.give(command(api, STAFF, "/start"))
        with pytest.raises(UnusableStaffToken, match="SAYSO_OFFICER_TOKEN") as refused:
            await asyncio.wait_for(running, 20)
    for shown in (caplog.text, str(refused.value)):
        assert TOKEN.partition(":")[2] not in shown


async def test_a_command_that_fails_is_answered_and_logged_by_the_kind_of_failure(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    api = BotApi()
    async with serving(api) as address:
        sayso = make_sayso(opened.folder, officer_token=TOKEN, officer_chats=[STAFF], telegram_api=address)
        sayso.store.close()
        sayso.settings.database.rename(sayso.settings.database.with_suffix(".away"))
        stop = asyncio.Event()
        running = asyncio.create_task(OfficerDoor(sayso).run(stop))
        await api.give(command(api, STAFF, "/reach"))
        await api.shown(STAFF, 1)
        stop.set()
        await asyncio.wait_for(running, 10)
    assert [each.text for each in api.chats[STAFF]] == [FAILED]
    assert "failed (OperationalError)" in caplog.text
    assert "SELECT" not in caplog.text


def command(api: BotApi, chat: int, text: str) -> dict[str, Any]:
    return api.message(chat, text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(text)}])
