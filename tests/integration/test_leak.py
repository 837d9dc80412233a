"""Words that slipped through redaction are taken out everywhere at once: answers, codings, talks, the database's bytes.

Held on both databases. The detector knows one school and nobody's name, so that names slip through.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from sqlmodel import select

from analysis.codebook import shipped_codebook
from analysis.coding.suggestion import Suggestion
from analysis.operations.code_answers import code_answers
from analysis.operations.redact_codings import carry_codings
from analysis.operations.review import (
    Judgement,
    Sitting,
    clear_quotation,
    decide_codings,
    finish_review,
    undo_last,
    write_note,
)
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.storage.codings import read_by
from analysis.storage.tables import ActRow, ClearanceRow, CodedRow, DecisionRow, NoteRow, ReviewRow, SuggestionRow
from consultation.domain.consultation import Audience, Channel
from consultation.domain.text import Kind, RawText
from consultation.operations.note_export import exports_before, note_export
from consultation.operations.redact_leak import NotThere, Redaction, redact_leak
from consultation.operations.redacted_answers import redacted_answers, unread_answers
from consultation.privacy.detect import WordDetector
from consultation.privacy.leak import Leak
from consultation.storage import audit
from consultation.storage.tables import AnswerRow, AuditRow, ConversationRow, OutboxRow
from tests.builders import TODAY, Opened, Person, open_consultation
from tests.contracts.databases import as_setting, cluster, kind, place

__all__ = ["cluster", "kind", "place"]  # fixtures

TOLD = "At Oakfield my worker Quenby Marlowe listened to us every week."
AGAIN = "quenby  MARLOWE\u200b at Oakfield never rang us back about anything"
OTHER = "Somebody ring us back please, and mean it this time"
LEFT = "At [school] my worker [name] listened to us every week."
LEFT_AGAIN = "[name] at [school] never rang us back about anything"
CANARIES = (b"quenby", b"marlowe")
LEAK = Leak(RawText("Quenby Marlowe"), Kind.PERSON)


class Pointing:
    """A coder that points at "listened to us", and at the name."""

    version = "pointing 1"

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return [Suggestion(each.answer_id, tuple(self._codings(each)), None, {}) for each in records]

    def _codings(self, record: AnswerRecord) -> Iterator[Coding]:
        for code, words in (
            ("listening", "listened to us"),
            ("trust", "Marlowe listened"),
            ("waiting", "rang us back"),
        ):
            at = record.text.find(words)
            if at >= 0:
                why = f"Words that point to it: “Quenby Marlowe”, “{words}”."
                yield Coding(record.answer_id, Facet.THEME, code, at, at + len(words), 0.9, why, self.version)


@pytest.fixture
def said(place: Path | URL, tmp_path: Path) -> Iterator[Opened]:
    """Three people have answered; everything is coded, one answer is confirmed, cleared and quoted to its author."""
    detector = WordDetector({"oakfield": Kind.SCHOOL})
    opened = open_consultation(tmp_path / "data", detector=detector, database_url=as_setting(place))
    for chat, channel, words in (
        ("a", Channel.WEB, TOLD), ("b", Channel.TELEGRAM, AGAIN), ("c", Channel.WEB, OTHER),
    ):  # fmt: skip
        person = Person(opened, chat, channel)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    records = recorded(opened)
    assert code_answers(opened.sayso.store, list(records.values()), Pointing()) == 3
    text, told = next((text, each.answer_id) for text, each in records.items() if "listened" in text)
    sitting = Sitting("have-your-say", shipped_codebook(), "analyst A", opened.sayso.desk.now(), TODAY)
    at = text.find("every week")
    marks = Judgement(Facet.THEME, "listening", Verdict.CONFIRMED, (at, at + len("every week")))
    decide_codings(opened.sayso.store, sitting, told, [marks])
    finish_review(opened.sayso.store, sitting, told, drawn="random")
    write_note(opened.sayso.store, sitting, detector, told, RawText("says quenby marlowe, see oakfield"))
    clear_quotation(opened.sayso.store, told, by="analyst", on=TODAY)
    yield opened
    opened.sayso.store.close()


def recorded(opened: Opened) -> dict[str, AnswerRecord]:
    """The answers by their text."""
    return {each.text: each for each in answer_records(redacted_answers(opened.sayso.store, opened.wave.id))}


def report(opened: Opened, only: str | None = None, leak: Leak = LEAK) -> Redaction:
    desk = opened.sayso.desk
    return redact_leak(
        opened.sayso.store,
        opened.wave,
        leak,
        only,
        carry=carry_codings,
        new_id=desk.new_id,
        by="analyst",
        at=desk.now(),
    )


def rows(opened: Opened, table: Any) -> list[Any]:
    with opened.sayso.store.read() as session:
        return list(session.exec(select(table)))


def everything(opened: Opened) -> str:
    """All rows that could hold the words, as one text."""
    tables = (AnswerRow, SuggestionRow, DecisionRow, ActRow, NoteRow, ConversationRow, OutboxRow)
    return " ".join(str(each.model_dump()) for table in tables for each in rows(opened, table)).casefold()


def files(opened: Opened, request: pytest.FixtureRequest) -> bytes:
    """Every byte of the database: SQLite's folder, or the files of PostgreSQL's tables."""
    database = opened.sayso.store.database.writing.url.database
    if opened.sayso.store.database.writing.dialect.name == "sqlite":
        return b"".join(each.read_bytes() for each in opened.folder.rglob("*") if each.is_file()).lower()
    server = request.getfixturevalue("cluster")
    server.run("CHECKPOINT", database=database)
    names = "SELECT pg_relation_filepath(oid::regclass) FROM pg_class WHERE relkind IN ('r', 't', 'i') AND oid > 16383"
    paths = [row[0] for row in server.run(names, database=database)]
    assert len(paths) > 10
    read = "SELECT pg_read_binary_file(%s)"
    return b"".join(bytes(server.run(read, each, database=database)[0][0]) for each in paths).lower()


def test_the_words_are_nowhere_afterwards(
    said: Opened, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert any(each in files(said, request) for each in CANARIES), "the search sees nothing"
    assert everything(said).count("quenby") >= 4, "the words are not in talks and codings, so nothing would be shown"
    done = report(said)
    assert (done.answers, done.wiped) == (2, True)
    assert "quenby" not in everything(said)
    assert "marlowe" not in everything(said)
    assert [each for each in CANARIES if each in files(said, request)] == []
    assert "quenby" not in caplog.text.casefold()


def test_the_rest_stays_and_what_a_person_must_see_again_is_asked_for(said: Opened) -> None:
    before = recorded(said)
    report(said)
    after = recorded(said)
    assert set(after) == {LEFT, LEFT_AGAIN, OTHER}
    assert after[OTHER] == before[OTHER]
    told = after[LEFT].answer_id
    assert told != next(each.answer_id for text, each in before.items() if "listened" in text)
    assert {(each.answer_id, each.code, each.verdict) for each in rows(said, DecisionRow)} == {
        (told, "listening", "confirmed")
    }
    assert rows(said, ClearanceRow) == []
    assert {each.answer_id for each in rows(said, CodedRow)} == {after[OTHER].answer_id}
    unread = [
        each for page in unread_answers(said.sayso.store, said.wave.id, read_by(Pointing.version), 10) for each in page
    ]
    assert {each.answers[0].text for each in unread} == {LEFT, LEFT_AGAIN}


def test_a_coding_covers_the_words_that_it_did_or_is_gone(said: Opened) -> None:
    report(said)
    texts = {each.answer_id: each.text for each in recorded(said).values()}
    assert {(each.code, texts[each.answer_id][each.start : each.end]) for each in rows(said, SuggestionRow)} == {
        ("listening", "listened to us"), ("waiting", "rang us back"),
    }  # fmt: skip
    assert {each.reason for each in rows(said, SuggestionRow)} == {
        "Words that point to it: “[name]”, “listened to us”.", "Words that point to it: “[name]”, “rang us back”.",
    }  # fmt: skip


def test_what_people_did_with_it_goes_over_with_the_words_out_and_can_still_be_undone(said: Opened) -> None:
    report(said)
    left = recorded(said)[LEFT]
    [decision], [note], [review] = (rows(said, each) for each in (DecisionRow, NoteRow, ReviewRow))
    assert left.text[decision.start : decision.end] == "every week"
    assert (note.answer_id, note.text) == (left.answer_id, "says [name], see [school]")
    assert (review.answer_id, review.drawn) == (left.answer_id, "random")
    sitting = Sitting("have-your-say", shipped_codebook(), "analyst A", said.sayso.desk.now(), TODAY)
    undone = [undo_last(said.sayso.store, sitting, left.answer_id, ()).act for _ in range(2)]
    assert undone == ["reviewed", "marked"]
    assert rows(said, DecisionRow) == rows(said, ReviewRow) == []


def test_one_answer_alone_can_be_redacted(said: Opened) -> None:
    told = next(each.answer_id for text, each in recorded(said).items() if "listened" in text)
    assert report(said, only=told).answers == 1
    assert set(recorded(said)) == {LEFT, AGAIN.replace("Oakfield", "[school]"), OTHER}
    with pytest.raises(NotThere):
        report(said, only=told)
    assert report(said).answers == 1


def test_the_audit_log_tells_of_it_without_the_words(said: Opened) -> None:
    note_export(
        said.sayso.store, "have-your-say", "coded-answers.csv", "chapter.docx", by="analyst", at=said.sayso.desk.now()
    )
    done = report(said)
    note_export(said.sayso.store, "have-your-say", "coded-answers.xlsx", by="analyst", at=said.sayso.desk.now())
    with said.sayso.store.read() as session:
        entries = audit.entries(session)
    assert audit.first_broken(entries) is None
    entry = entries[done.number - 1]
    assert (entry.actor, entry.act, entry.subject) == ("analyst", "leak redacted", "have-your-say")
    assert entry.details == {"kind": "person", "answers": 2}
    assert [each.file for each in exports_before(said.sayso.store, "have-your-say", done.number)] == [
        "chapter.docx", "coded-answers.csv",
    ]  # fmt: skip


def test_words_that_stand_nowhere_change_nothing(said: Opened) -> None:
    before, entries = recorded(said), len(rows(said, AuditRow))
    with pytest.raises(NotThere):
        report(said, leak=Leak(RawText("Persephone"), Kind.PERSON))
    assert recorded(said) == before
    assert len(rows(said, AuditRow)) == entries


def test_a_talk_goes_on_after_it_and_adds_to_what_is_left(said: Opened) -> None:
    report(said)
    person = Person(said, "a", Channel.WEB)
    person.begins()
    person.types("another way")
    person.types("She listened.")
    assert "She listened." in recorded(said)
    assert LEFT not in recorded(said)


def test_a_coder_that_read_the_old_words_just_now_writes_nothing_of_them(said: Opened) -> None:
    class Slow(Pointing):
        version = "slow 1"

        def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
            report(said)
            return super().code(records)

    assert code_answers(said.sayso.store, list(recorded(said).values()), Slow()) == 1
    assert "quenby" not in everything(said)
