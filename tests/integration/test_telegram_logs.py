"""The bot's token is in no log line, whatever goes wrong between here and Telegram."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from lo_bot_api_emulator import ApiRefusal

from bot.logs import quieten_libraries
from bot.respondent.door import RespondentDoor, make_bot
from consultation.domain.consultation import Audience
from tests.builders import Opened, settings_in
from tests.transcripts.bot_api import TOKEN
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.transcript import Turn

SECRET = TOKEN.partition(":")[2]
NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def as_in_production(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    quieten_libraries()
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "sayso")
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def test_not_in_a_talk_with_refusals(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    async with telegram(opened) as api:
        player = TelegramPlayer(opened, api, 31_337_001)
        await player.does(Turn(start=Audience.STAFF))
        api.refuse.append(("sendMessage", ApiRefusal("Internal Server Error", 500)))
        api.refuse.append(("answerCallbackQuery", ApiRefusal("Bad Request: query is too old", 400)))
        await player.does(Turn(taps="Yes, I agree"))
    assert "could not be sent (TelegramServerError)" in caplog.text, "the refusal was not logged, so nothing was tested"
    assert SECRET not in caplog.text
    assert "31337001" not in caplog.text


async def test_not_when_nobody_answers(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    bot = make_bot(TOKEN, NOBODY_THERE)
    door = RespondentDoor(opened.sayso, opened.wave, bot)
    stop = asyncio.Event()
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it must not carry the token
        async with asyncio.timeout(3):
            await door.run(stop)
    await bot.session.close()
    assert SECRET not in caplog.text
    assert SECRET not in str(raised.value)
    assert SECRET not in repr(raised.value)


def test_not_in_the_settings() -> None:
    assert SECRET not in repr(settings_in(Path("x"), telegram_token=TOKEN))
