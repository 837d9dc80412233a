"""Somebody takes their answers back while the machine reads them: theirs are gone, everybody else's are coded."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from analysis.coding.suggestion import Suggestion
from analysis.operations.code_answers import code_answers
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Coding, Facet
from analysis.storage import codings
from analysis.storage.tables import CodedRow, SuggestionRow
from bot.scheduler import Scheduler
from consultation.domain.consultation import Audience
from consultation.flow.events import Command
from consultation.operations.redacted_answers import redacted_answers
from tests.builders import Opened, Person


@dataclass
class Reading:
    """A coder during whose work something happens."""

    opened: Opened
    who: list[Person] = field(default_factory=list)
    version: str = "test 1"

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        while self.who:
            person = self.who.pop()
            person.commands(Command.DELETE)
            person.taps("Yes, delete them")
        return [
            Suggestion(
                each.answer_id,
                (Coding(each.answer_id, Facet.THEME, "SS-bullying", 0, 4, 0.9, "why", self.version),),
                None,
                {},
            )
            for each in records
        ]


def one_who_wrote(opened: Opened, name: str) -> Person:
    person = Person(opened, name)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("They always asked what we thought first.")
    return person


def test_the_others_are_coded(opened: Opened) -> None:
    people = [one_who_wrote(opened, name) for name in ("a", "b", "c")]
    records = answer_records(redacted_answers(opened.sayso.store, opened.wave.id))
    assert len(records) == 3
    assert code_answers(opened.sayso.store, records, Reading(opened, [people[1]])) == 2
    left = {each.answer_id for each in answer_records(redacted_answers(opened.sayso.store, opened.wave.id))}
    assert len(left) == 2
    with opened.sayso.store.read() as session:
        assert set(session.exec(select(CodedRow.answer_id))) == left
        assert set(session.exec(select(SuggestionRow.answer_id))) == left
        assert set(session.exec(codings.read_by("test 1"))) == left


def test_a_coder_that_fails_is_logged_by_the_kind_of_failure(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    one_who_wrote(opened, "a")
    key = opened.sayso.settings.database
    opened.sayso.store.close()
    key.rename(key.with_suffix(".away"))
    with caplog.at_level(logging.ERROR):
        Scheduler(opened.sayso, heavy=True).do_heavy_work()
    assert "failed (OperationalError)" in caplog.text
    assert "asked what we thought" not in caplog.text
