"""Coding by two, over both databases: what is drawn, what is kept of each, and what becomes of it."""

from dataclasses import replace
from random import Random

import pytest
from sqlmodel import select

from analysis.findings.trust import Codes
from analysis.operations.code_answers import code_answers
from analysis.operations.double_code import (
    AlreadySettled,
    UnknownBlindCode,
    code_blind,
    draw_sample,
    made_by_machine,
    settle,
)
from analysis.operations.review import Judgement, decide_codings
from analysis.operations.take_reviews import take_reviews
from analysis.records import Facet, Verdict
from analysis.storage import codings, readings
from analysis.storage.acts import Overtaken
from analysis.storage.readings import NotToBeRead
from analysis.storage.tables import ActRow, ReviewRow
from consultation.operations.redacted_answers import told_in
from consultation.storage import audit, consultations
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, ResponseRow
from tests.contracts.talks import answering
from tests.contracts.test_reviews import ANSWERS, A, B, Proposing, record

READERS = ("analyst A", "analyst B")
FIRST, SECOND = ANSWERS
BULLYING, TRUST, LISTENING = ((Facet.THEME, each) for each in ("bullying", "trust_confidentiality", "listening"))
NEGATIVE, MIXED = (Facet.SENTIMENT, "negative"), (Facet.SENTIMENT, "mixed")
ALL = select(AnswerRow.id)


def given(*codes: tuple[Facet, str]) -> Codes:
    return frozenset(codes)


@pytest.fixture
def drawn(database: Store) -> Store:
    """Two answers that the machine takes to be about bullying, and negative, drawn for analysts A and B."""
    for chat in ("first", "second"):
        database.writer.take(answering(chat, chat, "they hit me and nobody came"))
    code_answers(database, [record(each) for each in ANSWERS], Proposing())
    assert draw_sample(database, A, ALL, READERS, 10, Random(1)) == 2
    return database


def standing(store: Store, answer: str) -> dict[str, Verdict | None]:
    with store.read() as session:
        return {each.code: each.verdict for each in codings.codings_of(session, [answer])}


def reviewed(store: Store) -> dict[str, tuple[str, str]]:
    with store.read() as session:
        return {each.answer_id: (each.reviewed_by, each.drawn) for each in session.exec(select(ReviewRow))}


def test_what_somebody_has_judged_or_drawn_is_not_drawn(database: Store) -> None:
    for chat in ("first", "second"):
        database.writer.take(answering(chat, chat, "they hit me"))
    decide_codings(database, A, FIRST, [Judgement(*BULLYING, Verdict.ADDED)])
    assert draw_sample(database, A, ALL, READERS, 10, Random(1)) == 1
    assert draw_sample(database, A, ALL, READERS, 10, Random(1)) == 0
    with database.read() as session:
        assert [each.answer for each in readings.doubled(session, ALL)] == [SECOND]
        entry = audit.entries(session)[-2]
    assert entry.details == {"seat": "A", "readers": "A and B", "answers": 1, "out_of": 1}
    assert entry.act == "double coding drawn"


def test_nothing_stands_until_both_are_done_and_then_what_both_gave(drawn: Store) -> None:
    code_blind(drawn, A, FIRST, given(TRUST, NEGATIVE))
    assert standing(drawn, FIRST) == {"bullying": None, "negative": None}
    with drawn.read() as session:
        assert readings.kept_from(session, "analyst A", ALL) == {FIRST, SECOND}
        assert readings.kept_from(session, "analyst C", ALL) == set()
    code_blind(drawn, B, FIRST, given(TRUST, NEGATIVE))
    assert standing(drawn, FIRST) == {
        "bullying": Verdict.REJECTED,  # the machine's, which neither gave
        "negative": Verdict.CONFIRMED,
        "trust_confidentiality": Verdict.ADDED,
    }
    assert reviewed(drawn) == {FIRST: ("analyst A and B", "double")}
    with drawn.read() as session:
        assert readings.kept_from(session, "analyst A", ALL) == {SECOND}
        assert {each.by for each in session.exec(select(ActRow))} == {"analyst A and B"}


