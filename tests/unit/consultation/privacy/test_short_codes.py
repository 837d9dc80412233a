"""Short codes: read however they are typed, and telling nothing of the talk to whoever has only what is stored."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.privacy.receipts import LETTERS, new_talk
from consultation.privacy.short_codes import LENGTH, mark_of, new_code, open_talk, read_code, seal_talk, shown

KEY, OTHER = b"k" * 32, b"o" * 32
CODES = st.text(LETTERS, min_size=LENGTH, max_size=LENGTH)


@given(CODES)
def test_it_is_read_as_people_write_it(code: str) -> None:
    assert shown(code) == f"{code[:4]}-{code[4:]}"
    for typed in (shown(code), shown(code).lower(), f" {code[:4]}  {code[4:]} ", shown(code).replace("0", "o")):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG!", "ÄBCD-EFGH", "A9DY87CZ3YE14FTE7Z99"])
def test_what_can_be_none_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_it_is_chance_alone() -> None:
    codes = {new_code(random.Random(seed).randrange) for seed in range(2_000)}
    assert len(codes) == 2_000
    assert {each for code in codes for each in code} == set(LETTERS)


@given(CODES, CODES)
def test_the_talk_opens_with_its_code_and_key_alone(code: str, wrong: str) -> None:
    talk = new_talk()
    sealed = seal_talk(KEY, code, talk)
    assert open_talk(KEY, code, sealed) == talk
    assert open_talk(OTHER, code, sealed) is None
    assert open_talk(KEY, wrong, sealed) is None or wrong == code
    assert open_talk(KEY, code, "no Base64 at all") is None
    assert talk not in sealed


def test_the_mark_hangs_on_code_and_key() -> None:
    marks = {mark_of(key, code) for key in (KEY, OTHER) for code in ("ABCDEFGH", "ABCDEFGJ")}
    assert len(marks) == 4
    assert all(len(bytes.fromhex(each)) == 32 for each in marks), "a scan after the close must be able to find it"
