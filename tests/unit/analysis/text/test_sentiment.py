"""TextBlob stands beside the trained head: offline, and honest about what it misses."""

import pytest

from analysis.text import lexicon_tone, polarity


@pytest.mark.parametrize(
    ("text", "tone"),
    [("she was wonderful", "positive"), ("I hate it", "negative"), ("the bus stop", "neutral"), ("", "neutral")],
)
def test_lexicon_tone(text: str, tone: str) -> None:
    assert lexicon_tone(text) == tone


def test_polarity_is_blind_to_complaints_without_loaded_words() -> None:
    """Why it is only a hint: were this to change, the reasons that quote it may say more."""
    assert polarity("they never listened to me").polarity == 0


def test_polarity_lies_between_minus_one_and_one() -> None:
    assert -1 <= polarity("terrible terrible terrible").polarity < 0 < polarity("best best best").polarity <= 1
