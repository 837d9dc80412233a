"""Coders that learn here: for a codebook of one's own, or from corrections of the shipped coder. Stores nothing."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from analysis.codebook import Codebook
from analysis.coding import head as heads
from analysis.coding.exemplars import Exemplar
from analysis.coding.suggest import KernelCoder
from analysis.coding.train import train
from consultation.encoder import MiniLM


class Taught(Protocol):
    """A coder's head where it is kept."""

    version: str
    head: bytes


def teach(rows: Sequence[Exemplar], codebook: Codebook) -> KernelCoder:
    """A coder for `codebook` from what people coded, and from what ships where the codebook's codes do.

    Takes seconds. Raises `UnknownCode` for a code that the codebook does not have.
    """
    return train(rows, codebook, MiniLM())


def as_bytes(coder: KernelCoder) -> bytes:
    """What of a taught coder is to be kept."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "head.npz"
        heads.save(coder.head, path)
        return path.read_bytes()


def coder_from(kept: Taught, codebook: Codebook) -> KernelCoder:
    """The coder again. Raises `UnusableHead` where it is another codebook's."""
    return _coder(kept.head, codebook)


@lru_cache(maxsize=4)
def _coder(head: bytes, codebook: Codebook) -> KernelCoder:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "head.npz"
        path.write_bytes(head)
        return KernelCoder(heads.load(path), codebook, MiniLM())


@lru_cache(maxsize=4)
def untaught_coder(codebook: Codebook) -> KernelCoder:
    """A coder for a codebook of which nobody has coded anything yet: it knows the codebook's own words."""
    return teach((), codebook)
