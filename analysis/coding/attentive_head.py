"""What the shipped coder has learned beside its encoder, as one value and one file; must not know how."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.coding.calibration import Calibration
from analysis.coding.exemplars import Exemplar, kept_apart, read_exemplars, undisputed
from analysis.coding.suggestion import UnusableHead
from analysis.coding.wording import Wording
from analysis.records import Facet
from analysis.vectors import unit
from consultation.encoder import Vectors

Floats = NDArray[np.float32]
Place = tuple[str, str]

WORDING = 1.0  # how much the words count beside the meaning; between 0.8 and 1.2 it makes no difference
# How many exemplars vote, how fast a vote fades with distance, and how much they count: half or twice does as well.
VOTERS, FALL, VOTE_WEIGHT = 32, 10.0, 0.5
SHIPPED = Path(__file__).parent / "shipped" / "head.npz"


@dataclass(frozen=True)
class Seen:
    """What each piece of a text adds to each column (t, c), the columns' scores (c,), and the text's likeness to each
    exemplar (n,)."""

    shares: Floats
    scores: Floats
    likeness: Floats


@dataclass(frozen=True)
class AttentiveHead:
    """`columns` name the c things that are scored, outcomes, then themes, then sentiments.

    Each column weighs the pieces of a text by `look` (384, c), and sums what they are worth to it by `worth` (384, c):
    label-wise attention (Mullenbach et al., "Explainable prediction of medical codes from clinical text", NAACL 2018).
    `habit` (p + 1, c) is what each of the p `places` (audience, question) adds; its first row is for unknown ones.
    `wording` adds what the very words say. `axes` (384, d) and `bank` (n, d), in 127ths, hold the vectors of the
    exemplars that are shown, `truth` (n, c) their codes, and those most like the text vote on each column.
    """

    columns: tuple[tuple[Facet, str], ...]
    places: tuple[Place, ...]
    look: Floats
    worth: Floats
    habit: Floats
    wording: Wording
    calibration: Calibration
    axes: NDArray[np.float16]
    bank: NDArray[np.int8]
    texts: tuple[str, ...]
    truth: NDArray[np.bool_]
    version: str

    def score(self, text: str, vectors: Vectors, place: Place) -> Seen:
        """What the head makes of a text."""
        sight = vectors @ self.look
        share = np.exp(sight - sight.max(axis=0))
        shares = share / share.sum(axis=0) * (vectors @ self.worth)
        meant = shares.sum(axis=0) + self.habit[self._numbers.get(place, 0)]
        likeness = self.likeness(vectors)
        said = WORDING * self.wording.score(text) + VOTE_WEIGHT * self._voted(likeness[: self.voting])
        return Seen(shares, np.asarray(meant + said, dtype=np.float32), likeness)

    @property
    def voting(self) -> int:
        """How many of the exemplars have a vote: the first so many."""
        return len(self.bank)

    def _voted(self, likeness: Floats) -> Floats:
        """(c,): how much likelier, in log odds, each column is among the most similar exemplars than among all. As of
        Khandelwal and others, "Generalization through memorization" (ICLR 2020), for codes in place of words."""
        nearest = _most(likeness, VOTERS)
        weight = np.exp(FALL * (likeness[nearest] - likeness[nearest[0]]))
        votes = len(nearest) / weight.sum() * (weight @ self.truth[nearest])
        return _odds(votes, len(nearest)) - self._usual

    def confidence(self, scores: Floats) -> Floats:
        """(c,): calibrated for each code by itself; the sentiments share 1 between them."""
        confidence = self.calibration.confidence(scores)
        tones = self.columns_of(Facet.SENTIMENT)
        odds = np.exp((scores[tones] - scores[tones].max()) * self.calibration.slope[tones])
        confidence[tones] = odds / odds.sum()
        return confidence

    def proposed(self, confidence: Floats) -> list[int]:
        """The columns (outcomes, then themes, each by falling confidence) that an answer's confidences propose."""
        return [
            at
            for facet in (Facet.OUTCOME, Facet.THEME)
            for at in sorted(self.columns_of(facet), key=lambda at: -float(confidence[at]))
            if confidence[at] >= self.calibration.threshold[at]
        ]

    def columns_of(self, *facets: Facet) -> list[int]:
        return [at for at, (facet, _) in enumerate(self.columns) if facet in facets]

    def likeness(self, vectors: Vectors) -> Floats:
        """How like each exemplar is, (n,), rounded, so that the order never hangs on the last bit."""
        return np.asarray(np.round(self._wide @ self.along(vectors), 4), dtype=np.float32)

    def along(self, vectors: Vectors) -> Floats:
        """A text, by its pieces' vectors (t, 384), along the axes, (d,), at length 1."""
        return unit(vectors.mean(axis=0) @ self.axes.astype(np.float32))

    def nearest(self, likeness: Floats, column: int | None, count: int) -> list[str]:
        """The texts of the most similar exemplars, of those that carry the column if one is given."""
        among = self._carriers[-1 if column is None else column]
        return [self.texts[at] for at in among[_most(likeness[among], count)]]

    @cached_property
    def _numbers(self) -> Mapping[Place, int]:
        return {place: at for at, place in enumerate(self.places, 1)}

    @cached_property
    def _carriers(self) -> list[NDArray[np.int64]]:
        """Which exemplars carry each column, and last all of them."""
        return [*(np.flatnonzero(column) for column in self.truth.T), np.arange(len(self.bank))]

    @cached_property
    def _usual(self) -> Floats:
        among = self.truth[: self.voting]
        count = min(VOTERS, len(among))
        return _odds(count * among.mean(axis=0), count)

    @cached_property
    def _wide(self) -> Floats:
        return unit(self.bank.astype(np.float32))


