import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.formats import FORMATS, Document
from exports.registry import find_resource
from exports.resources import columns_of, default_columns, sorts_of
from exports.sources.orm import read_batches, read_some
from exports.writing import fields_of
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
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
def make_meter(db: None) -> Callable[..., Meter]:
    """A meter; what it belongs to is given by name and made when it is missing."""

    def make(
        mpan: str = "1200001234566",
        *,
        site: str = "Office 1",
        company: str = "Acme",
        region: str | None = "London",
        supplier: str | None = "Octopus",
        **fields: Any,
    ) -> Meter:
        owner, _ = Company.objects.get_or_create(name=company)
        where = named(Region, region) if region else None
        place, _ = Site.objects.get_or_create(
            name=site, defaults={"company": owner, "region": where, "postcode": "SW1A 1AA"}
        )
        seller = named(Supplier, supplier) if supplier else None
        return Meter.objects.create(mpan=mpan, site=place, supplier=seller, **fields)

    return make


def named(model: type[Any], name: str) -> Any:
    return model.objects.get_or_create(name=name, defaults={"code": name[:10].upper()})[0]


@pytest.fixture
def read(make_meter: Any) -> Callable[..., MeterReading]:
    """A reading of the meter with that MPAN, which is made when it is missing."""

    def make(
        mpan: str = "1200001234566", period: int = 1, value: str = "1.200", **fields: Any
    ) -> MeterReading:
        meter = Meter.objects.filter(mpan=mpan).first() or make_meter(mpan)
        return MeterReading.objects.create(
            meter=meter,
            period_number=period,
            reading_value=Decimal(value),
            **{"reading_date": DAY, **fields},
        )

    return make


@pytest.fixture
def whole_day(read: Any) -> Callable[..., None]:
    """Every half-hour of a day; the value of the n-th is n hundredths."""

    def make(mpan: str, day: dt.date, *, without: tuple[int, ...] = ()) -> None:
        for period in range(1, periods_in(day) + 1):
            if period not in without:
                start = start_of_period(day, period).time()
                read(mpan, period, f"{period / 100:.3f}", reading_date=day, reading_time=start)

    return make


@pytest.fixture
def found(plan: Any) -> Callable[..., list[str]]:
    """The MPANs that a resource gives for these filters, one for each row."""

    def mpans(resource: str, **filters: Any) -> list[str]:
        asked = plan(resource, filters, columns=["mpan"])
        rows = [str(mpan) for (mpan,) in read_some(asked, 1_000)]
        assert asked.count() == len(rows)
        return sorted(rows)

    return mpans


@pytest.fixture
def refusal(plan: Any) -> Callable[..., dict[str, list[str]]]:
    def refused(resource: str, **filters: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidRequest) as caught:
            plan(resource, filters)
        return caught.value.errors

    return refused


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


def test_readings_come_by_meter_day_and_period(plan: Any, read: Any) -> None:
    for mpan in ("B", "A"):
        read(mpan, 2, reading_date=DAY)
        read(mpan, 1, reading_date=DAY)
        read(mpan, 3, reading_date=DAY - dt.timedelta(days=1))
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
def test_every_sort_keeps_every_row(resource: str, plan: Any, read: Any) -> None:
    for mpan in "AB":
        for period in (1, 2):
            read(mpan, period)
    for name in sorts_of(find_resource(resource)):
        for down in (True, False):
            asked = plan(resource, sort_by=name, sort_descending=down)
            assert (
                len(read_some(asked, 10)) == asked.count() == (4 if resource == "readings" else 2)
            )


