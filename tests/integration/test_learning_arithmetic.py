"""What the redaction model is learnt with is the same arithmetic as what answers are read with."""

import jax.numpy as jnp
import numpy as np

from consultation.privacy.learning.batches import Reader, batches, known_features
from consultation.privacy.learning.bert import read_bert
from consultation.privacy.learning.lessons import Lesson
from consultation.privacy.learning.train import as_weights, fit, tuned
from consultation.privacy.rampart import MODEL, Rampart, installed_folder


def test_learning_and_reading_do_the_same_arithmetic() -> None:
    """After a little learning, so that every tensor that is put over the model's own has changed."""
    reader = Reader()
    rows = [
        row
        for text, marks in (("ask kemi", ((4, 8, "PERSON"),)), ("nobody left us here", ()), ("im 14", ((3, 5, "AGE"),)))
        for _ in range(3)
        if (row := reader.row(Lesson(text, marks)))
    ]
    names = known_features([rows])
    bert = read_bert(installed_folder() / MODEL)
    learnt = fit(bert, [batches(rows, names, np.random.default_rng(1))] * 4, names)
    weights = as_weights(bert, learnt, names, "")
    row = reader.row(Lesson("ask tomek"))
    assert row is not None
    ours = bert.vectors(tuned(bert, learnt), jnp.asarray([row.pieces]), jnp.ones((1, len(row.pieces))))[0, 1:-1]
    read = Rampart(weights.tuned).read("ask tomek")
    assert np.abs(np.asarray(ours) - read.vectors).max() < 1e-3
    assert np.abs(Rampart({}).read("ask tomek").vectors - read.vectors).max() > 0.01
