"""`sayso links`: every link in it leads where it says, on the web and on Telegram, and so does its QR code."""

import asyncio
import re
from pathlib import Path

from bot.links import read_start
from consultation.domain.consultation import Audience
from tests.integration.test_command_line import Shell, data, sayso
from tests.transcripts.bot_api import TOKEN, BotApi, serving

__all__ = ["data", "sayso"]

WEB = "https://say.example.gov.uk/c/our-say"


def test_without_a_bot_there_are_the_links_of_the_web_and_it_is_said_why(sayso: Shell, data: Path) -> None:
    done = sayso("links", "our-say", "--data", str(data), SAYSO_PUBLIC_URL="https://say.example.gov.uk")
    assert done.code == 0, done.stderr
    found = re.findall(r"https://\S+", done.stdout)
    assert {WEB, f"{WEB}/young-person", f"{WEB}/young-person/east_cambs", f"{WEB}/anyone/fenland"} <= set(found)
    assert "A parent or carer, Fenland" in done.stdout
    assert "t.me" not in done.stdout
    assert "SAYSO_TELEGRAM_TOKEN" in done.stdout


async def test_with_a_bot_there_are_links_into_it_and_codes_of_them_all(
    sayso: Shell, data: Path, tmp_path: Path
) -> None:
    api = BotApi()
    where = ("--data", str(data), "--qr", str(tmp_path / "codes"))
    async with serving(api) as address:
        how = {"SAYSO_TELEGRAM_TOKEN": TOKEN, "SAYSO_TELEGRAM_API": address}
        done = await asyncio.to_thread(lambda: sayso("links", "our-say", *where, **how))
    assert done.code == 0, done.stderr
    starts = re.findall(r"https://t\.me/sayso_test_bot(?:\?start=(\S+))?", done.stdout)
    assert "" in starts
    links = [read_start(each) for each in starts if each]
    assert {each.audience for each in links} == {None, *Audience}
    assert {"fenland", "east_cambs"} <= {each.place for each in links}
    files = {each.name for each in (tmp_path / "codes").iterdir()}
    assert len(files) == 2 * len(re.findall("https?://", done.stdout))
    assert "our-say-telegram-young-person-east_cambs.svg" in files
    assert (tmp_path / "codes" / "our-say-web-anyone.png").read_bytes().startswith(b"\x89PNG")
    assert TOKEN not in done.stdout + done.stderr


def test_another_consultation_s_bot_is_not_named_and_an_unknown_one_is_a_sentence(sayso: Shell, data: Path) -> None:
    other = {"SAYSO_TELEGRAM_TOKEN": TOKEN, "SAYSO_TELEGRAM_CONSULTATION": "another"}
    assert "t.me" not in sayso("links", "our-say", "--data", str(data), **other).stdout
    assert "no consultation 'theirs'" in sayso.refused("links", "theirs", "--data", str(data))
