"""The lists of the admin, and made-up meters and readings to fill them."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exports.default_filters import filterset_of
from exports.registry import find_resource
from exports.sources.orm import read_some
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
from exportsite.domains.energy.mpan import is_valid_mpan
from exportsite.domains.energy.periods import periods_in, start_of_period
from exportsite.domains.energy.seed import CLOCK_CHANGES, METER_FIELDS, READING_FIELDS, seed

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def contents() -> list[Any]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Region, Supplier, Company, Site, Meter, MeterReading)
    ]


# -- Made-up readings -------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_rows(transactional_db: None) -> None:
    def rows() -> list[Any]:
        return [
            *Meter.objects.order_by("pk").values_list(*METER_FIELDS),
            *MeterReading.objects.order_by("pk").values_list(*READING_FIELDS),
        ]

    call_command("flush", interactive=False, verbosity=0)  # keys begin anew
    added = seed(1_000, until=UNTIL)
    assert added == {"meters": Meter.objects.count(), "readings": 1_000}
    first = rows()
    call_command("flush", interactive=False, verbosity=0)
    seed(1_000, until=UNTIL)
    assert rows() == first
    call_command("flush", interactive=False, verbosity=0)
    seed(1_000, until=UNTIL, rng_seed=1)
    assert rows() != first


def test_a_second_time_nothing_changes_and_a_larger_scale_adds_meters() -> None:
    seed(1_000, until=UNTIL)
    first = contents()
    nothing = {"meters": 0, "readings": 0}
    assert seed(1_000, until=UNTIL) == seed(10, until=UNTIL) == nothing
    assert contents() == first
    added = seed(2_500, until=UNTIL + dt.timedelta(days=9))
    assert (added["readings"], added["meters"] > 0) == (1_500, True)
    for before, after in zip(first, contents(), strict=True):
        assert after[: len(before)] == before


def test_the_lists_are_those_of_the_energy_system() -> None:
    seed(0, until=UNTIL)
    assert dict(Region.objects.values_list("code", "name"))["NI"] == "Northern Ireland"
    assert (Region.objects.count(), Supplier.objects.count()) == (12, 10)
    assert Supplier.objects.get(code="EON").name == "E.ON Next"


def test_made_up_meters_have_every_kind_of_id() -> None:
    seed(5_000, until=UNTIL)
    ids = set(Meter.objects.values_list("mpan", flat=True))
    assert "E06BG12862" in ids
    assert {meter.mpan[0] for meter in Meter.objects.filter(meter_type="gas")} == {"M"}
    valid = [mpan for mpan in ids if is_valid_mpan(mpan)]
    assert len(ids) / 2 < len(valid) < len(ids)
    assert all(is_valid_mpan(mpan) for mpan in ids if mpan.isdecimal())
    for row in (*Meter.objects.all(), *Site.objects.all(), *MeterReading.objects.all()[:300]):
        row.full_clean(validate_unique=False, validate_constraints=False)


def test_days_on_which_clocks_change_have_46_and_50_periods() -> None:
    seed(5_000, until=UNTIL)
    meter = Meter.objects.filter(is_half_hourly=True).earliest("pk")
    seen = Counter(meter.readings.values_list("reading_date", flat=True))
    assert set(CLOCK_CHANGES) < set(seen)
    for day, count in seen.items():
        assert periods_in(day) - 2 <= count <= periods_in(day)  # a gap now and then
    whole = [seen[day] for day in CLOCK_CHANGES if seen[day] == periods_in(day)]
    assert {46, 50} & set(whole)
    for reading in meter.readings.all():
        start = start_of_period(reading.reading_date, reading.period_number)
        assert reading.reading_time == start.time()
    assert max(seen) == UNTIL.date()


def test_the_load_looks_like_one() -> None:
    seed(5_000, until=UNTIL)
    daily = Meter.objects.filter(meter_type="gas").earliest("pk")
    assert set(daily.readings.values_list("period_number", "reading_time")) == {(0, None)}
    assert MeterReading.objects.filter(reading_value__lt=0).count() == 0
    office = Meter.objects.filter(site__site_type="office", is_half_hourly=True).earliest("pk")
    weekdays = office.readings.filter(reading_date__week_day__range=(2, 6))
    by_period = dict(weekdays.values_list("period_number", "reading_value"))
    assert by_period[24] > 3 * by_period[4]
    types = Counter(MeterReading.objects.values_list("reading_type", flat=True))
    assert types["actual"] > types["estimated"] > types["manual"] > 0


# -- Lists ------------------------------------------------------------------------------------
@pytest.fixture
def open_list(client: Client, root: Any) -> Any:
    client.force_login(root)

    def get(model: str, parameters: dict[str, str] | None = None) -> Any:
        return client.get(reverse(f"admin:energy_{model}_changelist"), parameters or {})

    return get


def make_days(numbers: range) -> None:
    """Meters with everything of their own, and one reading each."""
    for number in numbers:
        company = Company.objects.create(name=f"Company {number}")
        region = Region.objects.create(name=f"Region {number}", code=f"R{number}")
        supplier = Supplier.objects.create(name=f"Supplier {number}", code=f"S{number}")
        site = Site.objects.create(name=f"Site {number}", company=company, region=region)
        meter = Meter.objects.create(
            mpan=f"E{number}",
            site=site,
            supplier=supplier,
            meter_type=["electricity", "gas"][number % 2],
            is_half_hourly=number % 2 == 0,
        )
        MeterReading.objects.create(
            meter=meter,
            reading_date=UNTIL.date(),
            period_number=number % 2,
            reading_value=number,
            is_validated=number % 3 == 0,
            reading_type=["actual", "manual"][number % 2],
        )


@pytest.mark.parametrize(
    "model", ["meter", "meterreading", "site", "company", "region", "supplier"]
)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(model: str, open_list: Any) -> None:
    make_days(range(2))
    with CaptureQueriesContext(connection) as few:
        assert open_list(model).status_code == 200
    make_days(range(2, 12))
    with CaptureQueriesContext(connection) as many:
        assert len(open_list(model).context["cl"].result_list) == 12
    assert len(many) == len(few), [q["sql"] for q in many]


@pytest.mark.parametrize(("model", "resource"), [(Meter, "meters"), (MeterReading, "readings")])
def test_every_parameter_of_a_list_leads_to_a_filter_of_the_export(
    model: Any, resource: str, open_list: Any
) -> None:
    make_days(range(4))
    declared = find_resource(resource)
    specs = open_list(model._meta.model_name).context["cl"].filter_specs
    offered = {name for spec in specs for name in spec.expected_parameters() if name}
    # Only a relation that may be empty has the choice "empty".
    offered = {name for name in offered if not name.endswith("__isnull")}
    assert offered == set(declared.changelist_filters)
    assert set(declared.changelist_filters.values()) <= set(filterset_of(declared).base_filters)
    assert len(specs) == len(admin.site._registry[model].list_filter)


@pytest.mark.parametrize(
    ("model", "parameters", "filters"),
    [
        ("meter", {"meter_type__exact": "gas"}, {"meter_type": "gas"}),
        ("meter", {"is_half_hourly__exact": "1"}, {"is_half_hourly": "1"}),
        ("meter", {"is_active__exact": "0"}, {"is_active": "0"}),
        ("meterreading", {"interval": "daily"}, {"interval": "daily"}),
        ("meterreading", {"interval": "half-hourly"}, {"interval": "half-hourly"}),
        ("meterreading", {"reading_type__exact": "manual"}, {"reading_type": "manual"}),
        ("meterreading", {"is_validated__exact": "1"}, {"is_validated": "1"}),
        ("meterreading", {"meter__meter_type__exact": "gas"}, {"meter_type": "gas"}),
        ("meterreading", {"q": "E1"}, {"search": "E1"}),
    ],
)
def test_the_list_shows_what_the_export_holds(
    model: str,
    parameters: dict[str, str],
    filters: dict[str, str],
    open_list: Any,
    plan: Any,
) -> None:
    make_days(range(12))
    resource = {"meter": "meters", "meterreading": "readings"}[model]
    shown = [row.pk for row in open_list(model, parameters).context["cl"].result_list]
    rows = read_some(plan(resource, filters, columns=["id"]), 100)
    assert sorted(shown) == sorted(key for (key,) in rows)
    assert len(shown) < 12


@pytest.mark.parametrize("model", ["meter", "meterreading"])
def test_a_list_offers_its_export(model: str, open_list: Any) -> None:
    resource = {"meter": "meters", "meterreading": "readings"}[model]
    url = reverse("admin:exports_export_new_resource", args=[resource])
    assert open_list(model).context_data["export_url"].startswith(url)


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_the_create_page_shows_the_first_rows(resource: str, client: Client, root: Any) -> None:
    make_days(range(30))  # more sites and companies than a page lists one by one
    client.force_login(root)
    address = reverse("admin:exports_export_new_resource", args=[resource])
    answer = client.get(address, {"meter_type": "gas"})
    assert answer.status_code == 200
    assert ">E5<" in answer.content.decode()
