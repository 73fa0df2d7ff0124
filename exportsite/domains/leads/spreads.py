"""How leads spread over prices and over days. Reads only; one query each."""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from exportsite.domains.leads.models import Lead

# Prices of ads lie far apart, so each band is about twice as wide as the one before.
EDGES = (
    0, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
)  # fmt: skip
MOST_BARS = 106  # two years of weeks


@dataclass(frozen=True, kw_only=True)
class PriceBand:
    low: int  # is in it, but for 0, which is a band of its own
    high: int | None  # is not in it, but for 0; None: there is no end
    leads: int


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days from the first to the last, both of which belong to it."""

    first: dt.date
    last: dt.date
    leads: int


@dataclass(frozen=True, kw_only=True)
class Timeline:
    step: str  # "day", "week", "month" or "year"
    stretches: tuple[Stretch, ...]


def price_spread(leads: "QuerySet[Lead]") -> tuple[PriceBand, ...]:
    """Leads with a price, by bands; empty bands at either end are left out."""
    spans = [(0, 0), *pairwise(EDGES), (EDGES[-1], None)]
    asked = {f"band{at}": Count("pk", filter=_within(*span)) for at, span in enumerate(spans)}
    counted = leads.order_by().aggregate(**asked)
    bands = [
        PriceBand(low=low, high=high, leads=counted[f"band{at}"])
        for at, (low, high) in enumerate(spans)
    ]
    filled = [at for at, band in enumerate(bands) if band.leads]
    return tuple(bands[filled[0] : filled[-1] + 1]) if filled else ()


def _within(low: int, high: int | None) -> Q:
    if high == 0:
        return Q(price=0)
    chosen = Q(price__gt=0) if low == 0 else Q(price__gte=low)
    return chosen if high is None else chosen & Q(price__lt=high)


def scraped_over_time(leads: "QuerySet[Lead]") -> Timeline:
    """Leads by day of scraping, in the current time zone; by week, month or year when many.

    From the first day with leads to the last; days without any are in it too.
    """
    by_day = leads.order_by().annotate(day=TruncDate("scraped_at")).values_list("day")
    counts: dict[dt.date, int] = dict(by_day.annotate(count=Count("pk")).order_by("day"))
    if not counts:
        return Timeline(step="day", stretches=())
    days = list(counts)
    step = _step_for(days[0], days[-1])
    return Timeline(step=step, stretches=_stretches(step, counts, days[0], days[-1]))


def _step_for(first: dt.date, last: dt.date) -> str:
    days = (last - first).days + 1
    if days <= MOST_BARS:
        return "day"
    if days // 7 + 2 <= MOST_BARS:
        return "week"
    return "month" if days // 30 + 2 <= MOST_BARS else "year"


def _stretches(
    step: str, counts: Mapping[dt.date, int], first: dt.date, last: dt.date
) -> tuple[Stretch, ...]:
    totals: dict[dt.date, int] = {}
    for day, count in counts.items():
        begin = _begin(step, day)
        totals[begin] = totals.get(begin, 0) + count
    found: list[Stretch] = []
    begin = _begin(step, first)
    while not found or found[-1].last < last:
        end = _end(step, begin)
        found.append(Stretch(first=begin, last=end, leads=totals.get(begin, 0)))
        begin = _later(end, 1)
    return tuple(found)


def _begin(step: str, day: dt.date) -> dt.date:
    if step == "week":
        return _later(day, -day.weekday())
    if step == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if step == "year" else day


def _end(step: str, begin: dt.date) -> dt.date:
    if step == "week":
        return _later(begin, 6)
    if step == "month":
        return begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
    return begin.replace(month=12, day=31) if step == "year" else begin


def _later(day: dt.date, days: int) -> dt.date:
    """So many days later, within the calendar."""
    number = min(max(day.toordinal() + days, 1), dt.date.max.toordinal())
    return dt.date.fromordinal(number)
