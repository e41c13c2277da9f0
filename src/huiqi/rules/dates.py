"""Periods in calendar years, months, days and working days, with one declared rounding rule.

民法典第二百条至第二百零二条: the day on which a period starts does not count; a period of months
or years ends on the corresponding day of its last month, or on that month's last day where
there is no such day (2024-02-29 plus one year is reached on 2025-02-28).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from huiqi.rules.workdays import WorkCalendar

EPOCH = date(1970, 1, 1).toordinal()


def to_days(value: date) -> int:
    """Days since 1970-01-01, the form in which a date is stored as a fact."""
    return value.toordinal() - EPOCH


def from_days(days: int) -> date:
    return date.fromordinal(days + EPOCH)


def add_months(start: date, months: int) -> date:
    """The corresponding day ``months`` later (or earlier), else the last day of that month."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def latest_start_months(months: int, on: date) -> date:
    """The latest day on which a period must have started to be complete on ``on``."""
    candidate = add_months(on, -months)
    month_end = candidate.replace(day=monthrange(candidate.year, candidate.month)[1])
    return month_end if add_months(month_end, months) <= on else candidate


def latest_start_days(days: int, on: date) -> date:
    return on - timedelta(days=days)


def latest_start_workdays(days: int, on: date, calendar: WorkCalendar) -> date:
    """As above in working days 工作日: the day after a start counts first if it is one."""
    start = on - timedelta(days=days)
    while calendar.add(start, days).date > on:
        start -= timedelta(days=1)
    while calendar.add(start + timedelta(days=1), days).date <= on:
        start += timedelta(days=1)
    return start
