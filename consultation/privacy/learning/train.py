"""Fits data/redaction.npz. `pip install 'sayso[train]'`, then `python -m consultation.privacy.learning.train`: most of
an hour.

Learnt are a linear layer over Rampart's vectors and our features and, inside Rampart, what stands beside its 4-bit
weights: the scale of each block, the biases and the norms. The 4-bit weights stay as the package has them, so what
Sayso ships is small (decision 0025). Fine-tuning scales alone: Kim et al., "Memory-Efficient Fine-Tuning of Compressed
Large Language Models via sub-4-bit Integer Quantization" (NeurIPS 2023).

Fitted on ../examples and nothing else; the texts of tests/evaluation are none of them.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from consultation.privacy.learning import examples
from consultation.privacy.learning.batches import Batch, Reader, batches, known_features
from consultation.privacy.learning.bert import Bert, Tree, read_bert
from consultation.privacy.learning.lessons import lessons
from consultation.privacy.likelihoods import KINDS, Weights, pack
from consultation.privacy.rampart import MODEL, WIDTH, installed_folder

WEIGHTS = Path(__file__).parents[1] / "data" / "redaction.npz"
SEED = 7
PASSES = 8
RATE, FEATURE_RATE = 3e-3, 3e-3  # Adam's, at its highest: for Rampart's scales (relative) and biases; for our layer
DROP, DROP_FEATURES = 0.1, 0.15  # shares of Rampart's numbers, and of texts of which the features are left out
PULL = 1e-4  # of all that is learnt towards nothing


def start(bert: Bert, names: dict[str, int], rng: np.random.Generator) -> Tree:
    """What is learnt, before anything is: Rampart as it is, and a layer that knows nothing."""
    return {
        "scales": {name: jnp.zeros_like(each) for name, each in bert.scales.items()},  # relative to Rampart's own
        "small": dict(bert.small),
        "head": jnp.asarray(rng.standard_normal((WIDTH, len(KINDS))) * 0.02, jnp.float32),
        "bias": jnp.zeros(len(KINDS)),
        "features": jnp.zeros((len(names) + 1, len(KINDS))),
    }


def tuned(bert: Bert, learnt: Tree) -> Tree:
    """Rampart's scales and biases as learnt."""
    scales = {name: bert.scales[name] * (1 + learnt["scales"][name]) for name in bert.scales}
    return {"scales": scales, "small": learnt["small"]}


def loss(learnt: Tree, bert: Bert, batch: Batch, chance: jax.Array) -> jax.Array:
    """Cross-entropy a word, and the pull towards nothing."""
    vectors = bert.vectors(tuned(bert, learnt), batch.pieces, batch.mask, chance, DROP)
    known = learnt["features"].at[-1].set(0.0)[batch.features].sum(axis=2)
    kept = jax.random.bernoulli(jax.random.fold_in(chance, 100), 1 - DROP_FEATURES, (batch.pieces.shape[0], 1, 1))
    scores = jnp.einsum("bwp,bpv->bwv", batch.means, vectors) @ learnt["head"] + learnt["bias"] + known * kept
    right = jnp.take_along_axis(jax.nn.log_softmax(scores), batch.truth[..., None], axis=-1)[..., 0]
    pulled = sum((each**2).sum() for each in learnt["scales"].values()) * 0.02 + (learnt["features"] ** 2).sum() * 0.05
    lost: jax.Array = -(right * batch.weight).sum() / jnp.maximum(batch.weight.sum(), 1) + PULL * pulled
    return lost


def fit(bert: Bert, passes: list[list[Batch]], names: dict[str, int]) -> Tree:
    """Learn from each pass once, in turn; the rate rises, then falls along half a cosine."""
    learnt = start(bert, names, np.random.default_rng(SEED))
    steps = sum(len(each) for each in passes)
    rates = {
        name: optax.warmup_cosine_decay_schedule(0, peak, steps // 20 + 1, steps, peak * 0.05)
        for name, peak in {"rampart": RATE, "layer": FEATURE_RATE}.items()
    }
    groups = {"scales": "rampart", "small": "rampart", "head": "layer", "bias": "layer", "features": "layer"}
    adam = optax.multi_transform({name: optax.adam(rate) for name, rate in rates.items()}, groups)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), adam)
    state = optimiser.init(learnt)

    @jax.jit
    def step(learnt: Tree, state: Any, batch: Batch, chance: jax.Array) -> tuple[Tree, Any, jax.Array]:
        lost, slope = jax.value_and_grad(lambda each: loss(each, bert, batch, chance))(learnt)
        change, state = optimiser.update(slope, state, learnt)
        return optax.apply_updates(learnt, change), state, lost

    chance, done, began = jax.random.PRNGKey(SEED), 0, time.monotonic()
    for number, some in enumerate(passes, start=1):
        lost = 0.0
        for batch in some:
            done += 1
            learnt, state, each = step(learnt, state, batch, jax.random.fold_in(chance, done))
            lost += float(each)
        print(f"pass {number}: loss {lost / len(some):.4f} after {time.monotonic() - began:.0f} s", flush=True)
    return learnt


def as_weights(bert: Bert, learnt: Tree, names: dict[str, int], fitted_on: str) -> Weights:
    """What was learnt, as plain arrays."""
    of_rampart = tuned(bert, learnt)
    arrays = {name: np.asarray(each) for group in of_rampart.values() for name, each in group.items()}
    layer = {name: np.asarray(learnt[name]) for name in ("head", "bias", "features")}
    return Weights(fitted_on, arrays, layer["head"], layer["bias"], names, layer["features"][:-1])


def main() -> None:
    """Fit and write the weights with the fingerprint of the texts."""
    rng = random.Random(SEED)  # noqa: S311 - chance for training, not for secrets
    reader = Reader()
    passes = [[row for each in lessons(rng) if (row := reader.row(each))] for _ in range(PASSES)]
    names, order = known_features(passes), np.random.default_rng(SEED)
    bert = read_bert(installed_folder() / MODEL)
    learnt = fit(bert, [batches(rows, names, order) for rows in passes], names)
    to = Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS
    to.write_bytes(pack(as_weights(bert, learnt, names, examples.fingerprint())))
    print(f"{to}: {len(names)} features, {to.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
