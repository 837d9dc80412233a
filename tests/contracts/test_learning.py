"""What a coder learned and what was accepted in bulk, over both databases: kept, put to use, forgotten, taken back."""

from datetime import date

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from analysis.codebook import shipped_codebook
from analysis.coding.safe import Band
from analysis.operations.accept_band import accept_band, check_band, count_in_band, strokes, take_back
from analysis.operations.learn import forget_the_unreadable, forget_the_withdrawn
from analysis.operations.review import decide_codings, finish_review
from analysis.records import Facet, Verdict
from analysis.storage import coders
from analysis.storage.lessons import count_reviewed, judged
from analysis.storage.tables import CoderVersionRow, LessonRow
from consultation.domain.due import Kind
from consultation.operations.ask_to_learn import ask_to_learn
from consultation.storage import audit, consultations
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, DueRow
from tests.contracts.talks import WAVE
from tests.contracts.test_reviews import ANSWERS, BULLYING, NO_BULLYING, TRUST, A, B, coded, counting, rows, stands

__all__ = ["coded"]  # a fixture

FIRST, SECOND = ANSWERS
ALL = select(AnswerRow.id)
SURE = Band({"bullying": 0.5}, 100, 99, 0.95, 0.5)
SURER = Band({"bullying": 0.6}, 100, 99, 0.95, 0.5)


def version(number: int, name: str = "") -> CoderVersionRow:
    return CoderVersionRow(
        version=name or f"v{number}", consultation_id="consultation", number=number, codebook="c", codebook_version=1,
        head=b"head", learnt_from=1, figures={}, made_on=date(2026, 11, 23), made_by="sayso",
    )  # fmt: skip


def in_use(store: Store) -> str | None:
    with store.read() as session:
        row = coders.in_use(session, "consultation")
        return row.version if row else None


def test_a_coder_is_forgotten_with_the_answer_that_it_learned_from(coded: Store) -> None:
    with coded.write() as session:
        coders.add(session, version(1), [FIRST])
        coders.add(session, version(2), [SECOND])
        coders.use(session, "consultation", "v1")
    assert in_use(coded) == "v1"
    assert not forget_the_withdrawn(coded, "consultation")
    with coded.write() as session:
        session.execute(delete(AnswerRow).where(col(AnswerRow.id) == FIRST))
    assert forget_the_withdrawn(coded, "consultation"), "what was in use is gone"
    assert in_use(coded) is None
    with coded.read() as session:
        assert [each.version for each in coders.versions(session, "consultation")] == ["v2"]
        assert coders.lessons_of(session, "v2") == {SECOND}
    assert not forget_the_withdrawn(coded, "consultation")


def test_a_coder_that_can_not_be_read_any_more_is_forgotten_and_those_not_in_use_stay(coded: Store) -> None:
    with coded.write() as session:
        coders.add(session, version(1), [FIRST])
        coders.add(session, version(2), [SECOND])
    assert not forget_the_unreadable(coded, "consultation", shipped_codebook())
    with coded.write() as session:
        coders.use(session, "consultation", "v1")
    assert forget_the_unreadable(coded, "consultation", shipped_codebook())
    with coded.read() as session:
        assert [each.version for each in coders.versions(session, "consultation")] == ["v2"]
        assert not coders.lessons_of(session, "v1")


def test_nothing_is_kept_of_an_answer_that_went_while_a_coder_learned(coded: Store) -> None:
    with pytest.raises(IntegrityError), coded.write() as session:
        coders.add(session, version(1), ["withdrawn meanwhile"])
    assert rows(coded, CoderVersionRow) == rows(coded, LessonRow) == []


def test_what_a_reviewer_let_stand_is_what_is_learned(coded: Store) -> None:
    decide_codings(coded, A, FIRST, [TRUST])
    finish_review(coded, A, FIRST, [NO_BULLYING], drawn="random")
    decide_codings(coded, A, SECOND, [BULLYING])
    with coded.read() as session:
        found = judged(session, ALL)
        assert count_reviewed(session, ALL) == 1
    assert set(found) == {FIRST}, "one decision is no review"
    assert found[FIRST].drawn == "random"
    assert found[FIRST].stands == {(Facet.THEME, "trust_confidentiality"), (Facet.SENTIMENT, "negative")}
    assert found[FIRST].codes(Facet.THEME) == ("trust_confidentiality",)
    assert found[FIRST].codebook == (A.codebook.id, A.codebook.version)


def test_what_is_in_the_band_and_open_is_accepted_at_one_stroke_and_taken_back(coded: Store) -> None:
    decide_codings(coded, B, SECOND, [NO_BULLYING])
    before = stands(coded)
    assert count_in_band(coded, ALL, SURER, "one") == 0
    assert count_in_band(coded, ALL, SURE, "another coder") == 0
    assert accept_band(coded, A, ALL, SURE, "one") == count_in_band(coded, ALL, SURE, "one") + 1 == 1
    assert ("bullying", Verdict.ACCEPTED) in counting(coded, FIRST)
    assert counting(coded, SECOND) == {("negative", None)}, "what a person rejected stays rejected"
    with coded.read() as session:
        assert [(each.number, each.by, each.codes, each.taken_back) for each in strokes(session, ALL)] == [
            (1, "analyst A", 1, False)
        ]
        entry = audit.entries(session)[-1]
    assert (entry.act, entry.details) == ("codes accepted in bulk", {"seat": "A", "number": 1, "codes": 1})
    assert take_back(coded, B, ALL, 1) == 1
    assert stands(coded) == before
    assert accept_band(coded, A, ALL, SURE, "one") == 1
    with coded.read() as session:
        assert [(each.number, each.taken_back) for each in strokes(session, ALL)] == [(2, False), (1, True)]


def test_what_was_decided_since_stays_when_a_stroke_is_taken_back(coded: Store) -> None:
    assert accept_band(coded, A, ALL, SURE, "one") == 2
    decide_codings(coded, B, FIRST, [BULLYING])
    assert take_back(coded, A, ALL, 1) == 1
    assert ("bullying", Verdict.CONFIRMED) in counting(coded, FIRST)
    assert ("bullying", None) in counting(coded, SECOND)
    assert take_back(coded, A, ALL, 1) == 0


def test_the_band_is_checked_on_the_fair_sample_without_what_was_learned(coded: Store) -> None:
    finish_review(coded, A, FIRST, [NO_BULLYING], drawn="random")
    finish_review(coded, A, SECOND, [BULLYING], drawn="random")
    found = check_band(coded, ALL, "seed", SURE, "one")
    assert (found.n, found.right) == (2, 1)
    with coded.write() as session:
        coders.add(session, version(1, "one"), [FIRST])
    found = check_band(coded, ALL, "seed", SURE, "one")
    assert (found.n, found.right) == (1, 1)
    finish_review(coded, A, FIRST, drawn="uncertain")
    finish_review(coded, A, SECOND, drawn="uncertain")
    assert check_band(coded, ALL, "seed", SURE, "one").n == 0, "what was looked up is no fair sample"


def test_asking_twice_is_asking_once(coded: Store) -> None:
    with coded.read() as session:
        consultation = next(each.consultation for each in consultations.waves(session) if each.id == WAVE)
    for _ in range(2):
        ask_to_learn(coded, consultation, by="analyst A", at=A.at)
    assert [(each.kind, each.subject) for each in rows(coded, DueRow)] == [(Kind.LEARN, "consultation")]
    with coded.read() as session:
        assert [each.act for each in audit.entries(session)] == ["learning asked for"] * 2
