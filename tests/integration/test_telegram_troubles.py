"""What goes wrong on Telegram costs nobody an answer, holds up nobody else, and is never silent."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.respondent.door import UnusableToken
from bot.respondent.taking import TRIES
from consultation.domain.concern import Concern
from consultation.domain.consultation import Channel
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.converse import Desk
from consultation.operations.deliver import unsaid
from consultation.operations.refer_concern import referrals
from consultation.operations.set_aside import SetAside, updates_set_aside
from consultation.storage.tables import AnswerRow, InboxRow
from tests.builders import TODAY, Broken, Opened, Screen, ids_from, plain_screen, stored_answers
from tests.transcripts.bot_api import TOKEN, BotApi, Shown, serving
from tests.transcripts.telegram import THINGS, TelegramPlayer, door_open, pressing, said_by, telegram, to_area, until
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


def held(screening: asyncio.Event, go_on: asyncio.Event) -> Screen:
    """A screen that says when it is at work, and ends when it is told to."""
    loop = asyncio.get_running_loop()

    def screen(text: str) -> Concern:
        loop.call_soon_threadsafe(screening.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
        return plain_screen()(text)

    return screen


async def to_a_text(opened: Opened, api: BotApi) -> TelegramPlayer:
    player = await to_area(opened, api, CHAT)
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


# -- what fails in the turn ---------------------------------------------------------------------------------------


async def test_a_full_disk_is_waited_for_however_long_and_the_answer_is_kept(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    ids = Failing(OperationalError("INSERT secret words", {}, Exception("disk I/O error")))
    opened = with_desk(opened, new_id=ids)
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
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
    async with serving(api):
        async with door_open(broken, api):
            await to_area(broken, api, CHAT)
            ids.times = -1
            update = await api.give(pressing(api, CHAT, "Fenland"))
            await until(lambda: ids.failed >= 2)
        assert "area" not in stored(opened)
        async with door_open(opened, api):
            await api.acknowledged(update)
    assert stored(opened) == AT_FENLAND


async def test_what_can_never_be_taken_is_set_aside_and_the_person_and_an_officer_are_told(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    ids = Failing(Broken("the words of the person"))
    opened = with_desk(opened, new_id=ids)
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        ids.times = TRIES
        said = await player.does(Turn(taps="Fenland"))
        assert [each.text for each in said] == [" ".join(NOT_STORED.split())]
        assert "999" in said[0].text
        assert "area" not in stored(opened)
        await player.does(Turn(command=Command.SKIP))
    assert stored(opened)["area"] == "skipped", "the chat is stuck behind what was set aside"
    assert updates_set_aside(opened.sayso.store) == [SetAside("respondent", "Broken", TODAY)]
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
        said = await said_by(api, api.message(CHAT, text="marmalade on the trampoline"), CHAT)
        edited = await said_by(api, api.edit(CHAT, text="marmalade on the trampoline"), CHAT)
    assert [each.text for each in (*said, *edited)] == [NOT_STORED, NOT_STORED]
    door = [each for each in caplog.records if each.name == "sayso.respondent" and each.levelno == logging.ERROR]
    assert [each.getMessage() for each in door] == ["a text could not be made safe to keep (Broken)"] * 2
    assert "marmalade" not in caplog.text


async def test_while_one_update_fails_the_other_chats_are_answered(opened: Opened) -> None:
    ids = Failing(OperationalError("INSERT", {}, Exception("disk I/O error")))
    opened = with_desk(opened, new_id=ids)
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        ids.times = -1
        update = await api.give(pressing(api, CHAT, "Fenland"))
        await until(lambda: ids.failed > 0)
        for chat in range(OTHER, OTHER + 3):
            await api.give(api.message(chat, text="/start"))
            await api.shown(chat, 1, patience=5)
        assert update in api.pending()
        ids.times = 0
        await api.acknowledged(update + 3)
        await api.quiet()
        assert {len(api.chats[OTHER + each]) for each in range(3)} == {len(api.chats[OTHER])}
    assert stored(opened) == AT_FENLAND


async def test_what_is_in_hand_at_the_end_is_finished_and_answered(opened: Opened) -> None:
    screening, go_on = asyncio.Event(), asyncio.Event()
    opened = with_desk(opened, screen=held(screening, go_on))
    api = BotApi()
    async with serving(api):
        async with door_open(opened, api):
            await api.give(api.message(CHAT, text="slowly now"))
            await screening.wait()
            asyncio.get_running_loop().call_later(0.3, go_on.set)
        assert api.pending() == []
        assert api.chats[CHAT]


# -- what Telegram refuses ----------------------------------------------------------------------------------------


async def test_a_message_that_is_refused_for_good_is_passed_over_and_the_next_is_said(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        api.refuse.append(("sendMessage", ApiRefusal("Bad Request: can't parse entities", 400)))
        assert await player.does(Turn(taps="Fenland")) == []
        await until(lambda: not unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT)))
        said = await said_by(api, api.message(CHAT, text="HELP"), CHAT)
    assert "999" in said[0].text
    assert "refused for good (TelegramBadRequest)" in caplog.text
    assert stored(opened) == AT_FENLAND


async def test_a_long_rate_limit_of_one_chat_holds_up_no_other_and_is_made_good_afterwards(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        api.refuse.append(("sendMessage", ApiRefusal("Too Many Requests", 429, {"retry_after": 3})))
        before = len(api.chats[CHAT])
        async with asyncio.timeout(2):
            await api.acknowledged(await api.give(pressing(api, CHAT, "Fenland")))
            await api.give(api.message(OTHER, text="/start"))
            await api.shown(OTHER, 1)
        assert len(unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT))) == 1
        assert len(api.chats[CHAT]) == before
        await api.shown(CHAT, before + 1, patience=20)
        assert "Who has helped you" in api.chats[CHAT][-1].text


async def test_a_rate_limit_does_not_hold_up_the_end_and_the_rest_is_said_by_the_next_door(opened: Opened) -> None:
    api = BotApi()
    async with serving(api):
        async with door_open(opened, api):
            await to_area(opened, api, CHAT)
            api.refuse.append(("sendMessage", ApiRefusal("Too Many Requests", 429, {"retry_after": 600})))
            await api.acknowledged(await api.give(pressing(api, CHAT, "Fenland")))
            before = len(api.chats[CHAT])
            await until(lambda: not api.refuse)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 3
        assert len(api.chats[CHAT]) == before
        async with door_open(opened, api):
            await api.shown(CHAT, before + 1)
    (said,) = api.chats[CHAT][before:]
    assert said.text.startswith("Question 2 of 12")


async def test_a_bad_gateway_loses_nothing(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        api.unwell = True
        update = await api.give(pressing(api, CHAT, "Fenland"))
        await asyncio.sleep(1.5)
        api.unwell = False
        await api.acknowledged(update)
        assert len(await player.does(Turn(command=Command.HELP))) > 0
    assert stored(opened)["area"] == "fenland"


async def test_a_token_that_is_revoked_ends_the_door_with_a_sentence(opened: Opened) -> None:
    api = BotApi()
    async with serving(api), door_open(opened, api) as running:
        await to_area(opened, api, CHAT)
        api.revoked.add(TOKEN)
        await api.give(api.message(CHAT, text="hello"))
        await asyncio.wait({running}, timeout=20)
        with pytest.raises(UnusableToken, match="SAYSO_TELEGRAM_TOKEN"):
            running.result()


# -- captions, edits, and what is no message ----------------------------------------------------------------------


@pytest.mark.parametrize("thing", ["photo", "file"])
async def test_a_caption_is_heard_as_typed_words(opened: Opened, thing: str) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        said = await said_by(api, api.message(CHAT, **THINGS[thing], caption="They always listened to us first."), CHAT)
    assert render(Words(f"not_text.{thing}"), PLAIN) in said[0].text
    assert texts_stored(opened) == ["They always listened to us first."]


async def test_a_disclosure_in_a_caption_brings_help_and_reaches_the_lead_once(opened: Opened) -> None:
    references = Failing(OperationalError("INSERT", {}, Exception("disk I/O error")), times=1)
    opened = with_desk(opened, new_reference=references)
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        said = await said_by(api, api.message(CHAT, **THINGS["photo"], caption=DISCLOSURE), CHAT)
    assert references.failed == 1, "it was not taken twice"
    assert [each.text for each in said].count(render(Words("not_text.photo"), PLAIN)) == 1
    assert any("0800 1111" in each.text for each in said)
    assert len(referrals(opened.sayso.store)) == 1


async def test_of_an_album_it_is_said_once_that_pictures_can_not_be_seen(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        said = []
        for caption in ({}, {}, {"caption": DISCLOSURE}):
            said += await said_by(api, api.message(CHAT, **THINGS["photo"], media_group_id="9", **caption), CHAT)
    assert [each.text for each in said].count(render(Words("not_text.photo"), PLAIN)) == 1
    assert len(referrals(opened.sayso.store)) == 1


async def test_an_edit_changes_no_answer_and_says_how_to(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_a_text(opened, api)
        await player.does(Turn(types="They always listened to us first."))
        kept = texts_stored(opened)
        said = await said_by(api, api.edit(CHAT, text="They never listened to us at all."), CHAT)
        await said_by(api, api.message(CHAT, text="/easy"), CHAT)
        easy = await said_by(api, api.edit(CHAT, text="They never listened to us at all."), CHAT)
        nothing = await said_by(api, api.edit(CHAT, location={"latitude": 52.2, "longitude": 0.1}), CHAT)
    assert [each.text for each in said] == [NOT_CHANGED]
    assert [each.text for each in easy] == [render(Words("edited.not_changed"), EASY_READ)]
    assert nothing == []
    assert texts_stored(opened) == kept


async def test_a_disclosure_in_an_edit_brings_help_and_answers_no_question(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        said = await said_by(api, api.edit(CHAT, text=DISCLOSURE), CHAT)
        asked = await said_by(api, api.edit(CHAT, text="help"), CHAT)
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
        said = await said_by(api, api.message(CHAT, text="/start"), CHAT)
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
        player = await to_area(opened, api, CHAT)
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
        player = await to_area(opened, api, CHAT)
        await player.does(Turn(taps="Fenland"))
        shown = api.chats[CHAT][-1]
        one, two = [data for _, data in shown.buttons if data.startswith("x:")][:2]
        api.refuse.append(("editMessageReplyMarkup", ApiRefusal("Bad Request: message can't be edited", 400)))
        api.refuse.append(("editMessageReplyMarkup", ApiRefusal("Too Many Requests", 429, {"retry_after": 60})))
        async with asyncio.timeout(10):
            for data in (one, one, two, next(data for _, data in shown.buttons if data.startswith("d:"))):
                await said_by(api, api.press(CHAT, shown, data), CHAT)
    assert [two.rpartition(":")[2]] in stored(opened).values()
