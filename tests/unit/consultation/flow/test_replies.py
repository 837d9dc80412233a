"""What typed words mean where a choice or a number was asked: matched when they are plain, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.domain.wording import PLAIN
from consultation.flow.replies import match_choice, match_choices, match_number

AGES = [("8_10", "8 to 10"), ("11_12", "11 or 12"), ("13_15", "13 to 15"), ("rather_not", "I'd rather not say")]
AGREE = [("yes", "Yes, I agree"), ("no", "No, I don't agree")]
HELPERS = [("teacher", "Teacher or school staff"), ("social_worker", "Social worker"), ("nurse", "Nurse or doctor"),
           ("nobody", "Nobody")]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13 to 15", "13_15"),
        ("13 TO 15.", "13_15"),
        ("2", "11_12"),
        ("the second one", "11_12"),
        ("second", "11_12"),
        ("The First", "8_10"),
        ("i'd rather not say", "rather_not"),
        ("id rather not say", "rather_not"),
        ("I’d rather not say", "rather_not"),
        ("rather not", "rather_not"),
        ("9", None),
        ("0", None),
        ("ninth", None),
        ("old", None),
        ("", None),
        ("🙂", None),
        ("13", "13_15"),
        ("14", None),
    ],
)
def test_one_choice(typed: str, meant: str | None) -> None:
    assert match_choice(typed, AGES, PLAIN) == meant


@pytest.mark.parametrize(
    "typed", ["yes", "Yes", "y", "yeah", "yep", "yh", "ok", "okay", "sure", "I agree", "agree", "1"]
)
def test_ways_of_saying_yes(typed: str) -> None:
    assert match_choice(typed, AGREE, PLAIN) == "yes"


@pytest.mark.parametrize("typed", ["no", "n", "nah", "nope", "No thanks", "the second one", "no, i don't agree"])
def test_ways_of_saying_no(typed: str) -> None:
    assert match_choice(typed, AGREE, PLAIN) == "no"


@pytest.mark.parametrize("typed", ["maybe", "yes and no", "don't know", "whatever"])
def test_neither_yes_nor_no(typed: str) -> None:
    assert match_choice(typed, AGREE, PLAIN) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1, 3", ("teacher", "nurse")),
        ("3,1", ("teacher", "nurse")),
        ("1 3", ("teacher", "nurse")),
        ("1 and 2", ("teacher", "social_worker")),
        ("1 & 2; 3", ("teacher", "social_worker", "nurse")),
        ("teacher and social worker", ("teacher", "social_worker")),
        ("Teacher or school staff", ("teacher",)),
        ("nobody", ("nobody",)),
        ("1, 1", ("teacher",)),
        ("1, 9", None),
        ("teacher and the vicar", None),
        ("", None),
        (" , ", None),
    ],
)
def test_several_choices_in_the_surveys_order(typed: str, meant: tuple[str, ...] | None) -> None:
    assert match_choices(typed, HELPERS, PLAIN) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3", 3),
        (" about 12 years", 12),
        ("never", 0),
        ("none", 0),
        ("twice", 2),
        ("Once.", 1),
        ("eleven", 11),
        ("-4", -4),
        ("5 or 6", None),
        ("between five and six", None),
        ("lots", None),
        ("", None),
        ("007", 7),
    ],
)
def test_numbers(typed: str, meant: int | None) -> None:
    assert match_number(typed, PLAIN) == meant


@given(st.text(max_size=40))
def test_a_match_is_always_one_of_the_choices(typed: str) -> None:
    assert match_choice(typed, HELPERS, PLAIN) in {None, *(value for value, _ in HELPERS)}
    assert set(match_choices(typed, HELPERS, PLAIN) or ()) <= {value for value, _ in HELPERS}
    number = match_number(typed, PLAIN)
    assert number is None or isinstance(number, int)
