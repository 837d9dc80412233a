"""Learns a coder from hand-coded answers, for any codebook; as a command, makes the head that ships.

Knows no particular codebook. The same rows, codebook and encoder give the same head, byte for byte on one machine:
nothing here draws at random or reads the clock.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding import head as heads
from analysis.coding.calibration import calibrate
from analysis.coding.exemplars import SENTIMENTS, Exemplar, fingerprint, folds, read_exemplars
from analysis.coding.head import Head
from analysis.coding.likeness import Bank
from analysis.coding.passages import Passage, read_answer
from analysis.coding.ridge import fit
from analysis.coding.suggest import KernelCoder
from analysis.records import Facet
from consultation.encoder import Encoder, MiniLM

Columns = tuple[tuple[Facet, str], ...]

# Raise it when the method changes, so that codings of two methods never carry one version.
_METHOD = "1"
_FOLDS = 5
_CHUNK = 256


def train(rows: Sequence[Exemplar], codebook: Codebook, encoder: Encoder) -> KernelCoder:
    """A coder for `codebook` from `rows` alone. Raises `UnknownCode` for a code that the codebook does not have."""
    passages = read_passages(rows, encoder)
    return KernelCoder(learn(rows, passages, codebook, encoder.name), codebook, encoder)


def read_passages(rows: Sequence[Exemplar], encoder: Encoder) -> list[Passage]:
    """What takes the time: every text and clause through the encoder."""
    return [read_answer(each.text, (each.audience, each.question), encoder).passage for each in rows]


def learn(rows: Sequence[Exemplar], passages: Sequence[Passage], codebook: Codebook, encoder: str) -> Head:
    """A head from rows and their passages. Confidences and thresholds come from rows held out in turn."""
    columns = _columns(rows, codebook)
    truth = _truth(rows, columns)
    wanted = _wanted(truth, rows, columns)
    bank = Bank.of(passages)
    likeness = np.concatenate([bank.likeness(passages[at : at + _CHUNK]) for at in range(0, len(passages), _CHUNK)])
    likeness = (likeness + likeness.T) / 2  # a bank's vectors are rounded, its rows' own are not
    held_out = _held_out_scores(likeness, wanted, np.array(folds(rows, _FOLDS)))
    seen = fingerprint(rows)
    return Head(
        columns=columns,
        texts=tuple(each.text for each in rows),
        truth=truth,
        bank=bank,
        stages=fit(likeness, wanted),
        calibration=calibrate(held_out, truth, _groups(columns)),
        encoder=encoder,
        exemplars=seen,
        version=_version(codebook, encoder, seen),
    )


def _columns(rows: Sequence[Exemplar], codebook: Codebook) -> Columns:
    for row in rows:
        for outcome in row.outcomes:
            codebook.outcome(outcome)
        for theme in row.themes:
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
        [[*(code in _codes(row, facet) for facet, code in columns), not row.outcomes + row.themes] for row in rows],
        dtype=bool,
    )


def _codes(row: Exemplar, facet: Facet) -> tuple[str | None, ...]:
    if facet is Facet.SENTIMENT:
        return (row.sentiment,)
    return row.outcomes if facet is Facet.OUTCOME else row.themes


def _wanted(truth: NDArray[np.bool_], rows: Sequence[Exemplar], columns: Columns) -> NDArray[np.float32]:
    """`truth` as numbers; a row without a sentiment gets the mean of the others, from which nothing is learned."""
    wanted = truth.astype(np.float32)
    silent = np.array([each.sentiment is None for each in rows])
    tones = np.array([*(facet is Facet.SENTIMENT for facet, _ in columns), False])
    if silent.any() and tones.any():
        wanted[np.ix_(silent, tones)] = wanted[np.ix_(~silent, tones)].mean(axis=0)
    return wanted


def _held_out_scores(
    likeness: NDArray[np.float32], wanted: NDArray[np.float32], fold: NDArray[np.int64]
) -> NDArray[np.float32]:
    scores = np.tile(wanted.mean(axis=0), (len(wanted), 1))
    for number in range(_FOLDS):
        kept, left = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(kept) and len(left):
            stages = fit(likeness[np.ix_(kept, kept)], wanted[kept])
            scores[left] = stages.predict(likeness[np.ix_(left, kept)])
    return scores


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
