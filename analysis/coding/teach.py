"""Coders that learn here: for a codebook of one's own, or from corrections of the shipped coder. Stores nothing."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from analysis.codebook import Codebook
from analysis.coding import adapted
from analysis.coding.attentive import AttentiveCoder, shipped_coder
from analysis.coding.exemplars import Exemplar
from analysis.coding.learned import from_bytes, to_bytes
from analysis.coding.learner import learn
from analysis.coding.suggestion import UnusableHead
from analysis.coding.taught import TaughtCoder
from analysis.coding.views import installed_reader


class Taught(Protocol):
    """A coder's head where it is kept."""

    version: str
    head: bytes


def adapt(rows: Sequence[Exemplar], codebook: Codebook) -> TaughtCoder | AttentiveCoder:
    """A coder that learned from corrections here. It starts as the shipped coder where that knows most of the codes.

    Raises as `teach` does.
    """
    base = shipped_coder()
    return adapted.adapt(base, rows, codebook) if adapted.knows_most(base, codebook) else teach(rows, codebook)


def teach(rows: Sequence[Exemplar], codebook: Codebook) -> TaughtCoder:
    """A coder for `codebook` from what people coded and from the codebook's own words.

    Takes seconds. Raises `UnknownCode` for a code that the codebook does not have, and `ModelUnavailable`.
    """
    reader = installed_reader()
    return TaughtCoder(learn(rows, codebook, reader), codebook, reader)


def as_bytes(coder: TaughtCoder | AttentiveCoder) -> bytes:
    """What of a taught coder is to be kept."""
    return to_bytes(coder.learned) if isinstance(coder, TaughtCoder) else adapted.to_bytes(coder)


def coder_from(kept: Taught, codebook: Codebook) -> TaughtCoder | AttentiveCoder:
    """The coder again. Raises `UnusableHead` where it is another codebook's."""
    return _coder(kept.head, codebook)


def coder_if_usable(kept: Taught, codebook: Codebook) -> TaughtCoder | AttentiveCoder | None:
    """The coder again, or None where it can't code any more, as after an update of the coder that it corrects."""
    try:
        return coder_from(kept, codebook)
    except UnusableHead:
        return None


@lru_cache(maxsize=4)
def _coder(head: bytes, codebook: Codebook) -> TaughtCoder | AttentiveCoder:
    if head.startswith(adapted.MARK):
        return adapted.from_bytes(head, shipped_coder(), codebook)
    return TaughtCoder(from_bytes(head), codebook, installed_reader())


@lru_cache(maxsize=4)
def untaught_coder(codebook: Codebook) -> TaughtCoder | AttentiveCoder:
    """A coder for a codebook of which nobody has coded anything yet: it knows what the shipped coder does where that
    is most of the codes, and else the codebook's own words."""
    return adapt((), codebook)
