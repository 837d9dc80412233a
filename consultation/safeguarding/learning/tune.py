"""Tunes MiniLM to the examples: what is learnt are a layer of three questions over its mean vector and, inside it,
narrow products beside its weights, its biases and its norms.

Which kind of example a text is, is asked as well while learning, because who can tell jokes from threats has
understood more; that answer is not kept.
"""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from consultation.encoder import Changes, MiniLM
from consultation.safeguarding.examples import Example
from consultation.safeguarding.head import QUESTIONS, Floats
from consultation.safeguarding.learning.batches import Batch, batches
from consultation.safeguarding.learning.bert import WIDTH, Bert
from consultation.safeguarding.learning.lessons import lessons

SEED = 7
PASSES = 8
PRODUCTS, SMALL, LAYER = 1e-3, 5e-4, 3e-3  # Adam's rates at their highest
DROP = 0.1
SMOOTH = 0.02  # nobody is surer than that
KIND = 0.2  # how much knowing the kind counts beside the three questions
STEADY = 0.99  # what is kept is the moving mean of what was learnt


class Questions(nn.Module):  # type: ignore[misc]  # as in `bert`
    """MiniLM, and what is asked of its mean vector."""

    def __init__(self, model: Path, kinds: int) -> None:
        super().__init__()
        self.bert = Bert(model, DROP)
        self.layer = nn.Parameter(torch.randn(WIDTH, len(QUESTIONS)) * 0.02)
        self.bias = nn.Parameter(torch.tensor([-1.0, -3.0, -3.0]))
        self.kinds = nn.Linear(WIDTH, kinds)

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy a text over the three questions, and over kinds."""
        ids, mask, truth, asked, kind = map(torch.from_numpy, batch)
        mean = (self.bert(ids, mask) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        heard = functional.dropout(mean, DROP)
        ratings = heard @ self.layer + self.bias
        lost = functional.binary_cross_entropy_with_logits(ratings, truth * (1 - 2 * SMOOTH) + SMOOTH, reduction="none")
        mistaken = functional.cross_entropy(self.kinds(heard), kind, reduction="none")
        return ((lost * asked).sum(1) + KIND * mistaken * asked[:, 0]).sum() / asked[:, 0].sum().clamp(min=1)


def tune(model: Path, examples: Sequence[Example], encoder: MiniLM) -> tuple[Changes, Floats]:
    """What to put into MiniLM, and the layer over it. Rates rise, then fall along half a cosine."""
    torch.manual_seed(SEED)
    rng, order = random.Random(SEED), np.random.default_rng(SEED)  # noqa: S311 - chance for training, not for secrets
    kinds = {kind: at for at, kind in enumerate(sorted({each.kind for each in examples}))}
    passes = [batches(lessons(examples, rng), kinds, encoder, order) for _ in range(PASSES)]
    learnt = Questions(model, len(kinds))
    steady = copy.deepcopy(learnt)
    adam = torch.optim.Adam(_rates(learnt), betas=(0.9, 0.98))
    steps = sum(map(len, passes))
    pace = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: _pace(step, steps))
    done, began = 0, time.monotonic()
    for number, some in enumerate(passes, start=1):
        total = 0.0
        for batch in some:
            adam.zero_grad()
            lost = learnt.loss(batch)
            lost.backward()
            nn.utils.clip_grad_norm_(learnt.parameters(), 1.0)
            adam.step()
            pace.step()
            done, total = done + 1, total + lost.item()
            with torch.no_grad():
                new = 1 - min(STEADY, (1 + done) / (10 + done))
                torch._foreach_lerp_(list(steady.parameters()), list(learnt.parameters()), new)
        print(f"pass {number}: loss {total / len(some):.4f} after {time.monotonic() - began:.0f} s", flush=True)
    layer = torch.cat([steady.layer, steady.bias[None]]).detach().numpy()
    return steady.bert.changes(), layer


def _rates(learnt: Questions) -> list[dict[str, object]]:
    bert = learnt.bert
    asked = [learnt.layer, learnt.bias, *learnt.kinds.parameters()]
    products = [*bert.down.values(), *bert.up.values()]
    groups = ((products, PRODUCTS), (list(bert.small.values()), SMALL), (asked, LAYER))
    return [{"params": parameters, "lr": rate} for parameters, rate in groups]


def _pace(step: int, steps: int) -> float:
    rising = steps // 15 + 1
    if step < rising:
        return (step + 1) / rising
    return 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))
