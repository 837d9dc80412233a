"""Learns the head from the examples: `python -m consultation.safeguarding.train` (needs scikit-learn).

Must not read anything but the examples. Measures on the fifth that was held out, then learns from every row
and writes head.npz. Seeds are fixed; the same examples give the same head.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from consultation.domain.concern import Level
from consultation.encoder import Encoder, MiniLM
from consultation.safeguarding import features
from consultation.safeguarding.examples import Example, fingerprint, load_examples
from consultation.safeguarding.head import CERTAINTY, VECTOR_SCALE, Floats, Head, Linear, save_head
from consultation.safeguarding.spelling import read

SEED = 20261122
FOLDS = 5
STRENGTH = 2.0  # inverse regularisation of the head
ORDINARY = "ordinary"  # the kind of everyday answers: many and easy, so each weighs less than a near miss
LIGHT = 0.4
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
    block = sparse.csr_matrix((values, (rows, places)), shape=(len(weighed), features.BUCKETS))
    return sparse.hstack([sparse.csr_matrix(material.vectors * VECTOR_SCALE), block]).tocsr()


def fit(inputs: sparse.csr_matrix, truth: Truth, weights: Floats) -> LogisticRegression:
    model = LogisticRegression(C=STRENGTH, max_iter=3000, random_state=SEED)
    return model.fit(inputs, truth, sample_weight=weights)


def whole_and_worst(ratings: Floats, owner: NDArray[np.int64], size: int) -> Floats:
    worst = ratings[:size].copy()
    np.maximum.at(worst, owner, ratings)
    return np.stack([ratings[:size], worst], axis=1)


def learn(material: Material, chosen: NDArray[np.int64], truth: Truth, rarity: Floats) -> Linear:
    """Weights from the chosen rows; how whole and worst clause join is learnt on ratings made out of fold."""
    inputs, size, weights = matrix(material, rarity), len(material.rows), material.weights
    out_of_fold = np.zeros((size, 2))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for known, asked in folds.split(chosen, truth[chosen]):
        model = fit(inputs[chosen[known]], truth[chosen[known]], weights[chosen[known]])
        ratings = whole_and_worst(model.decision_function(inputs), material.owner, size)
        out_of_fold[chosen[asked]] = ratings[chosen[asked]]
    joining = LogisticRegression(random_state=SEED).fit(out_of_fold[chosen], truth[chosen], weights[chosen])
    model = fit(inputs[chosen], truth[chosen], weights[chosen])
    learnt = model.coef_[0].astype(np.float32)
    return Linear(
        learnt[: material.vectors.shape[1]],
        learnt[material.vectors.shape[1] :],
        float(model.intercept_[0]),
        np.array([*joining.coef_[0], joining.intercept_[0]], dtype=np.float32),
    )


def learn_head(material: Material, chosen: NDArray[np.int64], encoder: Encoder) -> Head:
    rarity = rarity_of([material.counts[index] for index in chosen])
    concerns = material.vectors[: len(material.rows)][material.concern]
    return Head(
        encoder=encoder.name,
        examples=fingerprint(tuple(material.rows)),
        rarity=rarity,
        concern=learn(material, chosen, material.concern, rarity),
        immediate=learn(material, chosen, material.immediate, rarity),
        vectors=np.round(concerns * CERTAINTY).astype(np.int8),
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
