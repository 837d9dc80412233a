"""What the safeguarding lead writes reaches the chat that asked for it, once, whatever is killed; and nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import SQLModel, select

from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.domain.ids import ConsultationId
from consultation.flow.events import Command
from consultation.operations import deliver
from consultation.operations.close_wave import Ground, close_wave, end_intake
from consultation.operations.open_referral import Opened as OpenedReferral
from consultation.operations.open_referral import open_referral
from consultation.operations.refer_concern import Actor, referrals
from consultation.operations.relay import relay
from consultation.operations.write_to_person import LONGEST, NotWritten, write_to_person
from consultation.storage.keys import MissingKey
from consultation.storage.tables import ConversationRow, OutboxRow, RelayRow, ReplyHandleRow
from tests.builders import Calendar, Opened, Person, open_consultation
from tests.lead_keys import agrees, lead_key, with_deputy

BY = Actor("safeguarding lead")
WORDS = "Thank you for telling us. Is there a time when we can talk?"
CHAT = "5551208000"
NOON = time(12)


@dataclass
class Case:
    """Somebody who told of danger and may be written to, and the lead."""

    opened: Opened
    person: Person
    calendar: Calendar

    def read(self) -> OpenedReferral:
        """The lead's view of the chat."""
        sayso = self.opened.sayso
        return open_referral(sayso.store, referrals(sayso.store)[0].reference, lead_key(), BY, sayso.desk.now())

    def write(self, words: str = WORDS, new_id: str = "one", handle: str | None = None) -> None:
        sayso, read = self.opened.sayso, self.read()
        to = read.handle if handle is None else handle
        write_to_person(sayso.store, read.letter.reference, to, words, BY, sayso.desk.now(), new_id)

    def relay(self) -> int:
        """What was said is what the person saw last."""
        said = relay(self.opened.sayso.desk)
        for each in self.waiting():
            self.person.heard += each.messages
        return said

    def waiting(self) -> list[deliver.Unsaid]:
        return deliver.unsaid(self.opened.sayso.desk, self.opened.wave, Channel.TELEGRAM, CHAT)

    def rows(self, table: type[SQLModel]) -> int:
        with self.opened.sayso.store.read() as session:
            return len(session.exec(select(table)).all())

    def heard(self) -> int:
        """How often the words wait to be sent to the chat."""
        return sum(WORDS in message.text for each in self.waiting() for message in each.messages)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    calendar = Calendar()
    opened = open_consultation(tmp_path / "data", contact=ContactMode.REPLY_HANDLE, today=calendar)
    desk = replace(opened.sayso.desk, now=lambda: datetime.combine(calendar(), NOON, UTC))
    opened = replace(opened, sayso=replace(opened.sayso, desk=desk))
    with_deputy(opened.sayso)
    person = Person(opened, CHAT, Channel.TELEGRAM)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("my stepdad hits me when he is drunk")
    agrees(person)
    yield Case(opened, person, calendar)
    opened.sayso.store.close()


def test_it_is_said_once_and_left_for_whoever_sends(case: Case) -> None:
    case.write()
    assert (case.relay(), case.relay()) == (1, 0)
    assert case.heard() == 1
    assert case.rows(RelayRow) == 0
    with case.opened.sayso.store.read() as session:
        leases = session.exec(select(OutboxRow.leased_by)).all()
    assert None in leases, "this process talks to no channel, so another must be free to take it"


def test_the_same_form_twice_is_one_message(case: Case) -> None:
    case.write()
    case.write()
    assert case.relay() == 1
    assert case.heard() == 1


def test_killed_between_the_turn_and_the_strike_it_is_said_once(case: Case) -> None:
    case.write()
    with case.opened.sayso.store.read() as session:
        row = session.exec(select(RelayRow)).one().model_copy()
    case.relay()
    with case.opened.sayso.store.write() as session:  # as if it had not been struck
        session.add(RelayRow(**row.model_dump()))
    case.relay()
    assert case.heard() == 1
    assert case.rows(RelayRow) == 0


def test_a_reply_comes_back_in_the_same_thread(case: Case) -> None:
    case.write()
    case.relay()
    case.person.types("after school on friday")
    read = case.read()
    told = [each.message.text for each in (read.letter, *read.others)]
    assert "after school on friday" in told
    assert read.handle, "and they can be written to again"


