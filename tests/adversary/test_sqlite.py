"""Everything that lies in the data folder, before the close and after it."""

import contextlib
import io
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from analysis.operations.export_findings import export_findings
from bot.chapters import analysed
from bot.logs import Lines
from consultation.domain.consultation import Channel
from tests.adversary import arrivals, broken, links
from tests.adversary.chance import Attack, tally
from tests.adversary.consultation import Held, hold, hold_at_the_desk, mixed
from tests.adversary.loot import Loot, sqlite_loot
from tests.builders import Calendar, open_consultation

ATTACKS: dict[str, Attack] = {
    "by name": links.by_name,
    "by brute force": links.by_brute_force,
    "with the key": links.with_key,
    "by leftovers": links.by_leftovers,
    "by address": links.by_address,
    "by the order of the rows": arrivals.by_order("rows"),
    "by their places in the pages": arrivals.by_order("cells"),
    "by the journal": arrivals.by_order("journal"),
    "by time": arrivals.by_time,
    "by turns": arrivals.by_turns,
}


CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT(\d\d:\d\d)")
IN_A_TABLE_WITH_IT = {
    "by name": broken.chats_kept,
    "by time": broken.times_kept,
    "by brute force": broken.plainly_hashed,
    "by the order of the rows": broken.rowids_kept,
}
OPEN_TO_ALL = ("by their places in the pages", "by the journal", "by turns")  # before the close; see __init__.py


@dataclass(frozen=True)
class Case:
    """`before` and `folder` are copies of the data folder from before the close, `wiped` one from ten minutes later;
    `backups` are as the README advises."""

    held: Held
    before: Loot
    wiped: Loot
    after: Loot
    folder: Path
    backups: list[tuple[datetime, Loot]]
    logs: str
    metrics: str
    taken: list[dict[str, bytes]]  # exports: just before one person talks, just after, and at the end


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The whole story once: held, copied, closed and copied again."""
    home, calendar, backups, journals = tmp_path_factory.mktemp("attacked"), Calendar(), [], []
    taken: list[dict[str, bytes]] = []
    held = Held(open_consultation(home / "data", today=calendar), calendar)

    def look_in(number: int) -> None:
        journals.append((held.opened.folder / "sayso.db-wal").read_bytes())
        if number in (21, 22):
            taken.append(exports(held))
        if number % 10 == 9:
            backups.append((datetime.now(UTC), sqlite_loot(advised_backup(held, home / f"backup {number}"))))

    with both_logs() as logs:
        hold(held, mixed(), look_in)
        key, folder = held.key, held.copy_folder(home / "before")
        before = sqlite_loot(held.copy_folder(home / "stolen"), key, journals)
        held.wipe()
        wiped = sqlite_loot(held.copy_folder(home / "wiped"))
        held.close()
        after = sqlite_loot(held.copy_folder(home / "after"), key)
        taken.append(exports(held))
        metrics = held.opened.sayso.metrics.render()[0].decode()
        held.opened.sayso.store.close()
    return Case(held, before, wiped, after, folder, backups, logs.getvalue(), metrics, taken)


@contextlib.contextmanager
def both_logs() -> Iterator[io.StringIO]:
    """What is logged in either form, at every level that Sayso's own loggers have."""
    handlers, ours, said = [Lines("text"), Lines("json")], logging.getLogger("sayso"), io.StringIO()
    level = ours.level
    for each in handlers:
        logging.root.addHandler(each)
    ours.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stderr(said):
            yield said
    finally:
        ours.setLevel(level)
        for each in handlers:
            logging.root.removeHandler(each)


def advised_backup(held: Held, to: Path) -> Path:
    """As the README says it is made."""
    to.mkdir()
    with closing(sqlite3.connect(held.opened.folder / "sayso.db")) as database:
        database.execute("VACUUM INTO ?", (str(to / "sayso.db"),))
    return to


def exports(held: Held) -> dict[str, bytes]:
    """What `sayso export` writes just now."""
    return export_findings(analysed(held.opened.sayso, held.opened.wave))


