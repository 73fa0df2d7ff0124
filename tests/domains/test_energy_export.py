"""Readings from the request to the file, through the same steps as a worker's."""

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Sum

from exports.models import Export
from exportsite.domains.energy.models import Company, Meter, MeterReading, Site
from exportsite.domains.energy.periods import periods_in, start_of_period
from exportsite.domains.energy.seed import seed

BACK = dt.date(2026, 10, 25)
UNTIL = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _root(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIRECTORY = tmp_path / "exports"
    User.objects.create_superuser("root", password="secret")


@pytest.fixture
def export(tmp_path: Path) -> Any:
    def run(resource: str, *arguments: str) -> Path:
        target = tmp_path / "file"
        call_command("export", resource, *arguments, "-o", str(target))
        return target

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_day_of_fifty_half_hours(export: Any) -> None:
    site = Site.objects.create(name="Shed", company=Company.objects.create(name="Acme"))
    meter = Meter.objects.create(mpan="E06BG12862", site=site)
    for day in (BACK, BACK + dt.timedelta(days=1)):
        for period in range(1, periods_in(day) + 1):
            MeterReading.objects.create(
                meter=meter,
                reading_date=day,
                period_number=period,
                reading_time=start_of_period(day, period).time(),
                reading_value=Decimal(period) / 10,
            )
    options = ("--option", "line_end=lf", "--option", "bom=false")
    halves = [f"{n / 10:.3f}" for n in range(1, 51)]
    assert export("readings-wide", *options).read_text() == (
        "MPAN,Date," + ",".join(f"HH{n:02}" for n in range(1, 51)) + "\n"
        "E06BG12862,2026-10-25," + ",".join(halves) + "\n"
        "E06BG12862,2026-10-26," + ",".join(halves[:48]) + ",,\n"
    )
    long = export("readings", "--limit", "6", *options).read_text().splitlines()
    assert [line.split(",")[4] for line in long[1:]] == [
        "00:00:00", "00:30:00", "01:00:00", "01:30:00", "01:00:00", "01:30:00",
    ]  # fmt: skip
    assert long[5] == "E06BG12862,Shed,2026-10-25,5,01:00:00,0.500,actual,false"


def test_the_wide_and_the_long_file_hold_the_same_readings(export: Any) -> None:
    seed(3_000, until=UNTIL)
    long = rows_of(export("readings", "--filter", "interval=half-hourly"))
    wide = rows_of(export("readings-wide"))
    cells = {
        (row["MPAN"], row["Date"], int(name[2:])): value
        for row in wide
        for name, value in row.items()
        if name.startswith("HH") and value
    }
    expected = {(r["mpan"], r["reading_date"], int(r["period"])): r["value"] for r in long}
    assert len(long) == len(expected) > 2_500
    assert cells == expected
    assert [export.exported_rows for export in Export.objects.order_by("created_at")] == [
        len(long),
        len(wide),
    ]


def test_json_has_exact_totals_of_the_days(export: Any) -> None:
    seed(1_000, until=UNTIL)
    arguments = [word for name in ("mpan", "date", "total") for word in ("--column", name)]
    text = export("readings-wide", "--format", "json", *arguments).read_text()
    totals = {(row["mpan"], row["date"]): Decimal(row["total"]) for row in json.loads(text)["data"]}
    days = (
        MeterReading.objects.exclude(period_number=0)
        .values_list("meter__mpan", "reading_date")
        .annotate(total=Sum("reading_value"))
    )
    assert totals == {
        (mpan, day.isoformat()): total.quantize(Decimal("0.001")) for mpan, day, total in days
    }
