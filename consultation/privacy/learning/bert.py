"""The arithmetic of Rampart (a BERT of six layers) for learning: the same numbers as onnxruntime's, with gradients.

For `train` alone; answers are read by `rampart`. Shapes: batch x pieces x WIDTH.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from numpy.typing import NDArray

from consultation.privacy.rampart import WIDTH

LAYERS, HEADS = 6, 12
BLOCK = 32  # weights that share a scale
Tree: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Bert:
    """`codes` are the 4-bit weights (outputs x blocks x BLOCK, -8 to 7) by the name of their scales' tensor in the
    file, `scales` and `small` (biases and norms) what may be learnt, `embeddings` what is added up at the start."""

    codes: dict[str, jax.Array]
    of_node: dict[str, str]
    scales: dict[str, jax.Array]
    small: dict[str, jax.Array]
    embeddings: dict[str, jax.Array]
    epsilon: float

    def vectors(
        self, learnt: Tree, ids: jax.Array, mask: jax.Array, chance: jax.Array | None = None, drop: float = 0.0
    ) -> jax.Array:
        """The last layer's vectors; `learnt` has "scales" and "small" as here. With `chance`, some are dropped."""
        pieces = ids.shape[1]
        start = self.embeddings["word"][ids] + self.embeddings["position"][:pieces] + self.embeddings["token_type"][0]
        at = _dropped(self._norm(learnt, start, "bert.embeddings.LayerNorm"), chance, 99, drop)
        shut = jnp.where(mask[:, None, None, :] > 0, 0.0, -1e9)
        for layer in range(LAYERS):
            name = f"bert.encoder.layer.{layer}."
            seen = self._linear(learnt, self._attend(learnt, at, name, shut), name + "attention.output.dense")
            at = self._norm(learnt, at + _dropped(seen, chance, 2 * layer, drop), name + "attention.output.LayerNorm")
            wide = jax.nn.gelu(self._linear(learnt, at, name + "intermediate.dense"), approximate=False)
            narrow = _dropped(self._linear(learnt, wide, name + "output.dense"), chance, 2 * layer + 1, drop)
            at = self._norm(learnt, at + narrow, name + "output.LayerNorm")
        return at

    def _attend(self, learnt: Tree, at: jax.Array, name: str, shut: jax.Array) -> jax.Array:
        batch, pieces, _ = at.shape
        query, key, value = (
            self._linear(learnt, at, f"{name}attention.self.{which}")
            .reshape(batch, pieces, HEADS, WIDTH // HEADS)
            .transpose(0, 2, 1, 3)
            for which in ("query", "key", "value")
        )
        weight = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / np.sqrt(WIDTH / HEADS) + shut, axis=-1)
        return (weight @ value).transpose(0, 2, 1, 3).reshape(batch, pieces, WIDTH)

    def _linear(self, learnt: Tree, at: jax.Array, name: str) -> jax.Array:
        tensor = self.of_node[name]
        codes = self.codes[tensor]
        weight = (codes * learnt["scales"][tensor].reshape(*codes.shape[:2], 1)).reshape(codes.shape[0], -1)
        linear: jax.Array = at @ weight.T + learnt["small"][f"{name}.bias"]
        return linear

    def _norm(self, learnt: Tree, at: jax.Array, name: str) -> jax.Array:
        mean = at.mean(-1, keepdims=True)
        spread = jnp.sqrt(((at - mean) ** 2).mean(-1, keepdims=True) + self.epsilon)
        normal: jax.Array = (at - mean) / spread * learnt["small"][f"{name}.weight"] + learnt["small"][f"{name}.bias"]
        return normal


def _dropped(at: jax.Array, chance: jax.Array | None, number: int, drop: float) -> jax.Array:
    if chance is None:
        return at
    kept = jax.random.bernoulli(jax.random.fold_in(chance, number), 1 - drop, at.shape)
    return at * kept / (1 - drop)


def read_bert(path: Path) -> Bert:
    """Read the model's file; scales keep the shape that they have in it."""
    graph = onnx.load(str(path)).graph
    tensors: dict[str, NDArray[Any]] = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    codes, scales, of_node, epsilon = {}, {}, {}, 0.0
    for node in graph.node:
        has = {each.name: each for each in node.attribute}
        if node.op_type == "LayerNormalization":
            epsilon = has["epsilon"].f
        if node.op_type == "MatMulNBits" and "layer" in node.name:
            packed = tensors[node.input[1]].reshape(has["N"].i, -1, BLOCK // 2)
            pairs = np.stack([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
            codes[node.input[2]] = jnp.asarray(pairs.reshape(has["N"].i, -1, BLOCK))
            scales[node.input[2]] = jnp.asarray(tensors[node.input[2]])
            of_node[node.name.strip("/").removesuffix("/MatMul_Q4").replace("/", ".")] = node.input[2]
    small = {
        name: jnp.asarray(tensor)
        for name, tensor in tensors.items()
        if name.startswith("bert.") and (name.endswith(".bias") or name.endswith("LayerNorm.weight"))
    }
    embeddings = {each: jnp.asarray(_dequantised(tensors, each)) for each in ("word", "position", "token_type")}
    return Bert(codes, of_node, scales, small, embeddings, epsilon)


def _dequantised(tensors: dict[str, NDArray[Any]], which: str) -> NDArray[np.float32]:
    name = f"bert.embeddings.{which}_embeddings.weight"
    zero, scale = float(tensors[f"{name}_zero_point"]), float(tensors[f"{name}_scale"])
    return ((tensors[f"{name}_quantized"].astype(np.float32) - zero) * scale).astype(np.float32)
