"""The shipped coder after corrections: with none as it was, with some nearer to the people, and after being kept."""

from dataclasses import replace
from uuid import UUID

import pytest

from analysis.codebook import Code, UnknownCode, shipped_codebook
from analysis.coding import UnusableHead, adapted, shipped_coder
from analysis.coding.exemplars import Exemplar
from analysis.records import AnswerRecord, Facet

SAID = (
    "our allotment is the best thing in the week",
    "we grow beans on the allotment with the youth worker",
    "the allotment club on a saturday, digging and that",
    "more allotments, i grew a marrow",
    "growing veg at the allotment calms me down",
    "they let us dig the school allotment",
    "planting potatoes with mr on the plot",
    "the plot behind the school, my beans came up",
)
ELSE = ("the bus never comes", "my social worker left again", "camhs took two years", "more street lights", "idk")
GARDENS = Code("gardens", UUID(int=7), "Gardens", "theme", "Growing things, allotments, gardens.")


def record(text: str) -> AnswerRecord:
    return AnswerRecord("1", "r", "young_person", "enjoy", text)


def row(text: str, *themes: str) -> Exemplar:
    return Exemplar(text, themes=themes, audience="young_person", question="enjoy")


def test_without_corrections_it_is_the_shipped_coder() -> None:
    coder = adapted.adapt(shipped_coder(), (), shipped_codebook())
    ours, theirs = (each.code([record(text) for text in SAID + ELSE]) for each in (coder, shipped_coder()))
    assert [each.confidences for each in ours] == [each.confidences for each in theirs]


def test_a_code_of_ones_own_is_learned_beside_those_that_ship() -> None:
    codebook = replace(shipped_codebook(), themes=(*shipped_codebook().themes, GARDENS), version=2)
    rows = [*(row(each, "gardens", "activities_places") for each in SAID), *(row(each) for each in ELSE * 4)]
    coder = adapted.adapt(shipped_coder(), rows, codebook)
    garden, bus = coder.code([record("digging the allotment on sundays"), record("buses that turn up")])
    assert garden.confidences["gardens"] > 4 * bus.confidences["gardens"]
    assert "transport" in bus.codes(Facet.THEME), "what ships was forgotten"


def test_a_code_that_nobody_gave_is_unlikely_whatever_stands_there() -> None:
    codebook = replace(shipped_codebook(), themes=(*shipped_codebook().themes, GARDENS), version=2)
    coder = adapted.adapt(shipped_coder(), (), codebook)
    assert {each.confidences["gardens"] for each in coder.code([record(text) for text in SAID + ELSE])} == {0.05}


def test_what_was_corrected_counts_once() -> None:
    """It pulls, and does not vote beside that."""
    coder = adapted.adapt(shipped_coder(), [row(each) for each in SAID], shipped_codebook())
    assert coder.head.voting == shipped_coder().head.voting == len(coder.head.texts) - len(SAID)


def test_answers_reviewed_before_a_code_came_in_say_nothing_about_it() -> None:
    codebook = replace(shipped_codebook(), themes=(*shipped_codebook().themes, GARDENS), version=2)
    new = [row(each, "gardens") for each in SAID[:2]]
    early = [row(each, "activities_places") for each in SAID[2:]]
    silent = [replace(each, unasked=("gardens",)) for each in early]
    asked = record("digging the allotment on sundays")
    absent, unsaid, alone = (
        adapted.adapt(shipped_coder(), [*new, *rows], codebook).code([asked])[0].confidences["gardens"]
        for rows in (early, silent, [])
    )
    assert absent < unsaid == pytest.approx(alone, abs=0.03)


def test_a_correction_moves_answers_like_it_and_leaves_others() -> None:
    text = "my youth worker shouts at the others"
    plain = shipped_coder().code([record(text)])[0].confidences["respect"]
    rows = [replace(row(text, "respect"), text=each) for each in (text, "she shouts at people", "shouting all day")]
    coder = adapted.adapt(shipped_coder(), [replace(each, themes=()) for each in rows], shipped_codebook())
    assert coder.code([record(text)])[0].confidences["respect"] < plain
    far = record("the number 9 bus is always late")
    before, after = (each.code([far])[0].confidences["transport"] for each in (shipped_coder(), coder))
    assert abs(before - after) < 0.1


def test_it_is_kept_and_codes_as_before() -> None:
    codebook = shipped_codebook()
    coder = adapted.adapt(shipped_coder(), [row(each, "activities_places") for each in SAID], codebook)
    again = adapted.from_bytes(adapted.to_bytes(coder), shipped_coder(), codebook)
    asked = [record(each) for each in SAID + ELSE]
    assert again.code(asked) == coder.code(asked)
    assert again.version == coder.version != shipped_coder().version


def test_what_does_not_belong_together_is_refused() -> None:
    with pytest.raises(UnusableHead, match="learned nothing"):
        adapted.to_bytes(shipped_coder())
    with pytest.raises(UnknownCode, match="gardens"):
        adapted.adapt(shipped_coder(), [row(SAID[0], "gardens")], shipped_codebook())


def test_a_codebook_of_other_codes_has_no_start_here() -> None:
    assert adapted.knows_most(shipped_coder(), shipped_codebook())
    assert not adapted.knows_most(shipped_coder(), replace(shipped_codebook(), outcomes=(), themes=(GARDENS,)))
