"""Figures about leads, against others that are worked out by hand or in Python."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exportsite.domains.leads import seed
from exportsite.domains.leads.analytics import (
    Figure,
    analyse,
    figures,
    lead_analytics,
    performance,
)
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def six() -> dict[str, int]:
    """Six leads in two places, on six days; the keys of the places."""
    places = {
        code: Location.objects.create(code=code, name=name).pk
        for code, name in (("sfbay", "San Francisco Bay Area"), ("miami", "Miami"))
    }
    rows = (
        ("sfbay", "gigs", "new", 0.0, "a@example.com", "555"),
        ("sfbay", "gigs", "new", 100.0, "b@example.com", ""),
        ("sfbay", "jobs", "contacted", None, "", "556"),
        ("miami", "gigs", "rejected", 50.0, None, None),
        ("miami", None, "new", None, "c@example.com", "557"),
        ("miami", "housing", "converted", 1850.0, None, "558"),
    )
    for number, (code, category, status, price, email, phone) in enumerate(rows):
        Lead.objects.create(
            craigslist_id=str(number),
            url="https://example.com",
            title=str(number),
            location_id=places[code],
            category=category,
            status=status,
            price=price,
            email=email,
            phone=phone,
            scraped_at=NOON - number * DAY,
        )
    return places


def test_the_figures_are_those_worked_out_by_hand(six: dict[str, int]) -> None:
    found = lead_analytics()
    overview = found.overview
    assert (overview.total_leads, overview.leads_with_email, overview.leads_with_phone) == (6, 3, 4)
    assert (overview.leads_with_both_contacts, overview.contact_rate) == (2, 50.0)
    assert found.status_breakdown == {"new": 3, "contacted": 1, "rejected": 1, "converted": 1}
    assert found.category_breakdown == {"gigs": 3, "jobs": 1, "housing": 1}
    assert found.location_breakdown == {"San Francisco Bay Area": 3, "Miami": 3}
    prices = found.price_statistics
    assert (prices.min_price, prices.max_price, prices.avg_price) == (0.0, 1850.0, 500.0)
    assert prices.leads_with_price == 4


def test_location_and_category_are_not_ignored(six: dict[str, int]) -> None:
    miami = lead_analytics(location_ids=[six["miami"]])
    assert miami.overview.total_leads == 3
    assert miami.location_breakdown == {"Miami": 3}
    assert miami.price_statistics.min_price == 50.0
    gigs = lead_analytics(categories=["gigs"])
    assert (gigs.overview.total_leads, gigs.category_breakdown) == (3, {"gigs": 3})
    both = lead_analytics(location_ids=list(six.values()), categories=["jobs", "housing"])
    assert both.overview.total_leads == 2
    assert lead_analytics(location_ids=[six["miami"]], categories=["jobs"]).overview == (
        lead_analytics(date_from=NOON + DAY).overview
    )


def test_both_moments_belong_to_the_span(six: dict[str, int]) -> None:
    found = lead_analytics(date_from=NOON - 3 * DAY, date_to=NOON - DAY)
    assert found.overview.total_leads == 3
    assert lead_analytics(date_to=NOON - 5 * DAY).overview.total_leads == 1


def test_without_leads_there_is_no_rate_and_no_price() -> None:
    found = lead_analytics()
    assert (found.overview.total_leads, found.overview.contact_rate) == (0, 0.0)
    assert found.price_statistics.min_price is None
    assert (found.status_breakdown, found.location_breakdown) == ({}, {})


def test_performance_counts_the_last_days(six: dict[str, int]) -> None:
    found = performance(4, now=NOON)
    assert (found.leads_scraped, found.daily_average, found.period_days) == (5, 1.25, 4)
    assert performance(now=NOON).period_days == 30
    assert performance(365, now=NOON).leads_scraped == 6
    for days in (0, 366, -1):
        with pytest.raises(ValueError, match="days is from 1 to 365"):
            performance(days)


def test_the_rows_have_the_shape_of_the_old_file(six: dict[str, int]) -> None:
    found = lead_analytics(categories=["gigs"])
    rows = list(figures(found, performance(2, now=NOON)))
    assert {row.exported_at for row in rows} == {found.generated_at}
    assert [(row.category, row.metric, row.value) for row in rows] == [
        ("overview", "total_leads", 3),
        ("overview", "leads_with_email", 2),
        ("overview", "leads_with_phone", 1),
        ("overview", "leads_with_both_contacts", 1),
        ("overview", "contact_rate", pytest.approx(200 / 3)),
        ("status_breakdown", "new", 2),
        ("status_breakdown", "rejected", 1),
        ("category_breakdown", "gigs", 3),
        ("location_breakdown", "San Francisco Bay Area", 2),
        ("location_breakdown", "Miami", 1),
        ("price_statistics", "min_price", 0.0),
        ("price_statistics", "max_price", 100.0),
        ("price_statistics", "avg_price", 50.0),
        ("price_statistics", "leads_with_price", 3),
        ("scraping", "leads_scraped", 3),
        ("scraping", "daily_average", 1.5),
        ("scraping", "period_days", 2),
    ]
    assert len(list(figures(found))) == 14
    assert list(Figure.__dataclass_fields__) == ["category", "metric", "value", "exported_at"]


def test_four_queries_are_enough_and_agree_with_the_rows(django_assert_num_queries: Any) -> None:
    seed.seed(600, until=NOON)
    with django_assert_num_queries(4):
        found = lead_analytics()
    leads = list(Lead.objects.select_related("location"))
    prices = [lead.price for lead in leads if lead.price is not None]
    assert found.overview.leads_with_email == sum(bool(lead.email) for lead in leads)
    both = sum(bool(lead.email and lead.phone) for lead in leads)
    assert found.overview.leads_with_both_contacts == both > 10
    assert found.status_breakdown == Counter(lead.status for lead in leads)
    assert found.location_breakdown == Counter(lead.location.name for lead in leads)
    assert found.category_breakdown == Counter(lead.category for lead in leads if lead.category)
    assert found.price_statistics.avg_price == pytest.approx(sum(prices) / len(prices))
    assert (found.price_statistics.min_price, len(prices)) == (0.0, 333)


def test_leads_may_come_from_any_filter(six: dict[str, int]) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = analyse(Lead.objects.filter(price__gte=0).order_by("title"))
    assert (found.overview.total_leads, len(queries)) == (4, 4)
