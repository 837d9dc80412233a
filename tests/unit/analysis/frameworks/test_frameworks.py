"""A framework is read with its facts, answers to the codebook's outcomes, and says what is wrong with its file."""

from pathlib import Path

import pytest

from analysis.codebook import shipped_codebook
from analysis.frameworks import Framework, load_framework, load_framework_file, shipped_frameworks
from consultation.content import BadFile

SMALL = """\
framework: testshire
authority: Testshire Council
partnership: Testshire Partnership
title: Workforce Strategy
years: 2030-33
source: {document: Workforce Strategy, year: 2030, pages: [Priorities]}
vision: [working well]
priorities:
  - id: lead
    name: Leading
    kind: key
    objective: lead well
    milestones:
      April 2031: [a start is made]
plan_title: The Plan
objectives:
  - id: safe
    text: keep children safe
    plan_priority: 2
  - id: well
    text: keep children well
    plan_priority: 1
  - id: extra
    text: do more
outcomes:
  - id: stay_safe
    delivered_through: [safe, extra]
"""


@pytest.fixture(scope="module")
def cambridgeshire() -> Framework:
    return load_framework("cambridgeshire-2009-12", shipped_codebook().outcome_ids)


@pytest.mark.parametrize("name", shipped_frameworks())
def test_every_shipped_framework_answers_to_the_shipped_codebook(name: str) -> None:
    outcomes = shipped_codebook().outcome_ids
    framework = load_framework(name, outcomes)
    assert framework.id == name
    assert all(framework.delivered_through(each) for each in outcomes)
    for clause in (
        *(each.text for each in framework.objectives),
        *(each.objective for each in framework.priorities),
    ):
        assert clause[0].islower()
        assert not clause.startswith("to ")


def test_cambridgeshire_is_shipped() -> None:
    assert "cambridgeshire-2009-12" in shipped_frameworks()


def test_cambridgeshire_has_two_overarching_and_four_key_priorities(cambridgeshire: Framework) -> None:
    kinds = [each.kind for each in cambridgeshire.priorities]
    assert (kinds.count("overarching"), kinds.count("key")) == (2, 4)
    assert [each.plan_priority for each in cambridgeshire.plan_priorities] == [1, 2, 3, 4]


def test_participation_has_milestones_for_each_year(cambridgeshire: Framework) -> None:
    participation = next(each for each in cambridgeshire.priorities if each.id == "participation")
    dates = [each.by for each in participation.milestones]
    assert sorted(set(dates)) == ["April 2010", "April 2011", "April 2012"]
    assert len(dates) == 6


def test_objectives_complete_the_sentence_of_the_chapter(cambridgeshire: Framework) -> None:
    assert cambridgeshire.delivered_through("stay_safe") == (
        "help children and young people feel safe and happy in their communities",
    )
    assert len(cambridgeshire.delivered_through("enjoy_achieve")) == 3
    assert cambridgeshire.delivered_through("no_such_outcome") == ()


def test_facts_name_their_source(cambridgeshire: Framework) -> None:
    assert str(cambridgeshire.source) == (
        "Cambridgeshire Children’s Workforce Strategy 2009-12 (2009), pages “Introduction”, "
        "“Priorities and outcomes 2009-2012”, “Supporting the Big Plan 2”, “Consultation research”"
    )


def _file(folder: Path, text: str) -> Path:
    path = folder / "testshire.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_plan_priorities_are_ordered_by_their_number(tmp_path: Path) -> None:
    framework = load_framework_file(_file(tmp_path, SMALL))
    assert [each.id for each in framework.plan_priorities] == ["well", "safe"]
    assert framework.delivered_through("stay_safe") == ("keep children safe", "do more")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "mend"),
    [
        ("id: stay_safe", "id: stay_save", 26, "not an outcome of the codebook. Did you mean 'stay_safe'?"),
        ("[safe, extra]", "[safe, extar]", 27, "Did you mean 'extra'?"),
        ("[safe, extra]", "[safe, zzz]", 27, "Write one of: extra, safe, well"),
        ("  - id: well", "  - id: safe", 20, "given twice under objectives"),
        ("plan_priority: 1", "plan_priority: 2", 22, "plan priority 2 is given twice"),
        ("    kind: key", "    kind: main", 11, "kind"),
        ("    objective: lead well\n", "", 9, "Add a line 'objective: …'"),
        ("years: 2030-33\n", "yaers: 2030-33\n", None, "years"),
    ],
)
def test_a_fault_is_told_with_its_line_and_how_to_mend_it(
    tmp_path: Path, right: str, wrong: str, line: int | None, mend: str
) -> None:
    assert SMALL.count(right) == 1
    with pytest.raises(BadFile) as caught:
        load_framework_file(_file(tmp_path, SMALL.replace(right, wrong)), shipped_codebook().outcome_ids)
    assert mend in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_a_framework_that_is_not_there_is_a_bad_file() -> None:
    with pytest.raises(BadFile, match="there is no such file"):
        load_framework("atlantis")
