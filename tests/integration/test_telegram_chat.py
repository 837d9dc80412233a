"""Telegram as its users expect it, over the emulator with the real door: what a chat shows, and what it understands."""

import asyncio
import logging
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlmodel import select

from bot.respondent.door import Rates
from bot.respondent.tidying import AGAIN
from consultation.domain.consultation import Channel
from consultation.domain.languages import LANGUAGES
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.converse import whose
from consultation.operations.refer_concern import referrals
from consultation.storage import turns
from consultation.storage.tables import AnswerRow
from tests.builders import Opened, stored_answers
from tests.transcripts.bot_api import BotApi, Shown, serving
from tests.transcripts.telegram import (
    THINGS,
    TelegramPlayer,
    door_open,
    pressing,
    read_label,
    said_by,
    telegram,
    to_area,
    until,
)
from tests.transcripts.transcript import Turn

CHAT, GROUP = 77_001_234, -100_500
NOT_CHANGED = render(Words("edited.not_changed"), PLAIN)
CHANGED = render(Words("edited.changed"), PLAIN)
FIRST, SECOND = "They always listened to all of us first.", "They never listened to any of us at all."
DISCLOSURE = "my dad hits me when hes drunk"


def stored(opened: Opened) -> dict[str, Any]:
    return stored_answers(opened, Channel.TELEGRAM, str(CHAT)) or {}


def texts_stored(opened: Opened) -> list[str]:
    with opened.sayso.store.read() as session:
        return [each.text for each in session.exec(select(AnswerRow)) if each.text]


def locale_of(opened: Opened) -> str:
    with opened.sayso.store.read() as session:
        row = turns.conversation(session, whose(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT)))
        assert row is not None
        return str(row.state["locale"])


def prompts(api: BotApi) -> list[Shown]:
    """Messages that had buttons when they were sent."""
    return [each for each in api.chats[CHAT] if each.sent]


async def to_a_text(opened: Opened, api: BotApi) -> TelegramPlayer:
    player = await to_area(opened, api, CHAT)
    for _ in range(14):
        if "Please leave out names" in api.chats[CHAT][-1].text:
            return player
        await player.does(Turn(command=Command.SKIP))
    raise AssertionError("no question for a text")


# -- keyboards that update in place -----------------------------------------------------------------------------------


