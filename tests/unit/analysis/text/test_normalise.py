"""One spelling for what means the same, and words where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import normalise, words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("SOOOO   good", "soo good"),
        ("don’t – “ever”", 'don\'t - "ever"'),
        (" [name] helped\tme ", "[name] helped me"),
        ("", ""),
    ],
)
def test_normalise(written: str, plain: str) -> None:
    assert normalise(written) == plain


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once).split() == once.split() or not once.isascii()


@given(st.text(max_size=60))
def test_words_are_where_they_say(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text


def test_a_redaction_token_is_one_word() -> None:
    assert [each.text for each in words("[first name] didn't ring")] == ["[first name]", "didn't", "ring"]