@pytest.mark.parametrize("attack", ATTACKS)
def test_after_the_close_no_attack_does_better_than_guessing(attack: str, case: Case) -> None:
    """Not even with the key, had somebody kept it."""
    found = tally(ATTACKS[attack], case.after, case.held.people)
    assert not found.sees, str(found)


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_finds_a_link_where_there_is_one(attack: str, case: Case, tmp_path: Path) -> None:
    if attack in IN_A_TABLE_WITH_IT:
        loot = broken.broken(case.folder, tmp_path / "copy", case.before, case.held.people, IN_A_TABLE_WITH_IT[attack])
    else:
        loot = case.before
    found = tally(ATTACKS[attack], loot, case.held.on_telegram)
    assert found.sees, str(found)


def test_with_the_key_everybody_is_found_before_the_close(case: Case) -> None:
    for attack in (links.with_key, links.by_leftovers):
        assert tally(attack, case.before, case.held.people).right == len(case.held.people)


@pytest.mark.parametrize("attack", [each for each in ATTACKS if each not in OPEN_TO_ALL])
def test_without_the_key_no_id_and_no_row_tells_before_the_close(attack: str, case: Case) -> None:
    found = tally(ATTACKS[attack], replace(case.before, key=None), case.held.people)
    assert not found.sees, str(found)


