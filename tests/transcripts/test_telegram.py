"""The Telegram chat, over real HTTP, gives the same conversation as the engine itself."""

import zlib

import pytest

from tests.transcripts.conftest import Opener
from tests.transcripts.reference import same_as_direct
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.transcript import names_for, transcripts


@pytest.mark.parametrize("name", names_for("telegram"))
async def test_telegram_gives_the_same_conversation(talking_in: Opener, name: str) -> None:
    talking = talking_in(transcripts()[name])
    async with telegram(talking) as api:
        player = TelegramPlayer(talking, api, 1_000_000 + zlib.crc32(name.encode()))
        await same_as_direct(talking, name, transcripts()[name], player)
        refused = [each for each in api.requests if each["status"] != 200]
        sent = [each for each in api.requests if each["method"] == "sendMessage"]
    assert not refused, "the Bot API refused something that the door sent"
    assert len(sent) >= len(transcripts()[name].turns) / 2
