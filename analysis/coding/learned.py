"""What a coder has learned from coded answers, as one value and as bytes; must not know how it was learned."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from analysis.coding.bank import Bank, Texts
from analysis.coding.deciding import Decision, Rule
from analysis.coding.dual import TwoStages
from analysis.coding.suggestion import UnusableHead
from analysis.coding.views import WORD_BUCKETS
from analysis.records import Facet
from consultation.encoder import Vectors

Column = tuple[Facet, str]  # a code; "" is "none of this facet"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mix:
    """How much words and letters count beside meaning, and how hard weights are held back."""

    words: float
    ridge: float


@dataclass(frozen=True)
class Learned:
    """`columns` name the c things that are scored: facet by facet its codes, then "none of them".

    `texts` and `truth` (n, c) are the coded answers; the bank holds them and, after them, the codebook's own words.
    """

    columns: tuple[Column, ...]
    texts: tuple[str, ...]
    truth: NDArray[np.bool_]
    bank: Bank
    mix: Mix
    stages: TwoStages
    decisions: Mapping[Facet, Decision]
    reader: str
    version: str

    def likeness(self, texts: Texts) -> Floats:
        """(q, n + own words) of other texts to those learned from."""
        return self.bank.likeness(texts, self.mix.words)

    def columns_of(self, facet: Facet) -> list[int]:
        """The facet's columns, the last of them "none"."""
        return [at for at, (each, _) in enumerate(self.columns) if each is facet]

    def confidence(self, scores: Floats) -> Floats:
        """(c,) of the scores of one text."""
        found = np.zeros(len(self.columns), dtype=np.float32)
        for facet, decision in self.decisions.items():
            found[self.columns_of(facet)] = decision.confidence(scores[self.columns_of(facet)])
        return found

    def proposed(self, confidence: Floats, facet: Facet) -> list[int]:
        """The columns of a facet that one text's confidences propose, the most confident first."""
        if facet not in self.decisions:
            return []
        columns = self.columns_of(facet)
        taken = self.decisions[facet].proposed(confidence[columns][None])[0]
        return sorted(
            (at for at, yes in zip(columns, taken, strict=False) if yes), key=lambda at: -float(confidence[at])
        )


def as_kept(texts: Texts) -> Texts:
    """As they will be after they have been kept, so that what is learned from them fits."""
    small = {name: _wide(*_small(each)) for name, each in texts.views.items()}
    return Texts(small, _wide(*_small(texts.clauses)), texts.ends, texts.terms, texts.places)


def to_bytes(learned: Learned) -> bytes:
    """The same always makes the same bytes: the archive carries no date."""
    texts, places = learned.bank.texts, sorted(set(learned.bank.texts.places))
    facts = {
        "columns": learned.columns,
        "texts": learned.texts,
        "places": places,
        "mix": (learned.mix.words, learned.mix.ridge),
        "rules": {facet: each.rule for facet, each in learned.decisions.items()},
        "reader": learned.reader,
        "version": learned.version,
    }
    arrays: dict[str, NDArray[Any]] = {
        "facts": np.frombuffer(json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        "truth": np.packbits(learned.truth, axis=1),
        "ends": texts.ends,
        "place": np.array([places.index(each) for each in texts.places]),
        "terms_data": texts.terms.data.astype(np.float16),
        "terms_indices": texts.terms.indices,
        "terms_indptr": texts.terms.indptr,
        "mean": learned.stages.mean,
    }
    for name, vectors in {**texts.views, "clauses": texts.clauses}.items():
        arrays[f"view_{name}"], arrays[f"scale_{name}"] = _small(vectors)
    for name in ("first", "second", "scores"):
        arrays[name] = getattr(learned.stages, name).astype(np.float16)
    for facet, decision in learned.decisions.items():
        arrays[f"decision_{facet}"] = np.stack([decision.slope, decision.shift, decision.threshold])
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def from_bytes(kept: bytes) -> Learned:
    """Raises `UnusableHead`."""
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return _learned(json.loads(arrays["facts"].tobytes().decode("utf-8", "surrogatepass")), arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as broken:
        raise UnusableHead(
            f"What was kept holds no coder that this version can read ({type(broken).__name__}). Teach it again."
        ) from broken


def _learned(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Learned:
    columns = tuple((Facet(facet), code) for facet, code in facts["columns"])
    places = [(audience, question) for audience, question in facts["places"]]
    terms = (arrays["terms_data"].astype(np.float32), arrays["terms_indices"], arrays["terms_indptr"])
    wide = {name[5:]: _wide(each, arrays[f"scale_{name[5:]}"]) for name, each in arrays.items() if name[:5] == "view_"}
    clauses = wide.pop("clauses")
    texts = Texts(
        views=wide,
        clauses=clauses,
        ends=arrays["ends"],
        terms=sparse.csr_array(terms, shape=(len(arrays["place"]), 2 * WORD_BUCKETS)),
        places=tuple(places[at] for at in arrays["place"].tolist()),
    )
    kept = {each.name: arrays[each.name].astype(np.float32) for each in fields(TwoStages)}
    return Learned(
        columns=columns,
        texts=tuple(facts["texts"]),
        truth=np.unpackbits(arrays["truth"], axis=1, count=len(columns)).astype(bool),
        bank=Bank(texts),
        mix=Mix(*facts["mix"]),
        stages=TwoStages(**kept),
        decisions={
            Facet(facet): _decision(arrays[f"decision_{facet}"], rule) for facet, rule in facts["rules"].items()
        },
        reader=facts["reader"],
        version=facts["version"],
    )


def _decision(numbers: Floats, rule: Rule) -> Decision:
    slope, shift, threshold = numbers
    return Decision(slope, shift, threshold, rule)


def _small(vectors: Vectors) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Vectors in a quarter of the space, to within half a hundredth of their largest element."""
    scale = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-6).astype(np.float32)
    return np.round(vectors / scale[:, None]).clip(-127, 127).astype(np.int8), scale


def _wide(small: NDArray[np.int8], scale: NDArray[np.float32]) -> Vectors:
    return np.asarray(small.astype(np.float32) * scale[:, None], dtype=np.float32)
