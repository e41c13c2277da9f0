"""Working days around the days on which people get them wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules.workdays import Day, WorkCalendar, load_calendar

HOLIDAYS = Path(__file__).parents[2] / "jurisdictions" / "CN" / "calendar" / "holidays.csv"
CALENDAR = load_calendar(HOLIDAYS)
PLAIN = WorkCalendar(())

days = st.dates(date(2004, 3, 1), date(2026, 10, 31))
counts = st.integers(-400, 400)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Counted by hand with a calendar and the State Council's schedules.
BY_HAND = [
    # 春节 2026: free 15 to 23 February, worked Saturday 14 and Saturday 28
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-14", 1, "2026-02-24"),
    ("2026-02-17", 1, "2026-02-24"),
    ("2026-02-24", 4, "2026-02-28"),
    ("2026-02-27", 1, "2026-02-28"),
    ("2026-02-27", 2, "2026-03-02"),
    ("2026-02-28", 1, "2026-03-02"),
    ("2026-01-30", 10, "2026-02-13"),
    ("2026-01-30", 11, "2026-02-14"),
    ("2026-01-30", 12, "2026-02-24"),
    ("2026-02-24", -1, "2026-02-14"),
    ("2026-02-24", -2, "2026-02-13"),
    ("2026-02-20", -1, "2026-02-14"),
    ("2026-03-02", -1, "2026-02-28"),
    # 元旦 2026: free 1 to 3 January, worked Sunday 4
    ("2025-12-31", 1, "2026-01-04"),
    ("2025-12-31", 2, "2026-01-05"),
    ("2026-01-01", 3, "2026-01-06"),
    ("2026-01-09", 1, "2026-01-12"),
    # 清明, 劳动节 (worked Saturday 9 May), 端午 2026
    ("2026-04-03", 1, "2026-04-07"),
    ("2026-04-30", 1, "2026-05-06"),
    ("2026-04-30", 3, "2026-05-08"),
    ("2026-04-30", 4, "2026-05-09"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-06-18", 1, "2026-06-22"),
    # 中秋 25 to 27 September, 国庆 1 to 7 October 2026; worked 20 September and 10 October
    ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-18", 2, "2026-09-21"),
    ("2026-09-24", 1, "2026-09-28"),
    ("2026-09-30", 1, "2026-10-08"),
    ("2026-09-30", 3, "2026-10-10"),
    ("2026-09-30", 4, "2026-10-12"),
    ("2026-09-18", 10, "2026-10-09"),
    ("2026-09-15", 20, "2026-10-19"),
    ("2026-10-05", -1, "2026-09-30"),
    ("2026-10-08", -1, "2026-09-30"),
    ("2026-10-12", -3, "2026-10-08"),
    # 春节 2025: free 28 January to 4 February, worked Sunday 26 January and Saturday 8 February
    ("2025-01-24", 1, "2025-01-26"),
    ("2025-01-24", 2, "2025-01-27"),
    ("2025-01-24", 3, "2025-02-05"),
    ("2025-01-27", 4, "2025-02-08"),
    ("2025-02-07", 2, "2025-02-10"),
    # 劳动节 and 国庆 2025
    ("2025-04-25", 1, "2025-04-27"),
    ("2025-04-30", 1, "2025-05-06"),
    ("2025-09-26", 1, "2025-09-28"),
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-09-30", 3, "2025-10-11"),
    ("2025-09-30", 4, "2025-10-13"),
    # 春节 2024: worked Sunday 4 February and 除夕, free 10 to 17, worked Sunday 18
    ("2024-02-02", 1, "2024-02-04"),
    ("2024-02-08", 1, "2024-02-09"),
    ("2024-02-09", 1, "2024-02-18"),
    ("2024-02-09", 2, "2024-02-19"),
    # 中秋 and 国庆 2024
    ("2024-09-13", 1, "2024-09-14"),
    ("2024-09-13", 2, "2024-09-18"),
    ("2024-09-27", 3, "2024-10-08"),
    ("2024-10-11", 1, "2024-10-12"),
    # 国庆 2023: both days of the weekend after it worked
    ("2023-09-28", 1, "2023-10-07"),
    ("2023-09-28", 2, "2023-10-08"),
    ("2023-09-28", 3, "2023-10-09"),
    # 春节 2020, prolonged to 2 February
    ("2020-01-23", 1, "2020-02-03"),
    ("2020-01-17", 1, "2020-01-19"),
]


@pytest.mark.parametrize(("start", "count", "reached"), BY_HAND)
def test_counted_by_hand(start, count, reached):
    assert CALENDAR.add(day(start), count) == Day(day(reached), provisional=False)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-02-13", "2026-02-24", 2),
        ("2026-02-14", "2026-02-23", 0),
        ("2026-09-30", "2026-10-12", 4),
        ("2025-01-27", "2025-02-05", 1),
        ("2026-10-12", "2026-09-30", -4),
        ("2026-02-24", "2026-02-13", -2),
        ("2026-06-01", "2026-06-01", 0),
    ],
)
def test_days_between_by_hand(first, last, count):
    assert CALENDAR.between(day(first), day(last)) == count


def test_single_days():
    assert CALENDAR.is_workday(day("2026-02-14"))
    assert not CALENDAR.is_workday(day("2026-02-16"))
    assert CALENDAR.is_workday(day("2024-02-09"))
    assert not CALENDAR.is_workday(day("2026-03-07"))
    assert CALENDAR.holiday(day("2026-02-14")) == "春节"
    assert CALENDAR.holiday(day("2026-03-07")) is None


def test_a_last_day_that_is_free_moves_to_the_next_working_day():
    assert CALENDAR.roll(day("2026-10-03")).date == day("2026-10-08")
    assert CALENDAR.roll(day("2026-10-10")).date == day("2026-10-10")


def test_file_covers_2004_to_2026():
    assert CALENDAR.known_years == frozenset(range(2004, 2027))


def test_year_without_schedule_is_provisional():
    assert CALENDAR.add(day("2026-12-30"), 1) == Day(day("2026-12-31"), provisional=False)
    assert CALENDAR.add(day("2026-12-30"), 2) == Day(day("2027-01-01"), provisional=True)
    assert CALENDAR.add(day("2004-01-02"), -2).provisional
    assert CALENDAR.roll(day("2027-05-01")) == Day(day("2027-05-03"), provisional=True)
    assert CALENDAR.is_provisional(day("2027-01-01"), day("2026-12-31"))
    assert not CALENDAR.is_provisional(day("2026-01-01"), day("2004-12-31"))


def test_without_a_file_weekends_only():
    assert PLAIN.add(day("2026-09-30"), 1) == Day(day("2026-10-01"), provisional=True)
    assert PLAIN.known_years == frozenset()


def test_wrong_rows_are_refused():
    with pytest.raises(ValueError, match="off 或 work"):
        WorkCalendar([(day("2026-01-01"), "free", "元旦")])
    with pytest.raises(ValueError, match="出现了两次"):
        WorkCalendar([(day("2026-01-01"), "off", "元旦")] * 2)


def test_days_outside_the_calendar_are_refused():
    with pytest.raises(OverflowError):
        PLAIN.add(date.max, 10)
    with pytest.raises(OverflowError):
        PLAIN.add(date.min, -10)


@given(days, counts)
def test_add_and_between_are_inverse(start, count):
    assert CALENDAR.between(start, CALENDAR.add(start, count).date) == count


@given(days, counts.filter(bool))
def test_a_period_ends_on_a_working_day(start, count):
    assert CALENDAR.is_workday(CALENDAR.add(start, count).date)


@given(days, st.integers(-60, 60))
def test_same_as_counting_day_by_day(start, count):
    current, left = start, abs(count)
    step = timedelta(days=1 if count > 0 else -1)
    while left:
        current += step
        left -= CALENDAR.is_workday(current)
    assert CALENDAR.add(start, count).date == current


@given(st.tuples(days, days, days))
def test_periods_add_up(three):
    first, middle, last = sorted(three)
    whole = CALENDAR.between(first, last)
    assert whole == CALENDAR.between(first, middle) + CALENDAR.between(middle, last)


@given(days)
def test_roll_never_moves_a_working_day(start):
    rolled = CALENDAR.roll(start).date
    assert rolled >= start
    assert CALENDAR.is_workday(rolled)
    assert (rolled == start) == CALENDAR.is_workday(start)
