"""Files that cannot be used as they are: a sentence that says what to do, and nothing changed or lost."""

import os
import shutil
import sqlite3
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.web.app import staff_secret
from bot.wiring import wire
from consultation.domain.consultation import Audience
from consultation.operations.close_wave import end_intake
from consultation.operations.open_wave import NotReady, open_wave
from consultation.storage.keys import KEPT, UnusableKeys
from consultation.storage.roles import Role
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
    signed_off,
)
from tests.integration.test_command_line import Shell, sayso
from tests.integration.test_serve_doors import free_port
from tests.transcripts.spoken import Player
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import Turn
from tests.transcripts.web import Browser, WebPlayer, read_page

__all__ = ["sayso"]  # a fixture

NOT_OPEN = "it runs from 1 November 2026 to 31 January 2027"
OVER = "This ended on 31 January 2027"
UNLINKED = "Nobody can tell any more which answers are yours"


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


# -- keys, before anything starts -----------------------------------------------------------------------------------


def start(opened: Opened, **settings: Any) -> None:
    """As `sayso serve`, `chat` and `open` begin, with a clock that stands in the wave."""
    wire(settings_in(opened.folder, **settings), today=Calendar()).store.close()


def test_it_starts_with_its_keys_in_place(opened: Opened) -> None:
    start(opened)


def test_a_missing_folder_of_keys_is_named_with_what_needs_it(opened: Opened) -> None:
    folder = opened.sayso.settings.key_folder
    folder.rename(opened.folder.parent / "elsewhere")
    with pytest.raises(
        UnusableKeys, match=r"data-keys is missing, and answers are being taken \(have-your-say\)\. Put"
    ):
        start(opened)
    assert not folder.exists(), "a start that was refused made something"
    start(opened, keys=opened.folder.parent / "elsewhere")


@pytest.mark.parametrize("day", [date(2026, 10, 1), TODAY, date(2027, 1, 31)])
def test_a_key_that_is_or_will_be_needed_must_be_there(opened: Opened, day: date) -> None:
    key_file(opened).unlink()
    with pytest.raises(UnusableKeys, match=r"The key .* is missing\. Put it back"):
        wire(settings_in(opened.folder), today=Calendar(day))


def test_a_closed_wave_needs_no_key(opened: Opened) -> None:
    key_file(opened).unlink()
    wire(settings_in(opened.folder), today=Calendar(date(2027, 2, 1))).store.close()
    end_intake(opened.sayso.store, opened.wave, datetime(2026, 11, 23, 9, tzinfo=UTC))  # ahead of its day
    start(opened)


def test_who_makes_chapters_needs_no_keys(opened: Opened) -> None:
    key_file(opened).unlink()
    wire(settings_in(opened.folder), needs=[Role.ANALYST], today=Calendar()).store.close()


def test_a_key_cut_short_stops_the_start(opened: Opened) -> None:
    key_file(opened).write_bytes(b"short")
    with pytest.raises(UnusableKeys, match="has 5 bytes and should have 32"):
        start(opened)


@pytest.mark.parametrize("name", ["*.key", "staff.secret"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o601])
def test_a_file_of_keys_that_others_can_read_stops_the_start(opened: Opened, name: str, mode: int) -> None:
    staff_secret(opened.sayso.settings.key_folder)
    (path,) = opened.sayso.settings.key_folder.glob(name)
    path.chmod(mode)
    with pytest.raises(UnusableKeys, match=rf"{path.name} can be read or written by others\. Run 'chmod 600 "):
        start(opened)
    path.chmod(0o600)
    start(opened)


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_folder_of_keys_that_others_can_enter_stops_the_start(opened: Opened, mode: int) -> None:
    opened.sayso.settings.key_folder.chmod(mode)
    with pytest.raises(UnusableKeys, match=r"keys folder .* by others\. Run 'chmod 700 "):
        start(opened)


def test_others_may_know_whom_concerns_are_sealed_to_and_may_not_change_it(opened: Opened) -> None:
    leads = opened.sayso.settings.key_folder / "safeguarding-leads.json"
    leads.chmod(0o644)
    start(opened)
    leads.chmod(0o664)
    with pytest.raises(UnusableKeys, match=r"safeguarding-leads\.json can be read or written by others"):
        start(opened)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("whole", [True, False])
