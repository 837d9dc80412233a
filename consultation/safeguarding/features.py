"""What likeness looks at in a text besides its vector: words, pieces of words, and which kinds of word stand together.

Must not know any weight. Pure and seedless: the same text gives the same features on every machine.
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

BUCKETS = 1 << 16
NEAR = 6  # words within which two kinds of word count as standing together


def count(text: str) -> dict[str, dict[int, float]]:
    """Bucket -> 1 + log(times) for a read text, one table a block: words, pieces, kinds."""
    words = text.split()
    blocks = {"words": _ngrams(words), "pieces": _pieces(words), "kinds": _kinds(words)}
    return {
        name: {bucket: 1.0 + math.log(times) for bucket, times in Counter(map(_bucket, each)).items()}
        for name, each in blocks.items()
    }


def weigh(
    blocks: dict[str, dict[int, float]], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets and values, each block scaled by rarity to unit length so that long texts do not shout."""
    buckets: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float32]] = []
    for block in blocks.values():
        places = np.fromiter(block.keys(), dtype=np.int64, count=len(block))
        weighed = np.fromiter(block.values(), dtype=np.float32, count=len(block)) * rarity[places]
        buckets.append(places)
        values.append((weighed / (float(np.linalg.norm(weighed)) or 1.0)).astype(np.float32))
    return np.concatenate(buckets), np.concatenate(values)


def _bucket(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "replace")) % BUCKETS


def _ngrams(words: list[str]) -> Iterator[str]:
    for size in (1, 2, 3):
        for start in range(len(words) - size + 1):
            yield "w " + " ".join(words[start : start + size])


def _pieces(words: list[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word[:30]} "
        for size in (3, 4, 5):
            for start in range(len(padded) - size + 1):
                yield "p" + padded[start : start + size]


def _kinds(words: list[str]) -> Iterator[str]:
    kinds = [_lexicon().get(word, ()) for word in words]
    yield f"length {min(6, len(words) // 6)}"
    for place, here in enumerate(kinds):
        for kind in here:
            yield f"k {kind}"
            if place + 1 < len(words):
                yield f"k {kind} then {words[place + 1]}"
            if place:
                yield f"k {words[place - 1]} then {kind}"
            for further, there in enumerate(kinds[place + 1 : place + 1 + NEAR]):
                for other in there:
                    yield f"k {kind} before {other}"
                    if further < 2:
                        yield f"k {kind} just before {other}"


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    content = yaml.safe_load(Path(__file__).with_name("lexicon.yaml").read_text(encoding="utf-8"))
    kinds: dict[str, set[str]] = {}
    for kind, words in content.items():
        for word in str(words).split():
            kinds.setdefault(word, set()).add(str(kind))
    return {word: tuple(sorted(each)) for word, each in kinds.items()}
