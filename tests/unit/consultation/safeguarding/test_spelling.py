"""Textspeak is spelt out, disguises are taken off, and every word remembers where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.safeguarding.spelling import read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k!ll me", "kill me"),
        ("su1cide thoughts", "suicide thoughts"),
        ("KMS 2nite", "kill myself tonight"),
        ("un\u200balive", "kill"),
        ("k i l l", "kill"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("diiiie", "die"),
        ("r*pe", "rape"),
        ("sewerslide", "suicide"),
        ("s3lf h4rm", "self harm"),
        ("I’m   fine!!", "i'm fine ! !"),
        ("year9 at 4pm, 999", "year9 at 4pm , 999"),
        ("a b c", "a b c"),
        ("", ""),
    ],
)
def test_reads_what_was_meant(typed: str, meant: str) -> None:
    assert read(typed).text == meant


@given(st.text(max_size=200))
def test_every_character_has_a_place_in_the_text_as_typed(typed: str) -> None:
    reading = read(typed)
    assert len(reading.places) == len(reading.text)
    assert all(0 <= start < end <= len(typed) for start, end in reading.places)
