"""Trips in the shape of TLC trip records: loaded, exported, and compared value by value.

`data/tlc_trips.csv` is cut down from the public records of March 2019: refunds, totals that are
not the sum of their parts, trips over midnight and of the night in which the clocks go forward.
https://www.nyc.gov/site/tlc/about/tlc-trip-record-data.page
"""

import csv
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.contrib.auth.models import User

from exports import delivery
from exports.answers import answer_at_once
from exports.plans import ExportRequest
from exports.registry import find_resource
from exports.states import Status
from exportsite.domains.taxi.models import CurbAccount, CurbTrip

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent / "data" / "tlc_trips.csv"
NEW_YORK = ZoneInfo("America/New_York")
PAYMENTS = {"1": "CREDIT_CARD", "2": "CASH"}  # no charge, dispute and others are unknown
# Heading of the export -> column of the record
MONEY = {
    "Total Amount": "total_amount",
    "Fare": "fare_amount",
    "Tips": "tip_amount",
    "Tolls": "tolls_amount",
    "Extras": "extra",
    "Surcharge": "mta_tax",
    "Improvement Surcharge": "improvement_surcharge",
    "Congestion Fee": "congestion_surcharge",
}
MONEY_FIELDS = (
    "total_amount", "fare", "tips", "tolls", "extras", "surcharge", "improvement_surcharge",
    "congestion_fee",
)  # fmt: skip
Record = dict[str, str]
Read = Callable[[Path], list[dict[str, Any]]]


def read_sample() -> list[Record]:
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def moment(text: str) -> dt.datetime:
    """The office's clock, as in the records."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def load(records: list[Record]) -> None:
    account = CurbAccount.objects.create(account_name="Production")
    CurbTrip.objects.bulk_create(
        CurbTrip(
            curb_trip_id=name_of(number),
            account=account,
            curb_driver_id="6080560",
            curb_cab_number=f"1T{number:02}",
            start_time=moment(record["tpep_pickup_datetime"]),
            end_time=moment(record["tpep_dropoff_datetime"]),
            transaction_date=moment(record["tpep_dropoff_datetime"]),
            payment_type=PAYMENTS.get(record["payment_type"], "UNKNOWN"),
            distance_miles=Decimal(record["trip_distance"]),
            num_passengers=int(record["passenger_count"]),
            **{
                field: Decimal(record[column])
                for field, column in zip(MONEY_FIELDS, MONEY.values(), strict=True)
            },
        )
        for number, record in enumerate(records)
    )


def name_of(number: int) -> str:
    return f"201903-{8_000_000 + number}"


def read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read_xlsx(path: Path) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(path).worksheets[0].values
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def read_json(path: Path) -> list[dict[str, Any]]:
    """Under the headings, which JSON does not use."""
    headings = {column.name: column.file_header for column in find_resource("curb").columns}
    rows = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [{headings[name]: value for name, value in row.items()} for row in rows]


def written(value: Any) -> dt.datetime:
    """A time of a file, as the office's clock shows it."""
    read = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return read.astimezone(NEW_YORK).replace(tzinfo=None) if read.tzinfo else read


@pytest.fixture
def export(root: User, settings: Any, tmp_path: Path) -> Callable[..., Path]:
    settings.EXPORT_DIRECTORY = tmp_path / "files"
    settings.TIME_ZONE = "America/New_York"

    def make(name: str) -> Path:
        request = ExportRequest(resource="curb", format=name, sort_by="trip_id")
        made = answer_at_once(root, request, is_limited=False)
        assert made.status == Status.COMPLETED, made.error_details
        path = tmp_path / f"trips.{name}"
        with delivery.folder().open(made.file_key) as stream:
            path.write_bytes(stream.read())
        return path

    return make


@pytest.mark.parametrize(
    ("name", "read"), [("csv", read_csv), ("xlsx", read_xlsx), ("json", read_json)]
)
def test_every_value_of_the_records_is_in_the_file(
    name: str, read: Read, export: Callable[..., Path]
) -> None:
    records = read_sample()
    load(records)
    rows = read(export(name))
    assert [row["Trip ID"] for row in rows] == [name_of(n) for n in range(len(records))]
    for record, row in zip(records, rows, strict=True):
        for heading, column in MONEY.items():
            assert Decimal(str(row[heading])) == Decimal(record[column]), (heading, record)
        assert Decimal(str(row["Distance (Miles)"])) == Decimal(record["trip_distance"])
        assert int(row["Passengers"]) == int(record["passenger_count"])
        assert row["Payment Mode"] == PAYMENTS.get(record["payment_type"], "UNKNOWN")
        for heading, column in (
            ("Trip Start Date", "tpep_pickup_datetime"),
            ("Trip End Date", "tpep_dropoff_datetime"),
            ("Transaction Date", "tpep_dropoff_datetime"),
        ):
            assert written(row[heading]) == dt.datetime.fromisoformat(record[column]), heading


def test_the_sample_holds_what_is_hard_about_such_records() -> None:
    records = read_sample()
    totals = [Decimal(record["total_amount"]) for record in records]
    parts = [sum(Decimal(r[name]) for name in list(MONEY.values())[1:]) for r in records]
    assert len(records) == 60
    assert min(totals) < 0 < max(totals)
    assert Decimal(0) in totals
    assert sum(total != part for total, part in zip(totals, parts, strict=True)) >= 10
    starts = [moment(record["tpep_pickup_datetime"]) for record in records]
    ends = [moment(record["tpep_dropoff_datetime"]) for record in records]
    assert any(start.date() != end.date() for start, end in zip(starts, ends, strict=True))
    offsets = {start.utcoffset() for start in starts if (start.month, start.day) == (3, 10)}
    assert offsets == {dt.timedelta(hours=-5), dt.timedelta(hours=-4)}
    assert {record["payment_type"] for record in records} == {"1", "2", "3", "4"}
