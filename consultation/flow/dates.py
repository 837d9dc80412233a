"""A date as people type it ("12/3/19", "March 2024", "12 marca 2019"), no more exactly than it was asked for. Pure: a
date that only a clock could tell ("last week") is none.
"""

import re
import unicodedata
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from consultation.domain.languages import ENGLISH, language_of
from consultation.domain.survey import Precision, Question

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LONGEST = 60  # characters; whoever types more tells something else
PARTS = {Precision.DAY: ["day", "month", "year"], Precision.MONTH: ["month", "year"]}
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 - what the package would fill in for parts that were left out


def read_date(typed: str, question: Question, locale: str) -> str | None:
    """ "2025", "2025-03" or "2025-03-27", as the question wants it; None where it isn't one in its bounds."""
    plain = "".join(str(unicodedata.decimal(each, each)) for each in typed.strip())
    found = _read(plain, question.precision, locale) if len(plain) <= LONGEST else None
    if found is None or not _within(found, question):
        return None
    return {Precision.YEAR: f"{found:%Y}", Precision.MONTH: f"{found:%Y-%m}"}.get(
        question.precision, f"{found:%Y-%m-%d}"
    )


def _read(plain: str, precision: Precision, locale: str) -> date | None:
    if precision is Precision.YEAR:
        years = re.findall(r"(?<!\d)\d{4}(?!\d)", plain)
        return date(int(years[0]), 1, 1) if len(years) == 1 and int(years[0]) else None
    try:
        found = _parser(language_of(locale), precision).get_date_data(plain).date_obj
    except (ValueError, OverflowError):
        return None
    return found.date() if found else None


@cache
def _parser(language: str, precision: Precision) -> "DateDataParser":
    from dateparser.date import DateDataParser  # takes a while, and most talks ask for no date

    settings = {
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": False,
        "REQUIRE_PARTS": PARTS[precision],
        "RELATIVE_BASE": NO_CLOCK,
    }
    return DateDataParser(languages=list(dict.fromkeys((language, ENGLISH))), settings=settings)


def _within(found: date, question: Question) -> bool:
    cut = {Precision.YEAR: 1, Precision.MONTH: 2}.get(question.precision, 3)
    earliest, latest = question.earliest or date.min, question.latest or date.max
    return earliest.timetuple()[:cut] <= found.timetuple()[:cut] <= latest.timetuple()[:cut]


def example_for(question: Question) -> date | str:
    """One in the middle, which leads nobody."""
    earliest, latest = question.earliest or date.min, question.latest or date.max
    return shown(earliest + (latest - earliest) // 2, question.precision)


def shown(day: date, precision: Precision) -> date | str:
    """A day is written as the reader's language has it; a month in figures, which all of them can read."""
    return {Precision.YEAR: f"{day.year}", Precision.MONTH: f"{day:%m/%Y}"}.get(precision, day)
