"""The plain half of the screen: named patterns over the text as read. Must not know scores, encoders or thresholds."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from consultation.domain.concern import Level
from consultation.safeguarding.spelling import Reading

SHIPPED = Path(__file__).with_name("patterns.yaml")
_FIELDS = ("name", "kind", "level", "reason", "regex")


class InvalidPatterns(ValueError):
    """The patterns file is not as it should be; the message names the pattern and says how to mend it."""


@dataclass(frozen=True)
class Pattern:
    name: str
    kind: str
    level: Level
    reason: str
    regex: re.Pattern[str]


@dataclass(frozen=True)
class Hit:
    pattern: Pattern
    span: tuple[int, int]  # half-open, in the text as typed


@cache
def load_patterns(path: Path = SHIPPED) -> tuple[Pattern, ...]:
    """In the order of the file. Raises InvalidPatterns."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    fragments: dict[str, str] = {}
    for name, regex in content.get("fragments", {}).items():
        fragments[name] = _fill(regex, fragments)
    patterns = tuple(_parse(row, fragments, path.name) for row in content["patterns"])
    names = [pattern.name for pattern in patterns]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidPatterns(f"{path.name}: {', '.join(twice)} stands there twice; give each pattern its own name.")
    return patterns


def find(reading: Reading, patterns: tuple[Pattern, ...]) -> list[Hit]:
    """Every pattern that matches, the gravest first, then in the order of the file."""
    hits = []
    for pattern in patterns:
        match = pattern.regex.search(reading.text)
        if match is not None and match.start() < match.end():
            hits.append(Hit(pattern, reading.span(*match.span())))
    return sorted(hits, key=lambda hit: -hit.pattern.level.rank)


def _fill(regex: str, fragments: dict[str, str]) -> str:
    for name, fragment in fragments.items():
        regex = regex.replace("{" + name + "}", fragment)
    return regex


def _parse(row: dict[str, Any], fragments: dict[str, str], file: str) -> Pattern:
    name = str(row.get("name", "a pattern without a name"))
    if missing := [field for field in _FIELDS if not row.get(field)]:
        raise InvalidPatterns(f"{file}: {name} lacks {', '.join(missing)}; write all of {', '.join(_FIELDS)}.")
    try:
        regex = re.compile(_fill(row["regex"], fragments))
        return Pattern(name, str(row["kind"]), Level(row["level"]), str(row["reason"]), regex)
    except (re.error, ValueError) as broken:
        raise InvalidPatterns(f"{file}: {name} cannot be read ({broken}); mend its regex or level.") from broken
