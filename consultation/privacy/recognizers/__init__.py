"""The recognizers, one kind of clue a file, in one registry; each docstring gives hits and near misses.

Adding a file here without its cases in tests/unit/consultation/privacy/recognizer_cases.py fails a test.
"""

from __future__ import annotations

from typing import NamedTuple

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import (
    addresses,
    ages,
    birth_dates,
    emails,
    handles,
    introductions,
    links,
    nhs_numbers,
    ni_numbers,
    other_ids,
    phones,
    postcodes,
    relations,
    schools,
    titles,
)
from consultation.privacy.recognizers.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = (
    emails.RECOGNIZER,
    links.RECOGNIZER,
    handles.RECOGNIZER,
    nhs_numbers.RECOGNIZER,
    ni_numbers.RECOGNIZER,
    postcodes.RECOGNIZER,
    birth_dates.RECOGNIZER,
    phones.RECOGNIZER,
    other_ids.RECOGNIZER,
    addresses.RECOGNIZER,
    schools.RECOGNIZER,
    ages.RECOGNIZER,
    titles.RECOGNIZER,
    relations.RECOGNIZER,
    introductions.RECOGNIZER,
)
"""In order of trust: where two overlap at the same length, the earlier one names the kind."""


class Hit(NamedTuple):
    """What one recognizer found: a half-open place in the folded text of a reading."""

    name: str
    kind: Kind
    start: int
    end: int


def recognize(reading: Reading) -> list[Hit]:
    """What all recognizers find, in their order."""
    return [Hit(each.name, each.kind, start, end) for each in RECOGNIZERS for start, end in each.find(reading)]