def test_the_words_are_nowhere_in_the_clear_until_they_are_said(case: Case) -> None:
    case.write()
    case.opened.sayso.store.close()
    lying = b"".join(each.read_bytes() for each in case.opened.folder.rglob("*") if each.is_file())
    assert WORDS.encode() not in lying
    assert CHAT.encode() not in lying


@pytest.mark.parametrize(
    ("words", "why"), [("", "Write something"), (" \n\0", "Write something"), ("x" * (LONGEST + 1), "Make it shorter")]
)
def test_nothing_and_too_much_are_refused(case: Case, words: str, why: str) -> None:
    with pytest.raises(NotWritten, match=why):
        case.write(words)
    assert case.rows(RelayRow) == 0


def test_nobody_is_written_to_who_did_not_agree(case: Case) -> None:
    for handle in ("", "age1nobody"):
        with pytest.raises(NotWritten, match="nobody there asked for it"):
            case.write(handle=handle)


def test_after_its_last_day_the_handle_is_gone_and_what_waited(case: Case) -> None:
    case.write()
    handle = case.read().handle
    case.calendar.today += timedelta(case.opened.sayso.desk.arrangements().reply_days - 1)
    assert case.read().handle == handle, "its last day is not over"
    case.calendar.today += timedelta(1)
    assert case.read().handle == ""
    with pytest.raises(NotWritten, match="its days are over"):
        case.write(handle=handle)
    assert relay(case.opened.sayso.desk, trusted=False) == 1, "by a clock that has just jumped nothing is over"
    assert case.relay() == 0
    assert (case.rows(ReplyHandleRow), case.rows(RelayRow)) == (0, 0)


def test_what_waited_for_a_handle_that_is_over_goes_with_it(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    case.write()
    case.calendar.today += timedelta(9)
    assert case.relay() == 0
    assert (case.rows(ReplyHandleRow), case.rows(RelayRow), case.heard()) == (0, 0, 0)
    assert "contact had ended" in caplog.text
    assert WORDS not in caplog.text
    assert CHAT not in caplog.text


def test_whoever_wants_no_more_gets_no_more(case: Case) -> None:
    case.write()
    case.relay()
    case.person.taps(next(each.label for each in case.person.prompt.buttons if "more" in each.label.lower()))
    assert case.rows(ReplyHandleRow) == 0
    assert case.read().handle == ""


def test_answers_taken_back_leave_the_contact_that_was_asked_for(case: Case) -> None:
    case.person.commands(Command.DELETE)
    case.person.taps("Yes, delete them")
    case.write()
    assert case.relay() == 1
    assert case.heard() == 1


def test_a_handle_that_only_waits_has_nothing_written_anew(case: Case) -> None:
    database = case.opened.sayso.store.database
    database.rewrite()
    case.relay()
    assert not database.stale
    case.write()
    case.relay()
    assert database.stale, "what was written to them lies there still"
    database.rewrite()
    case.calendar.today += timedelta(9)
    case.relay()
    assert database.stale, "and their address"


def test_a_key_that_is_away_for_a_while_loses_no_message(case: Case) -> None:
    case.write()
    desk = case.opened.sayso.desk

    def away(_: ConsultationId) -> bytes:
        raise MissingKey("The folder of the keys is not mounted.")

    with pytest.raises(MissingKey):  # the scheduler logs it, once
        relay(replace(desk, key_of=away))
    assert case.rows(RelayRow) == 1
    assert case.relay() == 1
    assert case.heard() == 1


def test_a_talk_that_is_gone_is_not_begun_anew(case: Case) -> None:
    case.write()
    with case.opened.sayso.store.write() as session:
        session.execute(delete(ConversationRow))
    assert case.relay() == 0
    assert (case.rows(RelayRow), case.rows(ConversationRow)) == (0, 0)


def test_a_close_takes_handles_and_what_was_written_with_it(case: Case) -> None:
    case.write()
    sayso, wave = case.opened.sayso, case.opened.wave
    end_intake(sayso.store, wave, sayso.desk.now())
    assert case.relay() == 0, "a wave that is being closed takes no turn"
    ground = Ground(sayso.store, sayso.keys, sayso.settings.data, lambda count: count, "test")
    close_wave(ground, wave.id, sayso.desk.now())
    assert (case.rows(ReplyHandleRow), case.rows(RelayRow)) == (0, 0)
    with pytest.raises(NotWritten):
        case.write(new_id="two", handle="age1whatever")