def test_what_they_differ_on_waits_and_then_the_answer_is_reviewed(drawn: Store) -> None:
    code_blind(drawn, A, FIRST, given(TRUST, BULLYING, NEGATIVE))
    code_blind(drawn, B, FIRST, given(TRUST, LISTENING, MIXED))
    assert standing(drawn, FIRST) == {"bullying": None, "negative": None, "trust_confidentiality": Verdict.ADDED}
    assert reviewed(drawn) == {}
    settle(drawn, B, FIRST, given(LISTENING), given(BULLYING), seen=1)
    with pytest.raises(Overtaken):
        settle(drawn, A, FIRST, given(BULLYING), given(), seen=1)
    assert reviewed(drawn) == {}
    settle(drawn, A, FIRST, given(MIXED), given(NEGATIVE), seen=2)
    assert standing(drawn, FIRST) == {
        "bullying": Verdict.REJECTED, "listening": Verdict.ADDED, "trust_confidentiality": Verdict.ADDED,
        "mixed": Verdict.ADDED, "negative": Verdict.REJECTED,
    }  # fmt: skip
    assert reviewed(drawn) == {FIRST: ("analyst A", "double")}


def test_one_may_think_again_until_the_other_is_done(drawn: Store) -> None:
    code_blind(drawn, A, FIRST, given(TRUST, NEGATIVE))
    code_blind(drawn, A, FIRST, given(BULLYING, MIXED))
    with drawn.read() as session:
        assert readings.doubled(session, ALL)[0].given == {"analyst A": given(BULLYING, MIXED)}
    code_blind(drawn, B, FIRST, given(BULLYING, MIXED))
    with pytest.raises(AlreadySettled):
        code_blind(drawn, A, FIRST, given(TRUST, NEGATIVE))


def test_what_is_not_theirs_or_unknown_is_refused_and_nothing_kept(drawn: Store) -> None:
    with pytest.raises(NotToBeRead):
        code_blind(drawn, replace(A, by="analyst C"), FIRST, given(TRUST))
    with pytest.raises(NotToBeRead):
        code_blind(drawn, A, "gone", given(TRUST))
    with pytest.raises(UnknownBlindCode):
        code_blind(drawn, A, FIRST, given(TRUST, (Facet.OUTCOME, "trust_confidentiality")))
    with pytest.raises(NotToBeRead):
        settle(drawn, A, FIRST, given(TRUST), given())
    with drawn.read() as session:
        assert [each.given for each in readings.doubled(session, ALL)] == [{}, {}]


def test_what_both_agreed_on_is_settled_later_where_a_process_ended_before_it_was(drawn: Store) -> None:
    with drawn.write() as session:
        for reader in READERS:
            readings.put(session, FIRST, reader, given(TRUST, NEGATIVE), A.on)
    assert reviewed(drawn) == {}
    settle(drawn, A, FIRST, given(), given())
    assert standing(drawn, FIRST)["trust_confidentiality"] is Verdict.ADDED
    assert FIRST in reviewed(drawn)


def test_trust_is_measured_on_what_stood_when_people_judged(drawn: Store) -> None:
    for sitting in (A, B):
        code_blind(drawn, sitting, FIRST, given(TRUST, NEGATIVE))
    code_answers(drawn, [record(FIRST)], Proposing("two"))
    with drawn.read() as session:
        assert made_by_machine(session, [FIRST, SECOND]) == dict.fromkeys(ANSWERS, given(BULLYING, NEGATIVE))
        [wave] = consultations.waves(session)
        assert set(session.exec(told_in(wave.id))) == set(ANSWERS)
        [review], doubled = take_reviews(session, wave, {FIRST}, codings.codings_of(session, [FIRST]))
    assert (review.drawn, review.proposed) == ("double", given(BULLYING, NEGATIVE))
    assert review.standing == given(TRUST, NEGATIVE)
    assert doubled == [(given(TRUST, NEGATIVE), given(TRUST, NEGATIVE))]


def test_it_goes_with_the_answer(drawn: Store) -> None:
    code_blind(drawn, A, FIRST, given(TRUST, NEGATIVE))
    with drawn.write() as session:
        for row in session.exec(select(ResponseRow)):
            session.delete(row)
    with drawn.read() as session:
        assert readings.doubled(session, ALL) == []
