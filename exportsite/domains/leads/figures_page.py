"""What the page of figures tells: the numbers, and the drawings made of them. No rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from exports.acceptance import bind_filters, read_filters
from exports.filters import ExportFilterSet
from exports.permissions import User
from exportsite.domains.leads.analytics import (
    LeadAnalytics,
    Performance,
    PriceStatistics,
    analyse,
    performance,
)
from exportsite.domains.leads.analytics_resource import LeadAnalyticsResource, days_of
from exportsite.domains.leads.charts import Bar, Columns, draw_bars, draw_columns
from exportsite.domains.leads.lookups import Category, Status
from exportsite.domains.leads.models import Lead
from exportsite.domains.leads.spreads import (
    PriceBand,
    Stretch,
    Timeline,
    price_spread,
    scraped_over_time,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for, checked."""

    filterset: ExportFilterSet
    filters: Mapping[str, str | list[str]]  # under their own names, also when they are wrong
    errors: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Figures:
    analytics: LeadAnalytics
    contacts: tuple[Bar, ...]
    statuses: tuple[Bar, ...]
    categories: tuple[Bar, ...]
    locations: tuple[Bar, ...]
    prices: tuple[Bar, ...]
    without_category: int
    without_price: int
    step: str  # of the columns: "day", "week", "month" or "year"
    over_time: Columns
    performance: Performance

    @property
    def total(self) -> int:
        return self.analytics.overview.total_leads

    @property
    def price(self) -> PriceStatistics:
        return self.analytics.price_statistics


def read_address(user: User, data: QueryDict) -> Asked:
    """The page's filters are those of the export "lead-analytics"."""
    errors: dict[str, list[str]] = {}
    given = {name: [text for text in data.getlist(name) if text] for name in data}
    filters = read_filters(user, LeadAnalyticsResource, given, errors)
    filterset = bind_filters(LeadAnalyticsResource, filters)
    for name, messages in filterset.form.errors.items():
        errors.setdefault(name, []).extend(str(message) for message in messages)
    return Asked(filterset=filterset, filters=filters, errors=errors)


def figures_for(asked: Asked) -> Figures:
    """Seven queries, however many leads there are. Only for filters without errors."""
    leads: QuerySet[Lead] = asked.filterset.qs
    analytics = analyse(leads)
    total = analytics.overview.total_leads
    priced = analytics.price_statistics.leads_with_price
    categories = analytics.category_breakdown
    timeline = scraped_over_time(leads)
    return Figures(
        analytics=analytics,
        contacts=draw_bars(_contacts(analytics), whole=total),
        statuses=draw_bars(_labelled(analytics.status_breakdown, Status.choices), whole=total),
        categories=draw_bars(_labelled(categories, Category.choices), whole=total),
        locations=draw_bars(analytics.location_breakdown.items(), whole=total),
        prices=draw_bars(
            ((band_words(band), band.leads) for band in price_spread(leads)), whole=priced
        ),
        without_category=total - sum(categories.values()),
        without_price=total - priced,
        step=timeline.step,
        over_time=draw_columns(
            [(stretch_words(timeline, one), one.leads) for one in timeline.stretches]
        ),
        performance=performance(days_of(asked.filterset.form.cleaned_data)),
    )


def _contacts(analytics: LeadAnalytics) -> list[tuple[str, int]]:
    """Every lead once."""
    seen = analytics.overview
    both = seen.leads_with_both_contacts
    either = seen.leads_with_email + seen.leads_with_phone - both
    return [
        (_("E-mail and phone"), both),
        (_("E-mail only"), seen.leads_with_email - both),
        (_("Phone only"), seen.leads_with_phone - both),
        (_("Neither"), seen.total_leads - either),
    ]


def _labelled(
    counts: Mapping[str, int], choices: Iterable[tuple[str, Any]]
) -> list[tuple[str, int]]:
    """Under the words that people know; what is no choice stays as it is."""
    words = {value: str(label) for value, label in choices}
    return [(words.get(value, value), count) for value, count in counts.items()]


def band_words(band: PriceBand) -> str:
    if band.high == 0:
        return _("Free")
    low, high = (number_format(one, force_grouping=True) for one in (band.low, band.high or 0))
    if band.high is None:
        return _("%s and more") % low
    if band.low == 0:
        return _("Below %s") % high
    return _("%(low)s to below %(high)s") % {"low": low, "high": high}


def stretch_words(timeline: Timeline, stretch: Stretch) -> str:
    if timeline.step == "year":
        return str(stretch.first.year)
    if timeline.step == "month":
        return date_format(stretch.first, "F Y")
    if timeline.step == "day":
        return date_format(stretch.first, "j M Y")
    first, last = (date_format(one, "j M Y") for one in (stretch.first, stretch.last))
    return f"{first} – {last}"
