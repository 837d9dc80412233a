"""Learns head.npz. `pip install 'sayso[train-screen]'`, then `python -m consultation.safeguarding.learning.train`: a
quarter of an hour on two cores.

First four fifths of the examples are learnt, and the fifth shows how both ratings are weighed into chances and what
thresholds cost (`quality`). Then all of them, by the same recipe. Learnt from ../examples and nothing else; the texts
of tests/evaluation are none of them. Seeds are fixed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from consultation.domain.concern import Level
from consultation.encoder import MiniLM, TunedMiniLM
from consultation.encoder.minilm import installed_model
from consultation.encoder.tuned import PROOF
from consultation.safeguarding.examples import Example, fingerprint, load_examples
from consultation.safeguarding.head import QUESTIONS, SHIPPED, Floats, Head, Weights, save_weights
from consultation.safeguarding.learning.compare import compare
from consultation.safeguarding.learning.lessons import lesson
from consultation.safeguarding.learning.quality import report
from consultation.safeguarding.learning.tune import tune


def learn(examples: Sequence[Example], model: Path, encoder: MiniLM) -> Weights:
    """All but how ratings become chances."""
    likeness = compare(examples, encoder)
    is_concern = np.array([each.level is not Level.NONE for each in examples])
    changes, layer = tune(model, examples, encoder)
    changes = replace(changes, proof=TunedMiniLM(changes).mean(PROOF))
    even = np.tile(np.array([1, 1, 0], dtype=np.float32), (len(QUESTIONS), 1))
    return Weights(fingerprint(tuple(examples)), changes, layer, likeness, is_concern, even)


def weigh(head: Head, asked: Sequence[Example]) -> Floats:
    """How both ratings become chances, as `asked` show it, from which nothing was learnt."""
    lessons = [lesson(each, each.text) for each in asked]
    ratings = np.stack([head.rate(each.text)[0] for each in lessons])
    scale = []
    for at, question in enumerate(QUESTIONS):
        truth = [getattr(each, question) for each in lessons]
        told = np.array([each is not None for each in truth])
        scale.append(_logistic(ratings[told, :, at], np.array(truth)[told].astype(bool)))
    return np.array(scale, dtype=np.float32)


def _logistic(ratings: Floats, truth: NDArray[np.bool_]) -> Any:
    def lost(scale: Floats) -> float:
        signed = np.where(truth, 1, -1) * (ratings @ scale[:2] + scale[2])
        return float(np.logaddexp(0, -signed).mean())

    return minimize(lost, np.array([1.0, 1.0, 0.0])).x


def main() -> None:
    """Show what the recipe is worth, then learn from everything and write the weights."""
    examples, encoder, model = load_examples(), MiniLM(), installed_model()
    asked = [each for each in examples if each.held_out]
    trial = learn([each for each in examples if not each.held_out], model, encoder)
    head = Head(trial, TunedMiniLM(trial.changes), encoder)
    scale = weigh(head, asked)
    report(replace(head, weights=replace(trial, scale=scale)), asked, sys.stdout)
    to = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    save_weights(replace(learn(examples, model, encoder), scale=scale), to)
    print(f"{to}: {to.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
