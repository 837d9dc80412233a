"""How long what a consultation leaves behind is kept. Must not know where it lies, nor how it is deleted.

Decision record 0024 gives the reasons for the numbers.
"""

from enum import StrEnum


class Kept(StrEnum):
    """What has a time of its own in each consultation."""

    ANSWERS = "answers"  # redacted, with all that was made of them: codings, decisions, clearances
    CONCERNS = "concerns"  # sealed to the safeguarding lead; one that nobody has opened yet is kept all the same


# Days after the close, where the officer sets no others: two years, until the strategy that the answers went into is
# reviewed; and twenty-five, by when everybody who was a child has had their twenty-fifth birthday.
USUAL = {Kept.ANSWERS: 730, Kept.CONCERNS: 9_131}
LONGEST = 36_525  # a hundred years
