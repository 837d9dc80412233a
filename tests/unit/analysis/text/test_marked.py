"""Cutting a text at its marks."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.text.marked import marked

TEXT = "my [name] 🙂 came and [school] rang back"
PLACES = st.dictionaries(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(1, 9)).map(lambda at: (at[0], sum(at))), max_size=3),
)


@given(PLACES)
def test_the_text_is_whole_and_each_letter_has_its_marks(
    places: dict[int, list[tuple[int, int]]],
) -> None:
    found = marked(TEXT, places)
    assert "".join(each.text for each in found) == TEXT
    position = 0
    for each in found:
        for at in range(position, position + len(each.text)):
            covering = {number for number, spans in places.items() if any(start <= at < end for start, end in spans)}
            assert covering == set(each.numbers) or (each.stood and covering <= set(each.numbers))
        position += len(each.text)


def test_a_token_is_not_cut_and_says_what_it_hides() -> None:
    found = {each.text: each for each in marked(TEXT, {1: [(0, 5)], 2: [(4, 12)]})}
    assert found["[name]"].numbers == (1, 2)
    assert found["[name]"].stood
    assert found["my "].numbers == (1,)
