"""What was exported comes back as it was."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports.plans import ExportRequest, make_plan
from exports.writing import Author, write_plan
from exportsite.domains.cars.models import CarListing
from exportsite.domains.energy.models import MeterReading
from exportsite.domains.energy.periods import periods_in, start_of_period
from exportsite.domains.helpdesk.models import Asset
from exportsite.jobs.progress import Ticker
from tests.domains.imports.conftest import Take

pytestmark = pytest.mark.django_db

Exported = Callable[..., bytes]
NOTES = ("=1+1", "-item", "'quoted", 'said "yes"', "two\nlines", "a, b", "Ω ü 车", None)
READABLE = (
    "readable_asset_tag", "readable_serial_number", "model", "division", "supplier",
    "readable_purchase_date", "warranty_months", "ip_address", "mac_address", "status",
    "assigned_to_name", "notes", "readable_created_at",
)  # fmt: skip


@pytest.fixture
def exported(root: User) -> Exported:
    """exported("cars", "csv"): the file that an export makes."""

    def make(resource: str, file_format: str = "csv", **fields: Any) -> bytes:
        request = ExportRequest(resource=resource, format=file_format, **fields)
        stream = io.BytesIO()
        author = Author(user=root, export_id=uuid.uuid4())
        write_plan(make_plan(root, request), author, stream, Ticker())
        return stream.getvalue()

    return make


def contents(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_cars_come_back_unchanged(
    ending: str, take: Take, exported: Exported, make_car: Any
) -> None:
    for number, text in enumerate(NOTES):
        make_car(f"car {number}", make="Audi", model="A4", description=text, price=number)
    before = contents(CarListing)
    taken = take("cars", exported("cars", ending), f"cars.{ending}")
    assert taken.outcomes == ["unchanged"] * len(NOTES)
    assert contents(CarListing) == before


def test_outer_blanks_are_the_one_thing_that_does_not_come_back(
    take: Take, exported: Exported, make_car: Any
) -> None:
    make_car(make="Honda ", model="Civic")
    assert take("cars", exported("cars")).outcomes == ["update"]
    assert CarListing.objects.get().make == "Honda"
    assert take("cars", exported("cars")).outcomes == ["unchanged"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_readable_sheet_of_assets_comes_back_unchanged(
    ending: str, take: Take, exported: Exported, make_asset: Any, make_user: Any
) -> None:
    make_asset("AST-0001", assigned_to=make_user("ana", first_name="Ana", last_name="Ruiz"))
    make_asset("AST-0002", assigned_to=make_user("bob"), serial_number="0012")
    make_asset(
        "AST-0003",
        purchase_date=dt.date(2024, 2, 29),
        warranty_months=36,
        ip_address="fe80::1",
        mac_address="00:1A:2B:3C:4D:5E",
        notes="=1+1",
    )
    before = contents(Asset)
    file = exported("assets", ending, columns=READABLE)
    assert take("assets", file, f"assets.{ending}").outcomes == ["unchanged"] * 3
    assert contents(Asset) == before


def test_the_usual_columns_of_assets_change_assets_that_are_there(
    take: Take, exported: Exported, make_asset: Any, make_user: Any
) -> None:
    make_asset("AST-0001", assigned_to=make_user("ana"), name="Old")
    file = exported("assets")
    mapping = {
        name: name.removesuffix("_id") if name in ("status_id", "location_id") else name
        for name in ("name", "asset_tag", "serial_number", "status_id", "location_id",
                     "assigned_to", "purchase_date")
    }  # fmt: skip
    again = take("assets", file, mode="update", mapping=mapping)
    assert again.outcomes == ["unchanged"]
    changed = take("assets", file.replace(b"Old", b"New"), mode="update", mapping=mapping)
    assert changed.outcomes == ["update"]
    assert Asset.objects.get().name == "New"


def read_whole_day(make_reading: Any, day: dt.date) -> None:
    for period in range(1, periods_in(day) + 1):
        start = start_of_period(day, period).time()
        make_reading(period=period, value=f"0.{period:03}", reading_date=day, reading_time=start)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_days_of_readings_come_back_unchanged(
    ending: str, take: Take, exported: Exported, make_reading: Any
) -> None:
    for day in (dt.date(2025, 3, 30), dt.date(2025, 7, 1), dt.date(2025, 10, 26)):
        read_whole_day(make_reading, day)
    before = contents(MeterReading)
    taken = take("readings-hh", exported("readings-wide", ending), f"wide.{ending}")
    assert taken.counts == {"unchanged": 3}
    assert contents(MeterReading) == before


def test_single_readings_and_totals_come_back_unchanged(
    take: Take, exported: Exported, make_reading: Any
) -> None:
    read_whole_day(make_reading, dt.date(2025, 10, 26))
    make_reading(period=0, value="45.6", reading_type="estimated")
    make_reading(period=3, value="-1.5", reading_type="manual", reading_time=dt.time(1))
    before = contents(MeterReading)
    taken = take("readings-hh", exported("readings"))
    assert taken.counts == {"unchanged": 52}
    assert contents(MeterReading) == before


def test_an_export_of_readings_fills_an_empty_system(
    take: Take, exported: Exported, make_reading: Any
) -> None:
    read_whole_day(make_reading, dt.date(2025, 10, 26))
    file = exported("readings-wide")
    values = [reading["reading_value"] for reading in contents(MeterReading)]
    MeterReading.objects.all().delete()
    assert take("readings-hh", file).outcomes == ["create"]
    assert [reading["reading_value"] for reading in contents(MeterReading)] == values
    assert values[49] == Decimal("0.050")
