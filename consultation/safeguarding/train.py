"""Learns the head from the examples: `python -m consultation.safeguarding.train` (needs scikit-learn and scipy).

Must not read anything but the examples. Measures on the fifth that was held out, then learns from every row
and writes head.npz. Seeds are fixed; the same examples give the same head.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from consultation.domain.concern import Level
from consultation.encoder import Encoder, MiniLM
from consultation.safeguarding import features
from consultation.safeguarding.examples import Example, fingerprint, load_examples
from consultation.safeguarding.head import CERTAINTY, GRAVITY, Floats, Head, Question, join, likeness, save_head
from consultation.safeguarding.spelling import read

SEED = 20261122
FOLDS = 5
RIDGE = 0.6  # how strongly weights are held small
WORDING = 0.23  # how loudly each of the three blocks of features speaks beside the meaning
ORDINARY = "ordinary"  # the kind of everyday answers: many and easy, so each weighs less than a near miss
LIGHT = 0.8
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """Every row's whole text first, then the clauses of the rows that have several; `owner` says whose."""

    rows: list[Example]
    vectors: Floats
    counts: list[dict[str, dict[int, float]]]
    owner: NDArray[np.int64]

    @property
    def weights(self) -> Floats:
        return np.array([LIGHT if row.kind == ORDINARY else 3.0 for row in self.rows], dtype=np.float32)

    @property
    def concern(self) -> Truth:
        return np.array([row.level is not Level.NONE for row in self.rows])

    @property
    def immediate(self) -> Truth:
        return np.array([row.level is Level.IMMEDIATE for row in self.rows])


def gather(rows: list[Example], encoder: Encoder) -> Material:
    wholes = [read(row.text).text for row in rows]
    texts, owner = list(wholes), list(range(len(rows)))
    for index, whole in enumerate(wholes):
        spans = features.clauses(whole)
        if len(spans) > 1:
            texts += [whole[slice(*span)] for span in spans]
            owner += [index] * len(spans)
    return Material(rows, encoder.encode(texts), [features.count(text) for text in texts], np.array(owner))


def rarity_of(counts: list[dict[str, dict[int, float]]]) -> Floats:
    """Smoothed inverse document frequency; a bucket seen once tells nothing and gets 0."""
    seen = np.zeros(features.BUCKETS)
    for blocks in counts:
        seen[np.unique(np.fromiter((b for block in blocks.values() for b in block), dtype=np.int64))] += 1
    rarity = np.log((1 + len(counts)) / (1 + seen)) + 1
    return np.where(seen >= 2, rarity, 0).astype(np.float16).astype(np.float32)


def matrix(material: Material, rarity: Floats) -> sparse.csr_matrix:
    weighed = [features.weigh(counts, rarity) for counts in material.counts]
    rows = np.repeat(np.arange(len(weighed)), [len(places) for places, _ in weighed])
    places = np.concatenate([places for places, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    return sparse.csr_matrix((values, (rows, places)), shape=(len(weighed), features.BUCKETS))


@dataclass(frozen=True)
class Fitted:
    """Weights of both questions: for each example learnt from (k, 2), for each bucket (buckets, 2), and a constant."""

    chosen: NDArray[np.int64]
    examples: Floats
    buckets: Floats
    bias: Floats

    def rate(self, vectors: Floats, known: Floats, inputs: sparse.csr_matrix) -> Floats:
        return np.asarray(likeness(vectors, known[self.chosen]) @ self.examples + inputs @ self.buckets + self.bias)


def fit(material: Material, inputs: sparse.csr_matrix, chosen: NDArray[np.int64]) -> Fitted:
    """Weighted kernel ridge over the chosen rows' wholes, both questions at once."""
    known, wording = material.vectors[chosen], inputs[chosen]
    kernel = likeness(known, known) + WORDING * (wording @ wording.T).toarray().astype(np.float32)
    weights = material.weights[chosen]
    root = np.sqrt(weights)
    kernel *= np.outer(root, root)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    wanted = 2.0 * np.stack([material.concern, material.immediate], axis=1)[chosen].astype(np.float32) - 1
    bias = np.average(wanted, axis=0, weights=weights).astype(np.float32)
    factor = linalg.cho_factor(kernel, overwrite_a=True, check_finite=False)
    examples = linalg.cho_solve(factor, root[:, None] * (wanted - bias)) * root[:, None]
    return Fitted(chosen, examples.astype(np.float32), (WORDING * (wording.T @ examples)).astype(np.float32), bias)


def rate(fitted: Fitted, material: Material, inputs: sparse.csr_matrix) -> Floats:
    """What the head will say of each row: (rows, 2), concern and immediate."""
    each = fitted.rate(material.vectors, material.vectors, inputs)
    whole = each[: len(material.rows)]
    worst = whole.copy()
    np.maximum.at(worst, material.owner, each)
    concern, immediate = join(whole, worst).T
    return np.stack([concern, immediate + GRAVITY * concern], axis=1)


def scale(out_of_fold: Floats, truth: Truth) -> Floats:
    """How a rating becomes a chance (Platt), learnt on ratings made out of fold; every row counts alike."""
    model = LogisticRegression(C=100.0, random_state=SEED).fit(out_of_fold[:, None], truth)
    return np.array([model.coef_[0, 0], model.intercept_[0]], dtype=np.float32)


def learn_head(material: Material, chosen: NDArray[np.int64], encoder: Encoder) -> Head:
    rarity = rarity_of([material.counts[index] for index in chosen])
    inputs = matrix(material, rarity)
    out_of_fold = np.zeros((len(material.rows), 2), dtype=np.float32)
    strata = (material.concern * 1 + material.immediate)[chosen]
    for known, asked in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(chosen, strata):
        ratings = rate(fit(material, inputs, chosen[known]), material, inputs)
        out_of_fold[chosen[asked]] = ratings[chosen[asked]]
    fitted = fit(material, inputs, chosen)
    questions = [
        Question(
            fitted.examples[:, question],
            fitted.buckets[:, question],
            float(fitted.bias[question]),
            scale(out_of_fold[chosen, question], truth[chosen]),
        )
        for question, truth in enumerate((material.concern, material.immediate))
    ]
    return Head(
        encoder=encoder.name,
        examples=fingerprint(tuple(material.rows)),
        rarity=rarity,
        vectors=np.round(material.vectors[chosen] * CERTAINTY).astype(np.float32) / np.float32(CERTAINTY),
        is_concern=material.concern[chosen],
        concern=questions[0],
        immediate=questions[1],
    )


def main() -> None:
    from consultation.safeguarding.quality import report  # needs a head to judge with, so only here

    encoder = MiniLM()
    material = gather(list(load_examples()), encoder)
    held_out = np.array([row.held_out for row in material.rows])
    report(material, held_out, encoder, sys.stdout)
    save_head(learn_head(material, np.arange(len(material.rows)), encoder))


if __name__ == "__main__":
    main()
