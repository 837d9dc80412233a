"""Fits the weights of the name model: `python -m consultation.privacy.train` (a few minutes, numpy only).

Fitted on consultation/privacy/examples and nothing else: answers.txt (marked by hand; the half of our own texts
that was also used to tune rules, lists and thresholds), the names in it exchanged for others; frames.txt with
names put in; not_people.txt with names put in that stand for nobody (songs, laws, streets);
near_misses.txt and everyday.txt, which name nobody. The rows of tests/evaluation/redaction_dev.jsonl
are the other half: neither this nor the tuning saw them. Same texts and lists, same weights, byte for byte.

Some names are treated as if no list held them, so that the model also learns to go by what stands around a word.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from consultation.privacy import examples, lexicon, names
from consultation.privacy.rampart import Rampart, Tagger
from consultation.privacy.reading import Reading

WEIGHTS = Path(__file__).with_name("data") / "name_weights.json"
SEED = 7
STRENGTH = 0.5  # inverse of the L2 penalty
EXCHANGES, FILLINGS = 5, 6  # how many variants of a marked answer and of a frame
RARE = 0.02  # a weight nearer to zero is left out
_BLOCK = 4096
_KINDS = ("given_names", "surnames")
_KEPT = {"mr", "mrs", "miss", "dr", "big", "de", "van"}
_TITLED = re.compile(r"(?i)\b(?:mr|mrs|miss|ms|dr|pc|cllr|prof|sir)\.? $")
_SHORT_ENDINGS = ["z", "zza", "o", "sy", "ie", "y", "s", "as", "ski", ""]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Text:
    """One text to learn from: where its names are, the names that no list shall know, and how much it weighs."""

    text: str
    names: tuple[tuple[int, int], ...] = ()
    unlisted: frozenset[str] = frozenset()
    weight: float = 1.0


class Namer:
    """Names to put in: mostly plain ones, some that are everyday words, some nicknames, some unlisted."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        everyday, doubtful = lexicon.words("common_words"), lexicon.words("ambiguous_names")
        self._everyday = everyday | doubtful | lexicon.words("rarer_words")
        self._plain = {kind: sorted(lexicon.words(kind) - everyday) for kind in _KINDS}
        self._doubtful = {kind: sorted(lexicon.words(kind) & doubtful) for kind in _KINDS}

    def name(self, kind: str) -> tuple[str, bool]:
        """A name of a kind ("given_names", "surnames"), lower case, and whether to take it for unlisted."""
        if self._rng.random() < 0.2:
            return self._rng.choice(self._doubtful[kind]), False
        plain = self._rng.choice(self._plain[kind])
        if kind == "given_names" and self._rng.random() < 0.12:
            short = plain[: self._rng.choice([2, 3])] + self._rng.choice(_SHORT_ENDINGS)
            if len(short) > 1 and short not in self._everyday:
                return short, True
        return plain, self._rng.random() < 0.35


def texts(rng: random.Random) -> Iterator[Text]:
    """Everything to learn from, in a fixed order."""
    namer = Namer(rng)
    for row in examples.answers():
        places = [(mark["start"], mark["end"]) for mark in row["spans"] if mark["type"] == "PERSON"]
        yield Text(row["text"], tuple(places), weight=2.0)
        for _ in range(EXCHANGES if places else 0):
            yield _exchanged(row["text"], places, namer)
    for frame in examples.lines("frames"):
        for _ in range(FILLINGS):
            yield _filled(frame.replace("{F}", "{G} {S}"), rng.choice("lllt"), namer)
    for frame in examples.lines("not_people"):
        for style in "llt":
            filled = _filled(frame.replace("{F}", "{G} {S}"), style, namer)
            yield Text(filled.text, (), filled.unlisted, filled.weight)
    for line in examples.lines("near_misses"):
        yield Text(line)
        yield Text(line[:1].upper() + line[1:] + ".", weight=0.5)
    yield from map(Text, examples.lines("everyday"))


