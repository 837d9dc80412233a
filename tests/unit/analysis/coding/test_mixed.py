"""Answers that nobody coded, made from those that were."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.coding.exemplars import Coded, Exemplar
from analysis.coding.learning.mixed import mixed

texts = st.lists(st.text(min_size=1, max_size=80).filter(str.strip), min_size=1, max_size=5)
SAID = ("she listened to me, and she came back the week after", "dunno", "no buses after six. my mum works")


@given(texts, st.integers(0, 9))
def test_any_answers_can_be_mixed_and_the_same_seed_mixes_alike(said: list[str], seed: int) -> None:
    rows = [Exemplar(text=text, audience="staff", question=f"q{at % 2}") for at, text in enumerate(said)]
    made = mixed(rows, 8, seed)
    assert len(made) == 8
    assert made == mixed(rows, 8, seed)


def test_what_is_made_is_of_one_question_and_has_no_codes() -> None:
    coded = Coded(outcomes=(), themes=("listening",), sentiment="positive")
    rows = [
        Exemplar(
            text=f"{text} {question}", outcomes=(), themes=("listening",), sentiment="positive", again=coded,
            audience="young_person", question=question,
        )
        for question in ("safer", "healthy")
        for text in SAID
    ]  # fmt: skip
    made = mixed(rows, 200, 0)
    assert all((each.outcomes, each.themes, each.sentiment, each.again) == (None,) * 4 for each in made)
    other = {"safer": "healthy", "healthy": "safer"}
    assert not any(other[each.question] in each.text for each in made)
    assert len({each.text for each in made}) > 40
