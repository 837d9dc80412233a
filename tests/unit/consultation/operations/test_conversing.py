"""One turn at the desk: what is recorded, sealed, alerted and shown, beyond what the transcripts already play."""

import json
from dataclasses import replace
from datetime import timedelta

import pyrage
import pytest

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import RawText
from consultation.flow.events import Command
from consultation.operations.advance_figures import STEP, advance_figures
from consultation.operations.converse import Incoming, NotStored, Typed
from consultation.operations.messages import Message
from consultation.operations.plan_alerts import plan_alerts
from consultation.operations.reach import reach
from consultation.operations.redacted_answers import redacted_answers
from consultation.operations.refer_concern import (
    Actor,
    acknowledge,
    referrals,
    sealed_message,
)
from consultation.operations.show_conversation import show_conversation
from tests.builders import Calendar, Opened, Person


def alerts_of(opened: Opened) -> list[tuple[str, Level]]:
    """What somebody is to be told of from now on, by reference."""
    desk = opened.sayso.desk
    return [(each.reference, each.level) for each in plan_alerts(desk.store, desk.arrangements(), desk.now())[0]]


def at_good_worker(opened: Opened, chat: str = "c") -> Person:
    person = Person(opened, chat)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    return person


def test_a_concern_is_sealed_to_the_lead_and_alerted_by_reference_alone(opened: Opened) -> None:
    at_good_worker(opened).types("my dad hits me sometimes")
    [referral] = referrals(opened.sayso.store)
    assert alerts_of(opened) == [(referral.reference, Level.SUPPORT)]
    assert (referral.level, referral.status) == ("support", "new")
    sealed = sealed_message(opened.sayso.store, referral.reference)
    assert b"dad hits" not in sealed
    read = pyrage.decrypt(sealed, [opened.lead]).decode()
    assert "my dad hits me sometimes" in read
    assert "good_worker" in read
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])


def test_a_repeated_update_alerts_once(opened: Opened) -> None:
    person = at_good_worker(opened)
    for _ in range(3):
        person.does(Typed(RawText("my dad hits me sometimes")), "once")
    assert len(alerts_of(opened)) == len(referrals(opened.sayso.store)) == 1
    assert alerts_of(opened) == []


