"""About how long a question takes: to read it, and to answer it. Reckoned for the slower half, so that a talk is
rather over sooner than was said. Knows no talk.
"""

from collections.abc import Iterable
from math import ceil

from consultation.domain.survey import Question, QuestionKind

# A child of nine or ten reads two words a second, and understands them (120 words a minute).
WORDS_A_SECOND = 2
# To make up one's mind and to act. A tap is quick. A list to tick is gone through, and what is ranked is compared each
# with each. Twenty words, which is what people write, take a minute on a phone.
ANSWERING = {
    QuestionKind.CHOICE: 5,
    QuestionKind.SCALE: 5,
    QuestionKind.SEVERAL: 12,
    QuestionKind.RANKING: 25,
    QuestionKind.NUMBER: 10,
    QuestionKind.DATE: 15,
    QuestionKind.TEXT: 60,
}


def seconds_for(question: Question) -> float:
    return ANSWERING[question.kind] + question.words / WORDS_A_SECOND


def seconds_to_read(words: str) -> float:
    return len(words.split()) / WORDS_A_SECOND


def in_minutes(seconds: Iterable[float]) -> int:
    """Rounded up, so that it is never said that nothing is left while something is."""
    return ceil(sum(seconds) / 60)
