"""A codebook answers for its codes, and says what was meant when an id is wrong."""

from uuid import UUID

import pytest

from analysis.codebook.codebook import Code, Codebook, Statements, UnknownCode, Workforce


def _code(code_id: str, *, name: str = "", retired: bool = False, former_names: tuple[str, ...] = ()) -> Code:
    guid = UUID(int=sum(map(ord, code_id)))
    return Code(
        code_id,
        guid,
        name or code_id,
        "theme",
        "What it means.",
        topic=name,
        former_names=former_names,
        retired=retired,
    )


WARDS = Codebook(
    id="wards",
    version=3,
    title="Wards",
    outcomes=(),
    themes=(_code("food", name="Meals", former_names=("Catering",)), _code("waiting", name="Waiting times")),
    retired=(_code("parking", retired=True),),
)


def test_a_code_is_found_by_its_id() -> None:
    assert WARDS.theme("food").name == "Meals"


def test_a_retired_code_is_found_but_not_offered() -> None:
    assert WARDS.code("parking").retired
    assert "parking" not in WARDS.theme_ids
    with pytest.raises(UnknownCode):
        WARDS.theme("parking")


@pytest.mark.parametrize("written", ["waitng", "Waiting", "waiting time", "WAITING"])
def test_an_unknown_code_names_the_nearest(written: str) -> None:
    with pytest.raises(UnknownCode) as caught:
        WARDS.code(written)
    assert caught.value.nearest == "waiting"
    assert str(caught.value) == (
        f"'{written}' is not a code of wards (version 3). The nearest is 'waiting'. "
        "Correct the id, or add the code to the codebook."
    )


def test_a_former_name_leads_to_the_id_that_stayed() -> None:
    with pytest.raises(UnknownCode) as caught:
        WARDS.code("catering")
    assert caught.value.nearest == "food"


def test_an_unknown_code_that_is_like_nothing_says_so() -> None:
    with pytest.raises(UnknownCode, match="Nothing in it comes near"):
        WARDS.code("zzzzzz")


def test_without_clauses_a_code_claims_nothing() -> None:
    assert WARDS.theme("waiting").tells_us("parent_carer", "be_healthy") == "about Waiting times"
    assert WARDS.theme("waiting").needs_workforce_that() is None


def test_a_clause_for_the_outcome_comes_before_the_general_one() -> None:
    code = Code(
        "buses",
        UUID(int=1),
        "Buses",
        "theme",
        "Getting there.",
        statements=Statements({"staff": "general", "young_person": "y"}, {"work": {"staff": "for work"}}),
        workforce=Workforce("helps", {"work": "helps at work"}),
    )
    assert code.tells_us("staff", "work") == "for work"
    assert code.tells_us("staff", "health") == code.tells_us("staff") == "general"
    assert code.tells_us("young_person", "work") == "y"
    assert code.needs_workforce_that("work") == "helps at work"
    assert code.needs_workforce_that("health") == code.needs_workforce_that() == "helps"


def test_codes_can_stand_in_sets() -> None:
    assert len({WARDS.theme("food"), WARDS.theme("food"), WARDS.theme("waiting")}) == 2
