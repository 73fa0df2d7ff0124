"""Columns, order and values of meters and readings, single ones and a day in a row."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exports.formats import FORMATS, Document
from exports.registry import find_resource
from exports.resources import columns_of, default_columns, sorts_of
from exports.sources.orm import read_batches, read_some
from exports.writing import fields_of
from exportsite.domains.energy.periods import periods_in, start_of_period

DAY = dt.date(2025, 11, 7)
FORWARD, BACK = dt.date(2025, 3, 30), dt.date(2025, 10, 26)
READING_COLUMNS = [
    "mpan", "site", "reading_date", "period", "start_time", "value", "type", "is_validated",
]  # fmt: skip
METER_COLUMNS = [
    "id", "mpan", "serial_number", "meter_type", "site", "company", "region", "supplier",
    "postcode", "is_smart_meter", "is_half_hourly", "installation_date", "removal_date",
    "is_active",
]  # fmt: skip
HALVES = [f"HH{number:02}" for number in range(1, 51)]


@pytest.fixture
def whole_day(make_reading: Any) -> Callable[..., None]:
    """Every half-hour of a day; the value of the n-th is n hundredths."""

    def make(mpan: str, day: dt.date, *, without: tuple[int, ...] = ()) -> None:
        for period in range(1, periods_in(day) + 1):
            if period not in without:
                start = start_of_period(day, period).time()
                make_reading(
                    mpan, period, f"{period / 100:.3f}", reading_date=day, reading_time=start
                )

    return make


def write(plan: Any, resource: str, **fields: Any) -> list[str]:
    """The lines of the CSV."""
    asked = plan(resource, format="csv", options={"line_end": "lf"}, **fields)
    document = Document(
        title="x", fields=fields_of(asked), total_rows=asked.count(), time_zone=ZoneInfo("UTC")
    )
    stream = BytesIO()
    writer = FORMATS["csv"].open(stream, document, asked.options)
    for batch in read_batches(asked):
        writer.write(batch)
    assert writer.close().rows == asked.count()
    return stream.getvalue().decode("utf-8-sig").splitlines()


# -- Columns, order ---------------------------------------------------------------------------
def test_the_default_columns() -> None:
    assert default_columns(find_resource("meters")) == METER_COLUMNS
    assert default_columns(find_resource("readings")) == READING_COLUMNS
    wide = find_resource("readings-wide")
    headers = [column.file_header for column in columns_of(wide) if column.default]
    assert headers == ["MPAN", "Date", *HALVES]


def test_readings_come_by_meter_day_and_period(plan: Any, make_reading: Any) -> None:
    for mpan in ("B", "A"):
        make_reading(mpan, 2, reading_date=DAY)
        make_reading(mpan, 1, reading_date=DAY)
        make_reading(mpan, 3, reading_date=DAY - dt.timedelta(days=1))
    names = ["mpan", "reading_date", "period"]
    rows = read_some(plan("readings", columns=names), 10)
    assert [(mpan, period) for mpan, _day, period in rows] == [
        ("B", 3), ("B", 1), ("B", 2), ("A", 3), ("A", 1), ("A", 2),
    ]  # fmt: skip
    by_mpan = read_some(plan("readings", columns=names, sort_by="mpan", limit=2), 10)
    assert [(mpan, period) for mpan, _day, period in by_mpan] == [("A", 3), ("A", 1)]
    down = plan("readings", columns=names, sort_by="reading_date", sort_descending=True)
    assert [period for _mpan, _day, period in read_some(down, 10)] == [1, 2, 1, 2, 3, 3]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_every_sort_keeps_every_row(resource: str, plan: Any, make_reading: Any) -> None:
    for mpan in "AB":
        for period in (1, 2):
            make_reading(mpan, period)
    for name in sorts_of(find_resource(resource)):
        for down in (True, False):
            asked = plan(resource, sort_by=name, sort_descending=down)
            assert (
                len(read_some(asked, 10)) == asked.count() == (4 if resource == "readings" else 2)
            )


# -- Rows -------------------------------------------------------------------------------------
def test_the_long_file(plan: Any, make_reading: Any) -> None:
    make_reading("1200001234566", 2, "1.1", reading_time=dt.time(0, 30), reading_type="estimated")
    make_reading("1200001234566", 1, "0", reading_time=dt.time(0), is_validated=True)
    make_reading("M000000004", 0, "45.6")
    assert write(plan, "readings") == [
        ",".join(READING_COLUMNS),
        "1200001234566,Office 1,2025-11-07,1,00:00:00,0.000,actual,true",
        "1200001234566,Office 1,2025-11-07,2,00:30:00,1.100,estimated,false",
        "M000000004,Office 1,2025-11-07,0,,45.600,actual,false",
    ]


def test_a_meters_file(plan: Any, make_meter: Any) -> None:
    meter = make_meter(
        "1200001234566",
        serial_number="=E1",
        is_half_hourly=True,
        installation_date=dt.date(2020, 2, 29),
    )
    make_meter("E06BG12862", supplier=None, meter_type="gas", is_active=False)
    names = [*METER_COLUMNS, "mpan_is_valid", "region_code"]
    assert write(plan, "meters", columns=names) == [
        ",".join(names),
        f"{meter.pk},1200001234566,'=E1,electricity,Office 1,Acme,London,Octopus,SW1A 1AA,false,"
        "true,2020-02-29,,true,true,LONDON",
        f"{meter.pk + 1},E06BG12862,,gas,Office 1,Acme,London,,SW1A 1AA,false,"
        "false,,,false,false,LONDON",
    ]


def test_the_wide_file_on_days_of_48_46_and_50_periods(
    plan: Any, whole_day: Any, make_reading: Any
) -> None:
    whole_day("1200001234566", DAY, without=(3,))
    whole_day("1200001234566", FORWARD)
    whole_day("E06BG12862", BACK)
    make_reading("E06BG12862", 0, "99", reading_date=BACK)  # a day's total is no half-hour

    def cells(count: int, *, without: int = 0) -> str:
        given = [f"{n / 100:.3f}" if n <= count and n != without else "" for n in range(1, 51)]
        return ",".join(given)

    assert write(plan, "readings-wide") == [
        ",".join(["MPAN", "Date", *HALVES]),
        f"1200001234566,2025-03-30,{cells(46)}",
        f"1200001234566,2025-11-07,{cells(48, without=3)}",
        f"E06BG12862,2025-10-26,{cells(50)}",
    ]
    asked = plan("readings-wide", columns=["date", "periods", "total", "hh49", "site"])
    assert read_some(asked, 10) == [
        (FORWARD, 46, Decimal("10.810"), None, "Office 1"),
        (DAY, 47, Decimal("11.730"), None, "Office 1"),
        (BACK, 50, Decimal("12.750"), Decimal("0.490"), "Office 1"),
    ]


def test_wide_rows_are_the_same_whatever_columns_limit_or_order(plan: Any, whole_day: Any) -> None:
    for mpan in ("B", "A"):
        for day in (BACK, FORWARD):
            whole_day(mpan, day)
    everything = [("B", FORWARD), ("B", BACK), ("A", FORWARD), ("A", BACK)]
    assert read_some(plan("readings-wide", columns=["mpan", "date"]), 9) == everything
    assert read_some(plan("readings-wide", columns=["mpan"]), 9) == [(m,) for m, _d in everything]
    by_mpan = plan("readings-wide", columns=["mpan", "date"], sort_by="mpan", limit=3)
    assert (read_some(by_mpan, 9), by_mpan.count()) == ([*everything[2:], everything[0]], 3)
    latest = plan("readings-wide", columns=["date"], sort_by="date", sort_descending=True)
    assert read_some(latest, 9) == [(BACK,), (BACK,), (FORWARD,), (FORWARD,)]


def test_what_is_asked_of_readings_empties_cells_and_keeps_the_day(
    plan: Any, make_reading: Any
) -> None:
    make_reading("A", 1, "0", is_validated=True)
    make_reading("A", 2, "2")
    names = ["hh01", "hh02", "total"]
    asked = plan("readings-wide", {"is_validated": True}, columns=names)
    assert read_some(asked, 9) == [(Decimal("0.000"), None, Decimal("0.000"))]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_all_columns_take_one_query(
    resource: str, plan: Any, make_reading: Any, make_meter: Any, django_assert_num_queries: Any
) -> None:
    for mpan in ("A", "B", "C"):
        make_meter(mpan, site=f"Site {mpan}", supplier=mpan, region=mpan)
        make_reading(mpan)
    names = [column.name for column in columns_of(find_resource(resource))]
    asked = plan(resource, columns=names)
    with django_assert_num_queries(1):
        assert len(read_some(asked, 10)) == 3
