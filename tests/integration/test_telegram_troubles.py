"""What goes wrong on Telegram costs nobody an answer, holds up nobody else, and is never silent."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.respondent.door import TRIES, RespondentDoor, UnusableToken, make_bot
from consultation.domain.concern import Concern
from consultation.domain.consultation import Audience, Channel
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.converse import Desk
from consultation.operations.deliver import unsaid
from consultation.operations.refer_concern import referrals
from consultation.storage.tables import AnswerRow, InboxRow
from tests.builders import Broken, Opened, ids_from, stored_answers
from tests.transcripts.bot_api import TOKEN, BotApi, Shown, serving
from tests.transcripts.telegram import THINGS, TelegramPlayer, door_open, telegram
from tests.transcripts.transcript import Turn

CHAT, OTHER = 88_001_234, 88_005_678
NOT_STORED = render(Words("turn.not_stored"), PLAIN)
NOT_CHANGED = render(Words("edited.not_changed"), PLAIN)
DISCLOSURE = "my dad hits me when hes drunk"
AT_FENLAND = {"age_band": "16_17", "area": "fenland"}


@dataclass
class Failing:
    """Gives ids, until it is told to fail: so many times, or for ever (-1)."""

    error: Exception
    times: int = 0
    failed: int = 0
    gives: Callable[[], str] = field(default_factory=lambda: ids_from(3))

    def __call__(self) -> str:
        if self.times:
            self.times -= 1
            self.failed += 1
            raise self.error
        return self.gives()


def with_desk(opened: Opened, **parts: Any) -> Opened:
    desk: Desk = replace(opened.sayso.desk, **parts)
    return replace(opened, sayso=replace(opened.sayso, desk=desk))


async def to_area(opened: Opened, api: BotApi, chat: int = CHAT) -> TelegramPlayer:
    player = TelegramPlayer(opened, api, chat)
    for turn in (Turn(start=Audience.YOUNG_PERSON), Turn(taps="16 or 17"), Turn(taps="Yes, I agree")):
        await player.does(turn)
    return player


async def to_a_text(opened: Opened, api: BotApi) -> TelegramPlayer:
    player = await to_area(opened, api)
    for _ in range(12):
        if "Please leave out names" in api.chats[CHAT][-1].text:
            return player
        await player.does(Turn(command=Command.SKIP))
    raise AssertionError("no question for a text")


def stored(opened: Opened, chat: int = CHAT) -> dict[str, Any]:
    return stored_answers(opened, Channel.TELEGRAM, str(chat)) or {}


def texts_stored(opened: Opened) -> list[str]:
    with opened.sayso.store.read() as session:
        return [each.text for each in session.exec(select(AnswerRow)) if each.text]


async def said_by(api: BotApi, update: dict[str, Any], chat: int = CHAT) -> list[Shown]:
    before = len(api.chats.get(chat, []))
    await api.acknowledged(await api.give(update))
    return api.chats.get(chat, [])[before:]


# -- what fails in the turn ---------------------------------------------------------------------------------------


async def test_a_full_disk_is_waited_for_however_long_and_the_answer_is_kept(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    ids = Failing(OperationalError("INSERT secret words", {}, Exception("disk I/O error")))
    opened = with_desk(opened, new_id=ids)
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        ids.times = TRIES + 1
        said = await player.does(Turn(taps="Fenland"))
    assert ids.failed == TRIES + 1
    assert [each.text for each in said] == [
        "Who has helped you with something in the last year? Choose all that apply."
    ]
    assert stored(opened) == AT_FENLAND
    assert "secret words" not in caplog.text


async def test_the_end_does_not_wait_for_the_disk_and_the_update_is_not_acknowledged(opened: Opened) -> None:
    ids = Failing(OperationalError("INSERT", {}, Exception("database is locked")))
    broken = with_desk(opened, new_id=ids)
    api = BotApi()
    async with serving(api) as address:
        async with door_open(broken, address):
            await to_area(broken, api)
            ids.times = -1
            data = next(data for label, data in api.chats[CHAT][-1].buttons if label == "Fenland")
            update = await api.give(api.press(CHAT, api.chats[CHAT][-1], data))
            async with asyncio.timeout(20):
                while ids.failed < 2:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)
        assert "area" not in stored(opened)
        async with door_open(opened, address):
            await api.acknowledged(update)
    assert stored(opened) == AT_FENLAND


async def test_what_can_never_be_taken_is_set_aside_and_the_person_is_told(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    ids = Failing(Broken("the words of the person"))
    opened = with_desk(opened, new_id=ids)
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        ids.times = TRIES
        said = await player.does(Turn(taps="Fenland"))
        assert [each.text for each in said] == [" ".join(NOT_STORED.split())]
        assert "999" in said[0].text
        assert "area" not in stored(opened)
        await player.does(Turn(command=Command.SKIP))
    assert stored(opened)["area"] == "skipped", "the chat is stuck behind what was set aside"
    errors = [each.message for each in caplog.records if each.levelno == logging.ERROR]
    assert any("Broken" in each for each in errors)
    assert "the words of the person" not in caplog.text


async def test_a_text_that_can_not_be_made_safe_is_logged_by_the_kind_of_its_cause(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> Concern:
        raise Broken(text)

    opened = with_desk(opened, screen=broken)
    async with telegram(opened) as api:
        said = await said_by(api, api.message(CHAT, text="marmalade on the trampoline"))
        edited = await said_by(api, api.edit(CHAT, text="marmalade on the trampoline"))
    assert [each.text for each in (*said, *edited)] == [NOT_STORED, NOT_STORED]
    door = [each for each in caplog.records if each.name == "sayso.respondent" and each.levelno == logging.ERROR]
    assert [each.getMessage() for each in door] == ["a text could not be made safe to keep (Broken)"] * 2
    assert "marmalade" not in caplog.text


# -- what Telegram refuses ----------------------------------------------------------------------------------------


async def test_a_message_that_is_refused_for_good_is_passed_over_and_the_next_is_said(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        api.refuse.append(("sendMessage", ApiRefusal("Bad Request: can't parse entities", 400)))
        assert await player.does(Turn(taps="Fenland")) == []
        assert unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT)) == []
        said = await said_by(api, api.message(CHAT, text="HELP"))
    assert "999" in said[0].text
    assert "refused for good (TelegramBadRequest)" in caplog.text
    assert stored(opened) == AT_FENLAND


async def test_a_long_rate_limit_of_one_chat_holds_up_no_other_and_is_made_good_afterwards(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        api.refuse.append(("sendMessage", ApiRefusal("Too Many Requests", 429, {"retry_after": 7})))
        before = len(api.chats[CHAT])
        async with asyncio.timeout(5):
            assert await player.does(Turn(taps="Fenland")) == []
            assert await said_by(api, api.message(OTHER, text="/start"), OTHER)
        assert len(unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT))) == 1
        await api.shown(CHAT, before + 1, patience=20)
        assert "Who has helped you" in api.chats[CHAT][-1].text


async def test_a_rate_limit_does_not_hold_up_the_end_and_the_rest_is_said_by_the_next_door(opened: Opened) -> None:
    api = BotApi()
    async with serving(api) as address:
        async with door_open(opened, address):
            await to_area(opened, api)
            api.refuse += [("sendMessage", ApiRefusal("Too Many Requests", 429, {"retry_after": 600}))] * 2
            data = next(data for label, data in api.chats[CHAT][-1].buttons if label == "Fenland")
            await said_by(api, api.press(CHAT, api.chats[CHAT][-1], data))
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 5
        api.refuse.clear()
        async with door_open(opened, address):
            said = await said_by(api, api.message(CHAT, text="/help"))
    assert "Who has helped you" in said[0].text
    assert any("999" in each.text for each in said)


async def test_a_bad_gateway_loses_nothing(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        api.unwell = True
        data = next(data for label, data in api.chats[CHAT][-1].buttons if label == "Fenland")
        update = await api.give(api.press(CHAT, api.chats[CHAT][-1], data))
        await asyncio.sleep(1.5)
        api.unwell = False
        await api.acknowledged(update)
        assert len(await player.does(Turn(command=Command.HELP))) > 0
    assert stored(opened)["area"] == "fenland"


async def test_a_token_that_is_revoked_ends_the_door_with_a_sentence(opened: Opened) -> None:
    api = BotApi()
    async with serving(api) as address:
        bot = make_bot(TOKEN, address)
        running = asyncio.create_task(RespondentDoor(opened.sayso, opened.wave, bot).run(asyncio.Event()))
        await to_area(opened, api)
        api.revoked.add(TOKEN)
        with suppress(TimeoutError):
            await api.acknowledged(await api.give(api.message(CHAT, text="hello")), patience=2)
        with pytest.raises(UnusableToken, match="SAYSO_TELEGRAM_TOKEN"):
            await asyncio.wait_for(running, 20)
        await bot.session.close()


# -- captions, edits, and what is no message ----------------------------------------------------------------------


@pytest.mark.parametrize("thing", ["photo", "file"])
async def test_a_caption_is_heard_as_typed_words(opened: Opened, thing: str) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        said = await said_by(api, api.message(CHAT, **THINGS[thing], caption="They always listened to us first."))
    assert render(Words(f"not_text.{thing}"), PLAIN) in said[0].text
    assert texts_stored(opened) == ["They always listened to us first."]


async def test_a_disclosure_in_a_caption_brings_help_and_reaches_the_lead_once(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        api.refuse.append(("sendMessage", ApiRefusal("Internal Server Error", 500)))  # so that it is taken twice
        said = await said_by(api, api.message(CHAT, **THINGS["photo"], caption=DISCLOSURE))
        assert not api.refuse
    assert any("0800 1111" in each.text for each in said)
    assert len(referrals(opened.sayso.store)) == 1


async def test_of_an_album_it_is_said_once_that_pictures_can_not_be_seen(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_area(opened, api)
        said = []
        for caption in ({}, {}, {"caption": DISCLOSURE}):
            said += await said_by(api, api.message(CHAT, **THINGS["photo"], media_group_id="9", **caption))
    assert [each.text for each in said].count(render(Words("not_text.photo"), PLAIN)) == 1
    assert len(referrals(opened.sayso.store)) == 1


async def test_an_edit_changes_no_answer_and_says_how_to(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_a_text(opened, api)
        await player.does(Turn(types="They always listened to us first."))
        kept = texts_stored(opened)
        said = await said_by(api, api.edit(CHAT, text="They never listened to us at all."))
        await said_by(api, api.message(CHAT, text="/easy"))
        easy = await said_by(api, api.edit(CHAT, text="They never listened to us at all."))
        nothing = await said_by(api, api.edit(CHAT, location={"latitude": 52.2, "longitude": 0.1}))
    assert [each.text for each in said] == [NOT_CHANGED]
    assert [each.text for each in easy] == [render(Words("edited.not_changed"), EASY_READ)]
    assert nothing == []
    assert texts_stored(opened) == kept


async def test_a_disclosure_in_an_edit_brings_help_and_answers_no_question(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        said = await said_by(api, api.edit(CHAT, text=DISCLOSURE))
        asked = await said_by(api, api.edit(CHAT, text="help"))
    assert any("0800 1111" in each.text for each in said)
    assert any("0800 1111" in each.text for each in asked)
    assert len(referrals(opened.sayso.store)) == 1
    assert texts_stored(opened) == []


async def test_what_is_no_message_of_a_person_stops_nothing_and_is_not_answered(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sayso")
    async with telegram(opened) as api:
        bare = api.message(CHAT)
        del bare["message"]["from"]
        channel = {"channel_post": {**api.message(-5, text="hello")["message"], "chat": {"id": -5, "type": "channel"}}}
        unread = {"message": {"chat": "no chat at all"}}
        press = api.press(OTHER, Shown(1, "", []), "x:3:one")
        del press["callback_query"]["message"]
        old = api.press(OTHER, Shown(1, "", []), "d:3:")
        old["callback_query"]["message"] = {"chat": {"id": OTHER, "type": "private"}, "message_id": 4, "date": 0}
        for each in (channel, unread, bare, press, old):
            await api.give(each)
        said = await said_by(api, api.message(CHAT, text="/start"))
        assert said
        assert set(api.chats) == {CHAT, OTHER}
    assert "can't be read" in caplog.text
    assert "an update failed" not in caplog.text
    with opened.sayso.store.read() as session:
        assert len(session.exec(select(InboxRow)).all()) == 4


# -- ticks --------------------------------------------------------------------------------------------------------


async def test_two_quick_ticks_are_both_kept_though_the_second_carries_the_keyboard_without_the_first(
    opened: Opened,
) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        await player.does(Turn(taps="Fenland"))
        shown = api.chats[CHAT][-1]
        boxes = [(text, data) for text, data in shown.buttons if data.startswith("x:")][:3]
        stale = [api.press(CHAT, shown, data) for _, data in boxes]
        done = next(data for _, data in shown.buttons if data.startswith("d:"))
        for each in (*stale, api.press(CHAT, shown, done)):
            last = await api.give(each)
        await api.acknowledged(last)
    values = [data.rpartition(":")[2] for _, data in boxes]
    assert next(value for value in stored(opened).values() if isinstance(value, list)) == values


async def test_a_tick_that_can_not_be_shown_is_not_counted(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api)
        await player.does(Turn(taps="Fenland"))
        shown = api.chats[CHAT][-1]
        one, two = [data for _, data in shown.buttons if data.startswith("x:")][:2]
        api.refuse.append(("editMessageReplyMarkup", ApiRefusal("Bad Request: message can't be edited", 400)))
        api.refuse.append(("editMessageReplyMarkup", ApiRefusal("Too Many Requests", 429, {"retry_after": 60})))
        async with asyncio.timeout(10):
            for data in (one, one, two, next(data for _, data in shown.buttons if data.startswith("d:"))):
                await said_by(api, api.press(CHAT, shown, data))
    assert [two.rpartition(":")[2]] in stored(opened).values()
