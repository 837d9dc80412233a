"""What people decide, over both databases: acts and their undoing, two at once, and what is kept of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from analysis.codebook import UnknownCode, shipped_codebook
from analysis.coding.suggestion import Suggestion
from analysis.operations.code_answers import code_answers
from analysis.operations.review import (
    SENTIMENTS,
    BuiltUpon,
    Judgement,
    NothingToUndo,
    Sitting,
    decide_codings,
    finish_review,
    undo_last,
    write_note,
)
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.storage import acts, codings
from analysis.storage.acts import Overtaken
from analysis.storage.codings import UnknownAnswer
from analysis.storage.tables import ActRow, CodedRow, DecisionRow, NoteRow, ReviewRow
from consultation.domain.text import Kind, RawText
from consultation.privacy.detect import WordDetector
from consultation.storage import audit
from consultation.storage.store import Store
from tests.contracts.talks import DAY, answering

ANSWERS = ("answer first", "answer second")
A = Sitting("slug", shipped_codebook(), "analyst A", datetime(2026, 11, 23, 9, tzinfo=UTC), DAY)
B = replace(A, by="analyst B")
BULLYING = Judgement(Facet.THEME, "bullying", Verdict.CONFIRMED)
NO_BULLYING = replace(BULLYING, verdict=Verdict.REJECTED)
TRUST = Judgement(Facet.THEME, "trust_confidentiality", Verdict.ADDED)
MIXED = Judgement(Facet.SENTIMENT, "mixed", Verdict.ADDED)


class Proposing:
    """A coder that proposes bullying and a bad feeling, always, and doubts a little."""

    def __init__(self, version: str = "one") -> None:
        self.version = version

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return [Suggestion(each.answer_id, self._of(each.answer_id), None, {"bullying": 0.5}) for each in records]

    def _of(self, answer: str) -> tuple[Coding, ...]:
        made = ((Facet.THEME, "bullying", 0.5), (Facet.SENTIMENT, "negative", 0.9))
        return tuple(Coding(answer, facet, code, 0, 4, sure, "why", self.version) for facet, code, sure in made)


@pytest.fixture
def coded(database: Store) -> Store:
    """Two people's answers, read by the machine."""
    for chat in ("first", "second"):
        database.writer.take(answering(chat, chat, "they hit me and nobody came"))
    code_answers(database, [record(each) for each in ANSWERS], Proposing())
    return database


def record(answer: str) -> AnswerRecord:
    return AnswerRecord(answer, "r", "young_person", "safer", "they hit me and nobody came")


def stands(store: Store) -> list[Any]:
    """Everything that people decided, on all answers."""
    with store.read() as session:
        return [acts.standing(session, each) for each in ANSWERS]


def rows(store: Store, table: Any) -> list[Any]:
    with store.read() as session:
        return list(session.exec(select(table)))


def counting(store: Store, answer: str = ANSWERS[0]) -> set[tuple[str, Verdict | None]]:
    with store.read() as session:
        return {(each.code, each.verdict) for each in codings.codings_of(session, [answer]) if each.counts}


BY_HAND = (Verdict.CONFIRMED, Verdict.REJECTED, Verdict.ADDED)
JUDGEMENTS = st.builds(
    Judgement,
    st.just(Facet.THEME),
    st.sampled_from(["bullying", "listening"]),
    st.sampled_from(BY_HAND),
    st.none() | st.tuples(st.integers(0, 9), st.integers(10, 20)),
) | st.builds(Judgement, st.just(Facet.SENTIMENT), st.sampled_from(SENTIMENTS), st.sampled_from(BY_HAND))
DOINGS = st.lists(
    st.tuples(st.sampled_from(ANSWERS), st.sampled_from(["decide", "review", "undo"]), JUDGEMENTS), max_size=6
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=DOINGS, doings=DOINGS)
def test_any_acts_undone_to_the_start_leave_what_stood_at_the_start(coded: Store, before: Any, doings: Any) -> None:
    for answer, _, judgement in before:
        decide_codings(coded, B, answer, [judgement])
    start, done = stands(coded), 0
    for answer, what, judgement in doings:
        if what == "decide":
            decide_codings(coded, A, answer, [judgement])
        elif what == "review":
            finish_review(coded, A, answer, [judgement], drawn="random")
        elif done:
            undo_last(coded, A, answer, ANSWERS)
        done += -(what == "undo" and done > 0) or what != "undo"
    for _ in range(done):
        undo_last(coded, A, "", ANSWERS)
    assert stands(coded) == start
    with pytest.raises(NothingToUndo):
        undo_last(coded, A, ANSWERS[0], ANSWERS)


