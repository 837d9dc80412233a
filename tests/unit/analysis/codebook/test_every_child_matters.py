"""The shipped codebook carries the reference ids, and wording that can be printed in a strategy."""

import re
from collections.abc import Iterator

import pytest

from analysis.codebook import Code, shipped_codebook
from analysis.records import AUDIENCES

OUTCOMES = ("be_healthy", "stay_safe", "enjoy_achieve", "positive_contribution", "economic_wellbeing")
THEMES = (
    *("listening", "respect", "trust_confidentiality", "continuity_time", "communication", "whole_person"),
    *("training_skills", "safeguarding", "bullying", "mental_health", "physical_health", "disability_send"),
    *("equality_diversity", "behaviour_support", "transitions", "access_availability", "information_signposting"),
    *("transport", "activities_places", "learning_support", "careers_future", "community_safety", "online_life"),
    *("money_housing", "participation", "positive_image", "family_support", "integrated_working"),
    *("recruitment_retention", "workload_capacity", "leadership_supervision"),
)
LONGEST = 28  # words in a bullet


def _statements(code: Code) -> Iterator[str]:
    yield from code.statements.general.values()
    for clauses in code.statements.under.values():
        yield from clauses.values()


def _workforce(code: Code) -> Iterator[str]:
    assert code.workforce.general
    yield code.workforce.general
    yield from code.workforce.under.values()


ALL_STATEMENTS = [each for code in shipped_codebook().themes for each in _statements(code)]
ALL_WORKFORCE = [each for code in shipped_codebook().themes for each in _workforce(code)]


def test_it_has_the_five_outcomes_and_31_themes() -> None:
    codebook = shipped_codebook()
    assert len(THEMES) == 31
    assert codebook.outcome_ids == OUTCOMES
    assert codebook.theme_ids == THEMES


def test_ids_carry_guids_that_are_written_down() -> None:
    """A GUID is for ever: projects exported last year find their codes by it."""
    codebook = shipped_codebook()
    assert len({each.guid for each in codebook.codes}) == 36
    assert {each.guid.version for each in codebook.codes} == {4}
    assert str(codebook.theme("listening").guid) == "4db41359-03d9-4bea-bfc6-f082ac4152a8"


@pytest.mark.parametrize("code", shipped_codebook().codes, ids=lambda code: code.id)
def test_a_code_says_what_belongs_to_it_and_what_does_not(code: Code) -> None:
    assert code.definition.endswith(".")
    assert code.topic[:1].islower()
    assert 2 <= len(code.include) <= 4
    assert 1 <= len(code.exclude) <= 3


def test_exclude_notes_send_the_reader_to_codes_that_exist() -> None:
    codebook = shipped_codebook()
    names = {each.name for each in codebook.codes}
    notes = [note for each in codebook.codes for note in each.exclude]
    sent_to = [found for note in notes for found in re.findall(r"\(code (.+?)(?: too)?\)", note)]
    assert len(sent_to) > 40
    assert set(sent_to) - names == {"the outcome it concerns"}


@pytest.mark.parametrize("code", shipped_codebook().themes, ids=lambda code: code.id)
def test_a_theme_has_a_statement_for_every_audience_and_a_conclusion(code: Code) -> None:
    assert set(code.statements.general) == set(AUDIENCES)
    for outcome in OUTCOMES:
        assert all(code.tells_us(audience, outcome) for audience in AUDIENCES)
        assert code.needs_workforce_that(outcome)


def _can_end_a_sentence(clause: str) -> bool:
    fits = 3 <= len(clause.split()) <= LONGEST and clause[0].islower() and clause[-1].isalpha()
    return fits and not re.search(r"['\"]|\betc\b|\bstakeholder|\bholistic|\bdeliver", clause)


def test_each_clause_can_end_a_sentence_that_somebody_else_began() -> None:
    assert [each for each in ALL_STATEMENTS + ALL_WORKFORCE if not _can_end_a_sentence(each)] == []


def test_no_two_clauses_are_the_same() -> None:
    assert len(ALL_STATEMENTS) > 400
    assert len(set(ALL_STATEMENTS)) == len(ALL_STATEMENTS)
    assert len(ALL_WORKFORCE) > 150
    assert len(set(ALL_WORKFORCE)) == len(ALL_WORKFORCE)


def test_a_conclusion_begins_with_what_the_workforce_does() -> None:
    """Each stands after "a workforce that": a verb in the third person."""
    assert [each for each in ALL_WORKFORCE if not re.match(r"[a-z]+s ", each)] == []
