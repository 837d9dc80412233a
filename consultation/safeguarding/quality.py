"""How good a head of this recipe is, measured on examples it has not seen. Writes figures, never a head."""

from typing import TYPE_CHECKING, TextIO

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from consultation.domain.concern import Concern, Level
from consultation.encoder import Encoder
from consultation.safeguarding import train
from consultation.safeguarding.evaluate import SPELT, evaluate
from consultation.safeguarding.examples import Example
from consultation.safeguarding.head import Chances, Head
from consultation.safeguarding.patterns import find, load_patterns
from consultation.safeguarding.screen import Thresholds, load_thresholds
from consultation.safeguarding.spelling import read

if TYPE_CHECKING:
    from consultation.safeguarding.train import Material

Judged = list[tuple[Example, Chances, Level]]  # what the head thought, and what the patterns said
SHORT = "short"  # the kind of plain texts of a few words
SUPPORT = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
IMMEDIATE = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


def report(material: "Material", held_out: NDArray[np.bool_], encoder: Encoder, out: TextIO) -> None:
    """Cross-validation over the known rows, then one look at the held-out fifth."""
    known, asked = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    strata = np.array([material.rows[index].level for index in known])
    folds = StratifiedKFold(train.FOLDS, shuffle=True, random_state=train.SEED + 1)
    crossed: Judged = []
    for learnt, left in folds.split(known, strata):
        crossed += judge(material, known[left], train.learn_head(material, known[learnt], encoder), encoder)
    _print("cross-validated", crossed, out)
    _print("held out", judge(material, asked, train.learn_head(material, known, encoder), encoder), out)


def judge(material: "Material", chosen: NDArray[np.int64], head: Head, encoder: Encoder) -> Judged:
    judged: Judged = []
    for row in (material.rows[index] for index in chosen):
        reading = read(row.text)
        hits = find(reading, load_patterns())
        judged.append((row, head.judge(reading, encoder), hits[0].pattern.level if hits else Level.NONE))
    return judged


def _print(title: str, judged: Judged, out: TextIO) -> None:
    shipped = load_thresholds()
    out.write(f"{title}: {len(judged)} rows; thresholds as shipped: {_figures(judged, shipped)}\n")
    for support in SUPPORT:
        changed = shipped.model_copy(update={"support": support})
        out.write(f"  support {support:.2f}  {_figures(judged, changed)}\n")
    for immediate in IMMEDIATE:
        changed = shipped.model_copy(update={"immediate": immediate})
        out.write(f"  immediate {immediate:.2f}  {_figures(judged, changed)}\n")


def _figures(judged: Judged, thresholds: Thresholds) -> str:
    levels = {row.text: _level(chances, plain, thresholds) for row, chances, plain in judged}
    rows = [
        {"id": row.text, "text": row.text, "concern": row.level is not Level.NONE, "level": SPELT[row.level]}
        for row, _, _ in judged
    ]

    def said(text: str) -> Concern:
        return Concern(levels[text], 0.0, "")

    scored = evaluate(rows, said)
    harmless = [row for row, _, _ in judged if row.level is Level.NONE]
    everyday = [levels[row.text] is not Level.NONE for row in harmless if row.kind == train.ORDINARY]
    short = [levels[row.text] is not Level.NONE for row in harmless if row.kind == SHORT]
    near = [levels[row.text] is not Level.NONE for row in harmless if row.kind not in (train.ORDINARY, SHORT)]
    alarmed = [levels[row.text] is Level.IMMEDIATE for row in harmless if row.kind in (train.ORDINARY, SHORT)]
    raised = [levels[row.text] is Level.IMMEDIATE for row, _, _ in judged if row.level is Level.SUPPORT]
    return (
        f"recall {scored['recall']:.3f}, immediate {scored['recall_immediate']:.3f}, "
        f"false alarms {scored['false_positive_rate']:.3f} (near misses {np.mean(near):.3f}, "
        f"everyday {np.mean(everyday):.3f}, short {np.mean(short):.3f}), raised to immediate: "
        f"everyday and short {np.mean(alarmed):.4f}, support {np.mean(raised):.3f}"
    )


def _level(chances: Chances, plain: Level, thresholds: Thresholds) -> Level:
    if plain is Level.IMMEDIATE or chances.immediate >= thresholds.immediate:
        return Level.IMMEDIATE
    if plain is Level.SUPPORT or chances.concern >= thresholds.support:
        return Level.SUPPORT
    return Level.NONE
