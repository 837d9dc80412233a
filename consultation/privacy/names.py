"""How likely each word is part of a person's name: a small logistic model over cues, lists and Rampart.

The weights in data/name_weights.json are fitted by `train` on the texts in examples/, whose fingerprint they carry.
Must not know what happens to a name, nor any other kind of detail.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from consultation.privacy import cues, lexicon
from consultation.privacy.cues import Listing
from consultation.privacy.rampart import Tag
from consultation.privacy.reading import Reading

THRESHOLD, LISTED_THRESHOLD = 0.20, 0.11
"""From what likelihood a word is taken for a name: lower where the lists know it as nothing else."""
_ALIKE = {
    "n": "and",
    "an": "and",
    "r": "are",
    "im": "i",
    "coz": "cos",
    "cause": "cos",
    "wiv": "with",
    "frm": "from",
}
_LATER = lexicon.group("telling_after")
_EARLIER = lexicon.group("telling_before")
_NAMED_AFTER = lexicon.group("named_after") | lexicon.group("institutions")
_PUBLIC = lexicon.group("public_life")


def find_names(reading: Reading, tags: Sequence[Tag]) -> frozenset[int]:
    """Indices of the words taken for names; a rare word that is a name once is one wherever it stands."""
    sure = (Listing.GIVEN, Listing.SURNAME)
    listings = [cues.listing(word.low) for word in reading.words]
    found = {
        at
        for at, likely in enumerate(likelihoods(reading, tags))
        if likely >= (LISTED_THRESHOLD if listings[at] in sure else THRESHOLD)
    }
    again = {cues.base(reading.words[at].low) for at in found if listings[at] in (*sure, Listing.UNKNOWN)}
    return frozenset(found | {at for at, word in enumerate(reading.words) if cues.base(word.low) in again})


def likelihoods(reading: Reading, tags: Sequence[Tag]) -> list[float]:
    """One likelihood (0 to 1) for each word of the reading."""
    weights = _weights()
    return [
        1 / (1 + math.exp(-max(-30.0, min(30.0, sum(weights.get(name, 0.0) * value for name, value in row.items())))))
        for row in features(reading, tags)
    ]


@cache
def _weights() -> dict[str, float]:
    text = (files("consultation.privacy") / "data" / "name_weights.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def features(
    reading: Reading, tags: Sequence[Tag], unlisted: frozenset[str] = frozenset()
) -> Iterator[dict[str, float]]:
    """What is known about each word, as named numbers, mostly 0 or 1; `unlisted` words count as in no list."""
    scores = named_scores(reading, tags)
    listings = [
        Listing.UNKNOWN if cues.base(word.low) in unlisted else cues.listing(word.low) for word in reading.words
    ]
    for at in range(len(reading.words)):
        yield _describe(reading, at, scores, listings)


def named_scores(reading: Reading, tags: Sequence[Tag]) -> list[tuple[float, float]]:
    """For each word, the model's best likelihood that it is a name, and that it is anything else personal."""
    scores: list[tuple[float, float]] = []
    first = 0
    for word in reading.words:
        while first < len(tags) and tags[first].end <= word.start:
            first += 1
        name = other = 0.0
        at = first
        while at < len(tags) and tags[at].start < word.end:
            row = tags[at].scores
            mine = row.get("given_name", 0.0) + row.get("surname", 0.0)
            name, other = max(name, mine), max(other, sum(row.values()) - mine)
            at += 1
        scores.append((name, other))
    return scores


def _describe(
    reading: Reading, at: int, scores: list[tuple[float, float]], listings: list[Listing]
) -> dict[str, float]:
    word, listed = reading.words[at], listings[at]
    name, other = scores[at]
    cue = cues.cue(reading, at)
    before, after = cues.gap(reading, at), cues.gap(reading, at + 1) if at + 1 < len(reading.words) else "."
    capital = cues.capital(reading, at)
    level = "sure" if name > 0.9 else "likely" if name > 0.5 else "maybe" if name > 0.1 else "no"
    row: dict[str, float] = {
        "bias": 1.0, "logit": math.log((name + 0.005) / (1.005 - name)), "other": other,
        f"listed={listed}": 1.0, f"cue={cue}": 1.0, f"capital={capital}": 1.0, f"level={level}": 1.0,
        f"listed={listed} cue={cue}": 1.0, f"listed={listed} level={level}": 1.0,
        f"listed={listed} capital={capital}": 1.0,
        f"before={before}": 1.0, f"after={after}": 1.0, f"listed={listed} after={after}": 1.0,
    }  # fmt: skip
    if word.low in _soft_allowed() or cues.base(word.low) in _soft_allowed():
        row["allowed"] = 1.0
    near = [other.low for other in reading.words[max(0, at - 4) : at + 5]]
    if not _PUBLIC.isdisjoint(near):
        row["public"] = row[f"public listed={listed}"] = row[f"public cue={cue}"] = 1.0
    if at + 1 < len(reading.words) and after == " " and reading.words[at + 1].low in _NAMED_AFTER:
        row["named after"] = row[f"named after listed={listed}"] = 1.0
    if len(word.low) < 3:
        row["short"] = 1.0
    if listed is Listing.UNKNOWN:
        plain = cues.base(word.low)
        row[f"ending={plain[-1:]}"] = row[f"ending={plain[-2:]}"] = row[f"letters={min(len(plain), 9)}"] = 1.0
    if word.low.endswith("'s"):
        row["possessive"] = row[f"possessive listed={listed}"] = 1.0
    if cues.base(word.low) in lexicon.words("places") or word.low in lexicon.words("brands"):
        row["place"] = 1.0
    _describe_neighbours(reading, at, scores, listings, row)
    return row


def _describe_neighbours(
    reading: Reading,
    at: int,
    scores: list[tuple[float, float]],
    listings: list[Listing],
    row: dict[str, float],
) -> None:
    words, listed = reading.words, listings[at]
    strong = (Listing.GIVEN, Listing.SURNAME)
    for step, side in ((-1, "previous"), (1, "next")):
        near = at + step
        if not 0 <= near < len(words) or cues.gap(reading, max(at, near)) == ".":
            row[f"{side}=edge"] = row[f"{side}=edge listed={listed}"] = 1.0
            continue
        low = _ALIKE.get(words[near].low, words[near].low)
        kind = listings[near]
        row[f"{side} listed={kind}"] = 1.0
        row[f"{side} name"] = scores[near][0]
        if cues.gap(reading, max(at, near)) == " ":
            row[f"{side} joined listed={kind} listed={listed}"] = 1.0
            known = _EARLIER if side == "previous" else _LATER
            if low in known:
                row[f"{side}={low}"] = row[f"{side}={low} listed={listed}"] = 1.0
        beyond = near + step
        if low in {"and", "or"} and 0 <= beyond < len(words):
            if listings[beyond] in strong or scores[beyond][0] > 0.5:
                row[f"{side} pair"] = row[f"{side} pair listed={listed}"] = 1.0
            if cues.cue(reading, beyond) in {"kin", "relation", "title", "self"}:
                row[f"{side} pair cued"] = 1.0
    if at > 0 and cues.cue(reading, at - 1) not in {"none", "greeting"} and cues.gap(reading, at) in {" ", "'"}:
        row[f"previous cue={cues.cue(reading, at - 1)} listed={listed}"] = 1.0


@cache
def _soft_allowed() -> frozenset[str]:
    """Allowed single words that are also names: they weigh against a name without forbidding it."""
    return frozenset(phrase for phrase in lexicon.phrases("allowed") if " " not in phrase)
