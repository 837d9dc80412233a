"""From a learned network to what ships: an int8 ONNX encoder and arrays. Must not know what it scores."""

import tempfile
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
    """The encoder alone, with its vectors as its one output."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = network.encoder

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        return self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state


def export_encoder(network: Network, path: Path) -> None:
    """Weights and sums in 8 bits."""
    network.eval()
    example = torch.ones(1, 12, dtype=torch.int64)
    pieces = {0: "batch", 1: "pieces"}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _States(network), (example, example, torch.zeros_like(example)), str(whole), input_names=list(INPUTS),
            output_names=["states"], dynamic_axes=dict.fromkeys((*INPUTS, "states"), pieces), opset_version=17,
            dynamo=False,
        )  # fmt: skip
        # Seven bits of the eight: older processors overflow where all are used, and the figures are the same.
        quantize_dynamic(str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    model = onnx.load(str(path))
    onnx.checker.check_model(model)


def head_arrays(network: Network) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """`look`, `worth` and `habit` of `AttentiveHead`; what `worth` adds to every piece alike goes into the habit."""
    look, worth = (each.weight.detach().numpy().T.copy() for each in (network.look, network.worth))
    return look, worth, network.habit.weight.detach().numpy() + network.worth.bias.detach().numpy()
