"""Names, numbers and addresses typed through every door are in no file of the data folder and in no log line.

The detector and the screen are the real ones. Sealed bytes are fine; the words themselves are not, wherever they
are: tables, journal, write-ahead log, or a message that waits to be sent.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pyrage
import pytest
from sqlmodel import select

from bot.delivery.lanes import Lanes
from bot.delivery.messenger import Noting
from bot.delivery.tell import Teller
from bot.delivery.words import body, subject
from bot.logs import quieten_libraries
from consultation.domain.consultation import Audience, Channel
from consultation.flow.events import Command
from consultation.operations.converse import whose
from consultation.operations.refer_concern import referrals, sealed_message
from consultation.safeguarding.escalation import Means
from consultation.storage.tables import AnswerRow
from tests.builders import Opened, open_consultation, real_screen
from tests.transcripts.bot_api import TOKEN
from tests.transcripts.direct import DirectPlayer
from tests.transcripts.spoken import Player
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer

CHAT = 7_391_846_205
ORDINARY = (
    "My youth worker Tracey Okonkwo was always there for us and Mr Pettigrew was not.",
    "You could ring her on 07700 900461 or write to quenby.marlow@example.org when you needed to.",
)
SUPPORT = "My stepdad Wilberforce Okonkwo hits me and my sister when he is drunk, ring me on 07700 900782."
IMMEDIATE = "im going to kill myself tonight, tell Persephone Achterberg im sorry"
CANARIES = ("tracey", "okonkwo", "pettigrew", "900461", "quenby", "marlow@", "wilberforce", "900782", "persephone",
            "achterberg", "kill myself", "zzyzx", str(CHAT), TOKEN, TOKEN.partition(":")[2])  # fmt: skip
DOORS = ("direct", "terminal", "web", "telegram")


@pytest.fixture
def quiet() -> Iterator[None]:
    """Logging as the product sets it up, and as it was afterwards."""
    before = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    quieten_libraries()
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@asynccontextmanager
async def player_at(door: str, opened: Opened) -> AsyncIterator[Player]:
    if door == "telegram":
        async with telegram(opened) as api:
            yield TelegramPlayer(opened, api, CHAT)
    elif door == "terminal":
        player = TerminalPlayer(opened, str(CHAT))
        yield player
        player.close()
    else:
        yield WebPlayer(opened) if door == "web" else DirectPlayer(opened, str(CHAT))


async def tell_all(player: Player) -> None:
    """Names in an opening choice, in answers, in a follow-up, in a support concern and in an immediate one."""
    await player.does(Turn(start=Audience.YOUNG_PERSON))
    for label in ("13 to 15", "Yes, I agree"):
        await player.does(Turn(taps=label))
    for _ in range(2):
        await player.does(Turn(command=Command.SKIP))
    await player.does(Turn(types="Tracey Okonkwo told me 07700 900461"))  # where a number was asked for
    for _ in range(2):
        await player.does(Turn(command=Command.SKIP))
    for text in (*ORDINARY, "Miss Pettigrew"):
        await player.does(Turn(types=text))
    await player.does(Turn(types="It was Tracey Okonkwo who helped us most of all."))
    said = await player.does(Turn(types=SUPPORT))
    if "Carry on" not in said[-1].choices:  # the screen took it for immediate: then the closed question comes first
        await player.does(Turn(taps="Yes"))
    await player.does(Turn(taps="Carry on"))
    await player.does(Turn(types=IMMEDIATE))


def leaks(data: bytes) -> list[str]:
    low = data.lower()
    return [each for each in CANARIES if each.lower().encode() in low]


@pytest.mark.parametrize("door", DOORS)
async def test_nothing_that_identifies_reaches_a_file_or_a_log(
    door: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, quiet: None
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "sayso")
    opened = open_consultation(tmp_path / "data", screen=real_screen())
    async with player_at(door, opened) as player:
        await tell_all(player)
        heard = Noting()
        lanes = Lanes({Means.EMAIL: heard})
        assert Teller(opened.sayso.store, opened.sayso.settings, lanes, opened.sayso.desk.now).look() > 0
        letters = " ".join(subject(each) + body(each) for each, _ in heard.told)
        files = {each: each.read_bytes() for each in opened.folder.rglob("*") if each.is_file()}
    assert {"sayso.db", "sayso.db-wal"} <= {each.name for each in files}, (
        "the files that hold the answers were not read"
    )
    assert {path.name: leaks(data) for path, data in files.items() if leaks(data)} == {}
    assert leaks(caplog.text.encode()) == []
    assert leaks(letters.encode()) == []
    assert "safeguarding referral" in caplog.text, "no log was caught at all"
    _check_that_it_was_told(opened)


def _check_that_it_was_told(opened: Opened) -> None:
    """The rest of the words is there, and the lead alone can read what was withheld: the guard saw something."""
    with opened.sayso.store.read() as session:
        stored = " ".join(each.text or "" for each in session.exec(select(AnswerRow)))
    assert "[name] was always there for us" in stored
    assert "[phone]" in stored
    sealed = [sealed_message(opened.sayso.store, each.reference) for each in referrals(opened.sayso.store)]
    read = " ".join(pyrage.decrypt(each, [opened.lead]).decode() for each in sealed)
    assert "Wilberforce" in read
    assert "Persephone" in read


def test_the_search_would_find_a_leak(tmp_path: Path) -> None:
    assert leaks(b"\x00..my teacher TRACEY was\xff") == ["tracey"]


def test_a_second_wave_of_the_same_chat_shares_no_pseudonym(tmp_path: Path) -> None:
    first = open_consultation(tmp_path / "one")
    second = open_consultation(tmp_path / "two")
    pseudonyms = {whose(each.sayso.desk, each.wave, Channel.TELEGRAM, str(CHAT)) for each in (first, second)}
    assert len(pseudonyms) == 2
