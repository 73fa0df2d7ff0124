"""The figures about leads, as the leads system's calls gave them, without their faults."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exportsite.domains.leads.models import Lead, Location
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def leads(db: None) -> None:
    austin = Location.objects.create(name="Austin", code="austin", url="https://x")
    dallas = Location.objects.create(name="Dallas", code="dallas", url="https://x")
    rows: list[tuple[Any, ...]] = [
        ("a@x", "1", 0, "gigs", 0.0, austin),
        ("b@x", "", 10, "gigs", 100.0, austin),
        (None, "2", 40, "jobs", None, dallas),
        (None, None, 41, None, None, dallas),
    ]
    for number, (email, phone, age, category, price, place) in enumerate(rows):
        Lead.objects.create(
            craigslist_id=str(number), url="https://x", title="t", location=place, email=email,
            phone=phone, scraped_at=timezone.now() - timedelta(days=age), category=category,
            price=price,
        )  # fmt: skip


def test_figures_of_all_leads(root_api: Caller) -> None:
    found = root_api.get("analytics/leads").json()
    assert found["overview"] == {
        "total_leads": 4,
        "leads_with_email": 2,
        "leads_with_phone": 2,
        "leads_with_both_contacts": 1,
        "contact_rate": 50.0,
    }
    assert found["status_breakdown"] == {"new": 4}
    assert found["category_breakdown"] == {"gigs": 2, "jobs": 1}
    assert found["location_breakdown"] == {"Austin": 2, "Dallas": 2}
    assert found["price_statistics"] == {
        "min_price": 0.0, "max_price": 100.0, "avg_price": 50.0, "leads_with_price": 2,
    }  # fmt: skip
    assert found["generated_at"].endswith("Z")


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("categories=gigs", 2),
        ("categories=gigs&categories=jobs", 3),
        ("category=gigs", 2),
        ("location_ids=austin", 2),
        ("location_ids=austin&categories=jobs", 0),
        ("date_from=&date_to=&location_ids=&categories=", 4),
    ],
)
def test_figures_of_chosen_leads(root_api: Caller, query: str, total: int) -> None:
    found = root_api.get(f"analytics/leads?{query}").json()
    assert found["overview"]["total_leads"] == total
    day = (timezone.now() - timedelta(days=20)).date()
    late = root_api.get(f"analytics/leads?date_from={day}").json()
    assert late["overview"]["total_leads"] == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("categories=x", "categories"),
        ("location_ids=999", "location_ids"),
        ("date_from=x", "date_from"),
        ("date_from=2026-02-01&date_to=2026-01-01", "date_to"),
        ("days=5", "days"),
        ("nope=1", "nope"),
    ],
)
def test_figures_that_cannot_be_had(root_api: Caller, query: str, field: str) -> None:
    response = root_api.get(f"analytics/leads?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])


def test_performance(root_api: Caller) -> None:
    found = root_api.get("analytics/performance").json()
    assert found["scraping"] == {"leads_scraped": 2, "daily_average": 2 / 30}
    assert found["period_days"] == 30
    assert root_api.get("analytics/performance?days=365").json()["scraping"]["leads_scraped"] == 4
    for days in ("0", "366", "x"):
        response = root_api.get(f"analytics/performance?days={days}")
        assert (response.status_code, list(response.json())) == (400, ["days"])


def test_both_in_one_answer(root_api: Caller) -> None:
    body = {"categories": ["gigs"], "location_ids": ["austin"], "days": 365}
    found = root_api.post("analytics/generate", body).json()
    assert found["leads"]["overview"]["total_leads"] == 2
    assert found["performance"]["period_days"] == 365
    assert root_api.post("analytics/generate").status_code == 200
    for body, field in (
        ({"x": 1}, "x"),
        ({"days": 0}, "days"),
        ({"categories": ["x"]}, "categories"),
    ):
        response = root_api.post("analytics/generate", body)
        assert (response.status_code, list(response.json())) == (400, [field])
