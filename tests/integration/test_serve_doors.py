"""`sayso serve` looks after each door by itself: what one bot meets never takes the pages or the other bot with it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from lo_bot_api_emulator import ApiRefusal
from sqlalchemy import update

from bot.cli.faults import UserFault
from bot.cli.serve import PAGES, Door, check_tokens, keep_serving
from bot.respondent.door import UnusableToken
from bot.sayso import Sayso
from bot.settings import Settings
from consultation.domain.consultation import Channel, Wave
from consultation.flow.events import Began
from consultation.operations.converse import Incoming, converse
from consultation.operations.open_wave import open_wave
from consultation.storage import consultations
from consultation.storage.tables import OutboxRow
from consultation.surveys import template
from tests.builders import SURVEY, Calendar, commission, make_sayso, settings_in, signed_off
from tests.transcripts.bot_api import TOKEN, BotApi, serving

STAFF_TOKEN = "800800:another-synthetic-token"
STAFF, CHAT = 4242, 77_123
ALL = tuple(Door)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def a_sayso(folder: Path, api: str, *, opened: bool = True, calendar: Calendar | None = None, **more: object) -> Sayso:
    tokens: dict[str, Any] = {"telegram_token": TOKEN, "officer_token": STAFF_TOKEN, "officer_chats": [STAFF], **more}
    sayso = make_sayso(folder, today=calendar or Calendar(), port=free_port(), telegram_api=api, **tokens)
    if opened:
        sayso = signed_off(sayso)
        open_wave(sayso.desk, sayso.keys, commission(), template(SURVEY))
    return sayso


@asynccontextmanager
async def served(sayso: Sayso, doors: Collection[Door] = ALL) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    running = asyncio.create_task(keep_serving(sayso, stop, doors))
    try:
        yield running
        assert not running.done(), running.exception()
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), 30)
    await running


async def pages_answer(sayso: Sayso, path: str = "/") -> bool:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{sayso.settings.port}") as browser:
        for _ in range(100):
            try:
                return (await browser.get(path)).status_code in (200, 401)  # 401 shows staff how to come in
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    return False


async def until(so: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.05)


async def health_answers(sayso: Sayso) -> bool:
    """Every process says whether it is well; only one with pages shows pages."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{sayso.settings.port}") as browser:
        return (await browser.get("/health/ready")).json()["ready"] is True


async def a_message_left_behind_is_said(sayso: Sayso, api: BotApi) -> None:
    """What a process that died had not sent yet."""
    [wave] = waves_of(sayso)
    await asyncio.to_thread(converse, sayso.desk, wave, Incoming(Channel.TELEGRAM, str(CHAT), "1", Began(None)))
    with sayso.store.write() as session:
        session.execute(update(OutboxRow).values(leased_by=12345))
    await api.shown(CHAT, 1, 20)
    assert not any(each["method"] == "getUpdates" for each in api.requests), "a worker takes nothing"


def waves_of(sayso: Sayso) -> list[Wave]:
    with sayso.store.read() as session:
        return consultations.waves(session)


async def respondents_bot_answers(api: BotApi) -> None:
    before = len(api.chats.get(CHAT, []))
    await api.give(api.message(CHAT, text="/start"))
    await api.shown(CHAT, before + 1, 20)


async def test_a_bad_staff_token_is_one_line_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api = BotApi()
    api.revoked.add(STAFF_TOKEN)
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address)
        async with served(sayso):
            await until(lambda: "SAYSO_OFFICER_TOKEN" in caplog.text)
            await respondents_bot_answers(api)
            assert await pages_answer(sayso)
    assert STAFF_TOKEN not in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_malformed_staff_token_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sayso = a_sayso(tmp_path, "http://127.0.0.1:9", officer_token="not a\ntoken")
    with pytest.raises(UserFault, match="Nothing is left to serve"):
        await asyncio.wait_for(keep_serving(sayso, asyncio.Event(), {Door.OFFICER}), 10)
    assert "SAYSO_OFFICER_TOKEN is not a bot token" in caplog.text


