"""Periods that move with the calendar, by their words: "@last_month". Pure: dates in, dates out."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MARK = "@"
Days = tuple[dt.date, dt.date]  # first and last, both belong to it


class UnknownPeriod(LookupError):
    """There is no period of that word."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """`days` says which days it is when it is looked at on a given day."""

    label: Promise
    days: Callable[[dt.date], Days]


def _back(days: int, *, length: int = 1) -> Callable[[dt.date], Days]:
    """So many days that end `days` days ago."""

    def span(today: dt.date) -> Days:
        last = today - dt.timedelta(days=days)
        return last - dt.timedelta(days=length - 1), last

    return span


def _week(ago: int) -> Callable[[dt.date], Days]:
    """Monday to Sunday."""

    def span(today: dt.date) -> Days:
        monday = today - dt.timedelta(days=today.weekday() + 7 * ago)
        return monday, monday + dt.timedelta(days=6)

    return span


def _months(length: int, ago: int) -> Callable[[dt.date], Days]:
    """One month, quarter or year, counted from January."""

    def span(today: dt.date) -> Days:
        months = 12 * today.year + today.month - 1
        start = months - months % length - ago * length
        return _first_of(start), _first_of(start + length) - dt.timedelta(days=1)

    return span


def _first_of(months: int) -> dt.date:
    return dt.date(months // 12, months % 12 + 1, 1)


# Where two are the same days, the one that stands first is meant.
PERIODS: Mapping[str, Period] = {
    "@today": Period(label=_("today"), days=_back(0)),
    "@yesterday": Period(label=_("yesterday"), days=_back(1)),
    "@last_7_days": Period(label=_("in the last 7 days"), days=_back(0, length=7)),
    "@last_30_days": Period(label=_("in the last 30 days"), days=_back(0, length=30)),
    "@this_week": Period(label=_("this week"), days=_week(0)),
    "@last_week": Period(label=_("last week"), days=_week(1)),
    "@this_month": Period(label=_("this month"), days=_months(1, 0)),
    "@last_month": Period(label=_("last month"), days=_months(1, 1)),
    "@this_quarter": Period(label=_("this quarter"), days=_months(3, 0)),
    "@last_quarter": Period(label=_("last quarter"), days=_months(3, 1)),
    "@this_year": Period(label=_("this year"), days=_months(12, 0)),
    "@last_year": Period(label=_("last year"), days=_months(12, 1)),
}


def find_period(word: str) -> Period:
    """The period of that word. Raises UnknownPeriod, whose text names the valid ones."""
    try:
        return PERIODS[word.strip().lower()]
    except KeyError:
        text = _("There is no period “%(word)s”. There are: %(words)s.")
        raise UnknownPeriod(text % {"word": word, "words": ", ".join(PERIODS)}) from None


def word_for(days: Days, today: dt.date) -> str:
    """The word for exactly these days, looked at on that day; "" when there is none."""
    return next((word for word, one in PERIODS.items() if one.days(today) == days), "")
