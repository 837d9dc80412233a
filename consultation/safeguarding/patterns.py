"""The plain half of the screen: named patterns over the text as read. Must not know scores, encoders or thresholds.

Those of English are matched against the text as `spelling` reads it, those of other languages against bare letters."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from consultation.content import load
from consultation.domain.concern import Level
from consultation.safeguarding.letters import bare_regex
from consultation.safeguarding.spelling import Reading

SHIPPED = Path(__file__).with_name("patterns.yaml")
LANGUAGES = Path(__file__).with_name("languages")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    kind: str
    level: Level
    reason: str
    regex: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    fragments: dict[str, str] = {}
    patterns: tuple[_Row, ...]

    @model_validator(mode="after")
    def _each_is_sound(self) -> "_File":
        names = [row.name for row in self.patterns]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} stands there twice. Give each pattern its own name.")
        for row in self.patterns:
            try:
                re.compile(_fill(row.regex, self.filled_fragments()))
            except re.error as broken:
                raise ValueError(f"'{row.name}' cannot be read ({broken}). Mend its regex.") from None
        return self

    def filled_fragments(self) -> dict[str, str]:
        """Each fragment with the earlier ones filled in."""
        filled: dict[str, str] = {}
        for name, regex in self.fragments.items():
            filled[name] = _fill(regex, filled)
        return filled


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
    """In the order of the file. Raises `BadFile`."""
    file = load(path, _File)
    fragments = file.filled_fragments()
    return tuple(
        Pattern(row.name, row.kind, row.level, row.reason, re.compile(_fill(row.regex, fragments)))
        for row in file.patterns
    )


@cache
def load_other_languages(folder: Path = LANGUAGES) -> tuple[Pattern, ...]:
    """The patterns of every language but English, a file each, for texts read as bare letters. All are always on:
    people mix languages, and the one that a chat is set to says little. Raises `BadFile`."""
    return tuple(
        replace(pattern, regex=re.compile(bare_regex(pattern.regex.pattern)))
        for path in sorted(folder.glob("*.yaml"))
        for pattern in load_patterns(path)
    )


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
