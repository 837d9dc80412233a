"""Learns what ships in ../shipped. `pip install 'sayso[train-coder]'`, then `python -m analysis.coding.learning.train`:
about three hours on two cores, by the times of its parts.

A large network and a small one learn the codes. Then both teach the small one, which ships: what they make of those
same answers, and of others that are made from them and that nobody coded.
All exemplars are learnt but a seventh, in blocks of one author and question. On that seventh the very files that ship
are calibrated, and it gives the figures; what they made of it is written to a file for `analysis.coding.effort`. Seeds
are fixed.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import shipped_codebook
from analysis.coding.attentive_head import AttentiveHead, examples, save, small, truth_of
from analysis.coding.calibration import Calibration, calibrate
from analysis.coding.exemplars import SENTIMENTS, Exemplar, fingerprint, kept_apart, read_exemplars
from analysis.coding.learning.export import export_encoder, head_arrays
from analysis.coding.learning.lessons import lessons, truth
from analysis.coding.learning.mixed import mixed
from analysis.coding.learning.network import Network
from analysis.coding.learning.tune import Recipe, build, scores_of, taught, tune
from analysis.coding.learning.weights import minilm, mpnet
from analysis.coding.learning.words import learn_wording
from analysis.coding.reading import MODEL, Place, Reader, side_by_side
from analysis.records import Facet
from consultation.encoder import MiniLM, Vectors

METHOD = "6"  # raise it when the method changes, so that codings of two methods never carry one version
MIXED = 40_000  # answers that teachers alone speak of
LARGER = 0.65  # how much the large teacher counts beside the small one
LARGE, SMALL = Recipe(rate=7e-5, head_rate=1e-3), Recipe()
AXES = 128  # of the exemplars' vectors: as many lose nothing that could be measured
Columns = tuple[tuple[Facet, str], ...]


def main(predictions: Path) -> None:
    rows, columns = read_exemplars(), columns_of_shipped()
    places = tuple(sorted({(each.audience, each.question) for each in rows}))
    left = kept_apart(rows)
    kept = [row for row, away in zip(rows, left, strict=True) if not away]
    learnt, made = (lessons(each, columns, places, MiniLM()) for each in (kept, mixed(kept, MIXED, 1)))
    with TemporaryDirectory() as folder:
        teacher, pupil = (build(each(Path(folder)), len(columns), len(places), 0) for each in (mpnet, minilm))
    tune(teacher, learnt, LARGE, _tell)
    tune(pupil, learnt, SMALL, _tell)
    asked = learnt + made
    scores = LARGER * scores_of(teacher, asked) + (1 - LARGER) * scores_of(pupil, asked)
    tune(pupil, taught(asked, scores, len(kept)), replace(SMALL, seed=1), _tell)
    ship(pupil, rows, left, columns, places, predictions)


def _tell(epoch: int, loss: float) -> None:
    print(f"epoch {epoch}, loss {loss:.3f}", flush=True)


def columns_of_shipped() -> Columns:
    """Outcomes, themes and sentiments, in the order of the codebook."""
    codebook = shipped_codebook()
    return (
        *((Facet.OUTCOME, each) for each in codebook.outcome_ids),
        *((Facet.THEME, each) for each in codebook.theme_ids),
        *((Facet.SENTIMENT, each) for each in SENTIMENTS),
    )


def groups(columns: Columns) -> list[slice]:
    """Where each facet's columns lie."""
    ends = np.cumsum([sum(facet is each for facet, _ in columns) for each in Facet]).tolist()
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def ship(
    network: Network,
    rows: Sequence[Exemplar],
    left: Sequence[bool],
    columns: Columns,
    places: tuple[Place, ...],
    predictions: Path,
) -> None:
    """Write the encoder and the head. Those rows that were `left` out calibrate them."""
    export_encoder(network, MODEL)
    look, worth, habit = head_arrays(network)
    reader = Reader(places)
    shown, asked = examples(rows), [row for row, away in zip(rows, left, strict=True) if away]
    vectors = np.stack(side_by_side(lambda row: _seen(reader, row).mean(axis=0), shown))
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    chosen = axes[:, : -AXES - 1 : -1].astype(np.float16)
    digest = sha256(json.dumps([METHOD, fingerprint(rows), sha256(MODEL.read_bytes()).hexdigest()]).encode())
    version = f"{METHOD}.{digest.hexdigest()[:8]}"
    usual = Calibration(*(np.full(len(columns), each, dtype=np.float32) for each in (1, 0, 0.5)))
    learnt = [row for row, away in zip(rows, left, strict=True) if not away]
    wording = learn_wording([row.text for row in learnt], np.stack([truth(row, columns) for row in learnt]))
    head = AttentiveHead(
        columns, places, look, worth, habit, wording, usual, chosen, small(vectors, chosen), (),
        truth_of(shown, columns), version,
    )  # fmt: skip
    scores = np.stack(
        side_by_side(lambda row: head.score(row.text, _seen(reader, row), (row.audience, row.question)).scores, asked)
    )
    true = truth_of(asked, columns)
    *codes, tones = groups(columns)
    head = replace(head, calibration=calibrate(scores, true, codes, tones))
    save(head)
    _write(head, scores, true, predictions)
    print(f"{len(rows)} exemplars, {len(shown)} shown, version {head.version}, {MODEL.stat().st_size / 1e6:.1f} MB")


def _seen(reader: Reader, row: Exemplar) -> Vectors:
    return reader.read(row.text, (row.audience, row.question))[1]


def _write(head: AttentiveHead, scores: NDArray[np.float32], truth: NDArray[np.bool_], predictions: Path) -> None:
    """The answers that were left out, as `analysis.coding.held_out` reads them, and the figures."""
    coded = head.columns_of(Facet.OUTCOME, Facet.THEME)
    codes = [head.columns[at][1] for at in coded]
    with predictions.open("w", encoding="utf-8") as file:
        for score, true in zip(scores, truth, strict=True):
            confidence = head.confidence(score)
            proposed = [head.columns[at][1] for at in head.proposed(confidence)]
            likely = {code: round(float(confidence[at]), 4) for code, at in zip(codes, coded, strict=True)}
            applies = [code for code, at in zip(codes, coded, strict=True) if true[at]]
            row = {"confidences": likely, "proposed": proposed, "truth": applies}
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
