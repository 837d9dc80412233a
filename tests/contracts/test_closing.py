"""Closing a wave, over SQLite and PostgreSQL: what goes, what stays, what stands in the way, and who comes too late."""

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlmodel import Session, SQLModel, select

from analysis.findings import suppression
from bot.closings import certificates_key, close
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.text import RawText
from consultation.flow.events import Command, Commanded
from consultation.operations.carry_over import make_code, take_code
from consultation.operations.close_wave import (
    Ground,
    NotClosed,
    close_wave,
    destroy_leftover_keys,
    end_intake,
)
from consultation.operations.converse import Desk, Incoming, Reply, Typed, converse, prepare, whose
from consultation.operations.deliver import forget_unsaid, leave_rest, note_said, take_over, unsaid
from consultation.operations.due_work import NotYet
from consultation.operations.open_wave import open_wave
from consultation.operations.reach import reach
from consultation.operations.refer_concern import referrals
from consultation.operations.set_aside import set_aside
from consultation.operations.show_conversation import Talk, show_conversation
from consultation.privacy.certificates import Verdict, verify
from consultation.storage import audit, closings, consultations
from consultation.storage.keys import KeysInMemory, MissingKey
from consultation.storage.store import Store, open_store
from consultation.storage.tables import (
    AnswerRow,
    CarryOverRow,
    ConversationRow,
    DueRow,
    InboxRow,
    OutboxRow,
    ReminderRow,
    ResponseRow,
)
from consultation.storage.turns import IntakeEnded, Standing, Turn, Writes
from consultation.surveys import template
from tests.builders import SURVEY, TODAY, Calendar, Opened, Person, commission, open_consultation
from tests.contracts.databases import as_setting, on_postgresql, on_sqlite, until

OVER = datetime(2027, 2, 1, 0, 1, tzinfo=UTC)  # the minute at which the wave of these tests is closed
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINKS = (ConversationRow, OutboxRow, InboxRow)


