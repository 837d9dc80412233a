"""Whoever asks to be reminded is written to once, on that day and out of school; and nobody else ever is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, delete
from sqlmodel import SQLModel, select

from bot.scheduler import light_operations
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.due import LONDON, Kind
from consultation.domain.ids import ConsultationId
from consultation.domain.school_hours import free_hours
from consultation.flow.events import Command
from consultation.operations import deliver
from consultation.operations.close_wave import Ground, close_wave, end_intake
from consultation.operations.open_wave import open_wave
from consultation.operations.remind import EVERY, bank_holidays, remind
from consultation.school_terms import load_terms
from consultation.storage import consultations
from consultation.storage.keys import MissingKey
from consultation.storage.postgres import PostgresDatabase
from consultation.storage.tables import ConversationRow, OutboxRow, ReminderRow
from consultation.surveys import template
from tests.builders import SURVEY, TODAY, Opened, Person, commission, open_consultation
from tests.contracts.databases import as_setting, cluster, kind, place
from tests.transcripts.telegram import TelegramPlayer, telegram, until
from tests.transcripts.transcript import Turn

__all__ = ["cluster", "kind", "place"]  # fixtures

CHAT = 5_551_208_000
TOMORROW, IN_A_WEEK = "Remind me once, tomorrow", "Remind me once, in a week"
HERE = "You asked me to remind you once."
LONDON_DAY = timedelta(days=1)


@dataclass
class Clock:
    """The wall's, by which Sayso goes until the test moves it."""

    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday

    def __call__(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.astimezone(LONDON).date()


@dataclass
class Case:
    opened: Opened
    clock: Clock
    person: Person

    @property
    def wave(self) -> Wave:
        return self.opened.wave

    def looks(self) -> None:
        """As the scheduler does when it is due."""
        work = light_operations(self.opened.sayso, self.clock.at)[Kind.REMIND]
        assert work("") == self.clock.at + EVERY

    def passes(self, time: timedelta) -> list[datetime]:
        """The worker looks every ten minutes; returns when something new waited to be said."""
        said, end = [], self.clock.at + time
        while self.clock.at < end:
            before = self.waiting()
            self.looks()
            if self.waiting() > before:
                said.append(self.clock.at)
            self.clock.at += EVERY
        return said

    def ends_the_day(self, *days: date) -> list[date]:
        """Looks at its late end and in the night after; returns the days on which something new waited to be said."""
        said = []
        for day in days or (TODAY, TODAY + LONDON_DAY, TODAY + 2 * LONDON_DAY):
            before = self.waiting()
            for at in (time(19, 50), time(23)):
                self.clock.at = datetime.combine(day, at, UTC)
                self.looks()
            said += [day] if self.waiting() > before else []
        return said

    def waiting(self) -> int:
        """Messages with which the person is reminded."""
        desk, wave = self.opened.sayso.desk, self.wave
        unsaid = deliver.unsaid(desk, wave, Channel.TELEGRAM, self.person.chat)
        return sum(HERE in each.text for some in unsaid for each in some.messages)

    def rows(self, table: type[SQLModel] = ReminderRow) -> int:
        with self.opened.sayso.store.read() as session:
            return len(session.exec(select(table)).all())

    def asks(self, label: str = TOMORROW) -> str:
        """To be reminded; what they are told."""
        self.person.commands(Command.STOP)
        return " ".join(each.text for each in self.person.taps(label))

    def another(self, chat: str) -> Person:
        person = Person(self.opened, chat, Channel.TELEGRAM)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        return person


@pytest.fixture
def case(place: Path | URL, tmp_path: Path) -> Iterator[Case]:
    clock = Clock()
    opened = open_consultation(tmp_path / "data", today=clock.today, database_url=as_setting(place))
    opened.folder.mkdir(exist_ok=True)
    opened = replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, now=clock)))
    made = Case(opened, clock, Person(opened, str(CHAT), Channel.TELEGRAM))
    made.person = made.another(str(CHAT))
    yield made
    opened.sayso.store.close()