def test_a_concern_before_consent_reaches_the_lead_and_no_answer(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.types("my dad hits me sometimes")
    assert len(alerts_of(opened)) == 1
    assert person.stored() is None


def test_ordinary_words_alert_nobody(opened: Opened) -> None:
    at_good_worker(opened).types("They always asked what we thought before they planned anything.")
    assert alerts_of(opened) == []
    assert referrals(opened.sayso.store) == []


def test_a_referral_is_acknowledged_once_it_was_seen(opened: Opened) -> None:
    at_good_worker(opened).types("im going to kill myself tonight")
    [referral] = referrals(opened.sayso.store)
    by, now = Actor("safeguarding lead"), opened.sayso.desk.now()
    assert acknowledge(opened.sayso.store, referral.reference, by, now)
    assert [each.status for each in referrals(opened.sayso.store)] == ["acknowledged"]
    assert not acknowledge(opened.sayso.store, referral.reference, by, now)
    assert not acknowledge(opened.sayso.store, "C-NONE", by, now)


def test_help_is_no_concern_however_it_is_written(opened: Opened) -> None:
    person = at_good_worker(opened)
    for word in ("HELP", "help", "/help", " Help! "):
        said = person.types(word)
        assert any("0800 1111" in each.text for each in said), word
        assert said[-1].text == person.prompt.text
    assert alerts_of(opened) == []
    assert "good_worker" not in (person.stored() or {})


def test_young_people_and_adults_are_shown_their_own_help_lines(opened: Opened) -> None:
    lines = {}
    for audience in (Audience.YOUNG_PERSON, Audience.PARENT_CARER):
        person = Person(opened, audience.value)
        person.begins(audience)
        lines[audience] = " ".join(each.text for each in person.commands(Command.HELP))
    assert "0800 1111" in lines[Audience.YOUNG_PERSON]
    assert "0808 800 5000" in lines[Audience.PARENT_CARER]
    assert all("999" in each and "116 123" in each for each in lines.values())


def test_the_screen_hears_all_of_a_text_that_is_too_long(opened: Opened) -> None:
    person = at_good_worker(opened)
    said = person.types("We want more trips and more sport. " * 300 + "my dad hits me sometimes")
    assert len(alerts_of(opened)) == 1
    assert "0800 1111" in " ".join(each.text for each in said)
    assert "good_worker" not in (person.stored() or {})


def test_what_is_incoming_shows_no_words() -> None:
    assert "secret" not in repr(Incoming(Channel.WEB, "c", "1", Typed(RawText("my secret"))))
    assert "secret" not in f"{RawText('my secret')}"
    assert "try again" in NotStored().message.text


def test_messages_survive_the_outbox(opened: Opened) -> None:
    person = at_good_worker(opened)
    person.commands(Command.BACK)
    asking = [each for each in person.heard if each.mode is not None]
    assert len(asking) > 5
    for message in person.heard:
        assert Message.from_json(message.to_json()) == message


def test_the_talk_so_far_shows_what_is_stored_and_the_prompt_that_stands(opened: Opened) -> None:
    person = Person(opened, "c")
    assert show_conversation(opened.sayso.desk, opened.wave, person.channel, "c").latest == ()
    person.begins(Audience.YOUNG_PERSON)
    person.taps("13 to 15")
    person.taps("Yes, I agree")
    person.taps("Fenland")
    person.taps("Youth worker", "Police officer")
    person.commands(Command.SKIP)
    talk = show_conversation(opened.sayso.desk, opened.wave, person.channel, "c")
    assert [each.answered for each in talk.earlier] == [
        "13 to 15",
        "Fenland",
        "Youth worker, Police officer",
        "You skipped this.",
    ]
    assert talk.latest[-1] == person.prompt


def test_redacted_answers_give_the_wave_and_nothing_of_who(opened: Opened) -> None:
    for number in range(3):
        at_good_worker(opened, f"chat-{number}").types("My worker Tracey Okonkwo was always there for all of us.")
    responses = redacted_answers(opened.sayso.store, opened.wave.id)
    assert [each.response_id for each in responses] == sorted(each.response_id for each in responses)
    assert len(responses) == 3
    texts = [answer.text for each in responses for answer in each.answers if answer.text]
    assert texts == ["My worker [name] was always there for all of us."] * 3


def test_figures_move_in_steps_and_at_the_end(opened: Opened) -> None:
    store, wave = opened.sayso.store, opened.wave
    for number in range(STEP - 1):
        at_good_worker(opened, f"chat-{number}")
    assert advance_figures(store, wave, wave.opens_on) == STEP - 1
    assert reach(store, wave.id).begun == {}
    assert redacted_answers(store, wave.id, counted_only=True) == []
    at_good_worker(opened, "one more")
    assert advance_figures(store, wave, wave.opens_on) == 0
    assert reach(store, wave.id).begun == {"young_person": STEP}
    assert reach(store, wave.id).finished == {}
    at_good_worker(opened, "late")
    assert advance_figures(store, wave, wave.closes_on) == 1
    assert reach(store, wave.id).begun == {"young_person": STEP}
    assert advance_figures(store, wave, wave.closes_on + timedelta(days=1)) == 0
    assert len(redacted_answers(store, wave.id, counted_only=True)) == STEP + 1


def test_a_closed_consultation_still_helps_and_hears_who_is_in_danger(opened: Opened) -> None:
    calendar = Calendar(opened.wave.closes_on + timedelta(days=1))
    desk = replace(opened.sayso.desk, today=calendar)
    closed = replace(opened, sayso=replace(opened.sayso, desk=desk))
    person = Person(closed, "c")
    said = " ".join(each.text for each in person.types("im going to kill myself tonight"))
    assert "999" in said
    assert "0800 1111" in said
    assert [each.level for each in referrals(closed.sayso.store)] == ["immediate"]
    assert "0800 1111" in " ".join(each.text for each in person.types("HELP"))
    told, why = person.types("hello?")
    assert "This ended on 31 January 2027" in told.text
    assert "Nobody can tell any more which answers are yours" in why.text


def test_the_answer_to_are_you_safe_reaches_the_lead_as_words_of_the_same_chat(opened: Opened) -> None:
    person = at_good_worker(opened)
    person.types("im going to kill myself tonight")
    person.types("not really, hes back")
    sealed = [sealed_message(opened.sayso.store, each.reference) for each in referrals(opened.sayso.store)]
    read = [json.loads(pyrage.decrypt(each, [opened.lead])) for each in sealed]
    assert {each["text"] for each in read} == {"im going to kill myself tonight", "not really, hes back"}
    assert len({each["thread"] for each in read}) == 1
    assert person.stored() is not None
    assert "hes back" not in str(person.stored())


def test_what_stands_on_a_system_button_may_be_typed(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(None)
    said = person.types("a parent or carer")
    assert any("keep your answers" in each.text for each in said)


def test_deleted_words_are_in_no_file_of_the_data_folder(opened: Opened) -> None:
    person = at_good_worker(opened)
    person.types("the quokka club on thursdays was the best thing ever")
    assert b"quokka" in b"".join(each.read_bytes() for each in opened.folder.iterdir() if each.is_file())
    person.commands(Command.DELETE)
    person.taps("Yes, delete them")
    assert b"quokka" not in b"".join(each.read_bytes() for each in opened.folder.iterdir() if each.is_file())
