"""Files that cannot be used as they are: a sentence that says what to do, and nothing changed or lost."""

import shutil
import sqlite3
import time
from datetime import date
from pathlib import Path

import pytest

from bot.wiring import wire
from consultation.domain.consultation import Audience
from consultation.operations.open_wave import NotReady, open_wave
from consultation.storage.keys import KEPT, UnusableKeys
from consultation.storage.store import UnusableDatabase, migrate, open_store
from consultation.surveys import template
from tests.builders import (
    SURVEY,
    TODAY,
    Calendar,
    Opened,
    Person,
    commission,
    make_sayso,
    open_consultation,
    settings_in,
)
from tests.transcripts.spoken import Player
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import Turn
from tests.transcripts.web import Browser, WebPlayer, read_page

CLOSED = "runs from 1 November 2026 to 31 January 2027"


def set_revision(path: Path, revision: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_a_database_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sayso.db"
    migrate(path)
    set_revision(path, "9999")
    with pytest.raises(UnusableDatabase, match=r"newer version of Sayso \(schema 9999.*Nothing was changed"):
        open_store(path)
    with pytest.raises(UnusableDatabase, match=r"newer version.*Nothing was changed"):
        migrate(path)
    assert sqlite3.connect(path).execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_an_older_database_is_named_with_the_command_that_brings_it_up(tmp_path: Path) -> None:
    path = tmp_path / "sayso.db"
    sqlite3.connect(path).execute("CREATE TABLE something (id)").connection.close()
    with pytest.raises(UnusableDatabase, match=r"has schema none.*Make a copy of it, then run 'sayso migrate'"):
        open_store(path)


@pytest.mark.parametrize("content", [b"These are my notes.\n" * 200, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sayso.db"
    path.write_bytes(content)
    with pytest.raises(UnusableDatabase, match=r"cannot be opened as a database.*Nothing was changed"):
        open_store(path)
    with pytest.raises(UnusableDatabase):
        migrate(path)
    assert path.read_bytes() == content


def test_no_database_yet(tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match="Run 'sayso migrate' to make one"):
        wire(settings_in(tmp_path))
    assert not (tmp_path / "sayso.db").exists(), "looking for a database made one"


def key_file(opened: Opened) -> Path:
    return opened.sayso.settings.key_folder / f"{opened.wave.consultation.id}.key"


def test_a_missing_key_stops_the_turn_with_a_sentence_and_comes_back_with_the_file(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.STAFF)
    person.taps("Yes, I agree")
    person.taps("Fenland")
    kept = shutil.move(key_file(opened), opened.folder / "elsewhere")
    time.sleep(KEPT)  # for which a key that was read is used again
    with pytest.raises(UnusableKeys, match=r"is missing\. Put it back"):
        person.types("Health")
    shutil.move(kept, key_file(opened))
    person.types("Health")
    assert person.stored() == {"area": "fenland", "sector": "health"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_mends_it(opened: Opened, mode: int) -> None:
    key_file(opened).chmod(mode)
    with pytest.raises(UnusableKeys, match=r"can be read by others\. Run 'chmod 600 "):
        Person(opened, "c").begins()


def test_a_key_cut_short_is_refused(opened: Opened) -> None:
    key_file(opened).write_bytes(b"short")
    with pytest.raises(UnusableKeys, match="has 5 bytes and should have 32"):
        Person(opened, "c").begins()


def test_keys_are_made_for_their_owner_alone(opened: Opened) -> None:
    assert key_file(opened).stat().st_mode & 0o777 == 0o600
    assert key_file(opened).parent.stat().st_mode & 0o077 == 0


def test_nothing_opens_without_a_safeguarding_lead(tmp_path: Path) -> None:
    configured = settings_in(tmp_path)
    migrate(configured.database)
    sayso = wire(configured, today=Calendar())
    with pytest.raises(NotReady, match="No safeguarding lead has a key yet"):
        open_wave(sayso.desk, sayso.keys, commission(), template(SURVEY))
    assert not list(configured.data.rglob("*.key"))


def test_a_consultation_that_would_close_before_it_opens_or_exists_already_is_refused(tmp_path: Path) -> None:
    sayso = make_sayso(tmp_path)
    with pytest.raises(NotReady, match="It would close on 2026-01-01, before it opens on 2026-11-01"):
        open_wave(sayso.desk, sayso.keys, commission(closes_on=date(2026, 1, 1)), template(SURVEY))
    open_wave(sayso.desk, sayso.keys, commission(), template(SURVEY))
    with pytest.raises(NotReady, match="There is a consultation at 'have-your-say' already"):
        open_wave(sayso.desk, sayso.keys, commission(), template(SURVEY))


# -- the wave has closed ----------------------------------------------------------------------------------------


@pytest.fixture
def closing(tmp_path: Path) -> tuple[Opened, Calendar]:
    """A consultation whose calendar the test can turn."""
    calendar = Calendar()
    return open_consultation(tmp_path / "data", today=calendar), calendar


async def is_told_that_it_closed(player: Player, calendar: Calendar) -> list[str]:
    for turn in (Turn(start=Audience.STAFF), Turn(taps="Yes, I agree")):
        await player.does(turn)
    calendar.today = date(2027, 2, 1)
    said = [each.text for each in await player.does(Turn(taps="Fenland"))]
    calendar.today = TODAY
    return said


async def test_closed_in_a_terminal(closing: tuple[Opened, Calendar]) -> None:
    player = TerminalPlayer(closing[0], "c")
    said = await is_told_that_it_closed(player, closing[1])
    assert [CLOSED in each for each in said] == [True]


async def test_closed_on_telegram(closing: tuple[Opened, Calendar]) -> None:
    async with telegram(closing[0]) as api:
        said = await is_told_that_it_closed(TelegramPlayer(closing[0], api, 5), closing[1])
    assert [CLOSED in each for each in said] == [True]


async def test_closed_on_the_web(closing: tuple[Opened, Calendar]) -> None:
    opened, calendar = closing
    player = WebPlayer(opened)
    await player.does(Turn(start=Audience.STAFF))
    await player.does(Turn(taps="Yes, I agree"))
    calendar.today = date(2027, 2, 1)
    await player.does(Turn(taps="Fenland"))
    said = [each.text for each in read_page(player.browser.page)]
    assert [CLOSED in each for each in said] == [True]
    assert player.browser.page.xpath("//form[contains(@class, 'reply')]") == [], "a closed consultation still asks"
    other = Browser(opened)
    await other.open("/c/have-your-say")
    assert "isn’t taking answers" in other.page.text_content()
    await other.open("/")
    assert "No consultation is open" in other.page.text_content()


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2027, 2, 1)])
def test_outside_its_dates_nothing_is_stored(tmp_path: Path, day: date) -> None:
    opened = open_consultation(tmp_path / "data", today=Calendar(day))
    said = Person(opened, "c").begins(Audience.STAFF)
    assert [CLOSED.replace("runs", "it runs") in each.text for each in said] == [True]
    assert Person(opened, "c").stored() is None


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 1, 31)])
def test_the_first_and_the_last_day_are_open(tmp_path: Path, day: date) -> None:
    opened = open_consultation(tmp_path / "data", today=Calendar(day))
    assert Person(opened, "c").begins(Audience.STAFF)[-1].mode is not None
