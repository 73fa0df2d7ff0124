"""Date parts of a model list, put together as the two bounds of a filter of whole days."""

import calendar
import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from exports.filters import DayFromFilter, DayToFilter, ExportFilterSet

DAY = dt.timedelta(days=1)
PARTS = ("year", "month", "day")


class Bounds:
    """Collects what "created_at__year", "created_at__gte" and their like say about each field."""

    def __init__(self, filterset: type[ExportFilterSet]) -> None:
        filters = filterset.base_filters
        self.pairs = {
            filters[lower].field_name: (lower, upper)
            for lower, upper in filterset.ranges
            if isinstance(filters.get(lower), DayFromFilter)
            and isinstance(filters.get(upper), DayToFilter)
        }
        self.parts: dict[str, dict[str, int]] = {}
        self.low: dict[str, dt.date] = {}
        self.high: dict[str, dt.date] = {}

    def take(self, path: str, lookup: str, values: list[str]) -> bool:
        """False when this field has no pair of filters, or when whole days cannot say it."""
        if path not in self.pairs or len(values) != 1:
            return False
        if lookup in PARTS:
            return self._take_part(path, lookup, values[0])
        day = whole_day(values[0])
        if day is None or lookup not in ("gte", "lt"):
            return False
        if lookup == "gte":
            self.low[path] = max(day, self.low.get(path, day))
        else:  # before the first moment of a day is up to the whole day before
            self.high[path] = min(day - DAY, self.high.get(path, day - DAY))
        return True

    @property
    def lost(self) -> list[str]:
        """Parts that mean no stretch of days, such as a month without its year."""
        return [
            f"{path}__{part}"
            for path, parts in self.parts.items()
            if self._span(parts) is None
            for part in parts
        ]

    def values(self) -> Iterator[tuple[str, str]]:
        """Filter names and days."""
        for path, (lower, upper) in self.pairs.items():
            span = self._span(self.parts.get(path, {}))
            lows = [day for day in (self.low.get(path), span and span[0]) if day]
            highs = [day for day in (self.high.get(path), span and span[1]) if day]
            if lows:
                yield lower, max(lows).isoformat()
            if highs:
                yield upper, min(highs).isoformat()

    def _take_part(self, path: str, lookup: str, value: str) -> bool:
        if not value.isdecimal():
            return False
        self.parts.setdefault(path, {})[lookup] = int(value)
        return True

    @staticmethod
    def _span(parts: dict[str, int]) -> tuple[dt.date, dt.date] | None:
        year, month, day = (parts.get(part) for part in PARTS)
        try:
            if year and month and day:
                return dt.date(year, month, day), dt.date(year, month, day)
            if year and month and "day" not in parts:
                last = calendar.monthrange(year, month)[1]
                return dt.date(year, month, 1), dt.date(year, month, last)
            if year and len(parts) == 1:
                return dt.date(year, 1, 1), dt.date(year, 12, 31)
        except ValueError:
            return None
        return None


def whole_day(text: str) -> dt.date | None:
    """The day whose first moment this is, in the current time zone."""
    try:
        moment = parse_datetime(text)
        if moment is None:
            return parse_date(text)
    except ValueError:
        return None
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return local.date() if local.time() == dt.time.min else None
