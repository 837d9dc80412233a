"""Clauses and sentences keep their place in the answer, whatever was typed."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import Segment, clauses, sentences

# What may lie between two clauses: nothing that says anything.
BETWEEN = re.compile(r"[\s,\-–—\"'”’)]*")

typed = st.text(alphabet=st.sampled_from("abc iI.,;!?\n\t-–’'\")(…é😀[]"), max_size=80) | st.lists(
    st.sampled_from(["but ", "and i ", "cos ", "nobody listens", ". ", ", ", "\n", " - ", "ok", "  "])
).map("".join)


@pytest.mark.parametrize("cut", [clauses, sentences])
@given(text=typed)
def test_segments_and_what_lies_between_them_rebuild_the_text(cut: Callable[[str], list[Segment]], text: str) -> None:
    segments = cut(text)
    end = 0
    for each in segments:
        assert each.text == text[each.start : each.end]
        assert each.text == each.text.strip() != ""
        assert BETWEEN.fullmatch(text[end : each.start]), "something was lost between two segments"
        end = each.end
    assert BETWEEN.fullmatch(text[end:])


@given(text=typed)
def test_a_text_with_anything_in_it_has_a_segment(text: str) -> None:
    assert bool(sentences(text)) == bool(text.strip())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he listened but she never did", ["he listened but she never did"]),
        (
            "she always listened to me but the next one never did",
            ["she always listened to me", "but the next one never did"],
        ),
        ("more lights by the park, and a bus that comes", ["more lights by the park", "and a bus that comes"]),
        ("been waiting two years\nnobody rings you back", ["been waiting two years", "nobody rings you back"]),
        ("three systems - none of them talk", ["three systems - none of them talk"]),  # two words say little alone
        ("lol. my teacher helped with maths", ["lol. my teacher helped with maths"]),
        ("   ", []),
    ],
)
def test_clauses_of_answers_as_people_type_them(text: str, expected: list[str]) -> None:
    assert [each.text for each in clauses(text)] == expected


def test_sentences_end_at_stops_and_line_breaks() -> None:
    text = "He was late. Again!  Why?\nnobody said"
    assert [each.text for each in sentences(text)] == ["He was late.", "Again!", "Why?", "nobody said"]
