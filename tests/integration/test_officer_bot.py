"""The staff bot over a real Bot API server: it answers staff, and nobody else."""

import asyncio
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlalchemy import update
from sqlmodel import col

from bot.delivery.lanes import Lanes
from bot.delivery.messenger import Noting
from bot.delivery.tell import Teller
from bot.officer.alerts import StaffBot
from bot.officer.door import FAILED, NOT_YOURS, TAKEN, YOURS, OfficerDoor, UnusableStaffToken
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.operations.refer_concern import referrals
from consultation.operations.set_aside import set_aside
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.escalation import Call, Means, Path
from consultation.safeguarding.notices import Alert
from consultation.storage import audit
from consultation.storage.tables import ConcernRow, ReferralAuditRow
from tests.builders import TODAY, Opened, Person, make_sayso, open_consultation, signed_off
from tests.contracts.databases import as_setting, cluster, kind, place
from tests.transcripts.bot_api import TOKEN, BotApi, serving

__all__ = ["cluster", "kind", "place"]  # fixtures
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


async def test_whoever_was_told_says_that_they_have_it_and_nobody_else_can(opened: Opened) -> None:
    lead, deputy, gone = 11, 22, 33
    for chat in ("a", "b"):
        person = Person(opened, chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("safer")
        person.types("ive taken all the pills just now")
    one, other = (each.reference for each in referrals(opened.sayso.store))
    api = BotApi()
    async with serving(api) as address:
        settings: dict[str, Any] = {"officer_token": TOKEN, "officer_chats": [STAFF], "telegram_api": address}
        named = {"lead": Contact(role="lead", telegram=lead), "deputy": Contact(role="deputy", telegram=deputy)}
        sayso = signed_off(make_sayso(opened.folder, **settings), **named, duty_team=None)
        bot = StaffBot(sayso.settings)
        for whose, reference in ((lead, one), (deputy, one), (gone, one), (STAFF, other)):
            alert = Alert(Path("deputy", Means.STAFF_BOT), reference, Level.IMMEDIATE, False, False,
                          Call(0, Means.STAFF_BOT), 15, False)  # fmt: skip
            await asyncio.to_thread(bot.send, alert, Contact(role="r", telegram=whose))
        stop = asyncio.Event()
        running = asyncio.create_task(OfficerDoor(sayso).run(stop))
        for whose in (STAFF, gone, deputy, lead):
            [shown] = api.chats[whose]
            [(_, data)] = shown.buttons
            await api.acknowledged(await api.give(api.press(whose, shown, data)))
        stop.set()
        await running
    statuses = {each.reference: each.status for each in referrals(sayso.store)}
    assert statuses == {one: "acknowledged", other: "new"}
    with sayso.store.read() as session:
        [entry] = audit.entries(session, ReferralAuditRow)
    assert (entry.actor, entry.act, entry.subject) == ("deputy", "acknowledged", one)
    [theirs], [late], [stranger] = (api.chats[whose] for whose in (deputy, lead, gone))
    assert theirs.text.endswith("The deputy has it.")
    assert late.text.endswith("Somebody had it before this was pressed.")
    assert (theirs.buttons, late.buttons) == ([], [])
    assert stranger.buttons, "nothing has changed for who is not named"
    assert [each["method"] for each in api.requests].count("answerCallbackQuery") == 4
    door = OfficerDoor(sayso)
    assert [door.have_it(other, chat)[0] for chat in (None, gone, lead, deputy)] == [NOT_YOURS, NOT_YOURS, YOURS, TAKEN]


def test_officers_hear_nothing_of_allegations_and_drills(place: Any, tmp_path: Any) -> None:
    opened = open_consultation(tmp_path / "data", database_url=as_setting(place))
    for chat in ("a", "b", "c"):
        person = Person(opened, chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("safer")
        person.types("my dad hits me when hes drunk")
    allegation, drill, general = (each.reference for each in referrals(opened.sayso.store))
    with opened.sayso.store.write() as session:
        for reference, what in ((allegation, {"queue": "allegations"}), (drill, {"drill": True})):
            session.execute(update(ConcernRow).where(col(ConcernRow.reference) == reference).values(**what))
    assert OfficerDoor(opened.sayso).referrals_text() == f"{general} (support)"
    opened.sayso.store.close()


def test_troubles_tell_of_a_path_without_a_heartbeat_and_of_what_is_not_signed(opened: Opened) -> None:
    door = OfficerDoor(opened.sayso)
    assert "Telling the deputy by e-mail has not been tried yet." in door.troubles_text()
    heard = Noting()
    Teller(opened.sayso.store, opened.sayso.settings, Lanes({Means.EMAIL: heard}), opened.sayso.desk.now).look()
    assert door.troubles_text() == "Every message was taken."


def command(api: BotApi, chat: int, text: str) -> dict[str, Any]:
    return api.message(chat, text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(text)}])