# -- when ---------------------------------------------------------------------------------------------------------


def test_it_comes_once_on_its_day_out_of_school(case: Case) -> None:
    told = case.asks()
    assert "once, on 24 November 2026, and no more than that" in told
    assert case.ends_the_day(TODAY) == []
    case.clock.at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    [at] = case.passes(timedelta(hours=14))
    assert time(16) <= at.time() < time(20)
    assert case.rows() == 0


def test_a_week_is_a_week(case: Case) -> None:
    assert "30 November 2026" in case.asks(IN_A_WEEK)
    days = [TODAY + number * LONDON_DAY for number in range(14)]
    assert case.ends_the_day(*days) == [date(2026, 11, 30)]


def test_in_the_holidays_it_may_come_from_ten_o_clock(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 12, 20, 22, tzinfo=UTC))
    opened = open_consultation(tmp_path / "data", today=clock.today)
    sayso = replace(opened.sayso, desk=replace(opened.sayso.desk, now=clock))
    here = commission("here", terms=load_terms("cambridgeshire").days)
    wave = open_wave(sayso.desk, sayso.keys, here, template(SURVEY))
    case = Case(replace(opened, sayso=sayso, wave=wave), clock, Person(opened, ""))
    with sayso.store.read() as session:
        assert consultations.wave_by_id(session, wave.id) == wave, "its terms are not read as they were stored"
    moments = set()
    for number in range(12):
        case.person = case.another(str(CHAT + number))
        case.asks()
    for _ in range(24 * 6):
        before = case.rows()
        case.looks()
        if case.rows() < before:
            moments.add(clock.at.time())
        clock.at += EVERY
    assert case.rows() == 0
    assert time(10) <= min(moments) < time(16)
    assert len(moments) > 4, "not all of them at once"
    sayso.store.close()


def test_what_could_not_be_said_in_its_hours_is_not_said_by_night_nor_the_day_after(case: Case) -> None:
    case.asks()
    case.clock.at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    case.looks()
    assert (case.waiting(), case.rows()) == (0, 0)
    other = case.another("5551208001")
    other.commands(Command.STOP)
    other.taps(TOMORROW)
    case.clock.at = datetime(2026, 11, 26, 17, tzinfo=UTC)
    case.looks()
    assert case.rows() == 0, "an address is kept for no longer than was promised"


def test_by_a_clock_that_has_just_jumped_nobody_is_reminded(case: Case) -> None:
    assert Kind.REMIND in light_operations(case.opened.sayso, case.clock.at)
    assert Kind.REMIND not in light_operations(case.opened.sayso, case.clock.at, trusted=False)


# -- to whom not --------------------------------------------------------------------------------------------------


def test_whoever_came_back_is_left_alone(case: Case) -> None:
    case.asks()
    case.person.types("hello, I am back")
    assert case.ends_the_day() == []
    assert case.rows() == 0


def test_whoever_came_back_and_stopped_again_is_left_alone_too(case: Case) -> None:
    case.asks()
    case.person.types("hello, I am back")
    case.person.commands(Command.STOP)
    assert TOMORROW not in {each.label for each in case.person.prompt.buttons}, "one is all"
    assert case.ends_the_day() == []


def test_whoever_deleted_their_answers_is_left_alone(case: Case) -> None:
    case.asks()
    case.person.commands(Command.DELETE)
    case.person.taps("Yes, delete them")
    assert case.rows() == 1, "nothing in it says whose it is, so it can't be found until its day"
    assert case.ends_the_day() == []
    assert case.rows() == 0


def test_whoever_told_of_a_concern_is_left_alone(case: Case) -> None:
    case.asks()
    case.person.types("my stepdad hits me when he is drunk")
    assert case.ends_the_day() == []
    assert case.rows() == 0


def test_nobody_who_told_of_a_concern_is_offered_one(case: Case) -> None:
    case.person.types("my stepdad hits me when he is drunk")
    case.person.commands(Command.STOP)
    shown = {each.label for each in case.person.prompt.buttons}
    assert not shown & {TOMORROW, IN_A_WEEK}


