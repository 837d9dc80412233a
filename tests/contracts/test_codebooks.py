"""Codebooks that are changed while answers are coded to them, over both databases: no decision is lost, no answer
loses its codes unless a person said so, and nobody saves over anybody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from analysis.codebook import shipped_codebook
from analysis.codebook.edit import NotEdited, Wording, add, retire
from analysis.operations.edit_codebook import Editing, Overtaken, change_codebook, go_back
from analysis.operations.merge_codes import merge_codes
from analysis.operations.split_code import begin_split, finish_split, give, split_under_way
from analysis.records import Verdict
from analysis.storage import codebooks, coders, codings, recoding
from analysis.storage.tables import (
    ActRow,
    BlindCodingRow,
    CodebookVersionRow,
    CodedRow,
    CoderVersionRow,
    DecisionRow,
    ExampleRow,
    ReviewRow,
    SplitAnswerRow,
    SplitRow,
    SuggestionRow,
)
from consultation.domain.consultation import Consultation
from consultation.domain.ids import ConsultationId
from consultation.operations.redacted_answers import answer_ids
from consultation.storage.store import Store
from tests.contracts.talks import DAY, answering

MINE = ConsultationId("consultation")
ANSWERS = ("answer first", "answer second", "answer third")
SAME = ("listening", "respect", "communication")  # to be one
CONSULTATION = Consultation(MINE, "slug", "title", "authority", "purpose", "decided_by", "framework", simulated=False)
A = Editing(CONSULTATION, "analyst A", datetime(2026, 11, 23, 9, tzinfo=UTC), DAY, "why not")
ALL = (
    ActRow, BlindCodingRow, CodebookVersionRow, CodedRow, DecisionRow, ExampleRow, ReviewRow, SplitAnswerRow, SplitRow,
    SuggestionRow,
)  # fmt: skip
# For each answer and code: whether the machine proposed it, and what a person made of it.
Stood = Mapping[tuple[str, str], tuple[bool, Verdict | None]]
PLACES = [(answer, code) for answer in ANSWERS for code in SAME]
STOOD = st.fixed_dictionaries({each: st.tuples(st.booleans(), st.none() | st.sampled_from(Verdict)) for each in PLACES})
ON_ONE_DATABASE = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def told(database: Store) -> Store:
    for chat in ("first", "second", "third"):
        database.writer.take(answering(chat, chat, "they hit me and nobody came"))
    return database


def begin(store: Store, stood: Stood) -> None:
    """As if nothing had been done but this."""
    with store.write() as session:
        for table in ALL:
            session.execute(delete(table))
        for (answer, code), (proposed, verdict) in stood.items():
            its: dict[str, Any] = {"answer_id": answer, "facet": "theme", "code": code}
            if proposed:
                session.add(SuggestionRow(**its, start=1, end=4, confidence=0.5, reason="", coder="m"))
            if verdict:
                who: dict[str, Any] = {"decided_by": "analyst B", "decided_on": DAY}
                session.add(DecisionRow(**its, **who, verdict=verdict.value, start=2, end=3))


def rows(store: Store, table: Any) -> list[Any]:
    with store.read() as session:
        found = list(session.exec(select(table)))
        session.expunge_all()
    return found


def carried(stood: Stood) -> dict[str, set[str]]:
    """The codes that stand, by answer."""
    return {answer: {code for code in SAME if stands(*stood[answer, code])} for answer in ANSWERS}


def stands(proposed: bool, verdict: Verdict | None) -> bool:
    return proposed if verdict is None else verdict is not Verdict.REJECTED


def now(store: Store) -> dict[str, set[str]]:
    with store.read() as session:
        found = codings.codings_of(session, ANSWERS)
    return {answer: {each.code for each in found if each.answer_id == answer and each.counts} for answer in ANSWERS}


def decided_before(store: Store) -> Iterator[tuple[str, str, str]]:
    """Answer, code and verdict of what stands and of what the record has from before."""
    for row in rows(store, DecisionRow):
        yield row.answer_id, row.code, row.verdict
    for act in rows(store, ActRow):
        for key, data in act.before.items():
            if data:
                yield act.answer_id, key.partition(" ")[2], data["verdict"]


@settings(max_examples=10, deadline=None, suppress_health_check=ON_ONE_DATABASE)
@given(stood=STOOD)
def test_merging_loses_no_decision_and_no_code_that_stood(told: Store, stood: Stood) -> None:
    begin(told, stood)
    merge_codes(told, A, "listening", ["respect", "communication"])
    stands_now = now(told)
    for answer, codes in carried(stood).items():
        assert stands_now[answer] == ({"listening"} if codes else set()), answer
        for code in SAME:
            if verdict := stood[answer, code][1]:
                assert (answer, code, verdict.value) in set(decided_before(told))
    left = {each.code for each in [*rows(told, DecisionRow), *rows(told, SuggestionRow)]}
    assert left <= {"listening"}


@settings(max_examples=6, deadline=None, suppress_health_check=ON_ONE_DATABASE)
@given(stood=STOOD, choice=st.fixed_dictionaries({each: st.sets(st.sampled_from(["one", "two"])) for each in ANSWERS}))
def test_splitting_gives_each_answer_what_a_person_said_and_no_more(
    told: Store, stood: Stood, choice: dict[str, set[str]]
) -> None:
    begin(told, stood)
    begin_split(told, A, "listening", [(Wording("One", "x"), UUID(int=1)), (Wording("Two", "y"), UUID(int=2))])
    split = split_under_way(told, A, "listening")
    assert split is not None
    assert split.carrying == {answer for answer, codes in carried(stood).items() if "listening" in codes}
    for answer in sorted(split.carrying):
        assert now(told)[answer] == carried(stood)[answer]  # until it is done nothing changes
        with pytest.raises(NotEdited, match="not given yet"):
            finish_split(told, A, "listening")
        give(told, A, "listening", answer, sorted(choice[answer]))
    after = finish_split(told, A, "listening")
    stands_now = now(told)
    for answer, codes in carried(stood).items():
        given = choice[answer] if "listening" in codes else set()
        assert {each for each in stands_now[answer] if after.uses(each)} == codes - {"listening"} | given
        if verdict := stood[answer, "listening"][1]:
            assert (answer, "listening", verdict.value) in set(decided_before(told))
    assert rows(told, SplitRow) == rows(told, SplitAnswerRow) == []


def test_what_hangs_on_merged_codes_goes_over_too(told: Store) -> None:
    begin(told, {(ANSWERS[0], "respect"): (True, None)})
    review = ReviewRow(
        answer_id=ANSWERS[0], reviewed_by="analyst B", reviewed_on=DAY, drawn="random", coder="m",
        codebook="c", codebook_version=1, proposed=[["theme", "listening"], ["theme", "respect"]],
    )  # fmt: skip
    example = ExampleRow(
        consultation_id=MINE, id="1", text="t", audience="", question="", themes=["respect", "bullying"], source="s"
    )
    blind = BlindCodingRow(answer_id=ANSWERS[0], coder="analyst A", facet="theme", code="respect")
    with told.write() as session:
        session.add_all([review, example, blind])
    merge_codes(told, A, "listening", ["respect"])
    assert rows(told, ReviewRow)[0].proposed == [["theme", "listening"]]
    assert rows(told, ExampleRow)[0].themes == ["listening", "bullying"]
    assert [each.code for each in rows(told, BlindCodingRow)] == ["listening"]


def test_decisions_about_codes_that_are_gone_are_counted_and_come_back(told: Store) -> None:
    begin(told, {(ANSWERS[0], "respect"): (False, Verdict.ADDED)})

    def gone() -> int:
        with told.read() as session:
            book = codebooks.in_use(session, MINE) or shipped_codebook()
            return recoding.out_of_use(session, answer_ids(MINE), book)

    assert gone() == 0
    change_codebook(told, A, lambda book: retire(book, "respect"))
    assert gone() == 1
    go_back(told, replace(A, seen=2), 1)
    assert gone() == 0
    assert [(each.number, each.version) for each in rows(told, CodebookVersionRow)] == [(1, 1), (2, 2), (3, 3)]


def test_other_codes_put_what_was_taught_out_of_use_and_other_words_do_not(told: Store) -> None:
    begin(told, {})
    taught = CoderVersionRow(
        version="v", consultation_id=MINE, number=1, codebook="every-child-matters", codebook_version=1, head=b"",
        learnt_from=1, figures={}, made_on=DAY, made_by="sayso", in_use=True,
    )  # fmt: skip
    with told.write() as session:
        session.add(taught)

    def in_use() -> bool:
        with told.read() as session:
            return coders.in_use(session, MINE) is not None

    change_codebook(told, A, lambda book: replace(book, title="Other words"))
    assert in_use()
    change_codebook(told, replace(A, seen=2), lambda book: add(book, Wording("New", "x"), "theme", UUID(int=3)))
    assert not in_use()


def test_of_two_who_save_the_same_moment_one_is_told(told: Store) -> None:
    begin(told, {})
    start, ended = Barrier(2), list[object]()

    def save(seat: str) -> None:
        start.wait()
        try:
            change_codebook(told, replace(A, by=f"analyst {seat}"), lambda book: replace(book, title=f"By {seat}"))
            ended.append(seat)
        except Overtaken as error:
            ended.append(error.latest.made_by)

    threads = [Thread(target=save, args=(each,)) for each in "AB"]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    saved = next(each for each in ended if each in ("A", "B"))
    assert sorted(map(str, ended)) == sorted([saved, f"analyst {saved}"])
    assert [each.number for each in rows(told, CodebookVersionRow)] == [1, 2]


def test_a_withdrawn_answer_takes_what_was_given_with_it(told: Store) -> None:
    begin(told, {(each, "listening"): (True, None) for each in ANSWERS})
    begin_split(told, A, "listening", [(Wording("One", "x"), UUID(int=1)), (Wording("Two", "y"), UUID(int=2))])
    give(told, A, "listening", ANSWERS[0], ["one"])
    with told.write() as session:
        session.connection().exec_driver_sql("DELETE FROM answer WHERE id = 'answer first'")
    split = split_under_way(told, A, "listening")
    assert split is not None
    assert (len(split.carrying), len(split.given)) == (2, 0)