def examples(rows: Sequence[Exemplar]) -> list[Exemplar]:
    """Those that are shown as the nearest, and vote, whose vectors `bank` holds. Those that calibrate must not vote on
    themselves."""
    return [each for each, away in zip(rows, kept_apart(rows), strict=True) if undisputed(each) and not away]


def _most(likeness: Floats, count: int) -> NDArray[np.intp]:
    """Where it is the greatest, that first; of equals the first, on any processor."""
    least = np.partition(likeness, -count)[-count] if count < len(likeness) else -np.inf
    some = np.flatnonzero(likeness >= least)
    return some[np.argsort(-likeness[some], kind="stable")][:count]


def _odds(votes: NDArray[Any], count: int) -> Floats:
    """Log odds, with one vote more for either side, so that none is ever sure."""
    return np.asarray(np.log((votes + 1) / (count - votes + 1)), dtype=np.float32)


def small(vectors: Floats, axes: NDArray[np.float16]) -> NDArray[np.int8]:
    """Vectors along the axes, each in 127ths of its largest element: what `bank` holds."""
    along = vectors @ axes.astype(np.float32)
    return np.asarray(np.round(127 * along / np.abs(along).max(axis=1, keepdims=True)), dtype=np.int8)


def save(head: AttentiveHead, path: Path = SHIPPED) -> None:
    """The same head always makes the same bytes. The exemplars' texts are not in it: they ship as they are."""
    facts = {"columns": head.columns, "places": head.places, "version": head.version}
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            look=head.look.astype(np.float16),
            worth=head.worth.astype(np.float16),
            habit=head.habit.astype(np.float16),
            rarity=head.wording.rarity,
            weights=head.wording.weights,
            scale=head.wording.scale,
            base=head.wording.base,
            slope=head.calibration.slope,
            shift=head.calibration.shift,
            threshold=head.calibration.threshold,
            axes=head.axes,
            bank=head.bank,
        )


def load(path: Path = SHIPPED) -> AttentiveHead:
    """Raises `UnusableHead`."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return _head(json.loads(arrays["facts"].tobytes()), arrays)
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise UnusableHead(f"{path} holds no coder ({type(broken).__name__}). Reinstall Sayso.") from broken


def _head(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> AttentiveHead:
    columns = tuple((Facet(facet), code) for facet, code in facts["columns"])
    rows = examples(read_exemplars())
    if len(rows) != len(arrays["bank"]):
        raise ValueError("the exemplars are not those that it was made with")
    return AttentiveHead(
        columns=columns,
        places=tuple((audience, question) for audience, question in facts["places"]),
        look=arrays["look"].astype(np.float32),
        worth=arrays["worth"].astype(np.float32),
        habit=arrays["habit"].astype(np.float32),
        wording=Wording(arrays["rarity"], arrays["weights"], arrays["scale"], arrays["base"]),
        calibration=Calibration(arrays["slope"], arrays["shift"], arrays["threshold"]),
        axes=arrays["axes"],
        bank=arrays["bank"],
        texts=tuple(each.text for each in rows),
        truth=truth_of(rows, columns),
        version=facts["version"],
    )


def truth_of(rows: Sequence[Exemplar], columns: Sequence[tuple[Facet, str]]) -> NDArray[np.bool_]:
    """(n, c): which columns each row carries: what the second coding says, where there is one."""
    judged = [row.again or row for row in rows]
    coded = [{*(each.outcomes or ()), *(each.themes or ()), each.sentiment} for each in judged]
    return np.array([[code in each for _, code in columns] for each in coded], dtype=bool)