def test_a_talk_that_is_gone_is_not_begun_anew(case: Case) -> None:
    case.asks()
    with case.opened.sayso.store.write() as session:
        session.execute(delete(ConversationRow))
        session.execute(delete(OutboxRow))
    assert case.ends_the_day() == []
    assert (case.rows(), case.rows(ConversationRow)) == (0, 0)


def test_where_there_is_nothing_to_say_nothing_waits_to_be_said(case: Case) -> None:
    """A turn that says nothing leaves no address in the outbox."""
    case.asks()
    case.person.types("hello, I am back")
    before = case.rows(OutboxRow)
    case.ends_the_day()
    assert case.rows(OutboxRow) == before


def test_on_a_page_there_is_nobody_to_remind(case: Case) -> None:
    person = Person(case.opened, "a browser", Channel.WEB)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.commands(Command.STOP)
    assert [each.label for each in person.prompt.buttons] == ["Carry on", "Delete my answers"]


# -- the end of the wave ------------------------------------------------------------------------------------------


def test_a_day_after_the_last_one_is_refused_and_an_earlier_one_may_still_be_asked_for(case: Case) -> None:
    last = case.wave.closes_on
    case.clock.at = datetime.combine(last - timedelta(days=3), time(12), UTC)
    assert "closes before then, so I can't remind you" in case.asks(IN_A_WEEK)
    assert case.rows() == 0
    assert "I'll write to you once" in " ".join(each.text for each in case.person.taps(TOMORROW))
    assert case.rows() == 1


def test_on_the_last_day_it_still_comes(case: Case) -> None:
    case.clock.at = datetime.combine(case.wave.closes_on - LONDON_DAY, time(12), UTC)
    case.asks()
    assert case.ends_the_day(case.wave.closes_on) == [case.wave.closes_on]


def test_a_close_takes_what_was_asked_for_with_it(case: Case) -> None:
    case.asks()
    sayso = case.opened.sayso
    end_intake(sayso.store, case.wave, case.clock.at)
    ground = Ground(sayso.store, sayso.keys, sayso.settings.data, lambda count: count, "test")
    close_wave(ground, case.wave.id, case.clock.at)
    assert case.rows() == 0
    with sayso.store.read() as session:
        assert session.exec(select(ConversationRow)).all() == []
    assert case.ends_the_day() == []


def test_what_is_due_while_a_wave_is_being_closed_is_struck(case: Case) -> None:
    case.asks()
    case.clock.at = datetime(2026, 11, 24, 19, 50, tzinfo=UTC)
    end_intake(case.opened.sayso.store, case.wave, case.clock.at)
    case.looks()
    assert (case.rows(), case.waiting()) == (0, 0)


# -- killed, and away ---------------------------------------------------------------------------------------------


def test_killed_between_the_turn_and_the_strike_it_is_said_once(case: Case) -> None:
    case.asks()
    with case.opened.sayso.store.read() as session:
        row = session.exec(select(ReminderRow)).one().model_copy()
    case.clock.at = datetime(2026, 11, 24, 19, 50, tzinfo=UTC)
    case.looks()
    with case.opened.sayso.store.write() as session:  # as if it had not been struck
        session.add(ReminderRow(**row.model_dump()))
    case.looks()
    assert (case.waiting(), case.rows()) == (1, 0)
    with case.opened.sayso.store.read() as session:
        leases = session.exec(select(OutboxRow.leased_by)).all()
    assert None in leases, "this process talks to no channel, so another must be free to take it"


def test_a_key_that_is_away_for_a_while_loses_none(case: Case) -> None:
    case.asks()
    case.clock.at = datetime(2026, 11, 24, 19, 50, tzinfo=UTC)
    desk = case.opened.sayso.desk

    def away(_: ConsultationId) -> bytes:
        raise MissingKey("The folder of the keys is not mounted.")

    with pytest.raises(MissingKey):
        remind(replace(desk, key_of=away), case.clock.at)
    assert case.rows() == 1
    case.looks()
    assert (case.waiting(), case.rows()) == (1, 0)


