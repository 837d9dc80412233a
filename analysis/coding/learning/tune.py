"""Learns a network from lessons. The same lessons, seed and machine give the same network."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from analysis.coding.learning.lessons import Lesson, with_place
from analysis.coding.learning.network import Network

TONES = 4  # the last columns: one of them is true, the others are each true or not
_BATCH, _BATCHES_ALIKE = 64, 20  # batches of like length are made out of so many
_ROUGH = torch.bfloat16  # in which processors learn several times faster than in full precision
_UNASKED = 0.15  # how often the question is hidden, so that unknown ones can be read too
_RARE, _MOST = 0.06, 2.0  # codes rarer than this share weigh more, up to so much
_WARM = 0.1  # of the steps
_TAUGHT = 0.7  # how much teachers count beside the codes themselves


@dataclass(frozen=True)
class Recipe:
    """`rate` is of the encoder, `head_rate` of what lies on top of it."""

    epochs: int = 5
    rate: float = 2e-4
    head_rate: float = 2e-3
    seed: int = 0


def tune(
    network: Network, learnt: Sequence[Lesson], recipe: Recipe, tell: Callable[[int, float], None] = lambda *_: None
) -> None:
    """Learn; `tell` is called with each epoch's number and mean loss."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311 - no secret
    encoder = list(network.encoder.parameters())
    head = [each for name, each in network.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": encoder, "lr": recipe.rate}, {"params": head, "lr": recipe.head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = recipe.epochs * math.ceil(len(learnt) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (_WARM * steps), max(0.0, (steps - step) / ((1 - _WARM) * steps)))
    )
    weight = _weights(learnt)
    network.train()
    for epoch in range(1, recipe.epochs + 1):
        lost = []
        for batch in _batches(learnt, chance):
            places = [0 if chance.random() < _UNASKED else each.place for each in batch]
            with torch.autocast("cpu", _ROUGH):
                scores = network(*_tensors(batch, places))
            loss = _loss(scores.float(), batch, weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            lost.append(float(loss.detach()))
        tell(epoch, sum(lost) / len(lost))


def scores_of(network: Network, asked: Sequence[Lesson]) -> NDArray[np.float32]:
    """(n, c), in the order of the lessons."""
    network.eval()
    found = np.zeros((len(asked), network.habit.embedding_dim), dtype=np.float32)
    order = sorted(range(len(asked)), key=lambda at: len(asked[at].ids))
    with torch.no_grad(), torch.autocast("cpu", _ROUGH):
        for start in range(0, len(order), 2 * _BATCH):
            some = order[start : start + 2 * _BATCH]
            batch = [asked[at] for at in some]
            found[some] = network(*_tensors(batch, [each.place for each in batch])).float().numpy()
    return found


def taught(learnt: Sequence[Lesson], scores: NDArray[np.float32], coded: int) -> list[Lesson]:
    """The lessons with their teachers' `scores`. Only the first `coded` were coded; of the others teachers say all."""
    shares = torch.cat(_shares(torch.tensor(scores)), dim=1).numpy()
    told = [each.truth for each in learnt[:coded]] + list(shares[coded:])
    return [replace(each, truth=one, taught=score) for each, one, score in zip(learnt, told, scores, strict=True)]


def build(weights: Path, columns: int, places: int, seed: int) -> Network:
    """A network that has learnt nothing yet, the same for the same seed."""
    torch.manual_seed(seed)
    return Network(weights, columns, places)


def _loss(scores: Tensor, batch: Sequence[Lesson], weight: Tensor) -> Tensor:
    truth = torch.tensor(np.stack([each.truth for each in batch]))
    told = _apart(scores, truth[:, :-TONES] * 0.98 + 0.003, truth[:, -TONES:] * 0.95 + 0.05 / TONES, weight)
    taught = [each.taught for each in batch if each.taught is not None]
    if not taught:
        return told
    alike = _apart(scores, *_shares(torch.tensor(np.stack(taught))))
    return (1 - _TAUGHT) * told + _TAUGHT * alike


def _shares(scores: Tensor) -> tuple[Tensor, Tensor]:
    """How likely the codes and the tones are."""
    return scores[:, :-TONES].sigmoid(), scores[:, -TONES:].softmax(dim=1)


def _apart(scores: Tensor, codes: Tensor, tones: Tensor, weight: Tensor | None = None) -> Tensor:
    """How far the scores are from what should have come out."""
    each = functional.binary_cross_entropy_with_logits(scores[:, :-TONES], codes, pos_weight=weight)
    return 10 * each + 0.5 * functional.cross_entropy(scores[:, -TONES:], tones)


def _weights(learnt: Sequence[Lesson]) -> Tensor:
    share = np.stack([each.truth[:-TONES] for each in learnt]).mean(axis=0)
    return torch.tensor(np.clip((_RARE / np.maximum(share, 1e-3)) ** 0.3, 1, _MOST), dtype=torch.float32)


def _batches(learnt: Sequence[Lesson], chance: random.Random) -> Iterator[list[Lesson]]:
    """All lessons once, those of like length together."""
    mixed = chance.sample(list(learnt), len(learnt))
    batches = []
    for start in range(0, len(mixed), _BATCH * _BATCHES_ALIKE):
        alike = sorted(mixed[start : start + _BATCH * _BATCHES_ALIKE], key=lambda each: len(each.ids))
        batches += [alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH)]
    chance.shuffle(batches)
    yield from batches


def _tensors(batch: Sequence[Lesson], places: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces, which of them are there, and the places' numbers."""
    rows = [with_place(each.ids, place) for each, place in zip(batch, places, strict=True)]
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
    mask = torch.zeros_like(ids)
    for at, row in enumerate(rows):
        mask[at, : len(row)] = 1
    return ids, mask, torch.tensor(places)
