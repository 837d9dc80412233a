"""MiniLM with fewer layers and label-wise attention on top, for learning; `attentive_head` has the same sums for use.

Shapes: batch x pieces x WIDTH. What was asked is the second piece of each text (see `analysis.coding.reading`).
"""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor, nn
from transformers import BertConfig, BertModel

WIDTH = 384
# Which of the six layers are kept when fewer are wanted: the ends carry most, and every other one between.
KEPT = {6: (0, 1, 2, 3, 4, 5), 5: (0, 1, 2, 3, 5), 4: (0, 1, 3, 5), 3: (0, 2, 5)}
_FAR = -1e4
_DROPPED = 0.1


class Network(nn.Module):  # type: ignore[misc]  # mypy knows nothing of torch
    """`weights` is the folder of all-MiniLM-L6-v2 in full precision; c columns are scored, for p places."""

    def __init__(self, weights: Path, layers: int, columns: int, places: int) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(str(weights), add_pooling_layer=False)
        self.keep(range(6) if layers == 6 else KEPT[layers])
        self.look = nn.Linear(WIDTH, columns, bias=False)
        self.worth = nn.Linear(WIDTH, columns)
        self.habit = nn.Embedding(places + 1, columns)
        self.drop = nn.Dropout(_DROPPED)
        nn.init.zeros_(self.look.weight)  # at first every piece counts alike
        nn.init.zeros_(self.habit.weight)
        nn.init.normal_(self.worth.weight, std=0.02)

    def keep(self, layers: Sequence[int]) -> None:
        config: BertConfig = self.encoder.config
        stack = self.encoder.encoder
        stack.layer = nn.ModuleList([stack.layer[at] for at in layers])
        config.num_hidden_layers = len(layers)

    def forward(self, ids: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        """(batch, c) scores. `place` numbers the places, 0 where it is not known."""
        seen = self.drop(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float())
        share = self.look(seen).masked_fill(mask[..., None] == 0, _FAR).softmax(dim=1)
        return (share * self.worth(seen)).sum(dim=1) + self.habit(place)