def test_asking_twice_over_is_one_reminder(case: Case) -> None:
    case.person.commands(Command.STOP)
    prompt = case.person.prompt
    case.person.taps(TOMORROW)
    case.person.heard.append(prompt)  # the old message, whose buttons they still see
    said = case.person.taps(IN_A_WEEK)
    assert case.rows() == 1
    assert "I'll write" not in " ".join(each.text for each in said)


# -- what is stored -----------------------------------------------------------------------------------------------


def test_what_is_kept_says_neither_whose_it_is_nor_which_talk(case: Case) -> None:
    case.asks()
    other = case.another("5551208001")
    other.commands(Command.STOP)
    other.taps(TOMORROW)
    with case.opened.sayso.store.read() as session:
        rows = session.exec(select(ReminderRow)).all()
        talks = session.exec(select(ConversationRow)).all()
    for row in rows:
        assert row.due_on == TODAY + LONDON_DAY
        for talk in talks:
            assert talk.pseudonym not in str(row)
            assert str(talk.response_id) not in str(row)
            assert row.id not in str(talk)
        assert str(CHAT) not in str(row)
    assert len({row.address for row in rows}) == 2


def test_the_bytes_go_with_the_row(case: Case) -> None:
    database = case.opened.sayso.store.database
    case.asks()
    database.rewrite()
    case.clock.at = datetime(2026, 11, 24, 19, 50, tzinfo=UTC)
    case.looks()
    assert isinstance(database, PostgresDatabase) or database.stale, "its address lies there still"


# -- on Telegram --------------------------------------------------------------------------------------------------


async def test_it_shows_in_the_chat_with_buttons_that_work(case: Case) -> None:
    async with telegram(case.opened) as api:
        player = TelegramPlayer(case.opened, api, CHAT + 5)
        for turn in (
            Turn(start=Audience.YOUNG_PERSON), Turn(taps="16 or 17"), Turn(taps="Yes, I agree"),
            Turn(command=Command.STOP), Turn(taps=TOMORROW),
        ):  # fmt: skip
            await player.does(turn)
        assert case.rows() == 1
        hours = free_hours(date(2026, 11, 24), (), bank_holidays())
        case.clock.at = hours.end - timedelta(minutes=10)
        before = len(api.chats[CHAT + 5])
        case.looks()
        await until(lambda: len(api.chats[CHAT + 5]) >= before + 2)
        await api.quiet()
        said, asked = api.chats[CHAT + 5][before:]
        assert HERE in said.text
        assert "31 January 2027" in said.text
        labels = [label for label, _ in asked.buttons]
        assert "Carry on" in labels
        assert not {TOMORROW, IN_A_WEEK} & set(labels)
        case.looks()
        await api.quiet()
        assert len(api.chats[CHAT + 5]) == before + 2
        gone_on = await player.does(Turn(taps="Carry on"))
        assert "Where do you live" in gone_on[-1].text or "area" in gone_on[-1].text
        stopped = await player.does(Turn(command=Command.STOP))
        assert not {TOMORROW, IN_A_WEEK} & set(stopped[-1].choices)


async def test_one_that_waits_when_its_hours_are_over_is_not_sent(case: Case) -> None:
    """The bot was away: what it finds in the outbox by night is not for the night."""
    case.asks()
    case.clock.at = datetime(2026, 11, 24, 19, 50, tzinfo=UTC)
    case.looks()
    assert case.waiting() == 1
    with case.opened.sayso.store.write() as session:  # what was said before was sent
        session.execute(delete(OutboxRow).where(OutboxRow.leased_by.is_not(None)))  # type: ignore[union-attr]
    case.clock.at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    async with telegram(case.opened) as api:
        await until(lambda: case.rows(OutboxRow) == 0)
        await api.quiet()
        assert api.chats.get(CHAT, []) == []
