"""No answer is lost or counted twice, whatever is repeated, delivered again, killed or pressed in two places."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlmodel import select

from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Began, Command, Tapped
from consultation.locale import render
from consultation.operations.converse import Desk, Incoming, Input, Typed, converse
from consultation.operations.deliver import unsaid
from consultation.storage.store import open_store
from consultation.storage.tables import AnswerRow, InboxRow, ResponseRow
from tests.builders import Opened, Person, stored_answers
from tests.transcripts.bot_api import BotApi, serving
from tests.transcripts.telegram import door_open, telegram, to_area
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer, read_page

CHAT = 77_001_234
OLD_BUTTON = render(Words("button.old"), PLAIN)


def answer_rows(opened: Opened) -> list[AnswerRow]:
    with opened.sayso.store.read() as session:
        return list(session.exec(select(AnswerRow)))


def at_a_question(opened: Opened, question: str, channel: Channel = Channel.SIMULATION, chat: str = "c") -> Person:
    person = Person(opened, chat, channel)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until(question)
    return person


# -- the desk ---------------------------------------------------------------------------------------------------


def test_the_same_update_twice_is_one_answer_and_is_said_once(opened: Opened) -> None:
    person = at_a_question(opened, "area", Channel.TELEGRAM)
    press = Tapped(person.prompt.step, ("fenland",))
    first = person.does(press, "update-9")
    assert person.does(press, "update-9") == []
    assert [each.value for each in answer_rows(opened) if each.question == "area"] == ["fenland"]
    waiting = unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, "c")
    assert list(waiting[-1].messages) == first
    assert [each.messages for each in waiting].count(tuple(first)) == 1


def test_the_same_number_on_another_channel_is_another_update(opened: Opened) -> None:
    first = Person(opened, "c", Channel.TELEGRAM)
    second = Person(opened, "c", Channel.WEB)
    assert first.does(Began(None), "1")
    assert second.does(Began(None), "1")
    with opened.sayso.store.read() as session:
        assert len(session.exec(select(InboxRow)).all()) == 2


def test_numbers_may_go_down_as_telegrams_do(opened: Opened) -> None:
    person = Person(opened, "c", Channel.TELEGRAM)
    person.does(Began(Audience.STAFF), "900")
    person.does(Tapped(person.prompt.step, ("yes",)), "3")
    assert person.stored() == {}, "consent with a lower number was not taken"


@pytest.mark.parametrize("processes", [1, 2])
def test_eight_press_at_once_and_one_is_heard(opened: Opened, processes: int) -> None:
    person = at_a_question(opened, "area")
    step = person.prompt.step
    areas = ["cambridge", "fenland", "east_cambs", "south_cambs"] * 2
    desks = [opened.sayso.desk, replace(opened.sayso.desk, store=open_store(opened.sayso.settings.database))]

    def press(number: int) -> str:
        given = Incoming(Channel.SIMULATION, "c", f"press-{number}", Tapped(step, (areas[number],)))
        return converse(desks[number % processes], opened.wave, given)[0].text

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(press, range(8)))
    assert said.count(OLD_BUTTON) == 7
    stored = [each.value for each in answer_rows(opened) if each.question == "area"]
    assert stored == [areas[next(i for i, text in enumerate(said) if text != OLD_BUTTON)]]
    desks[1].store.close()


def test_two_processes_on_one_database_lose_no_turn(opened: Opened) -> None:
    second: Desk = replace(opened.sayso.desk, store=open_store(opened.sayso.settings.database))

    def answers(number: int) -> None:
        desk = second if number % 2 else opened.sayso.desk
        chat = f"chat-{number}"
        turns_taken: list[Input] = [Began(Audience.STAFF), Tapped(1, ("yes",)), Tapped(2, ("fenland",))]
        for at, what in enumerate(turns_taken):
            converse(desk, opened.wave, Incoming(Channel.SIMULATION, chat, f"{chat}-{at}", what))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(answers, range(24)))
    assert [each.value for each in answer_rows(opened)] == ["fenland"] * 24
    second.store.close()


def test_a_crash_in_the_transaction_leaves_nothing_and_the_update_can_come_again(opened: Opened) -> None:
    person = at_a_question(opened, "area")
    broken = replace(opened.sayso.desk, new_id=_no_more_ids)
    given = Incoming(Channel.SIMULATION, "c", "again", Tapped(person.prompt.step, ("fenland",)))
    with pytest.raises(ZeroDivisionError):
        converse(broken, opened.wave, given)
    assert "area" not in (person.stored() or {})
    converse(opened.sayso.desk, opened.wave, given)
    assert (person.stored() or {})["area"] == "fenland"


def _no_more_ids() -> str:
    raise ZeroDivisionError


# -- Telegram ---------------------------------------------------------------------------------------------------


async def test_a_message_that_could_not_be_sent_is_sent_again(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        before = len(api.chats[CHAT])
        api.refuse.append(("sendMessage", ApiRefusal("Internal Server Error", 500)))
        said = await player.does(Turn(taps="Fenland"))
        assert not api.refuse, "nothing was refused"
    assert [each.text for each in said] == [
        "Who has helped you with something in the last year? Choose all that apply."
    ]
    assert len(api.chats[CHAT]) == before + 1
    assert stored_answers(opened, Channel.TELEGRAM, str(CHAT)) == {"age_band": "16_17", "area": "fenland"}


async def test_a_chat_that_sends_too_fast_waits_and_loses_nothing(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        refusal = ApiRefusal("Too Many Requests: retry after 1", 429, {"retry_after": 1})
        api.refuse.append(("sendMessage", refusal))
        said = await player.does(Turn(taps="Fenland"))
    assert len(said) == 1


async def test_who_blocked_the_bot_keeps_their_answers_and_nothing_waits_for_them(opened: Opened) -> None:
    async with telegram(opened) as api:
        player = await to_area(opened, api, CHAT)
        api.refuse.append(("sendMessage", ApiRefusal("Forbidden: bot was blocked by the user", 403)))
        assert await player.does(Turn(taps="Fenland")) == []
        assert not api.refuse, "nothing was refused"
        assert unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT)) == []
    assert stored_answers(opened, Channel.TELEGRAM, str(CHAT)) == {"age_band": "16_17", "area": "fenland"}


async def test_killed_between_commit_and_sending_the_door_comes_back_and_says_it(opened: Opened) -> None:
    api = BotApi()
    async with serving(api):
        async with door_open(opened, api) as door:
            await to_area(opened, api, CHAT)
            api.stalled = asyncio.Event()
            shown = api.chats[CHAT][-1]
            data = next(data for label, data in shown.buttons if label == "Fenland")
            update = await api.give(api.press(CHAT, shown, data))
            await asyncio.wait_for(api.stalled.wait(), 20)
            door.cancel()
        assert stored_answers(opened, Channel.TELEGRAM, str(CHAT)) == {"age_band": "16_17", "area": "fenland"}
        assert len(unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(CHAT))) == 1
        before = len(api.chats[CHAT])
        api.stalled = None
        async with door_open(opened, api):
            await api.shown(CHAT, before + 1)
            await api.acknowledged(update)
        said = api.chats[CHAT][before:]
    assert len(said) == 1
    assert "Who has helped you" in said[0].text
    assert len([each for each in answer_rows(opened) if each.question == "area"]) == 1


async def test_killed_before_the_commit_the_update_is_taken_by_the_next_door(opened: Opened) -> None:
    api = BotApi()
    async with serving(api):
        async with door_open(opened, api) as door:
            await to_area(opened, api, CHAT)
            door.cancel()
        shown = api.chats[CHAT][-1]
        data = next(data for label, data in shown.buttons if label == "Fenland")
        update = await api.give(api.press(CHAT, shown, data))
        async with door_open(opened, api):
            await api.acknowledged(update)
    assert stored_answers(opened, Channel.TELEGRAM, str(CHAT)) == {"age_band": "16_17", "area": "fenland"}


async def test_skip_pressed_twice_skips_one_question(opened: Opened) -> None:
    async with telegram(opened) as api:
        await to_area(opened, api, CHAT)
        shown = api.chats[CHAT][-1]
        data = next(data for label, data in shown.buttons if label == "Skip")
        await api.give(api.press(CHAT, shown, data))
        await api.acknowledged(await api.give(api.press(CHAT, shown, data)))
    assert stored_answers(opened, Channel.TELEGRAM, str(CHAT)) == {"age_band": "16_17", "area": "skipped"}


async def test_a_group_is_told_to_write_in_private_and_nothing_of_it_is_kept(opened: Opened) -> None:
    async with telegram(opened) as api:
        in_group = api.message(CHAT, text="/start young-person")
        in_group["message"]["chat"] = {"id": -CHAT, "type": "group", "title": "Year 9"}
        await api.acknowledged(await api.give(in_group))
        await api.quiet()
        assert [each.text for each in api.chats[-CHAT]] == [render(Words("group.private_only"), PLAIN)]
    with opened.sayso.store.read() as session:
        assert session.exec(select(InboxRow)).all() == []


# -- the web ----------------------------------------------------------------------------------------------------


async def web_at(opened: Opened, *more: Turn) -> WebPlayer:
    player = WebPlayer(opened)
    for turn in (Turn(start=Audience.STAFF), Turn(taps="Yes, I agree"), *more):
        await player.does(turn)
    return player


TO_A_TEXT = [Turn(command=Command.SKIP)] * 4


async def test_a_form_posted_twice_is_one_turn_and_offers_no_draft_again(opened: Opened) -> None:
    player = await web_at(opened, *TO_A_TEXT)
    form = player.browser.form("reply")
    form.fields["text"] = "Smaller caseloads and time to listen."
    await player.browser.submit(form)
    once = read_page(player.browser.page)
    await player.browser.submit(form)
    assert read_page(player.browser.page) == once
    assert player.browser.status == 200
    assert player.browser.form("reply").fields["text"] == ""
    texts = [each.text for each in answer_rows(opened) if each.text]
    assert texts == ["Smaller caseloads and time to listen."]


async def test_text_typed_in_an_old_tab_is_not_used_and_not_lost(opened: Opened) -> None:
    player = await web_at(opened, *TO_A_TEXT)
    old = (await player.second_tab()).xpath("//form[contains(@class, 'reply')]")[0]
    await player.does(Turn(types="Smaller caseloads and time to listen."))
    old.fields["text"] = "Meant for the first question, typed in the other tab."
    await player.browser.submit(old)
    assert player.browser.status == 422
    assert read_page(player.browser.page)[0].text == render(Words("page.old"), PLAIN)
    assert player.browser.form("reply").fields["text"] == "Meant for the first question, typed in the other tab."
    assert [each.text for each in answer_rows(opened) if each.text] == ["Smaller caseloads and time to listen."]


async def test_skip_in_an_old_tab_skips_nothing(opened: Opened) -> None:
    player = await web_at(opened)
    old = player.browser.form("commands")
    await player.does(Turn(taps="Fenland"))
    await player.browser.submit(old, ("command", "skip"))
    assert read_page(player.browser.page)[0].text == OLD_BUTTON
    assert [(each.question, each.kind) for each in answer_rows(opened)] == [("area", "Chosen")]


async def test_a_draft_that_is_too_long_stays_on_the_screen(opened: Opened) -> None:
    player = await web_at(opened, *TO_A_TEXT)
    await player.does(Turn(types="We need time. " * 400))
    assert player.browser.status == 422
    assert player.browser.form("reply").fields["text"] == "We need time. " * 400


async def test_a_post_too_big_to_read_is_refused_with_a_page(opened: Opened) -> None:
    player = await web_at(opened, *TO_A_TEXT)
    form = player.browser.form("reply")
    form.fields["text"] = "x" * 300_000
    await player.browser.submit(form)
    assert player.browser.status == 413
    assert "too much at once" in player.browser.page.text_content()
    assert [each for each in answer_rows(opened) if each.text] == []


async def test_two_browsers_are_two_people(opened: Opened) -> None:
    first, second = await web_at(opened, Turn(taps="Fenland")), await web_at(opened, Turn(taps="Cambridge"))
    assert first.where()[2] != second.where()[2]
    assert stored_answers(*first.where()) == {"area": "fenland"}
    assert stored_answers(*second.where()) == {"area": "cambridge"}
    with opened.sayso.store.read() as session:
        assert len(session.exec(select(ResponseRow)).all()) == 2


async def test_clearing_the_device_keeps_the_answers_and_forgets_whose_they_are(opened: Opened) -> None:
    player = await web_at(opened, Turn(taps="Fenland"))
    where = player.where()
    await player.browser.submit(player.browser.form("leave"))
    assert "talk_have-your-say" not in player.browser.client.cookies
    assert stored_answers(*where) == {"area": "fenland"}


def test_what_was_typed_before_a_retry_is_stored_once(opened: Opened) -> None:
    person = at_a_question(opened, "good_worker")
    text = Typed(RawText("They always asked what we thought first."))
    for _ in range(3):
        person.does(text, "same")
    assert [each.text for each in answer_rows(opened) if each.text] == ["They always asked what we thought first."]
