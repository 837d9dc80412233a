"""The staff bot over a real Bot API server: it answers staff, and nobody else."""

import asyncio
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal

from bot.officer.door import FAILED, OfficerDoor, UnusableStaffToken
from consultation.domain.consultation import Audience
from tests.builders import Opened, Person, make_sayso
from tests.transcripts.bot_api import TOKEN, BotApi, serving

STAFF, STRANGER = 4242, 6666


async def test_staff_hear_of_reach_and_referrals_and_strangers_hear_nothing(opened: Opened) -> None:
    person = Person(opened, "someone")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("safer")
    person.types("my dad hits me when hes drunk")
    api = BotApi()
    async with serving(api) as address:
        sayso = make_sayso(opened.folder, officer_token=TOKEN, officer_chats=[STAFF], telegram_api=address)
        stop = asyncio.Event()
        running = asyncio.create_task(OfficerDoor(sayso).run(stop))
        last = 0
        for chat, text in ((STRANGER, "/reach"), (STAFF, "/start"), (STAFF, "/reach"), (STAFF, "/referrals")):
            last = await api.give(command(api, chat, text))
        await api.acknowledged(last)
        await api.shown(STAFF, 3)
        stop.set()
        await running
    hello, reach, referrals = (each.text for each in api.chats[STAFF])
    assert "/referrals" in hello
    assert "nobody yet" in reach
    assert "(support)" in referrals
    assert "drunk" not in referrals
    assert STRANGER not in api.chats


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
        sayso.store.engine.dispose()
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
