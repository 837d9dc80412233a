"""Learns a coder from hand-coded answers, for any codebook; as a command, makes the head that ships.

Knows no particular codebook. The same rows, codebook and encoder give the same head, byte for byte on one machine:
nothing here draws at random or reads the clock.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding import head as heads
from analysis.coding.calibration import calibrate
from analysis.coding.exemplars import SENTIMENTS, Exemplar, fingerprint, folds, own_words, read_exemplars
from analysis.coding.head import Head, Learned
from analysis.coding.likeness import Bank
from analysis.coding.passages import Passage, read_answer
from analysis.coding.ridge import fit
from analysis.coding.suggest import KernelCoder
from analysis.records import Facet
from consultation.encoder import Encoder, MiniLM

Columns = tuple[tuple[Facet, str], ...]

# Raise it when the method changes, so that codings of two methods never carry one version.
_METHOD = "2"
_FOLDS = 5
# How much a line of the codebook weighs beside a hand-coded answer. By cross-validation, as all weights here.
OWN_WORDS = 0.5


@dataclass(frozen=True)
class Material:
    """What there is to learn from: hand-coded rows, then the codebook's own words, each with its passage."""

    rows: tuple[Exemplar, ...]
    own: tuple[Exemplar, ...]
    passages: tuple[Passage, ...]  # of both, in that order

    def only(self, kept: Sequence[int]) -> "Material":
        """The rows numbered `kept`, with all of the codebook's words."""
        ours = self.passages[len(self.rows) :]
        return Material(tuple(self.rows[at] for at in kept), self.own, (*(self.passages[at] for at in kept), *ours))


def train(rows: Sequence[Exemplar], codebook: Codebook, encoder: Encoder) -> KernelCoder:
    """A coder for `codebook` from its own words and `rows`. Raises `UnknownCode` for a code that it does not have."""
    return KernelCoder(learn(read(rows, codebook, encoder), codebook, encoder.name), codebook, encoder)


def read(rows: Sequence[Exemplar], codebook: Codebook, encoder: Encoder) -> Material:
    """What takes the time: every text through the encoder."""
    own = own_words(codebook)
    passages = [read_answer(each.text, (each.audience, each.question), encoder).passage for each in (*rows, *own)]
    return Material(tuple(rows), tuple(own), tuple(passages))


def learn(material: Material, codebook: Codebook, encoder: str) -> Head:
    """A head. Confidences and thresholds come from rows held out in turn."""
    rows, everything = material.rows, material.rows + material.own
    columns = _columns(rows, codebook)
    truth, known = _truth(everything, columns), _known(everything, columns)
    bank = Bank.of(material.passages)
    likeness = np.concatenate([bank.likeness(each) for each in material.passages])
    likeness = (likeness + likeness.T) / 2  # a bank's vectors are rounded, its rows' own are not
    weight = np.repeat([1.0, OWN_WORDS], [len(rows), len(material.own)]).astype(np.float32)
    lesson = Lesson(truth, known, weight, np.array(folds(rows, _FOLDS)), tuple(_groups(columns)))
    asked = np.stack([_asked(bank, each.place) for each in material.passages]) if bank.known_places else None
    seen = fingerprint(rows)
    return Head(
        columns=columns,
        texts=tuple(each.text for each in rows),
        truth=truth[: len(rows)],
        bank=bank,
        asked=None if asked is None else _learn(likeness + asked, lesson),
        unasked=_learn(likeness, lesson),
        encoder=encoder,
        exemplars=seen,
        version=_version(codebook, encoder, seen + fingerprint(material.own)),
    )


@dataclass(frozen=True)
class Lesson:
    """What is to be learned of N texts, the first n = len(fold) of them hand-coded rows.

    `truth` and `known` (N, c): which codes apply, and of which that is known; `weight` (N,); `fold` (n,).
    """

    truth: NDArray[np.bool_]
    known: NDArray[np.bool_]
    weight: NDArray[np.float32]
    fold: NDArray[np.int64]
    groups: tuple[slice, ...]


def _learn(likeness: NDArray[np.float32], lesson: Lesson) -> Learned:
    held_out = np.zeros(lesson.truth[: len(lesson.fold)].shape, dtype=np.float32)
    for number in range(_FOLDS):
        left = np.flatnonzero(lesson.fold == number)
        kept = np.setdiff1d(np.arange(len(likeness)), left)
        if len(left) and len(kept):
            stages = fit(likeness[np.ix_(kept, kept)], lesson.truth[kept], lesson.known[kept], lesson.weight[kept])
            held_out[left] = stages.predict(likeness[np.ix_(left, kept)])
    stages = fit(likeness, lesson.truth, lesson.known, lesson.weight)
    calibration = calibrate(held_out, lesson.truth[: len(held_out)], list(lesson.groups))
    return Learned(stages, calibration)


def _asked(bank: Bank, place: tuple[str, str]) -> NDArray[np.float32]:
    return bank.asked(place) if place in bank.known_places else np.zeros(len(bank), dtype=np.float32)


def _columns(rows: Sequence[Exemplar], codebook: Codebook) -> Columns:
    for row in rows:
        for outcome in row.outcomes or ():
            codebook.outcome(outcome)
        for theme in row.themes or ():
            codebook.theme(theme)
    sentiments = SENTIMENTS if any(each.sentiment for each in rows) else ()
    return (
        *((Facet.OUTCOME, each) for each in codebook.outcome_ids),
        *((Facet.THEME, each) for each in codebook.theme_ids),
        *((Facet.SENTIMENT, each) for each in sentiments),
    )


def _truth(rows: Sequence[Exemplar], columns: Columns) -> NDArray[np.bool_]:
    """One column a code, and a last one for rows with neither outcome nor theme."""
    return np.array(
        [
            [*(code in (_codes(row, facet) or ()) for facet, code in columns), not row.outcomes and not row.themes]
            for row in rows
        ],
        dtype=bool,
    )


def _known(rows: Sequence[Exemplar], columns: Columns) -> NDArray[np.bool_]:
    """Whether anybody said, for each of `_truth`. One code settles that there is something to code."""
    found = []
    for row in rows:
        said = [_codes(row, facet) is not None for facet, _ in columns]
        all_codes = all(each for each, (facet, _) in zip(said, columns, strict=True) if facet is not Facet.SENTIMENT)
        found.append([*said, all_codes or bool(row.outcomes or row.themes)])
    return np.array(found, dtype=bool)


def _codes(row: Exemplar, facet: Facet) -> tuple[str, ...] | None:
    if facet is Facet.SENTIMENT:
        return None if row.sentiment is None else (row.sentiment,)
    return row.outcomes if facet is Facet.OUTCOME else row.themes


def _groups(columns: Columns) -> list[slice]:
    """Where each facet's columns lie, in the order of `Facet`, and the last column by itself."""
    lengths = [*(sum(facet is each for facet, _ in columns) for each in Facet), 1]
    ends = np.cumsum(lengths).tolist()
    return [slice(end - length, end) for length, end in zip(lengths, ends, strict=True) if length]


def _version(codebook: Codebook, encoder: str, exemplars: str) -> str:
    seen = f"{codebook.id} {codebook.version} {encoder} {exemplars}"
    return f"{_METHOD}.{hashlib.sha256(seen.encode()).hexdigest()[:8]}"


def main(path: Path = heads.SHIPPED) -> None:
    """Make the shipped head again from the shipped exemplars."""
    rows = read_exemplars()
    coder = train(rows, shipped_codebook(), MiniLM())
    heads.save(coder.head, path)
    print(f"{path.name}: {len(rows)} exemplars, version {coder.version}, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
