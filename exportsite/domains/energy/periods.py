"""Settlement periods: the half-hours of a day, counted in the order of time.

A day has 48 of them, but 46 when clocks go forward and 50 when they go back.
"""

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
HALF_HOUR = dt.timedelta(minutes=30)
MOST_PERIODS = 50
DAILY = 0  # the period number of a whole day's total


def periods_in(day: dt.date) -> int:
    return (_midnight(day + dt.timedelta(days=1)) - _midnight(day)) // HALF_HOUR


def start_of_period(day: dt.date, period: int) -> dt.datetime:
    """The moment at which it begins, by the clock of the day."""
    if not 1 <= period <= periods_in(day):
        raise ValueError(f"{day} has periods 1 to {periods_in(day)}, not {period}")
    return (_midnight(day) + (period - 1) * HALF_HOUR).astimezone(ZONE)


def _midnight(day: dt.date) -> dt.datetime:
    """In UTC, where every hour counts once."""
    return dt.datetime.combine(day, dt.time.min, ZONE).astimezone(dt.UTC)