def test_who_acts_on_what_has_changed_meanwhile_writes_nothing_and_is_told_by_whom(coded: Store) -> None:
    decide_codings(coded, A, ANSWERS[0], [BULLYING], seen=0)
    before = stands(coded), len(rows(coded, ActRow))
    with pytest.raises(Overtaken) as told:
        decide_codings(coded, B, ANSWERS[0], [NO_BULLYING], seen=0)
    assert [(each.by, each.act, each.code) for each in told.value.acts] == [("analyst A", "confirmed", "bullying")]
    assert (stands(coded), len(rows(coded, ActRow))) == before
    decide_codings(coded, B, ANSWERS[0], [NO_BULLYING], seen=1)
    assert counting(coded) == {("negative", None)}


def test_of_many_who_act_at_the_same_time_on_the_same_state_one_writes(coded: Store) -> None:
    ends: list[str] = []

    def act(sitting: Sitting) -> None:
        try:
            decide_codings(coded, sitting, ANSWERS[0], [BULLYING], seen=0)
            ends.append("written")
        except Overtaken:
            ends.append("told")

    people = [Thread(target=act, args=(replace(A, by=f"analyst {seat}"),)) for seat in "ABCDEF"]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(ends) == ["told"] * 5 + ["written"]
    assert len(rows(coded, ActRow)) == 1
    with coded.read() as session:
        assert len(audit.entries(session)) == 1


def test_an_undo_takes_back_ones_own_last_act_wherever_it_was_and_nobody_elses(coded: Store) -> None:
    decide_codings(coded, A, ANSWERS[0], [TRUST])
    finish_review(coded, A, ANSWERS[0], drawn="random")
    decide_codings(coded, B, ANSWERS[1], [BULLYING])
    assert undo_last(coded, A, ANSWERS[1], ANSWERS).act == "reviewed"  # nothing of A's on the second
    assert undo_last(coded, A, ANSWERS[0], ANSWERS).code == TRUST.code
    with pytest.raises(NothingToUndo):
        undo_last(coded, A, ANSWERS[1], ANSWERS)
    assert [row.decided_by for row in rows(coded, DecisionRow)] == ["analyst B"]
    assert rows(coded, ReviewRow) == []
    with pytest.raises(NothingToUndo):
        undo_last(coded, B, "another's", [ANSWERS[0]])  # what lies in another consultation stays


def test_what_somebody_built_upon_is_not_undone(coded: Store) -> None:
    decide_codings(coded, A, ANSWERS[0], [BULLYING])
    decide_codings(coded, B, ANSWERS[0], [TRUST])  # beside it
    undo_last(coded, A, ANSWERS[0], ANSWERS)
    decide_codings(coded, A, ANSWERS[0], [BULLYING])
    decide_codings(coded, B, ANSWERS[0], [NO_BULLYING])  # on top of it
    before = stands(coded)
    with pytest.raises(BuiltUpon) as told:
        undo_last(coded, A, ANSWERS[0], ANSWERS)
    assert [each.by for each in told.value.acts] == ["analyst B"]
    assert stands(coded) == before


def test_a_review_keeps_what_was_proposed_by_whom_and_how_it_was_drawn(coded: Store) -> None:
    finish_review(coded, A, ANSWERS[0], [BULLYING], drawn="random", coder="one")
    [review] = rows(coded, ReviewRow)
    assert review.proposed == [["sentiment", "negative"], ["theme", "bullying"]]
    assert (review.reviewed_by, review.drawn, review.coder) == ("analyst A", "random", "one")
    assert counting(coded) == {("bullying", Verdict.CONFIRMED), ("negative", None)}
    code_answers(coded, [record(ANSWERS[0])], Proposing("two"))
    with pytest.raises(Overtaken) as told:  # they saw what another machine proposed
        finish_review(coded, B, ANSWERS[0], drawn="uncertain", coder="one")
    assert told.value.acts == ()
    finish_review(coded, B, ANSWERS[0], drawn="uncertain", coder="two")
    assert [(each.reviewed_by, each.coder) for each in rows(coded, ReviewRow)] == [("analyst B", "two")]
    assert counting(coded) == {("bullying", Verdict.CONFIRMED), ("negative", None)}  # the machine ran, A's word stands


