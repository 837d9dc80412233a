"""The arithmetic of MiniLM (a BERT of six layers) for learning: the same numbers as onnxruntime's, with gradients.

Its weights stay as the package has them; learnt is a narrow product beside each (low-rank adaptation: Hu et al.,
"LoRA", ICLR 2022), the biases and the norms. For `tune` alone; `head` judges texts.
Shapes: batch x pieces x WIDTH.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from consultation.encoder import Changes

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
RANK = 8
ALOUD = 2.0  # how much louder the products are than they are learnt
ROUGH = torch.bfloat16  # in which processors learn several times faster than in full precision
_FAR = -1e4


class Bert(nn.Module):  # type: ignore[misc]  # mypy knows nothing of torch
    """`names` are those of the weights in the model's file, by what they are for."""

    def __init__(self, path: Path, drop: float, rough: torch.dtype = ROUGH) -> None:
        super().__init__()
        tensors, self.names = _read(path)
        self.drop, self.rough = drop, rough
        word, position = (
            _whole(tensors, f"inner.embeddings.{each}_embeddings.weight") for each in ("word", "position")
        )
        self.register_buffer("word", word)
        self.register_buffer(
            "position", position + torch.tensor(tensors["inner.embeddings.token_type_embeddings.weight"][0])
        )
        for name in self.names.values():
            self.register_buffer(name, _whole(tensors, name).T.contiguous().to(rough))
        ends = {name: _whole(tensors, name).shape for name in self.names.values()}
        self.down = nn.ParameterDict({name: torch.randn(of, RANK) / math.sqrt(of) for name, (of, _) in ends.items()})
        self.up = nn.ParameterDict({name: torch.zeros(RANK, to) for name, (_, to) in ends.items()})
        small = {name: each for name, each in tensors.items() if name.endswith((".bias", "LayerNorm.weight"))}
        self.small = nn.ParameterDict({_key(name): torch.tensor(each) for name, each in small.items()})

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The last layer's vectors."""
        start = self.word[ids] + self.position[: ids.shape[1]]
        at = self._dropped(self._norm(start.to(self.rough), "embeddings.LayerNorm"))
        shut = ((1 - mask) * _FAR)[:, None, None, :].to(self.rough)
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}."
            seen = self._dropped(self._linear(self._attend(at, name, shut), name + "attention.output.dense"))
            at = self._norm(at + seen, name + "attention.output.LayerNorm")
            wide = functional.gelu(self._linear(at, name + "intermediate.dense"))
            at = self._norm(at + self._dropped(self._linear(wide, name + "output.dense")), name + "output.LayerNorm")
        return at.float()

    def changes(self) -> Changes:
        """What was learnt, by the names in the model's file."""
        return Changes(
            down={name: each.detach().numpy() for name, each in self.down.items()},
            up={name: each.detach().numpy() * ALOUD for name, each in self.up.items()},
            small={f"inner.{name.replace('/', '.')}": each.detach().numpy() for name, each in self.small.items()},
        )

    def _attend(self, at: Tensor, name: str, shut: Tensor) -> Tensor:
        batch, pieces, _ = at.shape
        query, key, value = (
            self._linear(at, f"{name}attention.self.{which}").view(batch, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)
            for which in ("query", "key", "value")
        )
        weight = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(WIDTH / HEADS) + shut, dim=-1)
        return (weight @ value).transpose(1, 2).reshape(batch, pieces, WIDTH)

    def _linear(self, at: Tensor, name: str) -> Tensor:
        tensor = self.names[name]
        beside = (at @ self.down[tensor].to(at.dtype)) @ (self.up[tensor] * ALOUD).to(at.dtype)
        return functional.linear(at, getattr(self, tensor), self.small[_key(f"{name}.bias")].to(at.dtype)) + beside

    def _norm(self, at: Tensor, name: str) -> Tensor:
        weight, bias = self.small[_key(f"{name}.weight")], self.small[_key(f"{name}.bias")]
        return functional.layer_norm(at.float(), (WIDTH,), weight, bias, EPSILON).to(at.dtype)

    def _dropped(self, at: Tensor) -> Tensor:
        """Some numbers left out while learning, the same ones all along a text."""
        if not self.training:
            return at
        kept = torch.empty(at.shape[0], 1, at.shape[2], dtype=at.dtype).bernoulli_(1 - self.drop)
        return at * kept / (1 - self.drop)


def _key(name: str) -> str:
    return name.removeprefix("inner.").replace(".", "/")  # a parameter's name may hold no dots


def _whole(tensors: dict[str, NDArray[Any]], name: str) -> Tensor:
    return torch.tensor(tensors[f"{name}_q"].astype(np.float32) * tensors[f"{name}_scale"])


def _read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    graph = onnx.load(str(path)).graph
    tensors = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    factors = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    names = {
        name.removeprefix("inner.").removesuffix(".bias"): factors[node.input[0]]
        for node in graph.node
        for name in node.input
        if node.op_type == "Add" and name.endswith(".bias")
    }
    return tensors, names
