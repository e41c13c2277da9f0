"""Working days (工作日): weekends, public holidays and the weekends worked in exchange.

The State Council announces holidays (节假日安排) a year at a time. A year nobody has entered yet
is counted by weekends alone, and a :class:`Day` reckoned through it is marked provisional.

Counting follows 民法典第二百零一条: the day a period starts on does not count, the day it ends on
does. That holds in both directions.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path

_WEEK = 7
_WEEKDAYS = 5
_LAST_ORDINAL = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Day:
    """A computed day; provisional when a year on the way has no holiday schedule yet."""

    date: date
    provisional: bool


class WorkCalendar:
    """Which days are working days, from rows (date, kind `off` or `work`, name of the holiday)."""

    def __init__(self, rows: Iterable[tuple[date, str, str]]) -> None:
        self._kinds: dict[date, str] = {}
        self._names: dict[date, str] = {}
        for day, kind, name in rows:
            if kind not in ("off", "work"):
                raise ValueError(f"{day.isoformat()} 的类别应为 off 或 work，不是 {kind}")
            if day in self._kinds:
                raise ValueError(f"{day.isoformat()} 在节假日表中出现了两次")
            self._kinds[day] = kind
            self._names[day] = name
        self.known_years = frozenset(day.year for day in self._kinds)
        # Days on which the schedule differs from "Monday to Friday", and the running difference.
        changes = sorted(
            (day.toordinal(), 1 if kind == "work" else -1)
            for day, kind in self._kinds.items()
            if (kind == "work") != (day.weekday() < _WEEKDAYS)
        )
        self._changed = [ordinal for ordinal, _ in changes]
        self._difference = [0, *accumulate(step for _, step in changes)]

    @property
    def rows(self) -> list[tuple[date, str, str]]:
        """What the calendar was made from."""
        return [(day, kind, self._names[day]) for day, kind in self._kinds.items()]

    def is_workday(self, day: date) -> bool:
        kind = self._kinds.get(day)
        return day.weekday() < _WEEKDAYS if kind is None else kind == "work"

    def holiday(self, day: date) -> str | None:
        """Name of the holiday whose schedule mentions the day, free or worked in exchange."""
        return self._names.get(day)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a year from the one date to the other has no schedule."""
        low, high = sorted((first.year, last.year))
        return any(year not in self.known_years for year in range(low, high + 1))

    def add(self, day: date, count: int) -> Day:
        """The day `count` working days after `day` (before it when negative).

        Counting starts on the day after (before); 0 gives the day itself, working or not.
        """
        if count == 0:
            return Day(day, self.is_provisional(day, day))
        ordinal = day.toordinal()
        rank = self._rank(ordinal) if count > 0 else self._rank(ordinal - 1) + 1
        return self._reached(day, rank + count)

    def between(self, first: date, last: date) -> int:
        """Working days from `first`, not counted, to `last`, counted; negative going back."""
        start, end = first.toordinal(), last.toordinal()
        if end >= start:
            return self._rank(end) - self._rank(start)
        return self._rank(end - 1) - self._rank(start - 1)

    def roll(self, day: date) -> Day:
        """The day itself if it is a working day, else the next one (民法典第二百零三条)."""
        return self._reached(day, self._rank(day.toordinal() - 1) + 1)

    def _reached(self, start: date, rank: int) -> Day:
        """The working day with the given number."""
        if rank < 1:
            raise OverflowError("工作日推算超出了可表示的日期范围")
        ordinal = bisect_left(range(_LAST_ORDINAL + 1), rank, key=self._rank)
        if ordinal > _LAST_ORDINAL:
            raise OverflowError("工作日推算超出了可表示的日期范围")
        reached = date.fromordinal(ordinal)
        return Day(reached, self.is_provisional(start, reached))

    def _rank(self, ordinal: int) -> int:
        """How many working days there are from 0001-01-01, a Monday, to the day, included."""
        weeks, rest = divmod(ordinal, _WEEK)
        plain = weeks * _WEEKDAYS + min(rest, _WEEKDAYS)
        return plain + self._difference[bisect_right(self._changed, ordinal)]


def load_calendar(path: Path) -> WorkCalendar:
    """Read a CSV file with the columns date, kind and name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return WorkCalendar(
            (_day(row["date"]), row["kind"], row["name"]) for row in csv.DictReader(file)
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text}”不是日期，应写作 2026-01-31") from error
