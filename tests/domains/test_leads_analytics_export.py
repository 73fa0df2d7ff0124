import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports import delivery
from exports.answers import answer_at_once
from exports.models import Export
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.domains.leads.models import Lead, Location

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads() -> None:
    bay = Location.objects.create(name="San Francisco Bay Area", code="sfbay", url="https://s.org")
    miami = Location.objects.create(name="Miami", code="miami", url="https://m.org")
    for number, (place, price, email) in enumerate(
        [(bay, 0.0, "a@example.org"), (bay, 100.0, None), (miami, None, "")]
    ):
        Lead.objects.create(
            craigslist_id=str(number),
            url="https://example.org",
            title=f"Lead {number}",
            location=place,
            price=price,
            email=email,
            category="gigs",
            scraped_at=dt.datetime(2026, 5, number + 1, tzinfo=dt.UTC),
        )


@pytest.fixture
def make(make_user: Callable[..., User], settings: Any, tmp_path: Path) -> Callable[..., bytes]:
    settings.EXPORT_DIRECTORY = tmp_path
    user = make_user("ana", "exports.add_export", "leads.view_lead")

    def export(**fields: Any) -> bytes:
        made: Export = answer_at_once(user, ExportRequest(**fields))
        assert made.status == Status.COMPLETED, made.error_details
        with delivery.folder().open(made.file_key) as stream:
            return stream.read()

    return export


def values(data: bytes) -> dict[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return {(row["category"], row["metric"]): row["value"] for row in rows}


def test_the_figures_are_rows_of_category_metric_value_and_time(
    leads: None, make: Callable[..., bytes]
) -> None:
    found = values(make(resource="lead-analytics"))
    assert found["overview", "total_leads"] == "3"
    assert found["overview", "leads_with_email"] == "1"
    assert found["price_statistics", "min_price"] == "0.0"
    assert found["location_breakdown", "San Francisco Bay Area"] == "2"
    assert ("scraping", "leads_scraped") in found


def test_locations_categories_and_dates_choose_the_leads_that_are_counted(
    leads: None, make: Callable[..., bytes]
) -> None:
    def total(**filters: object) -> str:
        data = make(resource="lead-analytics", filters=filters)
        return values(data)["overview", "total_leads"]

    assert total(location_ids=["sfbay"]) == "2"
    assert total(date_from="2026-05-02", date_to="2026-05-02") == "1"
    assert total(categories=["jobs"]) == "0"


def test_the_package_holds_leads_analytics_and_metadata(
    leads: None, make: Callable[..., bytes]
) -> None:
    data = make(
        resource="leads",
        format="zip",
        options={"part_format": "xlsx"},
        filters={"location_ids": ["sfbay"], "max_price": 50},
    )
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.namelist() == ["leads.xlsx", "lead-analytics.json", "metadata.json"]
    facts = json.loads(archive.read("metadata.json"))
    assert facts["export_info"]["export_type"] == "leads"
    assert facts["export_info"]["include_contact_info"] is False
    assert facts["parts"][0]["rows"] == 1
    assert facts["parts"][1]["filters"] == {"location_ids": ["sfbay"]}
