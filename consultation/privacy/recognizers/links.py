"""Web addresses: of a person's page, or of anything else, since a path can name its owner.

Hits: "https://example.com/u/tia", "www.example.org/kay", "linktr.ee/jayd", "youtube.com/@kay".
Near misses: "bbc.co.uk" and other bare sites of organisations, "and.then", "e.g.this".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_SCHEME = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_PATH = re.compile(r"(?<![\w@.])(?:[a-z0-9\-]+\.)+[a-z]{2,6}/[^\s<>\"]*[^\s<>\".,;:!?)\]]")


def find(reading: Reading) -> Iterator[Place]:
    yield from search(_SCHEME, reading.low)
    yield from search(_PATH, reading.low)


RECOGNIZER = Recognizer("links", Kind.LINK, find)