# -- Filters ----------------------------------------------------------------------------------
@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
@pytest.mark.parametrize("name", ["company", "region", "supplier", "site"])
def test_rows_are_chosen_by_what_their_meter_belongs_to(
    resource: str, name: str, make_meter: Any, read: Any, found: Any, refusal: Any
) -> None:
    for mpan in ("A", "B", "C"):
        make_meter(mpan, **{"site": f"Site {mpan}", name: f"Name {mpan}"})
        read(mpan)
    (filter_,) = [filterset_of(find_resource(resource)).base_filters[name]]
    key = filter_.queryset.get(name="Name A").pk
    assert found(resource, **{name: key}) == found(resource, **{name: "name a"}) == ["A"]
    assert found(resource, **{f"{name}_id": [key, "Name B"]}) == ["A", "B"]
    assert f"{key} Name A" in refusal(resource, **{name: "nobody"})[name][0]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_rows_without_region_or_supplier_drop_only_when_one_is_asked_for(
    resource: str, make_meter: Any, read: Any, found: Any
) -> None:
    make_meter("A", site="Nowhere", region=None, supplier=None)
    make_meter("B")
    read("A")
    read("B")
    assert found(resource) == ["A", "B"]
    assert found(resource, region="london") == found(resource, supplier="octopus") == ["B"]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_mpans_are_a_comma_list_of_parts(resource: str, read: Any, found: Any) -> None:
    for mpan in ("E06BG12862", "1200001234566", "M000000004", "1_0"):
        read(mpan)
    assert found(resource, mpan="e06bg, M0") == ["E06BG12862", "M000000004"]
    assert found(resource, mpan="1200001234566") == ["1200001234566"]
    assert found(resource, mpan="1_0") == ["1_0"]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_a_meter_is_given_by_key_or_whole_mpan(
    resource: str, read: Any, found: Any, refusal: Any
) -> None:
    key = read("E06BG12862").meter_id
    read("E06BG1286")
    assert found(resource, meter=key) == found(resource, meter="e06bg12862") == ["E06BG12862"]
    assert found(resource, meter_id=["E06BG1286"]) == ["E06BG1286"]
    assert "E06BG12862" in refusal(resource, meter="E06")["meter"][0]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_the_type_of_meter(
    resource: str, make_meter: Any, read: Any, found: Any, refusal: Any
) -> None:
    for mpan, kind in (("E", "electricity"), ("M", "gas"), ("W", "water")):
        make_meter(mpan, meter_type=kind)
        read(mpan)
    assert found(resource, meter_type="gas") == ["M"]
    assert found(resource, **{"meter_type[]": ["gas", "water"]}) == ["M", "W"]
    (message,) = refusal(resource, meter_type="steam")["meter_type"]
    assert "electricity, gas, water, heat" in message


@pytest.mark.parametrize("name", ["is_smart_meter", "is_half_hourly", "is_active"])
def test_facts_about_meters_are_yes_no_or_not_asked(name: str, make_meter: Any, found: Any) -> None:
    make_meter("A", **{name: True})
    make_meter("B", **{name: False})
    assert found("meters", **{name: True}) == ["A"]
    assert found("meters", **{name: "false"}) == ["B"]
    assert found("meters", **{name: None}) == ["A", "B"]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_facts_about_readings(resource: str, read: Any, found: Any, refusal: Any) -> None:
    read("A", reading_type="actual", is_validated=True, import_batch_id="b-1")
    read("B", reading_type="estimated", import_batch_id="b-2")
    read("C", reading_type="manual")
    assert found(resource, reading_type="estimated") == ["B"]
    assert found(resource, **{"reading_type[]": ["actual", "manual"]}) == ["A", "C"]
    assert found(resource, is_validated="yes") == ["A"]
    assert found(resource, is_validated=False) == ["B", "C"]
    assert found(resource, is_validated="") == ["A", "B", "C"]
    assert found(resource, import_batch_id="b-1") == found(resource, batch_id="b-1") == ["A"]
    assert "actual, estimated, manual" in refusal(resource, reading_type="E")["reading_type"][0]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_both_days_belong_to_the_range(resource: str, read: Any, found: Any, refusal: Any) -> None:
    for number in range(4):
        read(f"{number}", reading_date=DAY + dt.timedelta(days=number))
    assert found(resource, date_from="2025-11-08", date_to="2025-11-09") == ["1", "2"]
    assert found(resource, date_to="2025-11-07") == ["0"]
    assert list(refusal(resource, date_from="2025-11-09", date_to="2025-11-08")) == ["date_to"]
    assert list(refusal(resource, date_from="31/02/2025")) == ["date_from"]


def test_values_are_a_range_with_zero_as_a_bound(read: Any, found: Any, refusal: Any) -> None:
    for mpan, value in (("A", "-0.100"), ("B", "0"), ("C", "1.200")):
        read(mpan, value=value)
    assert found("readings", min_value=0) == ["B", "C"]
    assert found("readings", max_value="0") == ["A", "B"]
    assert found("readings", min_value="1.2", max_value="1.2") == ["C"]
    assert list(refusal("readings", min_value=2, max_value=1)) == ["max_value"]


def test_readings_of_half_hours_or_of_days(read: Any, found: Any, refusal: Any) -> None:
    read("A", 1)
    read("B", 0)
    assert found("readings", interval="half-hourly") == ["A"]
    assert found("readings", interval=["daily"]) == ["B"]
    assert found("readings", interval=["daily", "half-hourly"]) == ["A", "B"]
    assert "half-hourly, daily" in refusal("readings", interval="weekly")["interval"][0]
    assert found("readings-wide") == ["A"]


