"""What is told of a consultation in other languages: its title, who asks, why, and who decides. A file of its own,
because a survey is asked again and these are not."""

from collections.abc import Mapping
from pathlib import Path

from consultation.content import load
from consultation.surveys.schema import Block, Text


class _Facts(Block):
    """What is left out stands in English."""

    title: Text | None = None
    authority: Text | None = None
    purpose: Text | None = None
    decided_by: Text | None = None


class _FactsFile(Block):
    cy: _Facts | None = None
    pl: _Facts | None = None
    ro: _Facts | None = None
    uk: _Facts | None = None
    ur: _Facts | None = None
    ar: _Facts | None = None


def load_facts(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Language to name to words. Raises `BadFile`."""
    return load(path, _FactsFile).model_dump(exclude_none=True)
