"""The report says what the answers say, in the codebook's order, and every figure can be walked back."""

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import pytest

from analysis.codebook import UnknownCode
from analysis.findings.build import build_report
from analysis.findings.evidence import references
from analysis.findings.participants import Characteristic, tabulate
from analysis.findings.prose import listed, period
from analysis.findings.report import Checked, Clause, Count
from analysis.findings.suppression import DEFAULT
from analysis.findings.workforce import draw_conclusions
from analysis.records import Coding, Facet, ResponseRecord
from tests.unit.analysis.findings.small_consultation import COMMISSION, RUN, codebook, small_consultation

FINDINGS = small_consultation().report()
REPORT = FINDINGS.report
HEALTHY, SAFE = REPORT.sections


def test_outcomes_stand_in_the_codebooks_order_and_young_people_speak_first() -> None:
    assert [each.title for each in REPORT.sections] == ["Be healthy", "Stay safe"]
    assert [each.audience for each in SAFE.voices] == ["young_person", "parent_carer", "staff"]


def test_statements_are_ranked_with_rounded_counts_and_bases() -> None:
    statements = SAFE.voices[0].statements
    assert [(each.text, each.count, each.base, each.percent) for each in statements] == [
        ("they want bullying dealt with", Count(25), Count(40), 63),
        ("they want to be heard", Count(10), Count(40), 25),
    ]
    assert statements[0].checked is Checked.PARTLY


def test_what_too_few_said_is_named_nowhere_but_said_to_exist() -> None:
    assert not HEALTHY.voices[0].statements
    assert HEALTHY.voices[0].rare == 1
    assert not SAFE.voices[2].statements


def test_conclusions_follow_from_statements_shown_and_are_drawn_once() -> None:
    assert HEALTHY.workforce == (Clause("answers soon", ("BH-PC-waiting.a41c",)),)
    clauses = [each.text for section in REPORT.sections for each in section.workforce]
    assert len(clauses) == len(set(clauses))
    shown = {each.evidence for section in REPORT.sections for voice in section.voices for each in voice.statements}
    assert all(set(each.evidence) <= shown for section in REPORT.sections for each in section.workforce)


def test_objectives_come_from_the_framework() -> None:
    assert SAFE.objectives == ("help young people feel safe where they live",)
    assert "Fenshire Strategy" in REPORT.framework_source


def test_references_are_readable_and_resolve_to_codings() -> None:
    ref = SAFE.voices[0].statements[0].evidence
    assert ref == "SS-YP-bullying.a41c"
    evidence = FINDINGS.evidence[ref]
    assert len(evidence.responses) == len(evidence.answers) == 23
    assert {(each.facet, each.code) for each in evidence.codings} == {
        (Facet.OUTCOME, "stay_safe"),
        (Facet.THEME, "bullying"),
    }


def test_every_reference_in_the_report_resolves() -> None:
    refs = [value for name, value in _strings(REPORT) if name == "evidence"]
    assert len(refs) > 10
    assert set(refs) <= FINDINGS.evidence.keys()


def test_short_names_differ() -> None:
    names = references(RUN, ["stay_safe", "speak_soon", "all"], ["staff"])
    assert len(set(names.outcomes.values())) == 3
    assert names.of(None, "staff", "pay") == "ALL-ST-pay.a41c"


def test_key_messages_are_of_parents_and_staff_over_all_outcomes() -> None:
    assert [each.voice.audience for each in REPORT.key_messages] == ["parent_carer", "staff"]
    assert [each.count.shown for each in REPORT.key_messages[0].voice.statements] == [10, 10]
    assert REPORT.key_messages[1].voice.statements == ()


def test_who_took_part_is_guarded_column_by_column() -> None:
    age, area, helped = REPORT.who_took_part
    assert [each.audience for each in age.columns] == ["young_person"]
    assert sum(each.count.hidden for each in age.columns[0].cells) == 2  # one small, and one for its sake
    assert all(each.count.hidden for each in area.columns[2].cells)  # three members of staff
    assert helped.labels == ("Teacher", "Nurse")


