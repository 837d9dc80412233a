"""Whatever the day and whoever asked: nobody is reminded in school hours, early or late."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.domain.due import LONDON
from consultation.domain.school_hours import LATEST, TO_SPARE, Terms, free_hours, is_school_day
from consultation.operations.remind import bank_holidays
from consultation.school_terms import load_terms

CAMBRIDGESHIRE = load_terms("cambridgeshire").days
DAYS = st.dates(date(2026, 1, 1), date(2032, 12, 31))
CHANCES = st.floats(0, 1, exclude_max=True)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any number of them, in their order, with days off between two."""
    marks = sorted(draw(st.sets(DAYS, max_size=12)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(pairs)


@given(DAYS, CHANCES, terms(), st.sets(DAYS, max_size=20))
def test_no_moment_is_in_school_early_or_late(day: date, chance: float, terms: Terms, off: set[date]) -> None:
    hours = free_hours(day, terms, off)
    moment = hours.moment(chance)
    clock = moment.astimezone(LONDON)
    assert clock.date() == day, "it comes on the day that was promised"
    assert time(10) <= clock.time() < time(20)
    assert hours.begin <= moment < hours.end
    assert hours.end - moment >= TO_SPARE, "what looks every ten minutes must not miss it"
    weekend = day.weekday() in (5, 6)
    in_term = any(first <= day <= last for first, last in terms)
    if in_term and not weekend and day not in off:
        assert clock.time() >= time(16)


@given(DAYS, st.sets(DAYS, max_size=20))
def test_where_nobody_knows_the_terms_each_weekday_is_school(day: date, off: set[date]) -> None:
    assert is_school_day(day, (), off) is (day.weekday() < 5 and day not in off)


@given(DAYS, terms())
def test_before_and_after_what_is_known_each_weekday_is_school(day: date, terms: Terms) -> None:
    if terms and not terms[0][0] <= day <= terms[-1][1]:
        assert is_school_day(day, terms, ()) is (day.weekday() < 5)


def test_they_are_spread_over_the_hours() -> None:
    hours = free_hours(date(2026, 11, 24), (), ())
    assert [hours.moment(each).strftime("%H:%M") for each in (0, 0.25, 0.5, 0.75, 1)] == [
        "16:00", "16:52", "17:45", "18:37", "19:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "begin"),
    [
        ("2026-11-24", 16),  # a Tuesday in term
        ("2026-11-28", 10),  # a Saturday
        ("2026-10-28", 10),  # half-term
        ("2026-12-25", 10),
        ("2027-05-03", 10),  # a bank holiday within a term
        ("2027-07-21", 16),  # the last day
        ("2027-07-22", 16),  # the summer holiday, which the file doesn't know of
        ("2026-08-31", 10),  # a bank holiday outside of the file
    ],
)
def test_days_in_cambridgeshire(day: str, begin: int) -> None:
    hours = free_hours(date.fromisoformat(day), CAMBRIDGESHIRE, bank_holidays())
    assert hours.begin.astimezone(LONDON).hour == begin
    assert hours.end.astimezone(LONDON).time() == LATEST


def test_london_s_clocks_count_and_not_the_server_s() -> None:
    winter, summer = (free_hours(date(2027, month, 10), (), ()) for month in (2, 6))
    assert (winter.begin, summer.begin) == (
        datetime(2027, 2, 10, 16, tzinfo=UTC),
        datetime(2027, 6, 10, 15, tzinfo=UTC),
    )


def test_bank_holidays_are_england_s_of_any_year() -> None:
    known: Container[date] = bank_holidays()
    # as GOV.UK has them: moved to a weekday where they fall on a weekend
    for day in ("2026-12-28", "2027-03-26", "2027-12-27", "2027-12-28", "2028-01-03", "2028-12-26", "2031-04-14"):
        assert date.fromisoformat(day) in known, day
    for day in ("2027-08-02", "2026-11-30", "2027-01-04"):  # Scotland's
        assert date.fromisoformat(day) not in known, day


def test_the_shipped_days_are_as_many_as_were_published() -> None:
    first, last = CAMBRIDGESHIRE[0][0], CAMBRIDGESHIRE[-1][1]
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    assert sum(is_school_day(day, CAMBRIDGESHIRE, bank_holidays()) for day in days) == 195
