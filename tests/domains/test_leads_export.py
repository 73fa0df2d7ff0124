"""Leads from the request to the file, through the same steps as a worker's."""

import csv
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from exports.models import Export
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead
from exportsite.domains.leads.seed import seed

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _root(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIRECTORY = tmp_path / "exports"
    User.objects.create_superuser("root", password="secret")


@pytest.fixture
def export(tmp_path: Path) -> Any:
    """export("--format", "json"): the file of leads."""

    def run(*arguments: str) -> Path:
        target = tmp_path / "file"
        call_command("export", "leads", *arguments, "-o", str(target))
        return target

    return run


@pytest.fixture
def three() -> None:
    place = Location.objects.create(code="sfbay", name="San Francisco Bay Area")
    for number, (title, price, description) in enumerate(
        (("=1+1", 0.0, None), ("Café “Zoë”, 100%", None, "a\nb"), ("plain", 25.5, ""))
    ):
        Lead.objects.create(
            craigslist_id=f"714110605{number}",
            url=f"https://sfbay.craigslist.org/{number}.html",
            title=title,
            description=description,
            price=price,
            location=place,
            category="gigs",
            email="pat@example.com",
            scraped_at=NOON - dt.timedelta(hours=number),
        )


def test_the_file_is_what_was_asked_for(three: None, export: Any) -> None:
    columns = ["craigslist_id", "title", "description", "price", "location", "scraped_at"]
    arguments = [word for name in columns for word in ("--column", name)]
    path = export(*arguments, "--option", "line_end=lf", "--option", "bom=false")
    assert path.read_text() == (
        "craigslist_id,title,description,price,location,scraped_at\n"
        "7141106050,'=1+1,,0.0,San Francisco Bay Area,2026-05-04T12:00:00+00:00\n"
        '7141106051,"Café “Zoë”, 100%","a\nb",,San Francisco Bay Area,2026-05-04T11:00:00+00:00\n'
        "7141106052,plain,,25.5,San Francisco Bay Area,2026-05-04T10:00:00+00:00\n"
    )
    done = Export.objects.get()
    assert re.fullmatch(r"leads_export_\d{8}_\d{6}\.csv", done.file_name)
    assert done.exported_rows == 3
    assert done.notes == {"protected_cells": 1}


def test_contact_information_is_only_in_the_file_that_asks_for_it(three: None, export: Any) -> None:
    assert "pat@example.com" not in export().read_text()
    with pytest.raises(CommandError, match="expressly: email"):
        export("--column", "email")
    assert "pat@example.com" in export("--column", "email", "--include-contact-info").read_text()


def test_all_formats_hold_the_same_leads(export: Any) -> None:
    seed(120, until=NOON)
    wanted = Lead.objects.filter(status__in=["new", "rejected"]).order_by("-scraped_at", "id")
    ids = list(wanted.values_list("craigslist_id", flat=True))
    asked = ("--filter", "status=new", "--filter", "status=rejected")
    with export(*asked).open(encoding="utf-8-sig", newline="") as stream:
        assert [row["craigslist_id"] for row in csv.DictReader(stream)] == ids
    data = json.loads(export(*asked, "--format", "json").read_text())["data"]
    assert [row["craigslist_id"] for row in data] == ids
    prices = [row["price"] for row in data]
    assert prices == list(wanted.values_list("price", flat=True))
    assert {0.0, None} <= set(prices)
    with export(*asked, "--format", "xlsx").open("rb") as stream:
        rows = list(load_workbook(stream).worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ids
    newest = wanted.latest("scraped_at").scraped_at
    assert rows[1][11] == newest.replace(tzinfo=None, microsecond=0)  # Excel knows no zone
