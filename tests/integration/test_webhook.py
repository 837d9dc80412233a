"""Telegram calls us, over real HTTP: what is answered with 200 is on the disk, and nothing else is."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from lo_bot_api_emulator import ApiRefusal
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.respondent.connection import UnusableWebhook
from bot.respondent.door import RespondentDoor, UnusableToken, make_bot
from bot.respondent.taking import TRIES
from bot.respondent.webhook import PATH, SECRET_HEADER
from consultation.domain.consultation import Channel
from consultation.domain.wording import PLAIN, Words
from consultation.locale import render
from consultation.operations.set_aside import SetAside, set_aside, updates_set_aside
from consultation.storage.store import open_store
from consultation.storage.tables import InboxRow
from tests.builders import TODAY, Broken, Opened, ids_from, open_consultation, stored_answers
from tests.contracts.databases import Cluster, cluster
from tests.integration.test_telegram_troubles import Failing, held, with_desk
from tests.transcripts.bot_api import TOKEN, BotApi, serving
from tests.transcripts.telegram import FAST, pressing, said_by, to_area, until
from tests.transcripts.transcript import Turn

__all__ = ["cluster"]

CHAT = 88_001_234
SECRET = "a-secret-for-tests_only"
NOT_STORED = render(Words("turn.not_stored"), PLAIN)


@dataclass
class Called:
    """A door and the page that Telegram calls."""

    door: RespondentDoor
    running: asyncio.Task[None]
    url: str
    stop: asyncio.Event

    async def post(self, update: Any, secret: str | None = SECRET) -> int:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        async with ClientSession() as client, client.post(self.url, data=body, headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def called(opened: Opened, api: BotApi, secret: str = SECRET) -> AsyncIterator[Called]:
    """The door behind a page of its own, with its webhook set at the emulator."""
    app, door = web.Application(), None

    async def receive(request: web.Request) -> web.Response:
        assert door is not None
        return web.Response(status=await door.receive(request.headers, await request.read()))

    app.router.add_post(PATH, receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = opened.sayso.settings.model_copy(update={"telegram_webhook": True, "public_url": address})
    bot, stop = make_bot(TOKEN, api.address), asyncio.Event()
    door = RespondentDoor(replace(opened.sayso, settings=settings), opened.wave, bot, secret=secret, rates=FAST)
    api.still_to_say = door.waiting
    running = asyncio.create_task(door.run(stop))
    try:
        await until(lambda: any(each["method"] == "setWebhook" for each in api.requests) or running.done())
        yield Called(door, running, address + PATH, stop)
    finally:
        stop.set()
        await asyncio.wait({running}, timeout=20)
        await runner.cleanup()
        await bot.session.close()


@asynccontextmanager
async def by_webhook(opened: Opened) -> AsyncIterator[tuple[BotApi, Called]]:
    api = BotApi()
    async with serving(api), called(opened, api) as page:
        yield api, page
    page.running.result()


def numbered(api: BotApi, update: dict[str, Any]) -> dict[str, Any]:
    api._next_update += 1
    return {"update_id": api._next_update, **update}


def counted(opened: Opened, name: str) -> int:
    page = opened.sayso.metrics.render()[0].decode()
    line = next(each for each in page.splitlines() if each.startswith(f"sayso_{name} "))
    return int(float(line.rpartition(" ")[2]))


def inbox(opened: Opened) -> int:
    with opened.sayso.store.read() as session:
        return len(session.exec(select(InboxRow)).all())


async def deliver_again(api: BotApi) -> int:
    return int(await api.deliver_updates(token=TOKEN))


async def test_a_talk(opened: Opened) -> None:
    async with by_webhook(opened) as (api, _):
        player = await to_area(opened, api, CHAT)
        said = await player.does(Turn(taps="Fenland"))
    assert [each.text for each in said] == [
        "Who has helped you with something in the last year? Choose all that apply."
    ]
    assert not any(each["method"] == "getUpdates" for each in api.requests)


@pytest.mark.parametrize("secret", [None, "", "another", SECRET + "x", "gehéim"])
async def test_without_the_secret_nothing_is_taken_and_it_is_counted(opened: Opened, secret: str | None) -> None:
    async with by_webhook(opened) as (api, page):
        assert await page.post(numbered(api, api.message(CHAT, text="/start")), secret) == 401
        assert await page.post(b"[" * 100_000, secret) == 401
    assert inbox(opened) == 0
    assert counted(opened, 'webhook_refused_total{reason="secret"}') == 2


async def test_where_no_secret_is_set_nobody_is_let_in(opened: Opened) -> None:
    api = BotApi()
    async with serving(api), called(opened, api, secret="") as page:
        for secret in (None, "", "x"):
            assert await page.post(numbered(api, api.message(CHAT, text="/start")), secret) == 401


async def test_what_the_disk_refuses_is_delivered_again_and_taken(opened: Opened) -> None:
    ids = Failing(OperationalError("INSERT secret words", {}, Exception("disk I/O error")))
    opened = with_desk(opened, new_id=ids)
    async with by_webhook(opened) as (api, _):
        await to_area(opened, api, CHAT)
        ids.times = TRIES + 1
        update = await api.give(pressing(api, CHAT, "Fenland"))
        for _ in range(TRIES):
            assert await deliver_again(api) == 0
            assert update in api.pending()
        assert await deliver_again(api) == 1
        await api.quiet()
        assert "Who has helped you" in api.chats[CHAT][-1].text
    assert updates_set_aside(opened.sayso.store) == []


async def test_what_can_never_be_taken_is_set_aside_and_what_is_behind_it_is_taken(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    ids = Failing(Broken("the words of the person"))
    opened = with_desk(opened, new_id=ids)
    async with by_webhook(opened) as (api, _):
        await to_area(opened, api, CHAT)
        ids.times = TRIES
        update = await api.give(pressing(api, CHAT, "Fenland"))
        await api.give(api.message(CHAT, text="/skip"))
        for _ in range(TRIES - 3):  # it came with itself, and with what is behind it
            assert await deliver_again(api) == 0
            assert update in api.pending()
        assert await deliver_again(api) == 2
        await api.shown(CHAT, len(api.chats[CHAT]))
        await api.quiet()
        assert NOT_STORED in [each.text for each in api.chats[CHAT]]
        assert "Who has helped you" in api.chats[CHAT][-1].text
    assert updates_set_aside(opened.sayso.store) == [SetAside("respondent", "Broken", TODAY)]
    assert counted(opened, 'updates_set_aside_total{door="respondent"}') == 1
    assert "the words of the person" not in caplog.text


async def test_one_update_delivered_eight_times_at_once_is_one_turn_and_one_reply(opened: Opened) -> None:
    async with by_webhook(opened) as (api, page):
        update = numbered(api, api.message(CHAT, text="/start"))
        assert await asyncio.gather(*(page.post(update) for _ in range(8))) == [200] * 8
        await api.shown(CHAT, 1)
        await api.quiet()
        assert set(Counter(each.text for each in api.chats[CHAT]).values()) == {1}
    assert inbox(opened) == 1


async def test_a_chats_updates_are_taken_in_order_and_no_other_chat_waits(opened: Opened) -> None:
    screening, go_on = asyncio.Event(), asyncio.Event()
    opened = with_desk(opened, screen=held(screening, go_on))
    async with by_webhook(opened) as (api, page):
        first = asyncio.create_task(page.post(numbered(api, api.message(CHAT, text="slowly now"))))
        await screening.wait()
        second = asyncio.create_task(page.post(numbered(api, api.message(CHAT, text="/help"))))
        assert await page.post(numbered(api, api.message(CHAT + 1, text="/help"))) == 200
        assert not second.done()
        go_on.set()
        assert [await first, await second] == [200, 200]
        await api.shown(CHAT, 2)
        await api.quiet()
    texts = [each.text for each in api.chats[CHAT]]
    assert "0800 1111" in texts[-2] + texts[-1]
    assert "0800 1111" not in texts[0]


async def test_what_is_in_hand_at_the_end_is_finished_and_answered(opened: Opened) -> None:
    screening, go_on = asyncio.Event(), asyncio.Event()
    opened = with_desk(opened, screen=held(screening, go_on))
    async with by_webhook(opened) as (api, page):
        posting = asyncio.create_task(page.post(numbered(api, api.message(CHAT, text="slowly now"))))
        await screening.wait()
        page.stop.set()
        await asyncio.sleep(0.2)
        assert not page.running.done()
        go_on.set()
        assert await posting == 200
        await page.running
        assert api.chats[CHAT]
    assert inbox(opened) == 1


async def test_what_is_no_update_is_set_aside_and_what_is_no_json_is_delivered_again(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    async with by_webhook(opened) as (api, page):
        for body in (b"", b'{"update_id": 5, "mess', b"\xff\xfe"):
            assert await page.post(body) == 400
        for body in (b"[]", b"7", b'{"update_id": 5, "message": {"chat": "marmalade"}}', b'{"update_id": "x"}'):
            assert await page.post(body) == 200
        assert await page.post(numbered(api, api.message(CHAT, text="/start"))) == 200
    assert counted(opened, 'webhook_refused_total{reason="form"}') == 3
    assert updates_set_aside(opened.sayso.store) == [SetAside("respondent", "ValidationError", TODAY)] * 4
    assert "marmalade" not in caplog.text


async def test_before_the_beginning_and_after_the_end_telegram_is_told_to_come_again(opened: Opened) -> None:
    api = BotApi()
    async with serving(api):
        bot = make_bot(TOKEN, api.address)
        settings = opened.sayso.settings.model_copy(update={"telegram_webhook": True})
        early = RespondentDoor(replace(opened.sayso, settings=settings), opened.wave, bot, secret=SECRET)
        body = json.dumps(numbered(api, api.message(CHAT, text="/start"))).encode()
        assert await early.receive({SECRET_HEADER: SECRET}, body) == 503
        async with called(opened, api) as page:
            page.stop.set()
            await page.running
            await api.give(api.message(CHAT, text="/start"))
            assert len(api.pending()) == 1
        assert api._update_queues.info(TOKEN)["url"] == page.url, "the webhook was taken away"
        await bot.session.close()
    assert inbox(opened) == 0


async def test_the_webhook_is_set_again_until_telegram_answers(opened: Opened) -> None:
    api = BotApi()
    api.refuse.append(("setWebhook", ApiRefusal("Internal Server Error", 500)))
    async with serving(api), called(opened, api) as page:
        await until(lambda: api._update_queues.info(TOKEN)["url"] == page.url)
        assert await said_by(api, api.message(CHAT, text="/start"), CHAT)


async def test_an_address_that_telegram_does_not_take_ends_the_door_with_a_sentence(opened: Opened) -> None:
    api = BotApi()
    refusal = ApiRefusal("Bad Request: bad webhook: An HTTPS URL must be provided for webhook", 400)
    api.refuse.append(("setWebhook", refusal))
    async with serving(api), called(opened, api) as page:
        await asyncio.wait({page.running}, timeout=20)
        with pytest.raises(UnusableWebhook, match=r"An HTTPS URL.*Set SAYSO_PUBLIC_URL to an https"):
            page.running.result()
    assert issubclass(UnusableWebhook, UnusableToken)


async def test_two_processes_share_what_telegram_brings(cluster: Cluster, tmp_path: Path) -> None:
    """The same updates to both at once, and the ticks of one keyboard to each in turn."""
    with cluster.fresh() as url:
        at = SecretStr(url.render_as_string(hide_password=False))
        first = open_consultation(tmp_path / "data", database_url=at, new_id=ids_from(7))
        store = open_store(url)
        desk = replace(first.sayso.desk, store=store, new_id=ids_from(8))
        second = replace(first, sayso=replace(first.sayso, store=store, desk=desk))
        api = BotApi()
        async with serving(api), called(first, api) as one:
            one_says = api.still_to_say
            async with called(second, api) as two:
                two_says = api.still_to_say
                api.still_to_say = lambda: one_says() + two_says()
                await to_area(first, api, CHAT)
                update = numbered(api, pressing(api, CHAT, "Fenland"))
                assert await asyncio.gather(*(page.post(update) for page in (one, two, one, two))) == [200] * 4
                await api.quiet()
                assert max(Counter(each.text for each in api.chats[CHAT]).values()) == 1
                boxes = [data for _, data in api.chats[CHAT][-1].buttons if data.startswith("x:")][:3]
                for page, data in zip((one, two, one), boxes, strict=True):
                    assert await page.post(numbered(api, api.press(CHAT, api.chats[CHAT][-1], data))) == 200
                assert await two.post(numbered(api, pressing(api, CHAT, "Done"))) == 200
                await api.quiet()
        values = [data.rpartition(":")[2] for data in boxes]
        assert values in (stored_answers(first, Channel.TELEGRAM, str(CHAT)) or {}).values()
        for each in (first, second):
            each.sayso.store.close()


def test_what_was_set_aside_is_shown_the_newest_first(opened: Opened) -> None:
    store, ids = opened.sayso.store, ids_from(9)
    for door, day in (("web", 1), ("respondent", 3), ("officer", 2)):
        set_aside(store, door, "KeyError", ids, TODAY.replace(day=day))
    assert [(each.door, each.on.day) for each in updates_set_aside(store)] == [
        ("respondent", 3),
        ("officer", 2),
        ("web", 1),
    ]
