"""The recognizers, one kind of clue a file, in one registry; each docstring gives hits and near misses.

Adding a file here without its cases in tests/unit/consultation/privacy/recognizer_cases.py fails a test.
"""

from __future__ import annotations

from typing import NamedTuple

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import (
    addresses,
    addresses_beyond_english,
    ages,
    birth_dates,
    emails,
    handles,
    introductions,
    introductions_beyond_english,
    links,
    names_beyond_english,
    nhs_numbers,
    ni_numbers,
    other_ids,
    phones,
    postcodes,
    relations,
    relations_beyond_english,
    schools,
    schools_beyond_english,
    titles,
    titles_beyond_english,
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
    addresses_beyond_english.RECOGNIZER,
    schools_beyond_english.RECOGNIZER,
    titles_beyond_english.RECOGNIZER,
    relations_beyond_english.RECOGNIZER,
    introductions_beyond_english.RECOGNIZER,
    names_beyond_english.RECOGNIZER,
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
