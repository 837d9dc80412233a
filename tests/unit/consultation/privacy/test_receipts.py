"""A receipt is read in whatever way it was copied, and a slip of the pen is never taken for another receipt."""

import itertools

import hypothesis.strategies as st
import pytest
from hypothesis import given

from consultation.privacy.receipts import GROUP, LENGTH, LETTERS, Slip, new_talk, read_receipt, receipt_of

talks = st.builds(new_talk)


@given(talks, st.randoms())
def test_it_is_read_however_it_was_written_down(talk: str, chance: object) -> None:
    receipt = receipt_of(talk)
    assert receipt is not None
    assert receipt.count("-") == LENGTH // GROUP - 1
    alike = str.maketrans({"0": "o", "1": "l", "V": "u"})
    for typed in (receipt, receipt.lower(), receipt.replace("-", " – "), f" {talk}\n", talk.translate(alike),
                  talk.replace("1", "I").replace("0", "O"), "．".join(talk)):  # fmt: skip
        assert read_receipt(typed) == talk, typed


@given(talks, st.integers(0, LENGTH - 1), st.integers(1, len(LETTERS) - 1))
def test_one_wrong_letter_is_a_typo(talk: str, at: int, further: int) -> None:
    wrong = LETTERS[(LETTERS.index(talk[at]) + further) % len(LETTERS)]
    assert read_receipt(talk[:at] + wrong + talk[at + 1 :]) is Slip.TYPO


def test_any_two_letters_swapped_are_a_typo() -> None:
    talk = next(each for each in iter(new_talk, None) if len(set(each)) > 10)
    for one, other in itertools.combinations(range(LENGTH), 2):
        if talk[one] != talk[other]:
            swapped = list(talk)
            swapped[one], swapped[other] = talk[other], talk[one]
            assert read_receipt("".join(swapped)) is Slip.TYPO, (talk, one, other)


@pytest.mark.parametrize("typed", ["", "7K3M", "7" * (LENGTH + 1), "x" * 5_000])
def test_what_is_too_short_or_too_long_is_told_apart_from_a_typo(typed: str) -> None:
    assert read_receipt(typed) is Slip.LENGTH


def test_a_letter_from_elsewhere_is_a_typo() -> None:
    assert read_receipt("Ж" + new_talk()[1:]) is Slip.TYPO


def test_receipts_are_all_different_and_use_every_letter() -> None:
    made = {new_talk() for _ in range(1_000)}
    assert len(made) == 1_000
    for place in range(LENGTH):
        assert len({each[place] for each in made}) == len(LETTERS), "a place in which not every letter comes"


def test_a_talk_from_before_there_were_receipts_has_none() -> None:
    assert receipt_of("kq3v8uY2cXoE1mN0b7ZtRrSsWwAaDdFf") is None
    assert receipt_of(new_talk().lower()) is None
