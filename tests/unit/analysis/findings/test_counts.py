"""People are counted once, rejected codings not at all, and every answer is accounted for."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.findings.counts import Topic, count, ranked
from analysis.findings.report import Checked
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from tests.unit.analysis.findings.small_consultation import small_consultation

CODES = st.sampled_from(["listening", "bullying", "waiting"])


def answer(number: int, response: str = "r1", **given: object) -> AnswerRecord:
    return replace(AnswerRecord(f"a{number}", response, "staff", "need", "time to listen"), **given)  # type: ignore[arg-type]


def coding(number: int, code: str, facet: Facet = Facet.THEME, verdict: Verdict | None = None) -> Coding:
    return Coding(f"a{number}", facet, code, 0, 4, 0.6, "", "machine 1", verdict)


def test_a_person_who_says_it_twice_counts_once() -> None:
    counts = count([answer(1), answer(2)], [coding(1, "listening"), coding(2, "listening")])
    tally = counts.tallies[Topic(None, "staff", "listening")]
    assert len(tally) == 1
    assert tally.answers == ("a1", "a2")


def test_a_theme_counts_under_an_outcome_where_one_answer_has_both() -> None:
    codings = [coding(1, "stay_safe", Facet.OUTCOME), coding(1, "listening"), coding(2, "bullying")]
    counts = count([answer(1), answer(2)], codings)
    assert Topic("stay_safe", "staff", "listening") in counts.tallies
    assert Topic("stay_safe", "staff", "bullying") not in counts.tallies


def test_rejected_codings_do_not_count() -> None:
    counts = count([answer(1)], [coding(1, "listening", verdict=Verdict.REJECTED)])
    assert not counts.tallies
    assert (counts.accounting.uncoded, counts.accounting.checked) == (1, 1)


def test_withheld_and_blank_answers_have_no_part_in_figures() -> None:
    answers = [answer(1, withheld=True, text=""), answer(2, "r2", text="  "), answer(3, "r3")]
    counts = count(answers, [coding(1, "listening")])
    assert counts.bases == {"staff": 1}
    assert not counts.tallies
    assert (counts.accounting.withheld, counts.accounting.uncoded) == (1, 2)


def test_ties_stand_in_the_order_of_the_codebook() -> None:
    counts = count([answer(1)], [coding(1, "waiting"), coding(1, "listening"), coding(1, "bullying")])
    assert [theme for theme, _ in ranked(counts, None, "staff", ("waiting", "listening"))] == [
        "waiting",
        "listening",
        "bullying",
    ]


@pytest.mark.parametrize(
    ("verdicts", "checked"),
    [
        ((None, None), Checked.NOT_YET),
        ((Verdict.CONFIRMED, None), Checked.PARTLY),
        ((Verdict.CONFIRMED, Verdict.ADDED), Checked.FULLY),
    ],
)
def test_a_figure_knows_how_far_it_was_checked(verdicts: tuple[Verdict | None, ...], checked: Checked) -> None:
    answers = [answer(1), answer(2, "r2")]
    codings = [coding(n, "listening", verdict=verdict) for n, verdict in enumerate(verdicts, start=1)]
    assert count(answers, codings).tallies[Topic(None, "staff", "listening")].checked is checked


def test_a_repeated_answer_and_a_stray_coding_are_bugs() -> None:
    with pytest.raises(ValueError, match="given twice"):
        count([answer(1), answer(1)], [])
    with pytest.raises(ValueError, match="not given"):
        count([answer(1)], [coding(2, "listening")])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(["", "more time"]), st.integers(0, 3)), max_size=12),
    st.lists(
        st.tuples(st.integers(0, 11), st.tuples(CODES, st.sampled_from(Facet), st.sampled_from([None, *Verdict])))
    ),
)
@example([(False, "more time", 0)], [(0, ("waiting", Facet.THEME, None)), (0, ("waiting", Facet.THEME, Verdict.ADDED))])
def test_nothing_disappears(
    given_answers: list[tuple[bool, str, int]], given_codings: list[tuple[int, tuple[str, Facet, Verdict | None]]]
) -> None:
    answers = [answer(n, f"r{r}", withheld=w, text=t) for n, (w, t, r) in enumerate(given_answers)]
    codings = [coding(n, *rest) for n, rest in given_codings if n < len(answers)]
    account = count(answers, codings).accounting
    assert account.answers == len(answers) == account.coded + account.uncoded + account.withheld
    assert count(answers[::-1], codings[::-1]) == count(answers, codings)


def test_the_small_consultation_adds_up() -> None:
    made = small_consultation()
    account = count(made.answers, made.codings).accounting
    assert (account.answers, account.coded, account.uncoded, account.withheld) == (66, 64, 1, 1)
