"""What the safety dialogue leaves in the records: sealed rows, handles, and nothing of either anywhere else."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlmodel import select

from consultation.domain.concern import Concern, Level
from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.domain.text import RawText
from consultation.flow.events import Command, Tapped
from consultation.operations.converse import Typed, whose
from consultation.operations.show_conversation import show_conversation
from consultation.storage import turns
from consultation.storage.tables import ConcernRow, ReplyHandleRow
from tests.builders import Calendar, Opened, Person, open_consultation, plain_screen
from tests.transcripts.lead import lead_writes

HIT = "my dad hits me sometimes"
ASKS = "I'd like someone to contact me"
AGREES = "Yes, they may write to me"


@pytest.fixture
def replying(tmp_path: Path) -> Iterator[Opened]:
    """A consultation in which people may agree to be written to."""
    made = open_consultation(tmp_path / "data", contact=ContactMode.REPLY_HANDLE)
    yield made
    made.sayso.store.close()


def someone(opened: Opened, chat: str = "their-chat", channel: Channel = Channel.WEB) -> Person:
    person = Person(opened, chat, channel)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    return person


def sealed(opened: Opened) -> list[tuple[ConcernRow, dict[str, Any]]]:
    with opened.sayso.store.read() as session:
        rows = session.exec(select(ConcernRow)).all()
    return [(row, json.loads(pyrage.decrypt(row.sealed, [opened.lead]))) for row in rows]


def handles(opened: Opened) -> list[ReplyHandleRow]:
    with opened.sayso.store.read() as session:
        return list(session.exec(select(ReplyHandleRow)).all())


def on_disk(opened: Opened) -> bytes:
    return b"".join(each.read_bytes() for each in opened.folder.iterdir() if each.is_file())


def test_how_to_be_reached_is_sealed_and_lies_nowhere_else(opened: Opened) -> None:
    person = someone(opened)
    person.types(HIT)
    person.taps(ASKS)
    person.types("quokka street 9, ask for Sam")
    [told] = [told for row, told in sealed(opened) if row.asks_contact]
    assert (told["kind"], told["text"], told["handle"]) == ("contact", "quokka street 9, ask for Sam", "")
    assert b"quokka" not in on_disk(opened)
    assert "quokka" not in str(person.stored())


def test_a_repeated_yes_makes_one_handle_and_tells_the_lead_once(replying: Opened) -> None:
    person = someone(replying)
    person.types(HIT)
    person.taps(ASKS)
    yes = Tapped(person.prompt.step, ("yes",))
    for _ in range(3):
        person.does(yes, "once")
    [row] = handles(replying)
    asking = [told for concern, told in sealed(replying) if concern.asks_contact]
    assert [each["handle"] for each in asking] == [row.handle]
    today = replying.sayso.desk.today()
    assert row.last_day == today + timedelta(days=replying.sayso.desk.arrangements().reply_days - 1)


def test_a_handle_says_nothing_of_the_chat_and_the_chat_nothing_of_the_handle(replying: Opened) -> None:
    person = someone(replying, "quokka-chat")
    person.types(HIT)
    person.taps(ASKS)
    person.taps(AGREES)
    [row] = handles(replying)
    assert b"quokka-chat" not in on_disk(replying)
    with replying.sayso.store.read() as session:
        talk = turns.conversation(session, whose(replying.sayso.desk, replying.wave, person.channel, person.chat))
    assert talk is not None
    assert row.handle not in json.dumps([talk.state, talk.said])
    for _, told in sealed(replying):
        assert "quokka-chat" not in json.dumps(told)
        assert row.pseudonym not in json.dumps(told)


def test_whoever_wants_no_more_messages_has_no_handle_left(replying: Opened) -> None:
    person, other = someone(replying), someone(replying, "another-chat")
    for each in (person, other):
        each.types(HIT)
        each.taps(ASKS)
        each.taps(AGREES)
    lead_writes(replying, person.channel, person.chat, "How are you?")
    person.heard += show_conversation(replying.sayso.desk, replying.wave, person.channel, person.chat).latest
    person.taps("I don't want any more messages")
    [left] = handles(replying)
    assert left.pseudonym == whose(replying.sayso.desk, replying.wave, other.channel, other.chat)


def test_what_the_lead_wrote_goes_once_it_was_answered_and_stands_in_no_log(
    replying: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = someone(replying)
    person.types(HIT)
    person.taps(ASKS)
    person.taps(AGREES)
    lead_writes(replying, person.channel, person.chat, "a quokka would say: how are you?")
    person.heard += show_conversation(replying.sayso.desk, replying.wave, person.channel, person.chat).latest
    assert b"a quokka would say" in on_disk(replying)
    person.taps("Carry on")
    replying.sayso.store.wipe_journal()
    assert b"a quokka would say" not in on_disk(replying)
    assert "quokka" not in caplog.text


def test_deleting_all_answers_leaves_the_handle_that_they_agreed_to(replying: Opened) -> None:
    person = someone(replying)
    person.types(HIT)
    person.taps(ASKS)
    person.taps(AGREES)
    person.commands(Command.DELETE)
    said = person.taps("Yes, delete them")
    assert "may still write to you here, for up to 3 days" in " ".join(each.text for each in said)
    assert len(handles(replying)) == 1
    assert person.stored() is None


def about_staff(screen: Callable[[str], Concern]) -> Callable[[str], Concern]:
    """The screen, by which whatever worries it is about an adult who works with children."""
    return lambda text: replace(screen(text), about_staff=screen(text).level is not Level.NONE)


def test_all_that_a_talk_says_after_an_allegation_is_out_of_the_officers_sight(tmp_path: Path) -> None:
    made = open_consultation(tmp_path / "data", screen=about_staff(plain_screen()))
    person, other = someone(made), someone(made, "another-chat")
    person.types("im going to kill myself tonight")
    person.taps("No")
    person.taps(ASKS)
    person.types("07700 900123")
    assert [row.queue for row, _ in sealed(made)] == ["allegations"] * 3
    assert {told["kind"] for _, told in sealed(made)} == {"disclosure", "safety", "contact"}
    other.types("Nothing that worries anybody at all here.")
    assert len(sealed(made)) == 3
    made.sayso.store.close()


@pytest.mark.parametrize("second", ["07700 900123", "quokka@example.org"])
def test_a_number_that_comes_after_the_name_is_passed_on_too(opened: Opened, second: str) -> None:
    """People write as one does in a chat: a name, and then the number."""
    person = someone(opened, channel=Channel.TELEGRAM)
    person.types(HIT)
    person.taps(ASKS)
    person.types("ask for Sam")
    said = person.types(second)
    assert "passed that on too" in " ".join(each.text for each in said)
    assert second in [told["text"] for _, told in sealed(opened)]
    before = len(sealed(opened))
    person.types("ok thanks")
    person.types("9")
    assert len(sealed(opened)) == before


def test_contact_is_at_the_level_of_the_worst_that_was_told(opened: Opened) -> None:
    person = someone(opened)
    person.types("im going to kill myself tonight")
    person.taps("Yes")
    person.taps(ASKS)
    person.types("07700 900123")
    assert {(told["kind"], row.level) for row, told in sealed(opened)} == {
        ("disclosure", "immediate"), ("contact", "immediate"),
    }  # fmt: skip


def test_a_closed_consultation_offers_nobody_that_it_cannot_reach(replying: Opened) -> None:
    calendar = Calendar(replying.wave.closes_on + timedelta(days=1))
    closed = replace(replying, sayso=replace(replying.sayso, desk=replace(replying.sayso.desk, today=calendar)))
    said = Person(closed, "c", Channel.WEB).does(Typed(RawText("im going to kill myself tonight")))
    text = " ".join(each.text for each in said)
    assert "call 999" in text
    assert "0800 1111" in text
    assert "isn't taking answers now" in text
    assert "contact" not in text
    assert "nothing you wrote" not in text, "it was sealed, and they were told so"
    assert [each.mode for each in said] == [None] * len(said)
    assert any(link.href == "tel:999" for each in said for link in each.links)
