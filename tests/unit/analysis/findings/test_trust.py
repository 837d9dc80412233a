"""What a report says of its own coding: exactly what was checked, over what, and that it was not where it was not."""

from dataclasses import replace

import pytest

from analysis.findings.trust import Codes, Review, brief, drawn_in_words, figures, in_words, measure
from analysis.records import Facet
from tests.unit.analysis.findings.small_consultation import codebook, small_consultation

EXACT = "{:,}".format


def codes(*themes: str, outcome: str = "", tone: str = "") -> Codes:
    its = {(Facet.THEME, each) for each in themes}
    return frozenset(its | ({(Facet.OUTCOME, outcome)} if outcome else set()) | {(Facet.SENTIMENT, tone or "mixed")})


RIGHT = Review("random", codes("listening", outcome="be_healthy"), codes("listening", outcome="be_healthy"))
WRONG = Review("random", codes("listening"), codes("bullying", tone="negative"))
CHOSEN = replace(WRONG, drawn="uncertain")
ALIKE = (codes("listening"), codes("listening"))
UNLIKE = (codes("bullying"), codes("waiting"))


def test_where_nobody_looked_it_says_exactly_that() -> None:
    trust = measure(codebook(), ["v1"], 300)
    assert in_words(trust, EXACT) == (
        "No person has yet read an answer through and judged how it was coded (0 of 300 answers).",
        "No answers drawn at random have been checked by a person, so how often the computer program is right about"
        " these answers has not been measured.",
        "No answers have been coded by two people, so how far people agree on the codes has not been measured.",
        "The answers were coded to the codebook “A small codebook”, version 2, by version v1 of the program.",
    )


def test_only_answers_drawn_at_random_count_for_the_f1() -> None:
    trust = measure(codebook(), ["v1"], 300, [*[RIGHT] * 45, *[WRONG] * 15, *[CHOSEN] * 60])
    assert (trust.reviewed, trust.sample) == (120, 60)
    found = trust.f1[Facet.THEME]
    assert found
    assert (found.value, found.n) == (0.75, 60)
    assert trust.f1[Facet.OUTCOME]
    reviewed, sampled, *_ = in_words(trust, EXACT)
    assert reviewed == "A person has read 120 of 300 answers through and judged how each was coded."
    assert sampled.startswith("In a random sample of 60 answers")
    assert "0.75 (95% interval 0." in sampled
    assert drawn_in_words(trust) == "Of 120 reviewed: 60 drawn at random, 60 least certain."


def test_two_peoples_agreement_has_its_base() -> None:
    doubled = in_words(measure(codebook(), ["v1"], 300, doubled=[*[ALIKE] * 20, *[UNLIKE] * 10]), EXACT)[2]
    assert doubled.startswith("Two people coded 30 answers, neither seeing")
    assert "Krippendorff’s alpha" in doubled
    assert "for themes" in doubled
    assert "for outcomes" not in doubled  # nobody gave any


@pytest.mark.parametrize("n", [1, 9])
def test_too_few_is_said_in_words(n: int) -> None:
    said = in_words(measure(codebook(), ["v1"], 300, [WRONG] * n, [UNLIKE] * n), EXACT)
    assert "too few to say how often" in said[1]
    assert "too few to measure" in said[2]
    assert not any("0.00" in each for each in said)
    assert "not known (n = " in brief(measure(codebook(), ["v1"], 300, [WRONG] * n, [UNLIKE] * n))


def test_all_is_all_and_versions_are_named() -> None:
    said = in_words(measure(codebook(), ["v2", "v1", "v2"], 10, [CHOSEN] * 10), EXACT)
    assert said[0] == "A person has read every answer through and judged how it was coded (10 answers)."
    assert said[-1].endswith("by version v1 and v2 of the program.")
    assert "no version of the program yet" in in_words(measure(codebook(), [], 10), EXACT)[-1]


def test_a_report_says_it_in_guarded_numbers_and_the_analysts_have_it_exactly() -> None:
    made = small_consultation()
    findings = made.report(reviews=[*[RIGHT] * 9, *[CHOSEN] * 4], doubled=[ALIKE] * 3)
    assert findings.trust.reviewed == 13
    assert findings.report.trust[1] == (
        "A person has read about 15 of about 65 answers through and judged how each was coded."
    )
    assert "random sample of about 10 answers" in findings.report.trust[2]
    assert "coded a few answers" in findings.report.trust[3]
    assert figures(findings.trust)["drawn"] == {"random": 9, "uncertain": 4}