def test_leftovers_of_a_careless_close_would_be_found(case: Case, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    loot = broken.broken(case.folder, to, case.before, case.held.people, broken.carelessly_deleted, case.before.key)
    assert not loot.tables["conversation"]
    assert tally(links.by_leftovers, loot, case.held.people).right > len(case.held.people) / 2


def test_a_key_that_can_be_guessed_would_be_found(case: Case, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    loot = broken.broken(case.folder, to, case.before, case.held.people, broken.hashed_under_the_slug)
    assert tally(links.by_brute_force, loot, case.held.on_telegram).right == len(case.held.on_telegram)


def test_nothing_that_answers_hold_stands_in_another_table_after_the_close(case: Case) -> None:
    assert len(links.shared_tokens(case.before)) >= len(case.held.people), "the tool sees nothing"
    assert links.shared_tokens(case.after) == set()


def test_the_folder_holds_the_database_and_nothing_more(case: Case) -> None:
    """No file that was made for somebody, at some time of theirs."""
    assert set(case.after.files) <= {"sayso.db", "sayso.db-wal", "sayso.db-shm", "sayso.writing", "sayso.serving"}
    assert set(case.before.files) == set(case.after.files)


def test_no_chat_stands_in_any_file_at_any_time(case: Case, tmp_path: Path) -> None:
    kept = broken.broken(case.folder, tmp_path / "copy", case.before, case.held.people, broken.chats_kept)
    assert links.chats_in_files(kept, case.held.people) == {each.chat for each in case.held.people}
    for loot in (case.before, case.wiped, case.after):
        assert links.chats_in_files(loot, case.held.people) == set()


@pytest.mark.parametrize("order", ["rows", "cells", "journal"])
def test_an_order_of_arrival_lasts_ten_minutes(order: str, case: Case) -> None:
    """While people talk, pages and journal show it; then everything is written anew."""
    found = tally(arrivals.by_order(order), case.wiped, case.held.people)
    assert not found.sees, str(found)


def test_a_quiet_day_gives_nobody_away_after_the_close(tmp_path: Path) -> None:
    calendar = Calendar()
    held = Held(open_consultation(tmp_path / "data", today=calendar), calendar)
    hold_at_the_desk(held, [Channel.TELEGRAM] * 6)
    calendar.today += timedelta(days=1)
    hold_at_the_desk(held, [Channel.TELEGRAM])
    held.close()
    held.opened.sayso.store.close()
    loot, alone = sqlite_loot(held.opened.folder), held.people[-1]
    assert tally(lambda *_: {}, loot, [alone]).right == 1 / 7


def test_the_key_is_gone_from_its_folder(case: Case) -> None:
    secrets = [case.before.key or b"", *(row["pseudonym"].encode() for row in case.before.tables["conversation"])]
    assert all(secrets)
    left = [each for each in case.held.opened.sayso.settings.key_folder.rglob("*") if each.is_file()]
    assert left, "the signing key, at least"
    assert [each.name for each in left if any(secret in each.read_bytes() for secret in secrets)] == []


class TestBackups:
    def test_narrow_it_down_to_those_who_talked_between_two_of_them(self, case: Case) -> None:
        """And no further. So much is inherent: such a backup holds what they said, and the one before it does not."""
        attack, began = arrivals.by_backups(case.backups), datetime.min.replace(tzinfo=UTC)
        for made, _ in case.backups:
            group = [each for each in case.held.people if began < each.began < made]
            said = {case.before.response_of(each) for each in group}
            assert len(group) >= 9
            assert all(attack(case.before, each).keys() == said for each in group)
            began = made

    def test_made_about_one_person_give_them_away(self, case: Case) -> None:
        """Why they are to be few, and to be deleted after the close."""
        someone = case.held.people[20]
        theirs = case.before.response_of(someone)
        without = {**case.before.tables, "response": [r for r in case.before.tables["response"] if r["id"] != theirs]}
        last = replace(case.before, tables=without)
        attack = arrivals.by_backups([(someone.began, last), (datetime.now(UTC), case.before)])
        assert tally(attack, case.before, [someone]).right == 1

    def test_hold_how_many_turns_a_talk_took(self, case: Case) -> None:
        """A limit, and no aim: whoever has counted the turns finds the talk, and by it the response."""
        made, last = case.backups[-1]
        there = [each for each in case.held.people if each.began < made]
        by_then = [replace(each, turns=each.turns - (each.channel is Channel.TELEGRAM)) for each in there]
        assert tally(arrivals.by_turns, last, by_then).sees

    @pytest.mark.parametrize("order", ["rows", "cells", "journal"])
    def test_made_as_advised_keep_no_order(self, order: str, case: Case) -> None:
        made, last = case.backups[-1]
        there = [each for each in case.held.people if each.began < made]
        found = tally(arrivals.by_order(order), last, there)
        assert not found.sees, str(found)

    def test_hold_no_name_that_leads_to_a_chat(self, case: Case) -> None:
        made, last = case.backups[-1]
        there = [each for each in case.held.people if each.began < made]
        for attack in (links.by_name, links.by_brute_force):
            assert not tally(attack, last, there).sees


class TestWhatIsToldElsewhere:
    def test_no_log_line_names_anything(self, case: Case) -> None:
        assert names_in(f"{case.logs} took {case.before.tables['response'][0]['id']}", case), "the tool sees nothing"
        assert names_in(case.logs, case) == set()

    def test_exports_are_in_no_order_of_arrival(self, case: Case) -> None:
        text = case.taken[-1]["coded-answers.csv"].decode()
        places = {case.after.response_of(each): float(text.index(each.word)) for each in case.held.people}
        exported = replace(case.after, orders={"export": places})
        assert not tally(arrivals.by_order("export"), exported, case.held.people).sees

    def test_two_exports_about_one_person_do_not_differ_by_that_person(self, case: Case) -> None:
        before, after = (each["coded-answers.csv"].decode() for each in case.taken[:2])
        words = [each.word for each in case.held.people]
        assert sum(each in before for each in words) >= 10
        assert [each for each in words if each in after] == [each for each in words if each in before]

    def test_exports_know_no_chat_and_no_time(self, case: Case) -> None:
        chats = [each.chat.encode() for each in case.held.people]
        for name, data in case.taken[-1].items():
            parts = unpacked(data)
            assert not any(chat in part for part in parts for chat in chats), name
            assert all(clock == b"00:00" for part in parts for clock in CLOCK.findall(part)), name

    def test_no_metric_names_anything(self, case: Case) -> None:
        assert "sayso_turns" in case.metrics
        assert names_in(case.metrics, case) == set()


def unpacked(data: bytes) -> list[bytes]:
    """A file, and what is in it where it is an archive, with the times that the archive gives its members."""
    if not data.startswith(b"PK"):
        return [data]
    with ZipFile(io.BytesIO(data)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return [archive.read(each) for each in archive.infolist()]


def names_in(text: str, case: Case) -> set[str]:
    """Chats, cookies, people's words, and ids of the database but for the consultation's own."""
    words = {word for each in case.held.people for word in (each.chat, each.word)}
    return {each for each in (case.before.ids | case.after.ids | words) - case.before.public if each in text}
