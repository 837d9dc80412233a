"""A worker's code is easy to type and hard to guess, and what is kept of it tells nothing without the key."""

from math import log2

import pytest

from consultation.privacy.worker_codes import LENGTH, LETTERS, code_mark, new_code

KEY = b"k" * 32


def test_codes_have_34_bits_and_no_letter_that_is_mistaken_for_another() -> None:
    assert LENGTH * log2(len(LETTERS)) > 33.9
    assert not set(LETTERS) & set("0O1IL5UVY2AE") - {"V"}
    assert len(set(LETTERS)) == len(LETTERS)


def test_codes_come_by_chance_and_are_shown_in_two_groups() -> None:
    made = {new_code() for _ in range(500)}
    assert len(made) == 500
    assert all(len(each) == 9 and each[4] == "-" for each in made)
    assert {letter for each in made for letter in each} == {*LETTERS, "-"}


@pytest.mark.parametrize("typed", ["BKTR-MWHD", "bktr mwhd", " bktrmwhd ", "B K T R M W H D", "ＢＫＴＲ－ＭＷＨＤ"])
def test_it_may_be_typed_in_any_way(typed: str) -> None:
    assert code_mark(KEY, typed) == code_mark(KEY, "BKTR-MWHD")


@pytest.mark.parametrize("typed", ["", "BKTR-MWH", "BKTR-MWHDD", "BKTR-MWHA", "BKTR-MWH1", "<script>"])
def test_what_can_be_no_code_has_no_mark(typed: str) -> None:
    assert code_mark(KEY, typed) is None


def test_the_mark_is_another_one_under_another_key_and_for_another_code() -> None:
    marks = {code_mark(key, code) for key in (KEY, b"j" * 32) for code in ("BKTR-MWHD", "BKTR-MWHF")}
    assert len(marks) == 4
    assert all("BKTR" not in str(each).upper() for each in marks)
