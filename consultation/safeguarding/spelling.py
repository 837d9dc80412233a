"""Reads a text the way it was meant: textspeak spelt out, disguised words unmasked, every word traced to its place.

Must not judge anything; it only rewrites, and remembers where each word stood in the text as typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(r"[^\W_]+(?:['@!$*|.\-_]+[^\W_]+)*[!$]?|[^\w\s]|_")
_PLAIN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]|_")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_*]{1,2}[^\W\d_]){2,}(?![^\W_])")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_LEET = str.maketrans("0134579@$!|", "oleastgasii")
_LEET_AS_I = str.maketrans("0134579@$!|", "oieastgasii")


@dataclass(frozen=True)
class Reading:
    """`text` is lower case, one space between words; `places[i]` is where its i-th character came from."""

    text: str
    places: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Half-open offsets into the text as typed for a stretch of `text`."""
        covered = self.places[start:end]
        return min(place[0] for place in covered), max(place[1] for place in covered)


@cache
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((_HERE / "spelling.yaml").read_text(encoding="utf-8"))
    return {**content, "respelt": content["textspeak"] | content["slang"], "hidden": frozenset(content["hidden"])}


def read(text: str) -> Reading:
    """The text as meant. Pure; any string will do, the empty one too."""
    pieces: list[tuple[str, int, int]] = []
    position = 0
    for spaced in _SPACED.finditer(text):
        letters = re.sub(r"[\W_]", "", spaced.group()).lower()
        if letters in _words()["hidden"] or letters in _words()["slang"]:
            pieces += _tokens(text, position, spaced.start())
            pieces.append((_respell(letters), spaced.start(), spaced.end()))
            position = spaced.end()
    pieces += _tokens(text, position, len(text))
    written = " ".join(piece for piece, _, _ in pieces)
    places = [(start, end) for piece, start, end in pieces for _ in range(len(piece) + 1)]
    return Reading(written, tuple(places[: len(written)]))


def _tokens(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for chunk in _CHUNK.finditer(text, start, end):
        visible = unicodedata.normalize("NFKC", chunk.group()).translate(_INVISIBLE).lower()
        visible = visible.replace("’", "'").replace("‘", "'")
        found += [(word, chunk.start(), chunk.end()) for word in _unmask(visible)]
    return found


def _unmask(chunk: str) -> list[str]:
    """The words of one stretch between blanks, disguises removed."""
    words: list[str] = []
    for token in _TOKEN.findall(chunk):
        known = _known(token)
        if known is not None:
            words.append(known)
        else:
            words += [_respell(_shorten(part)) for part in _PLAIN.findall(token)]
    return words


def _known(token: str) -> str | None:
    hidden = _words()["hidden"]
    if token.isalpha():
        return None
    for table in (_LEET, _LEET_AS_I):
        for candidate in (token.translate(table), token[:-1].translate(table)):
            if candidate in hidden and not token.isdigit():
                return _respell(candidate)
    bare = re.sub(r"[.\-_*|]", "", token)
    if bare in hidden and bare != token:
        return _respell(bare)
    if "*" in token and len(token) > 3:
        shape = re.compile(re.escape(token).replace(r"\*", "[a-z]"))
        matches = sorted(word for word in hidden if shape.fullmatch(word))
        return matches[0] if matches else None
    return None


def _shorten(word: str) -> str:
    """'diiiie' is 'die', 'killll' is 'kill', 'sooo' is 'soo'."""
    for repeats in (r"\1", r"\1\1"):
        shorter = _REPEATED.sub(repeats, word)
        if shorter in _words()["hidden"] or shorter in _words()["respelt"]:
            return shorter
    return _REPEATED.sub(r"\1\1", word)


def _respell(word: str) -> str:
    return str(_words()["respelt"].get(word, word))
