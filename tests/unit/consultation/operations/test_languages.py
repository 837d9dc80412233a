"""A talk in another language than English, beyond what the transcripts play: what is told of the consultation, what is
kept of the language, and what is said where nothing can be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.operations.take_records import answer_records
from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import RawText
from consultation.flow.events import Began, ChoseLanguage, Command
from consultation.locale.catalogue import catalogue
from consultation.operations.converse import Incoming, NotStored, Typed, converse
from consultation.operations.open_wave import NotReady, open_wave
from consultation.operations.redacted_answers import redacted_answers
from consultation.surveys import template
from tests.builders import Broken, Calendar, Opened, Person, commission

POLISH, URDU = catalogue("pl"), catalogue("ur")
FACTS = {"pl": {"authority": "Rada Hrabstwa", "decided_by": "Zarząd"}}


def test_what_is_told_of_the_consultation_is_told_in_the_readers_language(opened: Opened) -> None:
    desk, keys = opened.sayso.desk, opened.sayso.keys
    wave = open_wave(desk, keys, commission("in-polish", translations=FACTS), template("what-we-want"))
    person = Person(Opened(opened.sayso, wave, opened.lead), "c")
    said = person.does(Began(Audience.STAFF, locale="pl"))
    assert "Rada Hrabstwa pyta" in said[0].text
    assert "Kto decyduje: Zarząd" in said[0].text
    assert "to write the next children's workforce strategy." in said[0].text, "nobody translated it"
    assert {each.lang for each in said} == {"pl"}
    english = Person(Opened(opened.sayso, wave, opened.lead), "d").begins(Audience.STAFF)
    assert "Cambridgeshire County Council is asking" in english[0].text


PARTLY = template("what-we-want").replace("\n  pl: Czego oczekujesz od ludzi, którzy z Tobą pracują?", "")


def test_a_survey_that_is_partly_translated_opens_only_where_somebody_says_so(opened: Opened) -> None:
    desk, keys = opened.sayso.desk, opened.sayso.keys
    body = PARTLY.replace("survey: what-we-want", "survey: in-part")
    assert body != template("what-we-want")
    with pytest.raises(NotReady, match=r"lack wordings: Polish 1\. 'sayso check FILE --missing'"):
        open_wave(desk, keys, commission("in-part"), body)
    wave = open_wave(desk, keys, commission("in-part", partly_translated=True), body)
    person = Person(Opened(opened.sayso, wave, opened.lead), "c")
    person.begins(Audience.STAFF)
    assert POLISH["language.partly"] in [each.text for each in person.does(ChoseLanguage("pl"))]
    assert POLISH["language.partly"] not in [each.text for each in person.commands(Command.HELP)]
    assert URDU["language.partly"] not in [each.text for each in person.does(ChoseLanguage("ur"))]
    begun = Person(Opened(opened.sayso, wave, opened.lead), "d").does(Began(Audience.STAFF, locale="pl"))
    assert POLISH["language.partly"] in [each.text for each in begun]


def test_the_language_of_a_response_follows_that_of_its_talk(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")

    def kept() -> list[str]:
        return [each.locale for each in redacted_answers(opened.sayso.store, opened.wave.id)]

    assert kept() == ["en"]
    person.does(ChoseLanguage("ur"))
    assert kept() == ["ur"]
    person.types("وہ میری بات سنتے تھے")
    [answer] = answer_records(redacted_answers(opened.sayso.store, opened.wave.id))
    assert answer.language == "ur"
    person.does(ChoseLanguage("en"))
    assert kept() == ["en"]


def broken(text: str) -> None:
    raise Broken


def test_what_could_not_be_kept_is_said_in_the_talks_language(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.STAFF)
    person.does(ChoseLanguage("pl"))
    desk = replace(opened.sayso.desk, screen=broken)  # type: ignore[arg-type]
    for chat, locale, words in (("c", None, POLISH), ("never", "ur", URDU), ("never", None, catalogue("en"))):
        given = Incoming(Channel.SIMULATION, chat, "1", Typed(RawText("cokolwiek")), locale)
        with pytest.raises(NotStored) as refused:
            converse(desk, opened.wave, given)
        assert refused.value.message.text == words["turn.not_stored"]


def test_when_it_is_over_it_says_so_in_the_talks_language_or_the_channels(opened: Opened) -> None:
    calendar = Calendar()
    desk = replace(opened.sayso.desk, today=calendar)
    person = Person(opened, "c")
    person.begins(Audience.STAFF)
    person.does(ChoseLanguage("pl"))
    calendar.today = opened.wave.closes_on + timedelta(days=1)
    for chat, locale, words in (("c", "ur", POLISH), ("never", "ur", URDU), ("never", None, catalogue("en"))):
        given = Incoming(Channel.SIMULATION, chat, "2", Typed(RawText("HELP")), locale)
        said = [each.text for each in converse(desk, opened.wave, given)]
        assert said[0] == words["help"]
        assert said[-1] == words["wave.unlinked"]