def test_keys_of_another_user_stop_the_start(opened: Opened, whole: bool) -> None:
    os.chown(opened.sayso.settings.key_folder if whole else key_file(opened), 65_534, -1)
    with pytest.raises(UnusableKeys, match=r"belongs to another user .* or run 'chown 0 "):
        start(opened)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_keys_that_cannot_be_written_to_stops_the_start(opened: Opened) -> None:
    opened.sayso.settings.key_folder.chmod(0o500)
    with pytest.raises(UnusableKeys, match=r"can't be written to\. Keys must be made there"):
        start(opened)


@pytest.mark.parametrize("way", ["inside", "deeper", "itself", "by a link"])
def test_keys_in_the_data_folder_stop_the_start(opened: Opened, way: str) -> None:
    """A backup of the data would hold what opens it."""
    place = {"inside": "keys", "deeper": "a/b/keys", "itself": "", "by a link": "keys"}[way]
    inside = opened.folder / place
    if way != "itself":
        shutil.copytree(opened.sayso.settings.key_folder, inside)
    if way == "by a link":
        inside = opened.folder.parent / "link"
        inside.symlink_to(opened.folder / place)
    with pytest.raises(UnusableKeys, match=r"lies in the data folder .*set SAYSO_KEYS to that place"):
        start(opened, keys=inside)


@pytest.mark.parametrize(
    "command", ["serve", "chat have-your-say", "open another --authority a --decided-by b --purpose c"]
)
def test_every_command_that_needs_keys_refuses_with_the_sentence(opened: Opened, sayso: Shell, command: str) -> None:
    opened.sayso.settings.key_folder.chmod(0o755)
    said = sayso.refused(*command.split(), "--data", str(opened.folder), SAYSO_PORT=str(free_port()))
    assert "by others. Run 'chmod 700 " in said


def test_nothing_opens_without_a_safeguarding_lead(tmp_path: Path) -> None:
    configured = settings_in(tmp_path)
    migrate(configured.database)
    sayso = wire(configured, today=Calendar())
    with pytest.raises(NotReady, match="No safeguarding lead has a key yet"):
        open_wave(sayso.desk, sayso.keys, commission(), template(SURVEY))
    assert not list(configured.data.rglob("*.key"))


def test_a_consultation_that_would_close_before_it_opens_or_exists_already_is_refused(tmp_path: Path) -> None:
    sayso = signed_off(make_sayso(tmp_path))
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
    assert [OVER in said[0], UNLINKED in said[1], len(said)] == [True, True, 2]


async def test_closed_on_telegram(closing: tuple[Opened, Calendar]) -> None:
    async with telegram(closing[0]) as api:
        said = await is_told_that_it_closed(TelegramPlayer(closing[0], api, 5), closing[1])
    assert [OVER in said[0], UNLINKED in said[1], len(said)] == [True, True, 2]


async def test_closed_on_the_web(closing: tuple[Opened, Calendar]) -> None:
    opened, calendar = closing
    player = WebPlayer(opened)
    await player.does(Turn(start=Audience.STAFF))
    await player.does(Turn(taps="Yes, I agree"))
    calendar.today = date(2027, 2, 1)
    await player.does(Turn(taps="Fenland"))
    said = [each.text for each in read_page(player.browser.page)]
    assert [OVER in said[0], UNLINKED in said[1], len(said)] == [True, True, 2]
    assert player.browser.page.xpath("//form[contains(@class, 'reply')]") == [], "a closed consultation still asks"
    other = Browser(opened)
    await other.open("/c/have-your-say")
    assert OVER in " ".join(other.page.text_content().split())
    assert other.page.xpath("//form[contains(@action, 'begin')]") == []
    await other.open("/")
    assert "No consultation is open" in other.page.text_content()


@pytest.mark.parametrize(("day", "told"), [(date(2026, 10, 31), NOT_OPEN), (date(2027, 2, 1), OVER)])
def test_outside_its_dates_nothing_is_stored(tmp_path: Path, day: date, told: str) -> None:
    opened = open_consultation(tmp_path / "data", today=Calendar(day))
    assert told in Person(opened, "c").begins(Audience.STAFF)[0].text
    assert Person(opened, "c").stored() is None


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 1, 31)])
def test_the_first_and_the_last_day_are_open(tmp_path: Path, day: date) -> None:
    opened = open_consultation(tmp_path / "data", today=Calendar(day))
    assert Person(opened, "c").begins(Audience.STAFF)[-1].mode is not None
