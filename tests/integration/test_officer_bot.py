"""The staff bot over a real Bot API server: it answers staff, and nobody else."""

import asyncio

from bot.officer.door import OfficerDoor
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
            entities = [{"type": "bot_command", "offset": 0, "length": len(text)}]
            last = await api.give(api.message(chat, text=text, entities=entities))
        await api.acknowledged(last)
        await api.shown(STAFF, 3)
        stop.set()
        await running
    hello, reach, referrals = (each.text for each in api.chats[STAFF])
    assert "/referrals" in hello
    assert "young person: not shown" in reach
    assert "(support)" in referrals
    assert "drunk" not in referrals
    assert STRANGER not in api.chats
