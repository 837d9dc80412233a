"""The shipped coder, corrected by what people made of answers here: for its own codebook and for edited ones.

To each score something is added that falls off with distance from the answers that were corrected (kernel logistic
regression with the shipped scores as its start), so ten corrections move little and a thousand much, and with none it
is the shipped coder. A code that the shipped coder does not know starts as an unlikely one.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from analysis.codebook import Codebook
from analysis.coding.attentive import AttentiveCoder
from analysis.coding.attentive_head import AttentiveHead, Floats, Place, Seen, small, truth_of
from analysis.coding.calibration import Calibration
from analysis.coding.exemplars import Exemplar, fingerprint
from analysis.coding.suggestion import UnusableHead
from analysis.coding.wording import Wording
from analysis.records import Facet
from consultation.encoder import Vectors

Columns = tuple[tuple[Facet, str], ...]

MARK = b"adapted "  # what its bytes begin with
# How fast a correction fades with distance, how much all answers share of it, and how hard it is held back: of a code
# that ships, and of one that starts from nothing.
FALL, SHARED = 4.0, 0.1
HELD_BACK, HELD_BACK_NEW = 2.0, 0.1
_THRESHOLD_NEW = 0.3
_CURVE = 0.25  # the steepest that a logistic curve can be, so that no step goes too far
_STEPS = 20
_RARE = 0.047  # how likely a code is that nobody has given yet: log odds of -3


@dataclass(frozen=True)
class AdaptedHead(AttentiveHead):
    """`kept` (n, d) are the corrected answers along `axes`, each of length 1; `pull` (n, c) what each adds."""

    kept: Floats
    pull: Floats

    def score(self, text: str, vectors: Vectors, place: Place) -> Seen:
        seen = super().score(text, vectors, place)
        pulled = _nearness(self.along(vectors)[None], self.kept)[0] @ self.pull
        return replace(seen, scores=np.asarray(seen.scores + pulled))

    @property
    def voting(self) -> int:
        """The corrected answers pull, and have no vote beside that."""
        return len(self.bank) - len(self.kept)


def knows_most(base: AttentiveCoder, codebook: Codebook) -> bool:
    """Whether the coder is a start for this codebook: it knows at least half of its codes."""
    known = {code for _, code in base.head.columns}
    return 2 * sum(each.id in known for each in codebook.codes) >= len(codebook.codes)


def adapt(base: AttentiveCoder, rows: Sequence[Exemplar], codebook: Codebook) -> AttentiveCoder:
    """Learn from `rows`, coded by people. Raises `UnknownCode` for a code that the codebook does not have."""
    for row in rows:
        for code in (*(row.outcomes or ()), *(row.themes or ())):
            codebook.code(code)
    columns = columns_of(base, codebook)
    start = onto(base.head, columns)
    seen = [_seen(base, start, row) for row in rows]
    kept = np.stack([vector for vector, _ in seen]) if seen else np.zeros((0, start.axes.shape[1]), dtype=np.float32)
    scores = np.stack([score for _, score in seen]) if seen else np.zeros((0, len(columns)), dtype=np.float32)
    truth = truth_of(rows, columns).reshape(len(rows), len(columns))
    held_back = np.array([HELD_BACK if each in base.head.columns else HELD_BACK_NEW for each in columns])
    known, tones = _known(rows, columns), start.columns_of(Facet.SENTIMENT)
    # Learned in log odds that are true to life, which the scores of codes are not before they are calibrated.
    slope, shift = start.calibration.slope, start.calibration.shift
    pull = _learn(_nearness(kept, kept), scores * slope + shift, truth, known, tones, held_back) / slope
    named = sha256(json.dumps([start.version, codebook.id, codebook.version, fingerprint(rows)]).encode()).hexdigest()
    return AttentiveCoder(
        _joined(start, rows, kept, pull, truth, f"{start.version}+{named[:8]}"), codebook, base.reader
    )


def columns_of(base: AttentiveCoder, codebook: Codebook) -> Columns:
    tones = tuple(each for each in base.head.columns if each[0] is Facet.SENTIMENT)
    outcomes = tuple((Facet.OUTCOME, each) for each in codebook.outcome_ids)
    return (*outcomes, *((Facet.THEME, each) for each in codebook.theme_ids), *tones)


def onto(head: AttentiveHead, columns: Columns) -> AttentiveHead:
    """The head for other columns: those that it knows as they were, the others unlikely whatever stands there."""
    at = {column: number for number, column in enumerate(head.columns)}
    old = [at.get(each, -1) for each in columns]
    new = np.array([each < 0 for each in old])

    def taken(array: NDArray[Any], unknown: float) -> NDArray[Any]:
        return np.where(new, np.asarray(unknown, dtype=array.dtype), array[..., old])

    words, trust = head.wording, head.calibration
    return AttentiveHead(
        columns, head.places, taken(head.look, 0), taken(head.worth, 0), taken(head.habit, 0),
        Wording(words.rarity, taken(words.weights, 0), taken(words.scale, 1), taken(words.base, _RARE)),
        Calibration(taken(trust.slope, 1), taken(trust.shift, 0), taken(trust.threshold, _THRESHOLD_NEW)),
        head.axes, head.bank, head.texts, taken(head.truth, 0), head.version,
    )  # fmt: skip


def to_bytes(coder: AttentiveCoder) -> bytes:
    """What is to be kept beside the shipped head. Raises `UnusableHead` for a coder that was not adapted."""
    head = coder.head
    if not isinstance(head, AdaptedHead):
        raise UnusableHead("This coder ships, and has learned nothing here.")
    count = len(head.kept)
    facts = {
        "columns": head.columns, "version": head.version, "texts": head.texts[len(head.texts) - count :],
    }  # fmt: skip
    file = io.BytesIO()
    np.savez_compressed(
        file, allow_pickle=False, facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
        kept=head.kept, pull=head.pull, truth=head.truth[len(head.truth) - count :],
    )  # fmt: skip
    return MARK + file.getvalue()


def from_bytes(kept: bytes, base: AttentiveCoder, codebook: Codebook) -> AttentiveCoder:
    """The coder again. Raises `UnusableHead` where it learned beside another shipped coder, or for other codes."""
    with np.load(io.BytesIO(kept.removeprefix(MARK)), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    facts = json.loads(arrays["facts"].tobytes())
    if not facts["version"].startswith(f"{base.head.version}+"):
        raise UnusableHead("This coder learned beside another shipped coder. Let it learn again.")
    columns = tuple((Facet(facet), code) for facet, code in facts["columns"])
    rows = [Exemplar(text) for text in facts["texts"]]
    head = _joined(
        onto(base.head, columns), rows, arrays["kept"], arrays["pull"], arrays["truth"], facts["version"]
    )  # fmt: skip
    return AttentiveCoder(head, codebook, base.reader)


def _joined(
    start: AttentiveHead, rows: Sequence[Exemplar], kept: Floats, pull: Floats, truth: NDArray[np.bool_], version: str
) -> AdaptedHead:
    """With the corrected answers among its exemplars."""
    values = {each.name: getattr(start, each.name) for each in fields(AttentiveHead)}
    identity = np.eye(kept.shape[1], dtype=np.float16)
    return AdaptedHead(
        **values | {
            "bank": np.concatenate([start.bank, small(kept, identity)]) if len(kept) else start.bank,
            "texts": (*start.texts, *(row.text for row in rows)),
            "truth": np.concatenate([start.truth, truth]),
            "version": version,
        },
        kept=kept,
        pull=pull,
    )  # fmt: skip


def _seen(base: AttentiveCoder, start: AttentiveHead, row: Exemplar) -> tuple[Floats, Floats]:
    place = (row.audience, row.question)
    _, vectors = base.reader.read(row.text, place)
    return start.along(vectors), start.score(row.text, vectors, place).scores


def _nearness(theirs: Floats, ours: Floats) -> Floats:
    return np.asarray(SHARED + np.exp(FALL * (theirs @ ours.T - 1)), dtype=np.float32)


def _known(rows: Sequence[Exemplar], columns: Columns) -> NDArray[np.bool_]:
    """Whether anybody said, for each row and column."""
    known = [[row.is_known(*each) for each in columns] for row in rows]
    return np.array(known, dtype=bool).reshape(len(rows), len(columns))


def _learn(
    nearness: Floats,
    scores: Floats,
    truth: NDArray[np.bool_],
    known: NDArray[np.bool_],
    tones: list[int],
    held_back: NDArray[np.float64],
) -> Floats:
    """(n, c). Each step solves the problem with the steepest curve in place of the true one: it never overshoots."""
    pull = np.zeros(scores.shape, dtype=np.float64)
    if not len(scores):
        return pull.astype(np.float32)
    factors = {
        each: cho_factor(_CURVE * nearness.astype(np.float64) + each * np.eye(len(scores))) for each in set(held_back)
    }
    for _ in range(_STEPS):
        gap = np.where(known, truth - _likely(scores + nearness @ pull, tones), 0) - held_back * pull
        for each, factor in factors.items():
            columns = held_back == each
            pull[:, columns] += cho_solve(factor, gap[:, columns])
    return pull.astype(np.float32)


def _likely(scores: NDArray[Any], tones: list[int]) -> NDArray[Any]:
    """Each code by itself; the sentiments share 1 between them."""
    likely: NDArray[Any] = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    odds = np.exp(scores[:, tones] - scores[:, tones].max(axis=1, keepdims=True))
    likely[:, tones] = odds / odds.sum(axis=1, keepdims=True)
    return likely
