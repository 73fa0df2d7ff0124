import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from exportsite.domains.taxi.trips import CurbAccount, CurbTrip
from imports.mapping import check_mapping
from imports.registry import find_importer
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample, written

pytestmark = pytest.mark.django_db

TRIP = {
    "PERIOD": "202504",
    "ID": "8288059",
    "Account": "Production",
    "Driver": "6080560",
    "Cab Number": "1T54",
    "Start Date": "04/01/2025 08:15:00",
    "End Date": "04/01/2025 08:31:10:250",
    "Total": "21.80",
    "Trip": "14.20",
    "Tip": "3.60",
    "Extras": "2.50",
    "Tax": "0.50",
    "Imp Tax": "1.00",
    "Payment Type": "C",
    "Dist Service": "2.6",
    "GPS Start La": "40.7580001234",
}


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"ID": ""}, "fail missing"),
        ({"ID": "8.28806E+6"}, "fail digits_lost"),
        ({"Account": "Brand new"}, "create"),
        ({"Account": ""}, "fail required_for_new"),
        ({"Driver": ""}, "fail required_for_new"),
        ({"Start Date": "31/01/2025 08:15:00"}, "fail not_a_date"),
        ({"Start Date": "03/09/2025 02:30:00"}, "fail no_such_time"),
        ({"End Date": "04/01/2025 08:00:00"}, "create ends_early"),
        ({"Total": "24.30"}, "create total_differs"),
        ({"Total": "-21.80", "Trip": "-14.20", "Tip": "-3.60", "Extras": "-2.50", "Tax": "-.50",
          "Imp Tax": "-1.00"}, "create"),
        ({"Trip": "x"}, "fail not_a_number"),
        ({"Payment Type": ""}, "create"),
        ({"Payment Type": "X"}, "fail unknown_choice"),
        ({"Dist Service": "2.6049"}, "create"),
        ({"GPS Start La": "181"}, "fail out_of_range"),
    ],
)  # fmt: skip
def test_each_rule_for_a_trip(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("curb", TRIP, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("text", "payment"),
    [("$", "CASH"), ("C", "CREDIT_CARD"), ("P", "PRIVATE_CARD"), ("cash", "CASH"), ("", "UNKNOWN")],
)
def test_ways_to_pay_have_signs(text: str, payment: str, take_row: Callable[..., Taken]) -> None:
    take_row("curb", TRIP, **{"Payment Type": text})
    assert CurbTrip.objects.get().payment_type == payment


def test_a_trip_is_known_by_its_period_and_number(take: Take) -> None:
    assert take("curb", sample("curb.csv")).outcomes == ["create", "create"]
    trip = CurbTrip.objects.get(curb_trip_id="202504-8288059")
    assert trip.account == CurbAccount.objects.get()
    assert trip.start_time == dt.datetime(2025, 4, 1, 12, 15, tzinfo=dt.UTC)
    assert trip.end_time == dt.datetime(2025, 4, 1, 12, 31, 10, 250_000, tzinfo=dt.UTC)
    assert (trip.total_amount, trip.status) == (Decimal("21.80"), "IMPORTED")


def test_a_whole_number_is_kept_and_a_card_payment_has_one_of_its_own(take: Take) -> None:
    whole = {name: text for name, text in TRIP.items() if name != "PERIOD"}
    take("curb", written([whole | {"ID": "202504-1"}]))
    card = {"ROWID": "77", **{n: t for n, t in TRIP.items() if n not in ("PERIOD", "ID")}}
    assert take("curb", written([card])).outcomes == ["create"]
    assert set(CurbTrip.objects.values_list("curb_trip_id", flat=True)) == {"202504-1", "TRANS-77"}


def test_a_file_without_numbers_of_trips_is_refused() -> None:
    importer: Any = find_importer("curb")
    header = ("Account", "Driver", "Cab Number", "Start Date", "End Date")
    fields = ("account", "curb_driver_id", "curb_cab_number", "start_time", "end_time")
    assert check_mapping(importer, header, dict(zip(header, fields, strict=True))) == [
        "No column has the trip's number. Map one to “Trip ID” or “Row of the card”."
    ]


def test_a_total_that_differs_from_its_parts_is_named(take_row: Callable[..., Taken]) -> None:
    taken = take_row("curb", TRIP, Total="24.30")
    assert taken.said() == ["Total: The total is 24.30, its parts make 21.80."]
    assert taken.warnings() == ["total_differs"]
