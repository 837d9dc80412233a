"""Words that tell a group of texts from all others, by class-based tf-idf, and a name made of them. Invents no word.

TextBlob's noun phrases need corpora that no package ships, so what is left is counting: a word is as telling as the
share of the group that uses it, times how much rarer it is elsewhere.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from math import log

from analysis.text import normalise, words

COMMON = 0.06  # a word in more of the other texts than this, and in two, tells nothing, alone or at the end of a pair
LEAST = 3  # texts of a group that use it: what fewer say might be one person's name
MOST = 8  # words that are shown
IN_NAME = 3


def distinctive(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    """Words and pairs of words of the `texts`, the most telling first. Tokens such as [name] are no words."""
    elsewhere = Counter(each for text in others for each in _grams(text))
    common = {each for each, count in elsewhere.items() if count > max(1, COMMON * len(others))}
    counts = Counter(each for text in texts for each in _grams(text))
    telling = {
        each: count / len(texts) * log(count / len(texts) / ((elsewhere[each] + 1) / (len(others) + 1)))
        for each, count in counts.items()
        if count >= LEAST and not {each, *_ends(each)} & common
    }
    ranked = sorted(
        (each for each in telling if telling[each] > 0), key=lambda each: (-telling[each], -len(each), each)
    )
    return _without_parts(ranked)[:MOST]


def name_of(telling: Sequence[str]) -> str:
    """In sentence case."""
    name = ", ".join(telling[:IN_NAME])
    return name[:1].upper() + name[1:]


def _grams(text: str) -> set[str]:
    tokens = [each.text for each in words(normalise(text))]
    pairs = {f"{one} {other}" for one, other in pairwise(tokens)}
    return {each for each in {*tokens, *pairs} if "[" not in each and len(each) > 2}


def _ends(gram: str) -> Collection[str]:
    parts = gram.split()
    return (parts[0], parts[-1])


def _without_parts(ranked: Sequence[str]) -> list[str]:
    """Without what shares a word with something before it: "bus" after "bus home" says nothing new."""
    kept: list[str] = []
    for each in ranked:
        if not any(set(each.split()) & set(other.split()) for other in kept):
            kept.append(each)
    return kept
