"""A coding's span after words in its answer gave way to a token: it covers the same words as before, or it is gone."""

from hypothesis import given
from hypothesis import strategies as st

from consultation.domain.text import Kind, Span
from consultation.operations.redact_leak import Replaced


@st.composite
def replaced_texts(draw: st.DrawFn) -> tuple[str, str, Replaced]:
    """A text, what is left of it, and the spans that gave way. No two letters are the same, so that places show."""
    lengths = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), max_size=4))
    kind = draw(st.sampled_from([Kind.PERSON, Kind.DATE_OF_BIRTH]))
    letters = iter(map(chr, range(0x4E00, 0x9FFF)))
    text = left = ""
    spans = []
    for kept, hidden in [*lengths, (draw(st.integers(0, 6)), 0)]:
        words = "".join(next(letters) for _ in range(kept))
        text, left = text + words, left + words
        if hidden:
            spans.append(Span(len(text), len(text) + hidden, kind))
            text += "".join(next(letters) for _ in range(hidden))
            left += kind.token
    return text, left, Replaced("before", "after", tuple(spans))


@given(replaced_texts(), st.data())
def test_a_span_covers_the_same_words_or_is_gone(made: tuple[str, str, Replaced], data: st.DataObject) -> None:
    text, left, replaced = made
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    meant = text[start:end]
    moved = replaced.moved(start, end)
    cut = [
        each
        for each in replaced.spans
        if each.start < end and start < each.end and not start <= each.start < each.end <= end
    ]
    if cut:
        assert moved is None
        return
    for each in replaced.spans:
        meant = meant.replace(text[each.start : each.end], each.kind.token)
    assert moved is not None
    assert left[slice(*moved)] == meant