async def test_a_prompt_that_was_answered_shows_what_was_chosen_and_has_no_buttons(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        area = api.chats[CHAT][-1]
        asked = area.text
        await player.does(Turn(taps="Fenland"))
        await until(lambda: not area.keyboard)
        assert area.text == f"{asked}\n\n✓ Fenland"
        several = api.chats[CHAT][-1]
        await player.does(Turn(ticks=["Teacher or school staff", "Police officer"]))
        await until(lambda: not several.keyboard)
        chosen = [each.removeprefix("✓ ") for each in several.text.splitlines() if each.startswith("✓ ")]
        assert [read_label(each) for each in chosen] == ["Teacher or school staff", "Police officer"]
        number = api.chats[CHAT][-1]
        await player.does(Turn(command=Command.SKIP))
        await until(lambda: not number.keyboard)
        assert number.text.endswith("\n\n✓ Skip")
        assert api.chats[CHAT][-1].keyboard


async def test_a_prompt_that_was_answered_by_typing_has_no_buttons_and_keeps_its_text(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        area = api.chats[CHAT][-1]
        asked = area.text
        await player.does(Turn(types="fenland"))
        await until(lambda: not any(each.keyboard for each in prompts(api)[:-1]))
        assert area.text == asked


async def test_a_prompt_that_is_asked_again_keeps_its_buttons_and_its_ticks_until_it_is_answered(
    opened: Opened,
) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        await player.does(Turn(taps="Fenland"))
        several = api.chats[CHAT][-1]
        teacher = next(data for text, data in several.buttons if "Teacher" in text)
        await said_by(api, api.press(CHAT, several, teacher), CHAT)
        await player.does(Turn(command=Command.HELP))
        again = api.chats[CHAT][-1]
        await asyncio.sleep(4 * AGAIN)  # in which it would be tidied
        assert again.keyboard
        assert any(text.startswith("✅") for text, _ in several.buttons)
        await player.does(Turn(types="police officer"))
        await until(lambda: not several.keyboard and not again.keyboard)
        assert "✓" not in several.text + again.text


async def test_a_message_that_can_not_be_edited_changes_nothing_else(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sayso")
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        await until(lambda: not any(each.keyboard for each in prompts(api)[:-1]))
        api.refuse.append(("editMessageText", ApiRefusal("Bad Request: message can't be edited", 400)))
        said = await player.does(Turn(taps="Fenland"))
        await until(lambda: not api.refuse)
        await until(lambda: "could not be tidied (TelegramBadRequest)" in caplog.text)
    assert len(said) == 1
    assert stored(opened)["area"] == "fenland"
    assert str(CHAT) not in caplog.text


async def test_what_is_tidied_never_holds_up_what_is_said(opened: Opened) -> None:
    """With room for no more than what is said, nothing is tidied until nothing more is said."""
    api = BotApi()
    async with serving(api), door_open(opened, api, Rates(token=1e6, chat=2, burst=2)):
        player = TelegramPlayer(opened, api, CHAT)
        await player.does(Turn(start="anyone"))
        first = api.chats[CHAT][-1]
        for label in ("A child or young person (up to 25)", "16 or 17"):
            await player.does(Turn(taps=label))
        edits = [each["method"] for each in api.requests if each["method"].startswith("editMessage")]
        assert edits == []
        await until(lambda: not first.keyboard)


# -- toasts -----------------------------------------------------------------------------------------------------------


async def test_a_tick_that_excludes_the_others_is_refused_where_the_thumb_is(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        await player.does(Turn(taps="Fenland"))
        several = api.chats[CHAT][-1]
        by_label = {read_label(text): data for text, data in several.buttons}
        for label in ("Teacher or school staff", "Nobody"):
            assert await said_by(api, api.press(CHAT, several, by_label[label]), CHAT) == []
        await until(lambda: bool(api.toasts))
        assert api.toasts == [render(Words("answer.one_or_the_other"), PLAIN)]
        ticked = [read_label(text) for text, _ in several.buttons if text.startswith("✅")]
        assert ticked == ["Teacher or school staff"]


async def test_an_old_button_is_answered_kindly_and_where_the_thumb_is_and_goes(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        area = api.chats[CHAT][-1]
        asked, press = area.text, pressing(api, CHAT, "Fenland")
        api.refuse.append(("editMessageReplyMarkup", ApiRefusal("Bad Request: message can't be edited", 400)))
        await player.does(Turn(types="cambridge"))
        await until(lambda: not api.refuse)
        assert area.keyboard
        said = await said_by(api, press, CHAT)
        await until(lambda: bool(api.toasts) and not area.keyboard)
    old = render(Words("button.old"), PLAIN)
    assert said[0].text == old
    assert api.toasts == [old]
    assert area.text == asked
    assert stored(opened)["area"] == "cambridge"


# -- links and the first language -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "audience", "area"),
    [
        ("young-person", "young_person", None),
        ("young-person_east_cambs", "young_person", "east_cambs"),
        ("young-person_nowhere", "young_person", None),
        ("_fenland", None, "fenland"),
        ("nobody_fenland", None, "fenland"),
        ("young_person", None, None),
        ("", None, None),
    ],
)
async def test_a_link_says_whom_it_is_for_and_where(
    opened: Opened, start: str, audience: str | None, area: str | None
) -> None:
    async with telegram(opened) as api:
        said = await said_by(api, api.message(CHAT, text=f"/start {start}".strip()), CHAT)
    with opened.sayso.store.read() as session:
        row = turns.conversation(session, whose(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT)))
    assert row is not None
    assert (row.state["audience"], row.state["answered"].get("area")) == (audience, [area] if area else None)
    assert (said[-1].text == render(Words("ask.audience"), PLAIN)) == (audience is None)


@pytest.mark.parametrize(("code", "locale"), [("pl", "pl"), ("en-GB", "en"), ("uk", "uk"), ("fr", "en"), (None, "en")])
async def test_a_talk_begins_in_the_language_of_the_app_where_sayso_speaks_it(
    opened: Opened, code: str | None, locale: str
) -> None:
    if locale not in opened.survey.languages:
        pytest.skip("the survey is not offered in it")
    async with telegram(opened) as api:
        update = api.message(CHAT, text="/start")
        update["message"]["from"]["language_code"] = code
        said = await said_by(api, update, CHAT)
        assert said[-1].text == render(Words("ask.audience"), locale)
    assert locale_of(opened) == locale


async def test_the_menu_is_in_each_language_and_has_easy_read_where_there_is_one(opened: Opened) -> None:
    async with telegram(opened) as api:
        await until(lambda: len(api.menus) == len(LANGUAGES))
    assert set(api.menus) == {"", *LANGUAGES} - {"en"}
    names = [each.partition(" ")[0] for each in api.menus[""]]
    assert names == [
        "/help", "/privacy", "/language", "/easy", "/plain", "/back", "/skip", "/change", "/stop", "/delete",
    ]  # fmt: skip
    assert f"/skip {render(Words('command.skip'), 'pl')}" in api.menus["pl"]
    assert not any(each.startswith(("/easy", "/plain")) for each in api.menus["pl"])


# -- edits ------------------------------------------------------------------------------------------------------------


async def answered_in_words(opened: Opened, api: BotApi, words: str = FIRST) -> dict[str, Any]:
    """The update that answered a question with free text."""
    await to_a_text(opened, api)
    update = api.message(CHAT, text=words)
    await said_by(api, update, CHAT)
    assert texts_stored(opened) == [words]
    return update


async def test_an_edited_answer_takes_the_place_of_the_one_before_however_often(opened: Opened) -> None:
    async with telegram(opened) as api:
        update = await answered_in_words(opened, api)
        said = await said_by(api, api.edit(CHAT, update, text=SECOND), CHAT)
        assert said[0].text == CHANGED
        assert texts_stored(opened) == [SECOND]
        assert await said_by(api, api.edit(CHAT, update, text=SECOND), CHAT) == [], "nothing of its words has changed"
        await said_by(api, api.edit(CHAT, update, text=FIRST), CHAT)
        assert texts_stored(opened) == [FIRST]


async def test_what_identifies_somebody_in_an_edit_is_hidden_and_told(opened: Opened) -> None:
    async with telegram(opened) as api:
        update = await answered_in_words(opened, api)
        edit = api.edit(CHAT, update, text="They listened, and Miss Brathwaite rang me on 07700 900123.")
        said = await said_by(api, edit, CHAT)
    (kept,) = texts_stored(opened)
    assert "900123" not in kept
    assert "Brathwaite" not in kept
    assert any(kept in each.text for each in said)


async def test_a_disclosure_in_an_edited_answer_brings_help_and_changes_no_answer(opened: Opened) -> None:
    async with telegram(opened) as api:
        update = await answered_in_words(opened, api)
        said = await said_by(api, api.edit(CHAT, update, text=DISCLOSURE), CHAT)
    assert any("0800 1111" in each.text for each in said)
    assert len(referrals(opened.sayso.store)) == 1
    assert texts_stored(opened) == [FIRST]


async def test_help_in_an_edited_answer_brings_help(opened: Opened) -> None:
    async with telegram(opened) as api:
        update = await answered_in_words(opened, api)
        said = await said_by(api, api.edit(CHAT, update, text="help"), CHAT)
    assert any("0800 1111" in each.text for each in said)
    assert texts_stored(opened) == [FIRST]


async def test_an_edit_does_not_bring_back_what_was_changed_or_deleted_since(opened: Opened) -> None:
    async with telegram(opened) as api:
        update = await answered_in_words(opened, api)
        player = TelegramPlayer(opened, api, CHAT)
        await player.does(Turn(command=Command.BACK))
        await player.does(Turn(types=SECOND))
        said = await said_by(api, api.edit(CHAT, update, text=FIRST + " Twice."), CHAT)
        assert said[0].text == NOT_CHANGED
        assert texts_stored(opened) == [SECOND]
        await player.does(Turn(command=Command.DELETE))
        await player.does(Turn(taps="Yes, delete them"))
        await said_by(api, api.edit(CHAT, update, text=FIRST + " Thrice."), CHAT)
    assert texts_stored(opened) == []


async def test_an_answer_in_two_parts_is_not_cut_down_by_an_edit_of_one(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_a_text(opened, api)
        update, more = api.message(CHAT, text="kind"), api.message(CHAT, text="They asked how I was every day.")
        asked = await said_by(api, update, CHAT)
        assert "bit more" in asked[-1].text
        await said_by(api, more, CHAT)
        kept = texts_stored(opened)
        for each in (update, more):
            said = await said_by(api, api.edit(CHAT, each, text="They were rude."), CHAT)
            assert said[0].text == NOT_CHANGED
        assert texts_stored(opened) == kept


async def test_after_a_restart_nobody_knows_which_answer_a_message_was_and_the_person_is_told_what_to_do(
    opened: Opened,
) -> None:
    api = BotApi()
    async with serving(api):
        async with door_open(opened, api):
            update = await answered_in_words(opened, api)
        async with door_open(opened, api):
            said = await said_by(api, api.edit(CHAT, update, text=SECOND), CHAT)
    assert [each.text for each in said] == [NOT_CHANGED]
    assert texts_stored(opened) == [FIRST]


# -- what is no text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", sorted(THINGS))
async def test_each_thing_that_is_no_text_is_answered_with_what_is_possible(
    opened: Opened, thing: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sayso")
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        asked = api.chats[CHAT][-1].text
        said = await said_by(api, api.message(CHAT, **THINGS[thing]), CHAT)
    assert [each.text for each in said] == [render(Words(f"not_text.{thing}"), PLAIN), asked]
    opened.sayso.store.close()
    stored_bytes = b"".join(each.read_bytes() for each in opened.folder.iterdir() if each.is_file())
    for secret in ("7700900123", "52.2053"):
        assert secret not in caplog.text
        assert secret.encode() not in stored_bytes


async def test_what_telegram_itself_notes_in_a_chat_is_not_answered(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        pinned = {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": CHAT, "type": "private"}}}
        for each in (pinned, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}):
            assert await said_by(api, api.message(CHAT, **each), CHAT) == []


# -- groups -----------------------------------------------------------------------------------------------------------


async def test_a_group_is_told_once_in_the_language_of_whoever_asked_and_left(opened: Opened) -> None:
    async with telegram(opened) as api:
        said = await said_by(api, api.put_into(GROUP, CHAT, language="pl"), GROUP)
        service = api.message(CHAT, new_chat_members=[{"id": 7, "is_bot": True, "first_name": "Sayso"}])
        service["message"]["chat"] = {"id": GROUP, "type": "group"}
        said += await said_by(api, service, GROUP)
        await until(lambda: bool(api.left))
    assert [each.text for each in said] == [render(Words("group.private_only"), "pl")]
    assert api.left == [GROUP]


async def test_a_channel_is_left_without_a_word_and_its_posts_are_not_heard(opened: Opened) -> None:
    async with telegram(opened) as api:
        await api.acknowledged(await api.give(api.put_into(GROUP, CHAT, "channel")))
        await until(lambda: bool(api.left))
        assert GROUP not in api.chats


async def test_whoever_blocks_the_bot_hears_nothing_of_it(opened: Opened) -> None:
    async with telegram(opened) as api:
        change = api.put_into(CHAT, CHAT, "private")
        change["my_chat_member"]["new_chat_member"] = {
            "status": "kicked", "until_date": 0, "user": {"id": 7, "is_bot": True, "first_name": "Sayso"},
        }  # fmt: skip
        await api.acknowledged(await api.give(change))
        await asyncio.sleep(0.1)
        assert api.left == []
        assert CHAT not in api.chats
