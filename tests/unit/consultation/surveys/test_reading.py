"""Syllables, sentences and reading ages of English texts."""

import pytest

from consultation.surveys.reading import measure, reading_age, sentences, syllables

SPOKEN = (
    "a:1 name:1 names:1 named:1 closed:1 deleted:3 wanted:2 passed:1 people:2 little:2 settled:2 called:1 pages:2 "
    "choices:2 watches:2 phone:1 the:1 we:1 area:3 areas:3 idea:3 being:2 doing:2 quiet:2 experience:4 situation:4 "
    "science:2 social:2 actually:4 everyone:3 everything:3 someone:2 sometimes:2 anyone:3 safety:2 safely:2 "
    "safeguarding:3 consultation:4 isn't:2 couldn't:2 can't:1 won't:1 you'll:1 they’re:1 child's:1 999:1 young:1"
)


@pytest.mark.parametrize("told", SPOKEN.split())
def test_syllables_are_those_that_are_spoken(told: str) -> None:
    word, _, count = told.partition(":")
    assert syllables(word) == int(count)


def test_lines_stops_and_colons_end_sentences_and_a_number_does_not() -> None:
    assert sentences("Why: to learn.\nCall 0800 1111 at 9.30, or not! “Right?” Yes.") == [
        "Why:", "to learn.", "Call 0800 1111 at 9.30, or not!", "“Right?", "Yes.",
    ]  # fmt: skip


def test_only_sentences_of_five_words_or_more_count() -> None:
    found = measure(["Stop. This has exactly five words."])
    assert (found.sentences, found.words) == (1, 5)


def test_too_little_text_has_no_age() -> None:
    assert reading_age("One two three four five six seven eight nine ten eleven.") is None
    assert reading_age("One two three four five six seven eight nine ten eleven twelve.") is not None


def test_longer_words_and_sentences_need_more_years() -> None:
    easy = "You can stop at any time. We keep what you said so far."
    joined = "You can stop at any time, and we keep whatever you have said so far."
    hard = "Participation may be discontinued at any time, and contributions made previously remain stored."
    ages = [reading_age(each) or 0 for each in (easy, joined, hard)]
    assert ages == sorted(ages)
    assert ages[0] < 8 < 17 < ages[2]


def test_the_age_is_that_of_the_published_formula() -> None:
    """0.39 × words a sentence + 11.8 × syllables a word − 15.59 is the grade; five years on is the age."""
    text = "The cat sat on the mat. The dog ate all of the food there."
    assert reading_age(text) == pytest.approx(0.39 * 14 / 2 + 11.8 * 14 / 14 - 15.59 + 5)
