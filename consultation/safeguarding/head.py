"""The learnt half of the screen: two ways of rating a text, weighed together into chances.

One is MiniLM tuned to the examples, the other likeness to them (`likeness`); they err on different texts. Asked are:
is it a concern, is it immediate, is it about an adult who works with children? Must not know patterns, thresholds or
levels. Written by `learning.train`, read-only at run time.
"""

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consultation.encoder import Changes, Encoder, MiniLM, TunedMiniLM
from consultation.safeguarding.likeness import Likeness
from consultation.safeguarding.spelling import Reading

SHIPPED = Path(__file__).with_name("head.npz")
QUESTIONS = ("concern", "immediate", "staff")
WINDOW, STEP = 40, 25  # words; a text longer than LONG is also read in windows, lest half a sentence in it drown
LONG = 60
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_EIGHT_BITS = np.float32(127)
_CHANGES, _LIKENESS = ("down", "up", "small"), ("rarity", "examples", "buckets", "bias")

Floats = NDArray[np.float32]


class InvalidHead(ValueError):
    """The head file cannot be used; the message says how to mend it."""


@dataclass(frozen=True)
class Chances:
    """What the head thinks of one text."""

    concern: float
    immediate: float
    staff: float
    nearest: int  # index among the concerns of the examples, in their order


@dataclass(frozen=True)
class Weights:
    """What was learnt. `layer` (385 x 3, the last row a constant) rates a tuned vector; `scale` (3 x 3) has for each
    question what a tuned rating, a rating by likeness and a constant count towards the chance (its logit)."""

    fitted_on: str  # the fingerprint of the examples
    changes: Changes
    layer: Floats
    likeness: Likeness
    is_concern: NDArray[np.bool_]  # of the examples that `likeness` knows
    scale: Floats


@dataclass(frozen=True)
class Head:
    weights: Weights
    tuned: TunedMiniLM
    plain: Encoder

    def judge(self, text: str) -> Chances:
        """Chances for a read text: those of its whole, or of a window of a long one where they are worse."""
        read = [self.rate(each) for each in (text, *windows(text))]
        logits = np.stack([(ratings * self.weights.scale[:, :2].T).sum(0) for ratings, _ in read])
        chances = 1 / (1 + np.exp(-(logits.max(axis=0) + self.weights.scale[:, 2])))
        near = read[int(logits[:, 0].argmax())][1][self.weights.is_concern]
        return Chances(float(chances[0]), float(chances[1]), float(chances[2]), int(near.argmax()))

    def rate(self, text: str) -> tuple[Floats, Floats]:
        """Both ratings of a read text (2 x 3), and how like each known example it is."""
        by_likeness, near = self.weights.likeness.rate(text, self.plain)
        return np.stack([self._by_tuning(text), by_likeness]), near

    def minded(self, reading: Reading) -> tuple[int, int]:
        """Which stretch of the text as typed sounds most like a concern: a sentence, or the whole where it is one."""
        spans = sentences(reading.text)
        if len(spans) < 2:
            return reading.span(0, len(reading.text))
        places, vectors = self.tuned.tokens(reading.text)
        ratings = vectors @ self.weights.layer[:-1, 0]

        def rating(start: int, end: int) -> float:
            inside = (places[:, 0] >= start) & (places[:, 1] <= end) & (places[:, 0] < places[:, 1])
            return float(ratings[inside].mean()) if inside.any() else -np.inf

        return reading.span(*max(spans, key=lambda span: rating(*span)))

    def _by_tuning(self, text: str) -> Floats:
        return np.asarray(self.tuned.mean(text) @ self.weights.layer[:-1] + self.weights.layer[-1], dtype=np.float32)


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of a read text, of a long one its windows."""
    found: list[tuple[int, int]] = []
    for sentence in _SENTENCE.finditer(text):
        words = [match.span() for match in re.finditer(r"\S+", sentence.group())]
        for first in range(0, max(1, len(words) - WINDOW + STEP), STEP):
            window = words[first : first + WINDOW]
            if window:
                found.append((sentence.start() + window[0][0], sentence.start() + window[-1][1]))
    return [span for span in found if re.search(r"\w", text[slice(*span)])]


def windows(text: str) -> list[str]:
    """Overlapping stretches of a text that is long; none of one that is not."""
    words = text.split()
    if len(words) <= LONG:
        return []
    return [" ".join(words[first : first + WINDOW]) for first in range(0, len(words) - WINDOW + STEP, STEP)]


def load_head(path: Path = SHIPPED, model: Path | None = None) -> Head:
    """The shipped head over the installed model, or that in the file `model`. Raises InvalidHead where the weights are
    missing or broken, ModelUnavailable where the model is."""
    weights = load_weights(path)
    return Head(weights, TunedMiniLM(weights.changes, model), MiniLM(model))


def load_weights(path: Path = SHIPPED) -> Weights:
    """Raises InvalidHead."""
    try:
        with np.load(path, allow_pickle=False) as file:
            stored: dict[str, Any] = {name: file[name] for name in file.files}
        groups: dict[str, dict[str, Floats]] = {}
        for name, array in stored.items():
            group, _, tensor = name.partition(":")
            if tensor:
                groups.setdefault(group, {})[tensor] = array.astype(np.float32)
        vectors = stored["vectors"].astype(np.float32) / _EIGHT_BITS
        return Weights(
            fitted_on=str(stored["fitted_on"]),
            changes=Changes(**{group: groups[group] for group in _CHANGES}, proof=stored["proof"]),
            layer=stored["layer"].astype(np.float32),
            likeness=Likeness(vectors=vectors, **groups["likeness"]),
            is_concern=stored["is_concern"],
            scale=stored["scale"],
        )
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as broken:
        raise InvalidHead(
            f"What the screen has learnt ({path.name}) is missing or broken ({type(broken).__name__}). "
            f"Install Sayso again, or run `{TRAIN}`."
        ) from broken


def save_weights(weights: Weights, path: Path = SHIPPED) -> None:
    """In half precision, the examples' vectors in eight bits."""
    changes: Mapping[str, Mapping[str, Floats]] = {group: getattr(weights.changes, group) for group in _CHANGES}
    halved = {f"{group}:{name}": each for group in _CHANGES for name, each in changes[group].items()}
    halved |= {f"likeness:{name}": getattr(weights.likeness, name) for name in _LIKENESS}
    np.savez_compressed(
        path,
        allow_pickle=False,
        fitted_on=np.array(weights.fitted_on),
        vectors=np.round(weights.likeness.vectors * _EIGHT_BITS).astype(np.int8),
        is_concern=weights.is_concern,
        layer=weights.layer.astype(np.float16),
        proof=np.asarray(weights.changes.proof),
        scale=weights.scale,
        **{name: each.astype(np.float16) for name, each in halved.items()},
    )


TRAIN = "python -m consultation.safeguarding.learning.train"
