"""The learnt half of the screen: how like each example a text means, and how it is put, whole and clause by clause.

Each question ("is this a concern?", "is it immediate?") is answered by kernel ridge regression: a weight for each
example, spoken for as far as the text means the same, and a weight for each feature. Must not know patterns, thresholds
or levels; it gives chances. Written by `train`, read-only at run time.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from consultation.encoder import Encoder, Vectors
from consultation.safeguarding import features
from consultation.safeguarding.spelling import Reading

SHIPPED = Path(__file__).with_name("head.npz")
CERTAINTY = 127.0  # example vectors are kept in eight bits
FALL = np.float32(2.0)  # how fast an example's say falls as its meaning differs
CLAUSE = 0.15  # how much the worst clause colours the whole
ALONE = 0.45  # how much worse than the whole a clause must be to speak for it
GRAVITY = 0.5  # what is surely a concern is sooner believed to be immediate

Floats = NDArray[np.float32]


class InvalidHead(ValueError):
    """The head file cannot be used; the message says how to mend it."""


@dataclass(frozen=True)
class Chances:
    """What the head thinks of one text. `span` is the clause it minded most, as offsets into the read text."""

    concern: float
    immediate: float
    span: tuple[int, int]
    nearest: int  # index among the concern rows of the examples, in their order


@dataclass(frozen=True)
class Question:
    """One question's weights: for each example, for each bucket, and how a rating becomes a chance."""

    examples: Floats
    buckets: Floats
    bias: float
    scale: Floats  # (2,): slope and constant that make a chance of a rating

    def rate(self, likeness: Floats, places: NDArray[np.int64], values: Floats) -> float:
        return float(self.examples @ likeness + self.buckets[places] @ values + self.bias)

    def chance(self, rating: float) -> float:
        return float(1.0 / (1.0 + np.exp(-(self.scale[0] * rating + self.scale[1]))))


@dataclass(frozen=True)
class Head:
    encoder: str
    examples: str  # the fingerprint of the rows it learnt from
    rarity: Floats
    vectors: Floats  # (n, 384), one for each example
    is_concern: NDArray[np.bool_]  # (n,)
    concern: Question
    immediate: Question

    def judge(self, reading: Reading, encoder: Encoder) -> Chances:
        """Chances for a read text; one encoder run for the text, and one for each clause where there are several."""
        spans = features.clauses(reading.text)
        texts = [reading.text, *(reading.text[slice(*span)] for span in spans if len(spans) > 1)]
        near = likeness(encoder.encode(texts), self.vectors)
        weighed = [features.weigh(features.count(text), self.rarity) for text in texts]
        questions = (self.concern, self.immediate)
        rated = np.array(
            [[each.rate(row, *parts) for each in questions] for row, parts in zip(near, weighed, strict=True)],
            dtype=np.float32,
        )
        worst = 1 + int(np.argmax(rated[1:, 0])) if len(texts) > 1 else 0
        concern, immediate = join(rated[0], rated.max(axis=0))
        return Chances(
            concern=self.concern.chance(concern),
            immediate=self.immediate.chance(immediate + GRAVITY * concern),
            span=spans[worst - 1] if worst else (0, len(reading.text)),
            nearest=int(np.argmax(near[worst][self.is_concern])),
        )


def join(whole: Floats, worst: Floats) -> Floats:
    """The rating of a text from that of its whole and of its worst clause (the whole itself where it has only one)."""
    mixed, alone = whole + CLAUSE * (worst - whole), worst - ALONE
    return np.asarray(np.maximum(mixed, alone), dtype=np.float32)


def likeness(vectors: Vectors, known: Floats) -> Floats:
    """1 for the same meaning, falling towards 0: shape (len(vectors), len(known))."""
    return np.asarray(np.exp(FALL * (vectors @ known.T - 1)), dtype=np.float32)


def load_head(encoder: Encoder, path: Path = SHIPPED) -> Head:
    """The shipped head. Raises InvalidHead where it is missing, broken or made for another encoder."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = Head(
                encoder=str(file["encoder"]),
                examples=str(file["examples"]),
                rarity=file["rarity"].astype(np.float32),
                vectors=file["vectors"].astype(np.float32) / np.float32(CERTAINTY),
                is_concern=file["is_concern"],
                concern=_question(file, "concern"),
                immediate=_question(file, "immediate"),
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as broken:
        raise InvalidHead(f"{path.name} is missing or broken; run `{TRAIN}`.") from broken
    if head.encoder != encoder.name:
        raise InvalidHead(f"{path.name} was trained on {head.encoder}, not {encoder.name}; run `{TRAIN}`.")
    return head


def save_head(head: Head, path: Path = SHIPPED) -> None:
    arrays = {
        "encoder": np.array(head.encoder),
        "examples": np.array(head.examples),
        "rarity": head.rarity.astype(np.float16),
        "vectors": np.round(head.vectors * CERTAINTY).astype(np.int8),
        "is_concern": head.is_concern,
    }
    for name, question in (("concern", head.concern), ("immediate", head.immediate)):
        arrays[f"{name}_examples"] = question.examples
        arrays[f"{name}_buckets"] = question.buckets.astype(np.float16)
        arrays[f"{name}_bias"] = np.array(question.bias, dtype=np.float32)
        arrays[f"{name}_scale"] = question.scale
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _question(file: "np.lib.npyio.NpzFile", name: str) -> Question:
    return Question(
        file[f"{name}_examples"].astype(np.float32),
        file[f"{name}_buckets"].astype(np.float32),
        float(file[f"{name}_bias"]),
        file[f"{name}_scale"].astype(np.float32),
    )


TRAIN = "python -m consultation.safeguarding.train"