async def test_with_nobody_at_telegram_the_pages_are_served_and_the_bots_come_when_it_does(tmp_path: Path) -> None:
    api = BotApi()
    api.unwell = True
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address)
        async with served(sayso):
            assert await pages_answer(sayso)
            await asyncio.sleep(1)
            api.unwell = False
            await respondents_bot_answers(api)
    nowhere = a_sayso(tmp_path / "nowhere", "http://127.0.0.1:9")
    async with served(nowhere):
        assert await pages_answer(nowhere)


async def test_a_token_that_is_revoked_in_the_middle_turns_that_bot_off_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api = BotApi()
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address)
        async with served(sayso):
            await respondents_bot_answers(api)
            api.revoked.add(TOKEN)
            await api.give(api.message(CHAT, text="hello"))
            await until(lambda: "SAYSO_TELEGRAM_TOKEN" in caplog.text)
            assert await pages_answer(sayso)
    assert TOKEN.partition(":")[2] not in caplog.text


async def test_a_call_that_is_refused_when_the_bot_begins_is_made_again(tmp_path: Path) -> None:
    api = BotApi()
    api.refuse.append(("deleteWebhook", ApiRefusal("Internal Server Error", 500)))
    api.refuse.append(("setMyCommands", ApiRefusal("Too Many Requests", 429, {"retry_after": 900})))
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address, officer_token=None)
        async with served(sayso):
            await respondents_bot_answers(api)
    assert not api.refuse


async def test_without_an_open_consultation_the_bot_waits_for_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api, calendar = BotApi(), Calendar(date(2026, 10, 1))
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address, calendar=calendar)
        async with served(sayso):
            await until(lambda: "Open now: none" in caplog.text)
            assert await pages_answer(sayso)
            calendar.today = date(2026, 11, 23)
            await respondents_bot_answers(api)


@pytest.mark.parametrize("token", ["malformed", TOKEN])
async def test_a_respondents_token_that_is_refused_at_the_start_ends_it(tmp_path: Path, token: str) -> None:
    api = BotApi()
    api.revoked.add(TOKEN)
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address, telegram_token=token)
        with pytest.raises(UnusableToken, match="SAYSO_TELEGRAM_TOKEN") as refused:
            await asyncio.wait_for(keep_serving(sayso, asyncio.Event()), 30)
    assert token not in str(refused.value)


@pytest.mark.parametrize("only", ALL)
async def test_one_door_alone(tmp_path: Path, only: Door) -> None:
    api = BotApi()
    async with serving(api) as address:
        sayso = a_sayso(tmp_path, address)
        async with served(sayso, {only}):
            if only in PAGES:
                assert await pages_answer(sayso, "/" if only is Door.CHAT else "/staff")
                assert not await pages_answer(sayso, "/staff" if only is Door.CHAT else "/")
            elif only is Door.WEB:
                assert await pages_answer(sayso)
                assert await pages_answer(sayso, "/staff")
            elif only is Door.RESPONDENT:
                await respondents_bot_answers(api)
            elif only is Door.OFFICER:
                await until(lambda: any(each["method"] == "deleteWebhook" for each in api.requests))
            else:
                await a_message_left_behind_is_said(sayso, api)
            assert await health_answers(sayso)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", sayso.settings.port)) != 0
    assert bool(api.requests) == (only not in {*PAGES, Door.WEB})


@pytest.mark.parametrize("only", [Door.RESPONDENT, Door.OFFICER])
def test_a_bot_that_is_asked_for_needs_its_token(tmp_path: Path, only: Door) -> None:
    settings: Settings = settings_in(tmp_path)
    with pytest.raises(UserFault, match=f"--only {only.value} needs SAYSO_"):
        check_tokens(settings, [only])
    check_tokens(settings, [])
