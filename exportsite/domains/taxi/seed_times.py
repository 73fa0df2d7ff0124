"""When made-up things happen: by weekday and hour of New York, in order."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from zoneinfo import ZoneInfo

from exportsite.domains.taxi.seed_shapes import HOURS, WEEKDAYS
from exportsite.seeding import HISTORY

NEW_YORK = ZoneInfo("America/New_York")
DAY = dt.timedelta(days=1)


def moments(count: int, until: dt.datetime, rng: Random) -> Iterator[dt.datetime]:
    """That many moments in order, none after `until`; some on the very last day."""
    today = until.astimezone(NEW_YORK).date()
    days = [today - DAY * back for back in range(HISTORY.days, -1, -1)]
    total = sum(WEEKDAYS[day.weekday()] for day in days)
    so_far, given = 0, 0
    for day in days:
        so_far += WEEKDAYS[day.weekday()]
        wanted = round(count * so_far / total) - given
        given += wanted
        yield from moments_of(day, wanted, until, rng)


def moments_of(day: dt.date, count: int, until: dt.datetime, rng: Random) -> Iterator[dt.datetime]:
    begin = dt.datetime.combine(day, dt.time(), NEW_YORK).astimezone(dt.UTC)
    passed = int((until - begin).total_seconds())
    hours = rng.choices(range(24), HOURS, k=count)
    seconds = [hour * 3600 + int(rng.random() * 3600) for hour in hours]
    if passed < 86_400:
        seconds = [second * passed // 86_400 for second in seconds]
    for second in sorted(seconds):
        yield begin + dt.timedelta(seconds=second)
