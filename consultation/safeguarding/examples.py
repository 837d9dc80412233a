"""The hand-written examples the head learns from; knows nothing of how it learns.

One file a kind; `few_words` are dangers of several kinds said in a breath, `short` what people type all day,
`confusable` what stands nearest to a danger without being one, and `adult_allegation` what is said of adults who work
with children. `ordinary.jsonl` holds everyday consultation answers,
first written as exemplars for the coder and copied here; those that a draft head minded were read again, and what was
a disclosure moved to its own kind.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from consultation.domain.concern import Level

FOLDER = Path(__file__).with_name("examples")
ALLEGATION = "adult_allegation"
PERSONAS = frozenset({"yp", "primary", "parent", "staff"})


class InvalidExamples(ValueError):
    """A row of an examples file is not as it should be; the message names file and line and says how to mend it."""


@dataclass(frozen=True)
class Example:
    text: str
    level: Level
    kind: str
    persona: str

    @property
    def held_out(self) -> bool:
        """A fifth, chosen by the text's own hash, is never learnt from when quality is measured."""
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 5 == 0


@cache
def load_examples(folder: Path = FOLDER) -> tuple[Example, ...]:
    """All rows, files in the order of their names. Raises InvalidExamples."""
    return tuple(
        _parse(line, f"{path.name}, line {number}")
        for path in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip()
    )


def fingerprint(examples: tuple[Example, ...]) -> str:
    """Changes when any example changes; a head carries that of the examples it learnt from."""
    rows = sorted(f"{each.level}\t{each.kind}\t{each.text}" for each in examples)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _parse(line: str, where: str) -> Example:
    try:
        row = json.loads(line)
        example = Example(str(row["text"]), Level(row["level"]), str(row["kind"]), str(row["persona"]))
    except (ValueError, KeyError, TypeError) as broken:
        raise InvalidExamples(
            f"{where}: write {{text, level: immediate|support|none, kind, persona}} as one JSON object ({broken})."
        ) from broken
    if not example.text.strip() or example.persona not in PERSONAS:
        raise InvalidExamples(f"{where}: the text is blank, or the persona is none of {sorted(PERSONAS)}.")
    return example
