"""A sentence encoder with label-wise attention on top, for learning; `attentive_head` has the same sums for use.

Shapes: batch x pieces x width. What was asked is the second piece of each text (see `analysis.coding.reading`).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from analysis.coding.learning.weights import numbers_of

_FAR = -1e4
_DROPPED = 0.1


class Network(nn.Module):  # type: ignore[misc]  # mypy knows nothing of torch
    """`weights` is a folder of `analysis.coding.learning.weights`; c columns are scored, for p places."""

    def __init__(self, weights: Path, columns: int, places: int) -> None:
        super().__init__()
        # Attention written out and never dropped: with bfloat16 on processors it learns half as fast again as torch's.
        self.encoder = AutoModel.from_pretrained(
            str(weights), add_pooling_layer=False, attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        for part in self.encoder.modules():
            for name, child in part.named_children():
                if isinstance(child, nn.Dropout) and child.p:
                    setattr(part, name, Drop())
        width = self.encoder.config.hidden_size
        self.register_buffer("numbers", torch.tensor(numbers_of(self.encoder.config.model_type)), persistent=False)
        self.look = nn.Linear(width, columns, bias=False)
        self.worth = nn.Linear(width, columns)
        self.habit = nn.Embedding(places + 1, columns)
        self.drop = Drop()
        nn.init.zeros_(self.look.weight)  # at first every piece counts alike
        nn.init.zeros_(self.habit.weight)
        nn.init.normal_(self.worth.weight, std=0.02)

    def forward(self, ids: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        """(batch, c) scores. `ids` are BERT's; `place` numbers the places, 0 where it is not known."""
        seen = self.drop(self.encoder(input_ids=self.numbers[ids], attention_mask=mask).last_hidden_state.float())
        share = self.look(seen).masked_fill(mask[..., None] == 0, _FAR).softmax(dim=1)
        return (share * self.worth(seen)).sum(dim=1) + self.habit(place)


class Drop(nn.Module):  # type: ignore[misc]
    """Drops the same features of all pieces of a text: chance drawn for every piece took a fifth of the time."""

    def forward(self, seen: Tensor) -> Tensor:
        if not self.training:
            return seen
        kept = torch.rand(seen.shape[0], 1, seen.shape[2]) >= _DROPPED
        return seen * (kept.to(seen.dtype) / (1 - _DROPPED))