def test_an_answer_has_one_tone(coded: Store) -> None:
    decide_codings(coded, A, ANSWERS[0], [MIXED])
    assert counting(coded) == {("bullying", None), ("mixed", Verdict.ADDED)}
    decide_codings(coded, A, ANSWERS[0], [replace(MIXED, code="negative")])
    assert counting(coded) == {("bullying", None), ("negative", Verdict.CONFIRMED)}
    assert {each.code for each in rows(coded, DecisionRow)} == {"negative"}


def test_several_places_of_one_code_are_kept_in_their_order_and_overlaps_joined(coded: Store) -> None:
    for place in ((12, 27), (0, 4), (5, 11), (10, 14)):
        decide_codings(coded, A, ANSWERS[0], [replace(BULLYING, place=place)])
    with coded.read() as session:
        [found] = [each for each in codings.codings_of(session, [ANSWERS[0]]) if each.code == "bullying"]
    assert found.places == ((0, 4), (5, 27))
    assert (found.start, found.end, found.confidence) == (0, 4, 0.5)
    decide_codings(coded, A, ANSWERS[0], [NO_BULLYING])
    undo_last(coded, A, ANSWERS[0], ANSWERS)
    with coded.read() as session:
        assert found in codings.codings_of(session, [ANSWERS[0]])


def test_each_act_is_audited_without_an_answers_id_or_words(coded: Store) -> None:
    decide_codings(coded, A, ANSWERS[0], [NO_BULLYING])
    finish_review(coded, B, ANSWERS[0], [TRUST], drawn="random")
    undo_last(coded, B, ANSWERS[0], ANSWERS)
    write_note(coded, A, WordDetector({}), ANSWERS[0], RawText("they hit"))
    with coded.read() as session:
        entries = audit.entries(session)
    assert audit.first_broken(entries) is None
    assert {(each.actor, each.subject) for each in entries} == {("analyst", "slug")}
    assert [(each.act, each.details) for each in entries] == [
        ("coding decided", {"seat": "A", "code": "bullying", "verdict": "rejected"}),
        ("coding decided", {"seat": "B", "code": "trust_confidentiality", "verdict": "added"}),
        ("answer reviewed", {"seat": "B", "drawn": "random"}),
        ("coding undone", {"seat": "B", "undone": "reviewed", "code": ""}),
        ("note written", {"seat": "A"}),
    ]


def test_what_is_unknown_is_refused_whole(coded: Store) -> None:
    for error, judgements in (
        (UnknownCode, [BULLYING, replace(BULLYING, code="no_such")]),
        (ValueError, [BULLYING, replace(MIXED, code="furious")]),
    ):
        with pytest.raises(error):
            decide_codings(coded, A, ANSWERS[0], judgements)
    with pytest.raises(UnknownAnswer):
        decide_codings(coded, A, "gone", [BULLYING])
    with pytest.raises(UnknownAnswer):
        finish_review(coded, A, "gone", [BULLYING], drawn="random")
    with pytest.raises(UnknownAnswer):
        write_note(coded, A, WordDetector({}), "gone", RawText("words"))
    assert [rows(coded, each) for each in (ActRow, DecisionRow, ReviewRow, NoteRow)] == [[], [], [], []]
    with coded.read() as session:
        assert audit.entries(session) == []


def test_a_note_is_redacted_replaced_and_taken_away(coded: Store) -> None:
    detector = WordDetector({"pauline": Kind.PERSON})
    write_note(coded, A, detector, ANSWERS[0], RawText("Pauline again?"))
    write_note(coded, B, detector, ANSWERS[0], RawText("check"))
    assert {(each.by, each.text) for each in rows(coded, NoteRow)} == {
        ("analyst A", "[name] again?"), ("analyst B", "check"),
    }  # fmt: skip
    write_note(coded, A, detector, ANSWERS[0], RawText("  "))
    assert [each.by for each in rows(coded, NoteRow)] == ["analyst B"]


def test_how_much_the_machine_doubts_is_kept(coded: Store) -> None:
    assert [round(each.doubt, 3) for each in rows(coded, CodedRow)] == [1.0, 1.0]  # one code at one half: one bit