def test_a_scale_has_coarser_steps_where_small_ones_would_be_hidden() -> None:
    (scale,) = REPORT.scales
    assert scale.labels == ("1 or 2", "3", "4 or 5", "Did not answer")
    assert [each.mean for each in scale.columns] == [None, None, None]


@pytest.mark.parametrize(("people", "mean"), [(60, "2.5"), (29, None)])
def test_a_scale_has_a_mean_of_what_is_shown_where_the_base_allows_it(people: int, mean: str | None) -> None:
    scale = Characteristic("listened", "Listened to", {str(n): str(n) for n in range(1, 5)}, "scale")
    responses = [ResponseRecord(f"r{n}", "staff", True, {"listened": 1 + n % 4}) for n in range(people)]
    names = references(RUN, [], ["staff"])
    (table,) = tabulate([scale], responses, ["staff"], names, DEFAULT).tables
    assert [each.mean for each in table.columns] == [mean]


def test_the_account_of_answers_is_guarded_in_prose_and_exact_for_analysts() -> None:
    assert FINDINGS.accounting.withheld == 1
    told = " ".join(REPORT.how)
    assert "About 65 written answers" in told
    assert "1 withheld" not in told


def test_quotations_are_cleared_and_nobody_is_quoted_twice() -> None:
    made = small_consultation()
    texts = {each.text: each for each in made.answers}
    quoted = [each.text for section in REPORT.sections for each in section.quotations]
    quoted += [each.text for messages in REPORT.key_messages for each in messages.quotations]
    assert len(quoted) >= 4
    assert all(texts[each].answer_id in made.cleared for each in quoted)
    assert len({texts[each].response_id for each in quoted}) == len(quoted)


def test_nobody_checked_is_said() -> None:
    made = small_consultation()
    unchecked = tuple(replace(each, verdict=None) for each in made.codings)
    report = replace(made, codings=unchecked).report().report
    assert report.sections[1].voices[0].statements[0].checked is Checked.NOT_YET
    assert report.trust[0] == "No person has checked the machine’s codings yet."


def test_the_same_answers_in_any_order_make_the_same_findings() -> None:
    assert small_consultation().reversed().report() == FINDINGS


def test_no_answers_make_a_report_that_says_so() -> None:
    report = build_report(
        commission=COMMISSION, answers=(), responses=(), codings=(), codebook=codebook(), framework=None, run=RUN
    ).report
    assert "Nobody has answered yet." in report.opening[0]
    assert not report.key_messages


def test_a_code_that_the_codebook_lacks_is_refused() -> None:
    made = small_consultation()
    stray = Coding(made.answers[0].answer_id, Facet.THEME, "buses", 0, 4, 0.9, "", "machine 1")
    with pytest.raises(UnknownCode):
        replace(made, codings=(*made.codings, stray)).report()


def test_conclusions_are_shared_out_in_turns() -> None:
    voices = SAFE.voices
    first, second = draw_conclusions([("be_healthy", voices), ("stay_safe", voices)], codebook(), most=1)
    assert [each.text for each in first] == ["knows what to do about bullying"]
    assert second == (Clause("listens", ("SS-YP-listening.a41c",)),)


def test_sentences_read_as_english() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["young people", "parents and carers", "staff"]) == "young people, parents and carers, and staff"
    opens, closes = COMMISSION.opens_on, COMMISSION.closes_on
    assert opens
    assert closes
    assert period(opens, closes) == "between 3 and 28 March 2026"
    assert period(opens.replace(month=2), closes) == "between 3 February and 28 March 2026"
    assert period(None, closes) == "on 28 March 2026"
    assert all(earlier != later for earlier, later in pairwise(REPORT.limits))


def _strings(value: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(name, value)]
    if isinstance(value, tuple):
        return [each for one in value for each in _strings(one, name)]
    if is_dataclass(value):
        return [each for field in fields(value) for each in _strings(getattr(value, field.name), field.name)]
    return []
