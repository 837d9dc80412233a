"""Learns `Wording` from coded answers: ridge regression, one code at a time."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

from analysis.coding.wording import BUCKETS, Wording, letters, weighed, words
from analysis.text import normalise

RIDGE = 1.0


def learn_wording(texts: list[str], truth: NDArray[np.float32]) -> Wording:
    """`truth` (n, c): how far each column applies to each text."""
    rarity = _rarity(texts)
    rows = [weighed(each, rarity) for each in texts]
    ends = np.cumsum([0, *(len(ids) for ids, _ in rows)])
    data, ids = (np.concatenate([each[part] for each in rows]) for part in (1, 0))
    counts = csr_matrix((data, ids, ends), shape=(len(texts), BUCKETS))
    learned = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-3).fit(counts, truth)
    weights = learned.coef_.T.astype(np.float32)
    scale = np.maximum(np.abs(weights).max(axis=0) / 127, 1e-9).astype(np.float32)
    return Wording(rarity, np.round(weights / scale).astype(np.int8), scale, learned.intercept_.astype(np.float32))


def _rarity(texts: list[str]) -> NDArray[np.float16]:
    seen = np.zeros(BUCKETS, dtype=np.int64)
    for text in map(normalise, texts):
        seen[list(words(text))] += 1
        seen[list(letters(text))] += 1
    # A bucket that nothing fell into weighs as one seen once.
    return np.asarray(np.log((1 + len(texts)) / (1 + np.maximum(seen, 1))) + 1, dtype=np.float16)