def _exchanged(text: str, places: list[tuple[int, int]], namer: Namer) -> Text:
    """The text with other names, each written as the one it stands for."""

    def other(old: str, so_far: str) -> tuple[str, set[str]]:
        titled, unlisted, new = _TITLED.search(so_far), set(), []
        for at, word in enumerate(old.split(" ")):
            if word.lower() in _KEPT or len(word) <= 2:
                new.append(word)
                continue
            name, hidden = namer.name("surnames" if titled or at else "given_names")
            unlisted |= {name} if hidden else set()
            new.append(name.upper() if word.isupper() else name.title() if word[0].isupper() else name)
        return " ".join(new), unlisted

    return _put(text, places, other)


def _filled(frame: str, style: str, namer: Namer) -> Text:
    """A frame with names put in; style "t" writes them with capitals."""

    def fill(mark: str, so_far: str) -> tuple[str, set[str]]:
        name, hidden = namer.name("given_names" if mark == "{G}" else "surnames")
        return (name.title() if style == "t" else name), {name} if hidden else set()

    filled = _put(frame, [mark.span() for mark in re.finditer(r"\{[GS]\}", frame)], fill)
    text = filled.text[:1].upper() + filled.text[1:] if style == "t" else filled.text
    return Text(text, filled.names, filled.unlisted, filled.weight)


def _put(text: str, places: list[tuple[int, int]], other: Callable[[str, str], tuple[str, set[str]]]) -> Text:
    done, position, unlisted = "", 0, set()
    spans: list[tuple[int, int]] = []
    for start, end in places:
        done += text[position:start]
        new, hidden = other(text[start:end], done)
        unlisted |= hidden
        spans.append((len(done), len(done) + len(new)))
        done, position = done + new, end
    return Text(done + text[position:], tuple(spans), frozenset(unlisted), 0.5)


def fit(material: list[Text], tagger: Tagger) -> dict[str, float]:
    """Weights by feature name, three decimals, those nearest to zero left out."""
    rows: list[dict[str, float]] = []
    truth: list[bool] = []
    weight: list[float] = []
    for one in material:
        reading = Reading.of(one.text)
        if len(reading.text) != len(one.text):
            continue
        for word, row in zip(
            reading.words, names.features(reading, tagger.tag(reading.low), one.unlisted), strict=True
        ):
            rows.append(row)
            truth.append(any(start < word.end and word.start < end for start, end in one.names))
            weight.append(one.weight)
    columns = sorted({name for row in rows for name in row})
    coefficients = regress(_matrix(rows, columns), np.array(truth, float), np.array(weight), columns.index("bias"))
    rounded = {name: round(float(one), 3) for name, one in zip(columns, coefficients, strict=True)}
    return {name: one for name, one in rounded.items() if abs(one) >= RARE}


def _matrix(rows: list[dict[str, float]], columns: list[str]) -> NDArray[np.float32]:
    place = {name: at for at, name in enumerate(columns)}
    matrix = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for number, row in enumerate(rows):
        for name, value in row.items():
            matrix[number, place[name]] = value
    return matrix


def regress(matrix: NDArray[np.float32], truth: Floats, weight: Floats, free: int) -> Floats:
    """Logistic regression by Newton's method, L2 on every column but `free`. One coefficient a column."""
    penalty = np.full(matrix.shape[1], 1 / STRENGTH)
    penalty[free] = 1e-6
    found: Floats = np.zeros(matrix.shape[1])
    for _ in range(30):
        slope, bend = penalty * found, np.diag(penalty)
        for start in range(0, len(truth), _BLOCK):
            block = matrix[start : start + _BLOCK].astype(np.float64)
            likely = 1 / (1 + np.exp(-np.clip(block @ found, -30, 30)))
            mine = weight[start : start + _BLOCK]
            slope = slope + block.T @ (mine * (likely - truth[start : start + _BLOCK]))
            bend = bend + block.T @ (block * (mine * likely * (1 - likely))[:, None])
        step = np.linalg.solve(bend, slope)
        found = found - step
        if np.abs(step).max() < 1e-7:
            break
    return found


def main() -> None:
    """Fit and write the weights with the fingerprint of the texts."""
    weights = fit(list(texts(random.Random(SEED))), Rampart())  # noqa: S311 - chance for training, not for secrets
    content = {"fitted_on": examples.fingerprint(), "weights": dict(sorted(weights.items()))}
    WEIGHTS.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights")


if __name__ == "__main__":
    main()
