"""What a coder has learned, as one value and one file; must not know how it was learned or how it is used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.coding.calibration import Calibration
from analysis.coding.likeness import Bank
from analysis.coding.passages import Passage
from analysis.coding.ridge import TwoStages
from analysis.coding.sparse import SparseIndex
from analysis.records import Facet

SHIPPED = Path(__file__).with_name("shipped_head.npz")


class UnusableHead(RuntimeError):
    """The file holds no head, or one for another encoder or codebook; the message says how to mend it."""


@dataclass(frozen=True)
class Learned:
    """What was learned from one sight of the exemplars, and how far its scores can be trusted."""

    stages: TwoStages
    calibration: Calibration


@dataclass(frozen=True)
class Head:
    """`columns` name the c things that are scored; `texts` and `truth` (n, c + 1) are the exemplars and their codes.

    The bank holds the exemplars and, after them, the codebook's own words. Two things were learned from it: `asked`
    saw which question each exemplar answers, `unasked` did not and serves where the question is unknown. One alone
    would lean on a question that is not there. `asked` is None where no exemplar has a question.

    The last column of `truth`, of the scores and of the confidences is "there is nothing to code": abstaining is
    learned from answers such as "pass" and "see above", not inferred from the silence of the codes.
    """

    columns: tuple[tuple[Facet, str], ...]
    texts: tuple[str, ...]
    truth: NDArray[np.bool_]
    bank: Bank
    asked: Learned | None
    unasked: Learned
    encoder: str
    exemplars: str  # their fingerprint
    version: str

    def likeness(self, passage: Passage, parts: Sequence[Passage] = ()) -> tuple[NDArray[np.float32], Learned]:
        """(1 + len(parts), n) for a passage and for its clauses, and what to make of it."""
        likeness = self.bank.likeness(passage, parts)
        if self.asked is None or passage.place not in self.bank.known_places:
            return likeness, self.unasked
        return likeness + self.bank.asked(passage.place), self.asked

    def proposed(self, confidence: NDArray[np.float32], learned: Learned) -> list[int]:
        """The columns (outcomes, then themes, each by falling confidence) that one answer's confidences propose."""
        reached = confidence >= learned.calibration.threshold
        if reached[-1]:
            return []
        return [
            at
            for facet in (Facet.OUTCOME, Facet.THEME)
            for at in sorted(self.columns_of(facet), key=lambda at: -float(confidence[at]))
            if reached[at]
        ]

    def tone(self, scores: NDArray[np.float32]) -> int | None:
        """The column of the sentiment that one answer's scores favour; None where none was learned."""
        return max(self.columns_of(Facet.SENTIMENT), key=lambda at: float(scores[at]), default=None)

    def columns_of(self, *facets: Facet) -> list[int]:
        return [at for at, (facet, _) in enumerate(self.columns) if facet in facets]


def save(head: Head, path: Path) -> None:
    """The same head always makes the same bytes: the archive carries no date."""
    facts = {
        "columns": head.columns,
        "texts": head.texts,
        "places": head.bank.known_places,
        "encoder": head.encoder,
        "exemplars": head.exemplars,
        "version": head.version,
    }
    arrays: dict[str, NDArray[Any]] = {
        "facts": np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), dtype=np.uint8),
        "truth": np.packbits(head.truth, axis=1),
        **_arrays("bank", head.bank),
        **_arrays("words", head.bank.words),
        **_arrays("letters", head.bank.letters),
        **_learned_arrays("asked", head.asked),
        **_learned_arrays("unasked", head.unasked),
    }
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load(path: Path = SHIPPED) -> Head:
    """Raises `UnusableHead`."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        facts = json.loads(arrays["facts"].tobytes())
        return _head(facts, arrays)
    except (OSError, ValueError, KeyError, TypeError) as broken:
        mend = "Make it again with `python -m analysis.coding.train`, or reinstall Sayso."
        raise UnusableHead(f"{path} holds no coder ({type(broken).__name__}). {mend}") from broken


def _head(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Head:
    columns = tuple((Facet(facet), code) for facet, code in facts["columns"])
    bank = Bank(
        words=SparseIndex(**_part("words", arrays)),
        letters=SparseIndex(**_part("letters", arrays)),
        known_places=tuple((audience, question) for audience, question in facts["places"]),
        **_part("bank", arrays),
    )
    return Head(
        columns=columns,
        texts=tuple(facts["texts"]),
        truth=np.unpackbits(arrays["truth"], axis=1, count=len(columns) + 1).astype(bool),
        bank=bank,
        asked=_learned("asked", arrays) if bank.known_places else None,
        unasked=_learned("unasked", arrays),
        encoder=facts["encoder"],
        exemplars=facts["exemplars"],
        version=facts["version"],
    )


def _learned_arrays(prefix: str, learned: Learned | None) -> dict[str, NDArray[Any]]:
    if learned is None:
        return {}
    stages, calibration = learned.stages, learned.calibration
    return {**_arrays(f"{prefix}_stages", stages), **_arrays(f"{prefix}_calibration", calibration)}


def _learned(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Learned:
    stages = TwoStages(**_part(f"{prefix}_stages", arrays))
    return Learned(stages, Calibration(**_part(f"{prefix}_calibration", arrays)))


def _arrays(prefix: str, part: Bank | SparseIndex | TwoStages | Calibration) -> dict[str, NDArray[Any]]:
    values = {each.name: getattr(part, each.name) for each in fields(part)}
    return {f"{prefix}.{name}": value for name, value in values.items() if isinstance(value, np.ndarray)}


def _part(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    start = f"{prefix}."
    return {name.removeprefix(start): value for name, value in arrays.items() if name.startswith(start)}
