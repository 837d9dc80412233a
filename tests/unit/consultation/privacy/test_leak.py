"""Words that slipped through are found however they were typed, whole, and nothing else is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consultation.domain.text import Kind, RawText
from consultation.privacy.leak import LONGEST, Leak, NothingToSeek


def leak(words: str, kind: Kind = Kind.PERSON) -> Leak:
    return Leak(RawText(words), kind)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("my worker Tracey O'Neill.", "my worker [name]."),
        ("TRACEY\n  o’neill's dog", "[name]'s dog"),
        ("Tra\u200bcey\u200b O\u2019Neill\u200b said", "[name] said"),
        ("Trácey\u0301 O'Neill\u0301 said", "[name] said"),
        ("Тrасеу O'Neill", "[name]"),  # Cyrillic letters that look the same
        ("(tracey o'neill/tracey o'neill)", "([name]/[name])"),
        ("traceys o'neill and stracey o'neill", "traceys o'neill and stracey o'neill"),
        ("tracey and o'neill", "tracey and o'neill"),
        ("👩🏽‍🏫 tracey o'neill 🙂", "👩🏽‍🏫 [name] 🙂"),
    ],
)
def test_whole_words_are_found_however_they_were_typed(typed: str, left: str) -> None:
    assert leak("Tracey O'Neill").hide(typed) == left


def test_a_token_is_never_taken_for_the_words_that_are_read_in_its_place() -> None:
    assert leak("Sarah").hide("[name] and sarah at [school]") == "[name] and [name] at [school]"
    assert leak("school", Kind.SCHOOL).places("[school]") == ()


@pytest.mark.parametrize("words", ["", "   ", " . ", "[name]", "Tracey [school]", "x" * (LONGEST + 1), "\u200b"])
def test_what_is_no_word_is_not_looked_for(words: str) -> None:
    with pytest.raises(NothingToSeek):
        leak(words)


def test_it_never_shows_itself() -> None:
    assert "Tracey" not in repr(leak("Tracey")) + str(leak("Tracey"))


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(list(Kind)))
@example("", "\u0301", Kind.PERSON)
def test_what_was_hidden_is_not_found_again_and_the_rest_stays(before: str, after: str, kind: Kind) -> None:
    seeker = leak("kemi", kind)
    text = f"{before} Kemi {after}"
    left = seeker.hide(text)
    assert seeker.places(left) == ()
    assert kind.token in left
    position = 0
    for span in seeker.places(text):
        assert text[position : span.start] in left
        position = span.end
    assert left.endswith(text[position:])
