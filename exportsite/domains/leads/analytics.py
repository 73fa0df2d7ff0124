"""Figures about leads. Reads only; a fixed number of queries, however many leads there are."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q, QuerySet
from django.utils import timezone

from exportsite.domains.leads.models import Lead

USUAL_DAYS, MOST_DAYS = 30, 365  # of performance
Value = int | float | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    total_leads: int
    leads_with_email: int
    leads_with_phone: int
    leads_with_both_contacts: int
    contact_rate: float  # per cent of all that have an e-mail; 0 without leads


@dataclass(frozen=True, kw_only=True)
class PriceStatistics:
    """Over the leads that have a price, 0 being one."""

    min_price: float | None
    max_price: float | None
    avg_price: float | None
    leads_with_price: int


@dataclass(frozen=True, kw_only=True)
class LeadAnalytics:
    overview: Overview
    status_breakdown: Mapping[str, int]
    category_breakdown: Mapping[str, int]
    location_breakdown: Mapping[str, int]
    price_statistics: PriceStatistics
    generated_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Performance:
    leads_scraped: int
    daily_average: float
    period_days: int
    generated_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the analytics file."""

    category: str
    metric: str
    value: Value
    exported_at: dt.datetime


def lead_analytics(
    *,
    date_from: dt.datetime | None = None,
    date_to: dt.datetime | None = None,
    location_ids: Sequence[int] = (),
    categories: Sequence[str] = (),
) -> LeadAnalytics:
    """Figures of the leads scraped from one moment to the other, both included."""
    chosen = Q()
    if date_from is not None:
        chosen &= Q(scraped_at__gte=date_from)
    if date_to is not None:
        chosen &= Q(scraped_at__lte=date_to)
    if location_ids:
        chosen &= Q(location__in=location_ids)
    if categories:
        chosen &= Q(category__in=categories)
    return analyse(Lead.objects.filter(chosen))


def analyse(leads: "QuerySet[Lead]") -> LeadAnalytics:
    """Figures of these leads, from four queries."""
    leads = leads.order_by()
    totals = leads.aggregate(**OVERVIEW, **PRICES)
    total, with_email = totals["total_leads"], totals["leads_with_email"]
    return LeadAnalytics(
        overview=Overview(
            **{name: totals[name] for name in OVERVIEW},
            contact_rate=with_email / total * 100 if total else 0.0,
        ),
        status_breakdown=_count_by(leads, "status"),
        category_breakdown=_count_by(leads.exclude(category=None), "category"),
        location_breakdown=_count_by(leads, "location__name"),
        price_statistics=PriceStatistics(**{name: totals[name] for name in PRICES}),
        generated_at=timezone.now(),
    )


def performance(days: int = USUAL_DAYS, *, now: dt.datetime | None = None) -> Performance:
    """How many leads the last days brought, 1 to 365 of them."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days is from 1 to {MOST_DAYS}, not {days}")
    now = now or timezone.now()
    scraped = Lead.objects.filter(scraped_at__gte=now - dt.timedelta(days=days)).count()
    return Performance(
        leads_scraped=scraped,
        daily_average=scraped / days,
        period_days=days,
        generated_at=now,
    )


def figures(analytics: LeadAnalytics, performance: Performance | None = None) -> Iterator[Figure]:
    """The analytics, and the performance if there is one, as rows of one file."""
    for category, metrics in _sections(analytics, performance):
        for metric, value in metrics.items():
            yield Figure(
                category=category,
                metric=metric,
                value=value,
                exported_at=analytics.generated_at,
            )


def _sections(
    analytics: LeadAnalytics, performance: Performance | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "overview", asdict(analytics.overview)
    yield "status_breakdown", analytics.status_breakdown
    yield "category_breakdown", analytics.category_breakdown
    yield "location_breakdown", analytics.location_breakdown
    yield "price_statistics", asdict(analytics.price_statistics)
    if performance is not None:
        names = ("leads_scraped", "daily_average", "period_days")
        yield "scraping", {name: getattr(performance, name) for name in names}


def _count_by(leads: "QuerySet[Lead]", path: str) -> dict[str, int]:
    rows = leads.values_list(path).annotate(count=Count("pk")).order_by("-count", path)
    return dict(rows)


# As in the filters has_email and has_phone, an empty text is no contact.
HAS_EMAIL = Q(email__gt="")
HAS_PHONE = Q(phone__gt="")
OVERVIEW = {
    "total_leads": Count("pk"),
    "leads_with_email": Count("pk", filter=HAS_EMAIL),
    "leads_with_phone": Count("pk", filter=HAS_PHONE),
    "leads_with_both_contacts": Count("pk", filter=HAS_EMAIL & HAS_PHONE),
}
PRICES: dict[str, Any] = {
    "min_price": Min("price"),
    "max_price": Max("price"),
    "avg_price": Avg("price"),
    "leads_with_price": Count("price"),
}