def test_searches_and_selections(read: Any, found: Any) -> None:
    key = read("A", import_batch_id="b-17").pk
    read("B")
    assert found("readings", search="b-17") == found("readings", keys=str(key)) == ["A"]
    assert found("readings-wide", keys=str(key)) == ["A"]
    assert found("meters", search="office b") == ["B"]
    assert found("meters", keys=str(Meter.objects.get(mpan="A").pk)) == ["A"]


def test_no_filter_is_untested() -> None:
    """Each is used above; a new one is to be added here and there."""
    of_meter = {"company", "region", "supplier", "site", "mpan", "meter_type"}
    of_day = {"meter", "reading_type", "is_validated", "date_from", "date_to", "import_batch_id"}
    expected = {
        "meters": of_meter | {"is_smart_meter", "is_half_hourly", "is_active", "keys", "search"},
        "readings": of_meter | of_day | {"interval", "min_value", "max_value", "keys", "search"},
        "readings-wide": of_meter | of_day | {"keys"},
    }
    for name, filters in expected.items():
        filterset = filterset_of(find_resource(name))
        assert set(filterset.base_filters) == filters
        assert set(filterset.aliases.values()) <= filters
        assert not set(filterset.aliases) & filters


# -- Rows -------------------------------------------------------------------------------------
def test_the_long_file(plan: Any, read: Any) -> None:
    read("1200001234566", 2, "1.1", reading_time=dt.time(0, 30), reading_type="estimated")
    read("1200001234566", 1, "0", reading_time=dt.time(0), is_validated=True)
    read("M000000004", 0, "45.6")
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
    plan: Any, whole_day: Any, read: Any
) -> None:
    whole_day("1200001234566", DAY, without=(3,))
    whole_day("1200001234566", FORWARD)
    whole_day("E06BG12862", BACK)
    read("E06BG12862", 0, "99", reading_date=BACK)  # a day's total is no half-hour

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


def test_what_is_asked_of_readings_empties_cells_and_keeps_the_day(plan: Any, read: Any) -> None:
    read("A", 1, "0", is_validated=True)
    read("A", 2, "2")
    names = ["hh01", "hh02", "total"]
    asked = plan("readings-wide", {"is_validated": True}, columns=names)
    assert read_some(asked, 9) == [(Decimal("0.000"), None, Decimal("0.000"))]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_all_columns_take_one_query(
    resource: str, plan: Any, read: Any, make_meter: Any, django_assert_num_queries: Any
) -> None:
    for mpan in ("A", "B", "C"):
        make_meter(mpan, site=f"Site {mpan}", supplier=mpan, region=mpan)
        read(mpan)
    names = [column.name for column in columns_of(find_resource(resource))]
    asked = plan(resource, columns=names)
    with django_assert_num_queries(1):
        assert len(read_some(asked, 10)) == 3


# -- Database ---------------------------------------------------------------------------------
@pytest.mark.parametrize("period", [0, 1, 50])
def test_a_period_of_a_meters_day_is_read_once(period: int, read: Any) -> None:
    read("A", period)
    read("B", period)
    with pytest.raises(IntegrityError), transaction.atomic():
        read("A", period, "9")
    MeterReading.objects.bulk_create(
        [MeterReading(meter=Meter.objects.get(mpan="A"), reading_date=DAY, period_number=period,
                      reading_value=Decimal("7.5"))],
        update_conflicts=True,
        unique_fields=["meter", "reading_date", "period_number"],
        update_fields=["reading_value"],
    )  # fmt: skip
    assert MeterReading.objects.get(meter__mpan="A").reading_value == Decimal("7.5")


def test_the_database_refuses_what_cannot_be(read: Any, make_meter: Any) -> None:
    for period in (51, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            read(period=period)
    day = dt.date(2020, 1, 1)
    for fields in (
        {"mpan": "1200001234566"},
        {"mpan": "x", "installation_date": day, "removal_date": day - dt.timedelta(days=1)},
    ):
        make_meter() if not Meter.objects.exists() else None
        with pytest.raises(IntegrityError), transaction.atomic():
            make_meter(**fields)
    site = make_meter("y").site
    for name, value in (("latitude", 91), ("longitude", -181), ("floor_area", -1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.filter(pk=site.pk).update(**{name: value})


def test_the_tables_can_be_taken_back(transactional_db: None) -> None:
    call_command("migrate", "energy", "zero", verbosity=0)
    assert "energy_meterreading" not in connection.introspection.table_names()
    call_command("migrate", "energy", verbosity=0)
    assert MeterReading.objects.count() == 0
