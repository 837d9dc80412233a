"""How likely each word is part of each kind of detail: a linear layer over the tuned encoder and the features.

The weights in data/redaction.npz are fitted by `train` on the texts in examples/, whose fingerprint they carry. Must
not know from what likelihood on a word is hidden.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from zipfile import BadZipFile

import numpy as np

from consultation.domain.text import Kind
from consultation.privacy.features import features
from consultation.privacy.rampart import MEND, WIDTH, Encoder, Floats, ModelUnavailable, Pieces
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import Hit

KINDS: tuple[Kind | None, ...] = (
    None, Kind.PERSON, Kind.SCHOOL, Kind.ADDRESS, Kind.POSTCODE, Kind.PHONE, Kind.EMAIL, Kind.HANDLE, Kind.LINK,
    Kind.NHS_NUMBER, Kind.NI_NUMBER, Kind.DATE_OF_BIRTH, Kind.AGE, Kind.OTHER_ID,
)  # fmt: skip
"""The columns of a likelihood; None is "nothing that identifies anybody"."""
TUNED = "tuned."  # what the names of the encoder's tensors begin with in the file


@dataclass(frozen=True)
class Weights:
    """What was learnt. `head` (WIDTH x kinds) and `bias` are for vectors, `features` has a row for each known name."""

    fitted_on: str
    tuned: Mapping[str, Floats]
    head: Floats
    bias: Floats
    names: Mapping[str, int]
    features: Floats

    @classmethod
    def of_nothing(cls) -> Weights:
        """For tests of the rules alone: every word is nearly surely nothing that identifies anybody."""
        kinds = len(KINDS)
        sure = np.eye(1, kinds, dtype=np.float32)[0] * 20
        return cls("", {}, np.zeros((WIDTH, kinds), np.float32), sure, {}, np.zeros((0, kinds), np.float32))


def pack(weights: Weights) -> bytes:
    """The weights as a file, in half precision."""
    text = {"fitted_on": weights.fitted_on, "names": "\n".join(weights.names)}
    layer = {"head": weights.head, "bias": weights.bias, "features": weights.features}
    numbers = {**layer, **{TUNED + name: each for name, each in weights.tuned.items()}}
    packed = BytesIO()
    np.savez_compressed(
        packed,
        allow_pickle=False,
        **{name: np.frombuffer(each.encode(), np.uint8) for name, each in text.items()},
        **{name: each.astype(np.float16) for name, each in numbers.items()},
    )
    return packed.getvalue()


def unpack(packed: bytes) -> Weights:
    """The weights in a file that `pack` made. Raises ModelUnavailable where it is damaged."""
    try:
        stored = np.load(BytesIO(packed), allow_pickle=False)
        text = {name: bytes(stored[name]).decode() for name in ("fitted_on", "names")}
        numbers = {name: stored[name].astype(np.float32) for name in stored.files if name not in text}
        tuned = {name.removeprefix(TUNED): each for name, each in numbers.items() if name.startswith(TUNED)}
        names = {name: at for at, name in enumerate(text["names"].splitlines())}
        return Weights(text["fitted_on"], tuned, numbers["head"], numbers["bias"], names, numbers["features"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:  # as a zip file cut short does
        raise ModelUnavailable(
            f"The redaction model's weights do not load ({type(error).__name__}). Install Sayso again; "
            "until then no answer is stored."
        ) from error


def stored_weights() -> Weights:
    """The weights that ship. Raises ModelUnavailable."""
    return unpack((files("consultation.privacy") / "data" / "redaction.npz").read_bytes())


def likelihoods(
    reading: Reading, hits: Iterable[Hit], allowed: frozenset[int], encoder: Encoder, weights: Weights
) -> Floats:
    """A row for each word of the reading, a column for each of KINDS; every row sums to 1."""
    scores = word_vectors(reading, encoder.read(reading.low)) @ weights.head + weights.bias
    for row, has in zip(scores, features(reading, hits, allowed), strict=True):
        row += weights.features[[weights.names[name] for name in has if name in weights.names]].sum(axis=0)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    if not np.isfinite(likely).all():
        raise ModelUnavailable(f"The redaction model gave no number. {MEND}")
    shares: Floats = likely / likely.sum(axis=1, keepdims=True)
    return shares


def word_vectors(reading: Reading, pieces: Pieces) -> Floats:
    """The mean of the vectors of each word's pieces; zeros for a word that has none."""
    vectors = np.zeros((len(reading.words), WIDTH), dtype=np.float32)
    for vector, inside in zip(vectors, piece_numbers(reading, pieces.places), strict=True):
        if inside:
            vector[:] = pieces.vectors[inside].mean(axis=0)
    return vectors


def piece_numbers(reading: Reading, places: Sequence[tuple[int, int]]) -> list[list[int]]:
    """For each word, which pieces overlap it."""
    found: list[list[int]] = []
    first = 0
    for word in reading.words:
        while first < len(places) and places[first][1] <= word.start:
            first += 1
        last = first
        while last < len(places) and places[last][0] < word.end:
            last += 1
        found.append(list(range(first, last)))
    return found
