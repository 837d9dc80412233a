"""The recognizers, one kind of clue a file, in one registry; each docstring gives hits and near misses.

Adding a file here without its cases in tests/unit/consultation/privacy/recognizer_cases.py fails a test.
"""

from __future__ import annotations

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
