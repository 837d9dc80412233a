"""The learnt half of the screen: a linear head over a text's vector and features, whole and clause by clause.

Must not know patterns, thresholds or levels; it gives chances. Written by `train`, read-only at run time.
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
VECTOR_SCALE = np.float32(1.5)  # how loudly the vector speaks beside the three blocks of features
CERTAINTY = 127.0  # example vectors are kept in eight bits

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
class Linear:
    """One question's weights: over the vector, over the buckets, and how whole and worst clause join."""

    vector: Floats
    buckets: Floats
    bias: float
    joining: Floats  # for the whole, for the worst clause, and a constant

    def rate(self, vector: Vectors, places: NDArray[np.int64], values: Floats) -> float:
        return float(self.vector @ vector * VECTOR_SCALE + self.buckets[places] @ values + self.bias)

    def join(self, whole: float, clauses: list[float]) -> float:
        worst = max([whole, *clauses])
        return float(1.0 / (1.0 + np.exp(-(self.joining @ np.array([whole, worst, 1.0])))))


@dataclass(frozen=True)
class Head:
    encoder: str
    examples: str  # the fingerprint of the rows it learnt from
    rarity: Floats
    concern: Linear
    immediate: Linear
    vectors: NDArray[np.int8]  # of the concern examples, for naming the nearest

    def judge(self, reading: Reading, encoder: Encoder) -> Chances:
        """Chances for a read text; one encoder run for the text, and one for each clause where there are several."""
        spans = features.clauses(reading.text)
        texts = [reading.text, *(reading.text[slice(*span)] for span in spans if len(spans) > 1)]
        vectors = encoder.encode(texts)
        weighed = [features.weigh(features.count(text), self.rarity) for text in texts]
        concern, immediate = (
            [each.rate(vector, *parts) for vector, parts in zip(vectors, weighed, strict=True)]
            for each in (self.concern, self.immediate)
        )
        worst = int(np.argmax(concern[1:])) if len(texts) > 1 else None
        return Chances(
            concern=self.concern.join(concern[0], concern[1:]),
            immediate=self.immediate.join(immediate[0], immediate[1:]),
            span=(0, len(reading.text)) if worst is None else spans[worst],
            nearest=int(np.argmax(self.vectors @ vectors[0 if worst is None else worst + 1])),
        )


def load_head(encoder: Encoder, path: Path = SHIPPED) -> Head:
    """The shipped head. Raises InvalidHead where it is missing, broken or made for another encoder."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = Head(
                encoder=str(file["encoder"]),
                examples=str(file["examples"]),
                rarity=file["rarity"].astype(np.float32),
                concern=_linear(file, "concern"),
                immediate=_linear(file, "immediate"),
                vectors=file["vectors"],
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
        "vectors": head.vectors,
    }
    for name, linear in (("concern", head.concern), ("immediate", head.immediate)):
        arrays[f"{name}_vector"] = linear.vector
        arrays[f"{name}_buckets"] = linear.buckets.astype(np.float16)
        arrays[f"{name}_bias"] = np.array(linear.bias, dtype=np.float32)
        arrays[f"{name}_joining"] = linear.joining
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _linear(file: "np.lib.npyio.NpzFile", name: str) -> Linear:
    return Linear(
        file[f"{name}_vector"].astype(np.float32),
        file[f"{name}_buckets"].astype(np.float32),
        float(file[f"{name}_bias"]),
        file[f"{name}_joining"].astype(np.float32),
    )


TRAIN = "python -m consultation.safeguarding.train"
