"""Says in a sentence why something was coded, or why not; decides nothing.

A reason names the words that weighed most and the most similar exemplar, so that a person can see a wrong turn at a
glance. It never says that the machine is sure: that is the confidence's job.
"""

import re
from collections.abc import Mapping, Sequence

from analysis.records import AnswerRecord
from analysis.text import Word, normalise, polarity, words
from consultation.domain.languages import ENGLISH, IN_ENGLISH

_MOST_WORDS = 3
_LONGEST_EXAMPLE = 110
# Below this share of the strongest word's weight, a word did not carry the code.
_WORTH_NAMING = 0.3
# They weigh a little for every code and tell a reader nothing.
_PLAIN = frozenset(
    re.findall(
        r"\S+",
        """a about all am an and are as at be been but by can cos did do does for from get got had has have he her
        him his how i if in is it its it's just like me my no not of on or our out she so some than that that's the
        their them then there they this to up us was we were what when where who will with would you your""",
    )
)


def telling_words(weighed: Mapping[Word, float]) -> list[Word]:
    """Of words and what each adds to a code, the few that add most and tell a reader something, as written."""
    telling = {
        word: weight
        for word, weight in weighed.items()
        if weight > 0 and normalise(word.text) not in _PLAIN and not word.text.startswith("[")
    }
    strongest = max(telling.values(), default=0.0)
    named = [word for word, weight in telling.items() if weight >= _WORTH_NAMING * strongest]
    best = sorted(named, key=lambda word: -telling[word])[:_MOST_WORDS]
    return sorted(best, key=lambda word: word.start)


def why_coded(name: str, carriers: Sequence[str], nearest: str | None) -> str:
    """Why a code was proposed."""
    because = f"Words that point to {name}: {_listed(carriers)}." if carriers else ""
    if nearest is None:
        return because or f"The whole answer points to {name}."
    like = f"nearest example coded {name}: {_quoted(nearest)}."
    return f"{because} The {like}" if because else f"No single word decides; the {like}"


def why_toned(tone: str, nearest: str | None, text: str) -> str:
    """Why a sentiment was proposed, with TextBlob's polarity beside it as a second opinion."""
    score = polarity(text).polarity
    leaning = "positive" if score > 0 else "negative" if score < 0 else "neither way"
    like = f"; nearest {tone} example: {_quoted(nearest)}" if nearest else ""
    return f"Reads as {tone}{like}. TextBlob’s word list leans {leaning} ({score:+.2f})."


def why_passed_over(record: AnswerRecord) -> str | None:
    """Why an answer is not read; None where there is English to read."""
    written = [each.text for each in words(record.text)]
    if record.withheld:
        return "The answer is withheld, so there is no text to code."
    if not written:
        return "Nothing was written that can be coded."
    if all(each.startswith("[") for each in written):
        return "All that was written was hidden when the answer was redacted, so there is nothing to code."
    return why_unread(record.language)


def why_unread(language: str) -> str | None:
    """Why words in this language are not read; None for English."""
    if language == ENGLISH:
        return None
    return f"Written in {IN_ENGLISH.get(language, language)}: the machine reads English. A person must code it."


def why_uncoded(silent: bool, best: str, confidence: float, nearest: str | None) -> str:
    """Why no code was proposed for an answer that has words: `silent` where it reads as saying nothing codable."""
    like = f" The most similar example is {_quoted(nearest)}." if nearest else ""
    if silent:
        return f"It reads like an answer that leaves the question open.{like}"
    return f"No code is likely enough to propose; the best was {best} at {confidence:.2f}.{like}"


def _quoted(text: str) -> str:
    short = " ".join(text.split())
    if len(short) > _LONGEST_EXAMPLE:
        short = short[:_LONGEST_EXAMPLE].rsplit(" ", 1)[0] + " …"
    return f"“{short}”"


def _listed(carriers: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in carriers)