@dataclass
class House:
    """A consultation with people who have answered, and its closing."""

    opened: Opened

    @property
    def store(self) -> Store:
        return self.opened.sayso.store

    @property
    def folder(self) -> Path:
        return self.opened.sayso.settings.data

    def closes(self, now: datetime = OVER) -> datetime | None:
        sayso = self.opened.sayso
        return close(sayso.settings, sayso.store, sayso.keys, self.opened.wave.id, now)

    def certificate(self) -> str | None:
        with self.store.read() as session:
            found = closings.certificate(session, self.opened.wave.id)
            return found.body if found else None

    def rows(self, table: type[SQLModel]) -> list[str]:
        with self.store.read() as session:
            return sorted(each.model_dump_json() for each in session.exec(select(table)))

    def person(self, chat: str, wave: Wave | None = None, channel: Channel = Channel.TELEGRAM) -> Person:
        return Person(replace(self.opened, wave=wave or self.opened.wave), chat, channel)

    def key(self) -> bytes:
        return self.opened.sayso.keys.key(self.opened.wave.consultation.id)

    def asks_to_come_back(self, chat: str = "104") -> str:
        """One asks to be reminded, another for a short code, which is returned."""
        person = self.person(chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.commands(Command.STOP)
        person.taps("Remind me once, tomorrow")
        self.person(chat, channel=Channel.WEB).begins()
        code = make_code(self.opened.sayso.desk, self.opened.wave, chat)
        assert code is not None
        return code


@pytest.fixture
def house(place: Path | URL, tmp_path: Path) -> Iterator[House]:
    made = House(open_consultation(tmp_path / "data", database_url=as_setting(place)))
    made.folder.mkdir(exist_ok=True)
    for chat in ("101", "102", "103"):
        person = made.person(chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types("she listens to us")
    yield made
    made.store.close()


# -- what goes and what stays --------------------------------------------------------------------------------------


def test_links_go_and_answers_stay_without_their_day(house: House) -> None:
    begun = house.opened.sayso.desk.today()
    last = house.opened.wave.closes_on
    assert begun < last
    answers = [row.replace(f'"answered_on":"{begun}"', f'"answered_on":"{last}"') for row in house.rows(AnswerRow)]
    responses = house.rows(ResponseRow)
    assert all(house.rows(each) for each in LINKS), "there is nothing to destroy"
    assert house.closes() is None
    assert {each.__name__: house.rows(each) for each in LINKS} == {each.__name__: [] for each in LINKS}
    assert sorted(house.rows(AnswerRow)) == sorted(answers)
    assert [str(begun) in row for row in responses] == [True, True, True]
    assert [str(begun) in row for row in house.rows(ResponseRow)] == [False, False, False]
    assert reach(house.store, house.opened.wave.id).begun == {"young_person": 3}, "the last figures hold everybody"
    with pytest.raises(MissingKey):
        house.key()
    names = {each.name for each in house.opened.sayso.settings.key_folder.iterdir()}
    assert names == {"certificates.secret", "safeguarding-leads.json"}


def test_reminders_and_short_codes_go_with_the_rest(house: House) -> None:
    code, desk, wave = house.asks_to_come_back(), house.opened.sayso.desk, house.opened.wave
    assert [len(house.rows(each)) for each in (ReminderRow, CarryOverRow)] == [1, 1]
    house.closes()
    assert [house.rows(each) for each in (ReminderRow, CarryOverRow)] == [[], []]
    assert json.loads(house.certificate() or "")["destroyed"]["reminders"] == "a few"
    with pytest.raises(MissingKey):
        take_code(desk, wave, code)


@on_postgresql
def test_the_server_keeps_no_samples_of_who_asked(house: House) -> None:
    for chat in ("104", "105", "106"):
        house.asks_to_come_back(chat)
    with house.store.database.writing.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    assert house.closes() is None, "else the scan finds them in pg_stats, and nobody can put that right"


def test_it_ends_with_one_certificate_and_one_entry_however_often_it_is_done(house: House) -> None:
    house.closes()
    first = house.certificate()
    assert first is not None
    assert verify(first, certificates_key(house.opened.sayso.keys)) is Verdict.INTACT
    assert house.closes(OVER + timedelta(days=1)) is None
    assert house.certificate() == first
    with house.store.read() as session:
        entries = audit.entries(session)
        assert [(each.act, each.subject) for each in entries if each.act == "close"] == [("close", "have-your-say")]
        assert audit.first_broken(entries) is None


def test_no_count_on_the_certificate_is_small_or_exact(house: House) -> None:
    house.closes()
    found = json.loads(house.certificate() or "")
    assert found["destroyed"]["conversations"] == "a few"
    many = found["destroyed"]["messages_waiting"]
    assert int(many.removeprefix("about ")) % 5 == 0
    assert found["scanned"]["found"] == 0
    assert found["issued_on"] == "2027-02-01"
    assert "00:01" not in str(found)


def test_another_consultation_goes_on_as_if_nothing_had_been(house: House) -> None:
    sayso = house.opened.sayso
    other = open_wave(sayso.desk, sayso.keys, commission("other"), template(SURVEY))
    person = house.person("101", other)
    person.begins(Audience.STAFF)
    before = {each.__name__: len(house.rows(each)) for each in LINKS}
    house.closes()
    kept = {each.__name__: [row for row in house.rows(each) if other.id in row] for each in LINKS}
    assert all(0 < len(kept[each]) < before[each] for each in kept)
    assert person.commands(Command.HELP)
    assert whose(sayso.desk, other, Channel.TELEGRAM, "101") in str(kept["ConversationRow"])


def test_the_fake_key_store_does_as_well(house: House) -> None:
    keys, sayso = KeysInMemory(), house.opened.sayso
    keys.create(house.opened.wave.consultation.id)
    ground = Ground(house.store, keys, house.folder, suppression.shown, "0")
    assert close_wave(ground, house.opened.wave.id, OVER) is None
    assert verify(house.certificate() or "", certificates_key(keys)) is Verdict.INTACT
    assert sayso.keys.canaries(house.opened.wave.consultation.id) is None


def test_keys_that_come_back_from_a_backup_are_destroyed_again(house: House) -> None:
    sayso, owner = house.opened.sayso, house.opened.wave.consultation.id
    assert destroy_leftover_keys(house.store, sayso.keys) == 0, "it is open"
    assert house.key()
    house.closes()
    sayso.keys.create(owner)
    assert destroy_leftover_keys(house.store, sayso.keys) == 1
    assert destroy_leftover_keys(house.store, sayso.keys) == 0


# -- when ----------------------------------------------------------------------------------------------------------


def test_on_its_day_and_no_sooner(house: House) -> None:
    before = OVER - timedelta(minutes=2)
    assert house.closes(before) == OVER
    assert house.certificate() is None
    assert len(house.rows(ConversationRow)) == 3


def test_ahead_of_its_day_where_somebody_says_so(house: House) -> None:
    end_intake(house.store, house.opened.wave, NOON)
    with house.store.read() as session:
        wave = consultations.wave_by_id(session, house.opened.wave.id)
        due = session.get_one(DueRow, ("close", house.opened.wave.id)).due_at.replace(tzinfo=UTC)
    assert wave is not None
    assert (wave.closed, wave.closes_on, wave.is_open(TODAY), due) == (True, TODAY, False, NOON)
    assert house.closes(NOON) is None
    assert reach(house.store, house.opened.wave.id).begun == {"young_person": 3}
    assert json.loads(house.certificate() or "")["wave"]["closed_on"] == TODAY.isoformat()
    with house.store.read() as session:
        acts = [each.act for each in audit.entries(session)]
    assert acts == ["signed off the arrangements", "close ahead of its day", "close"]


def test_not_before_it_has_opened(house: House) -> None:
    with pytest.raises(NotClosed, match="opens on 2026-11-01: nobody has answered yet"):
        end_intake(house.store, house.opened.wave, datetime(2026, 10, 1, tzinfo=UTC))
    assert house.closes(NOON) == OVER


# -- who comes too late --------------------------------------------------------------------------------------------


def late(house: House, given: Commanded | Typed) -> Incoming:
    return Incoming(Channel.TELEGRAM, "101", "late", given)


def test_a_turn_prepared_before_the_close_and_written_after_it_keeps_nothing(house: House) -> None:
    desk, wave = house.opened.sayso.desk, house.opened.wave
    prepared = [
        prepare(desk, wave, Incoming(Channel.TELEGRAM, chat, "late", Commanded(Command.SKIP)))
        for chat in ("101", "999")
    ]
    house.closes()
    for each in prepared:
        assert isinstance(each, Turn)
        with pytest.raises(IntakeEnded):
            house.store.writer.take(each)
    assert [house.rows(each) for each in LINKS] == [[], [], []]


def test_a_turn_that_is_being_written_is_whole_before_anything_is_closed(house: House) -> None:
    """The closing waits for it: its answer stays, and its conversation goes with the others."""
    desk, wave = house.opened.sayso.desk, house.opened.wave
    turn = prepare(desk, wave, late(house, Typed(RawText("and she comes back"))))
    assert isinstance(turn, Turn)
    answers, deciding, go_on = len(house.rows(AnswerRow)), threading.Event(), threading.Event()

    def decide(standing: Standing) -> Writes:
        deciding.set()
        assert go_on.wait(10)
        return turn.decide(standing)

    with ThreadPoolExecutor(2) as threads:
        taking = threads.submit(house.store.writer.take, replace(turn, decide=decide))
        assert deciding.wait(10)
        closing = threads.submit(house.closes)
        with pytest.raises(TimeoutError):
            closing.result(0.5)
        assert house.certificate() is None
        go_on.set()
        assert not taking.result(10).repeated
        closing.result(60)
    assert house.certificate() is not None
    assert len(house.rows(AnswerRow)) >= answers
    assert [house.rows(each) for each in LINKS] == [[], [], []]


@pytest.mark.parametrize("today", ["still the last day", "the day after"])
def test_who_writes_after_the_close_is_told_and_helped_by_a_door_that_has_not_heard(house: House, today: str) -> None:
    """The respondents' bot keeps its wave for as long as it runs."""
    wave = house.opened.wave
    if today == "the day after":
        house.closes()
        calendar = Calendar(OVER.date())
        house.opened = replace(
            house.opened, sayso=replace(house.opened.sayso, desk=replace(house.opened.sayso.desk, today=calendar))
        )
    else:
        end_intake(house.store, wave, NOON)
        house.closes(NOON)
    person = house.person("101", wave)
    [first, *_] = said = person.types("hello? I want to change my answer")
    assert "ended" in first.text, said
    danger = " ".join(each.text for each in person.types("im going to kill myself tonight"))
    assert "999" in danger
    assert "0800 1111" in danger
    assert [each.level for each in referrals(house.store)] == ["immediate"]
    assert "0800 1111" in " ".join(each.text for each in person.commands(Command.HELP))
    assert "0800 1111" in " ".join(each.text for each in person.types("HELP"))
    assert house.rows(ConversationRow) == house.rows(OutboxRow) == []


def test_a_danger_that_is_delivered_twice_after_the_close_is_one_referral(house: House) -> None:
    house.closes()
    desk, wave = house.opened.sayso.desk, house.opened.wave
    for _ in range(2):
        converse(desk, wave, late(house, Typed(RawText("im going to kill myself tonight"))))
    assert len(referrals(house.store)) == 1


def test_what_was_under_way_to_a_chat_when_the_key_went_troubles_nobody(house: House) -> None:
    desk, wave = house.opened.sayso.desk, house.opened.wave
    house.closes()
    where = desk, wave, Channel.TELEGRAM, "101"
    assert take_over(desk, wave) == []
    assert unsaid(*where) == []
    note_said(*where, 3)
    leave_rest(*where, 3, ())
    forget_unsaid(*where)
    assert show_conversation(*where) == Talk("en")


def test_a_key_that_is_lost_while_the_wave_is_open_is_no_close(house: House) -> None:
    """Nobody is told that it is over because a disk is not mounted."""
    house.opened.sayso.keys.destroy(house.opened.wave.consultation.id)
    person = house.person("101")
    for does in (
        lambda: person.types("hello"),
        lambda: show_conversation(*where(house)),
        lambda: take_over(*where(house)[:2]),
    ):
        with pytest.raises(MissingKey, match="Put it back"):
            does()


def where(house: House) -> tuple[Desk, Wave, Channel, str]:
    return house.opened.sayso.desk, house.opened.wave, Channel.TELEGRAM, "101"


# -- what stands in the way ----------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "hex": lambda key: key.hex().encode(),
    "base64url": base64.urlsafe_b64encode,
    "json": lambda key: json.dumps({"key": key.hex()}).encode(),
}


@on_sqlite
def test_a_trace_in_any_file_is_named_and_nothing_is_certified(house: House) -> None:
    desk, wave = house.opened.sayso.desk, house.opened.wave
    house.asks_to_come_back()
    with house.store.read() as session:
        address = session.exec(select(OutboxRow.address)).first()
        reminder = session.exec(select(ReminderRow.address)).one()
        code = session.exec(select(CarryOverRow.mark)).one()
    secrets = {
        "reminder": base64.urlsafe_b64decode(reminder),
        "code": bytes.fromhex(code),
        "key": house.key(),
        "pseudonym": bytes.fromhex(whose(desk, wave, Channel.TELEGRAM, "102")),
        "address": base64.urlsafe_b64decode(address or ""),
    }
    (house.folder / ".hidden").mkdir()
    traces = {house.folder / ".hidden" / f"{what} {way}": (what, way) for what in secrets for way in WAYS}
    for path, (what, way) in traces.items():
        path.write_bytes(os.urandom(4_194_300) + WAYS[way](secrets[what]) + os.urandom(1000))  # over a block's end
    named: set[Path] = set()
    while len(named) < len(traces):
        with pytest.raises(NotYet, match=r"is still in .* Delete it, or move it off this machine") as told:
            house.closes()
        now_named = {each for each in traces if str(each) in str(told.value)}
        assert now_named, told.value
        for each in now_named:
            each.unlink()
        named |= now_named
    assert house.key(), "with the key gone nobody could search again"
    assert house.certificate() is None
    assert house.closes() is None
    assert house.certificate()


def test_a_trace_in_a_table_is_named(house: House) -> None:
    desk, wave = house.opened.sayso.desk, house.opened.wave
    set_aside(house.store, "respondent", whose(desk, wave, Channel.TELEGRAM, "101"), desk.new_id, TODAY)
    with pytest.raises(NotYet, match=r"set_aside|sayso\.db"):
        house.closes()
    with house.store.write() as session:
        session.execute(text("DELETE FROM set_aside"))
    assert house.closes() is None


def test_a_missing_key_is_waited_for_until_somebody_says_that_it_is_lost(house: House) -> None:
    house.opened.sayso.keys.destroy(house.opened.wave.consultation.id)
    with pytest.raises(NotYet, match=r"Put it back .* 'sayso close have-your-say --key-is-lost'"):
        house.closes()
    assert len(house.rows(ConversationRow)) == 3
    end_intake(house.store, house.opened.wave, OVER, key_is_lost=True)
    assert house.closes() is None
    assert "The key was lost before" in str(json.loads(house.certificate() or "")["remarks"])


def test_a_reader_of_an_older_state_is_waited_for_and_named(house: House, place: Path | URL) -> None:
    house.store.database.patience = 0.3
    other = open_store(place if isinstance(place, URL) else house.folder / "sayso.db")
    with Session(other.database.reading) as session:
        session.exec(select(AnswerRow.id)).all()
        session.exec(select(DueRow.kind)).all()
        with pytest.raises(NotYet):
            house.closes()
        assert house.certificate() is None
    other.close()
    assert house.closes() is None


# -- no order is left ----------------------------------------------------------------------------------------------


@on_postgresql
def test_neither_place_nor_transaction_of_a_row_tells_when_it_came(house: House) -> None:
    def traces(table: str) -> tuple[int, bool]:
        """How many transactions wrote the rows; whether they lie in the order of their random names."""
        with house.store.read() as session:
            rows = session.execute(text(f"SELECT xmin::text, id FROM {table} ORDER BY ctid")).all()  # noqa: S608
        return len({row[0] for row in rows}), [row[1] for row in rows] == sorted(row[1] for row in rows)

    before = traces("answer")
    assert before[0] > 10
    assert before[1] is False
    house.closes()
    assert traces("answer") == traces("response") == (1, True)


@on_postgresql
def test_the_server_keeps_no_samples_of_who_it_was(house: House) -> None:
    with house.store.database.writing.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("ANALYZE"))
    pseudonym = whose(house.opened.sayso.desk, house.opened.wave, Channel.TELEGRAM, "101")
    samples = " ".join(row for name, rows in house.store.database.contents() if name == "pg_stats" for row in rows)
    assert "young_person" in samples, "nothing was sampled at all"
    assert pseudonym not in samples
    assert house.closes() is None


@on_sqlite
def test_rows_lie_in_the_file_in_the_order_of_their_random_names(house: House) -> None:
    def places() -> list[str]:
        """Ids of answers, page by page; each page is filled from its end."""
        house.store.wipe_journal()
        with house.store.read() as session:
            ids = session.exec(select(AnswerRow.id)).all()
        data = (house.folder / "sayso.db").read_bytes()
        found = {(data.find(each.encode()) // 8192, -(data.find(each.encode()) % 8192)): each for each in ids}
        return [found[place] for place in sorted(found)]

    assert places() != sorted(places())
    house.closes()
    assert places() == sorted(places())
    with house.store.read() as session:
        assert session.execute(text("PRAGMA freelist_count")).scalar() == 0


def test_a_reply_to_a_closed_wave_is_marked(house: House) -> None:
    house.closes()
    desk = replace(house.opened.sayso.desk, today=Calendar(OVER.date()))
    reply = prepare(desk, house.opened.wave, late(house, Commanded(Command.SKIP)))
    assert isinstance(reply, Reply)
    assert reply.closed
    until(lambda: house.store.writer.waiting() == 0)
