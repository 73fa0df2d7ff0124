import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exports.checks import check
from exports.errors import InvalidRequest
from exports.formats import FORMATS, Document, Field
from exports.plans import ExportRequest, Plan, make_plan
from exports.registry import find_resource
from exports.resources import column_kind, column_label, columns_of, order_of, sorts_of
from exports.sources.orm import read_some
from exportsite.domains.taxi.models import VehicleRegistration
from tests.domains.test_taxi_rows import at, balance, posting, summons, toll, trip, whose

HEADERS = {
    "ezpass": (
        "Transaction ID, Transaction Date, Transaction Time, Plate Number, Entry Plaza, "
        "Exit Plaza, Entry Lane, Exit Lane, Amount, Posting Date, Status, Agency, EZPass Class, "
        "Driver ID, Driver Name, Lease ID, Vehicle VIN, Medallion No"
    ),
    "pvb": (
        "Summons, Plate, State, Type, Issue Date, Issue Time, Posting Date, Amount Due, Fine, "
        "Penalty, Interest, Reduction, Processing Fee, Status, Source, Driver ID, Driver Name, "
        "Vehicle VIN, Medallion No, Lease ID, Violation Code, Street Name, Disposition, "
        "Failure Reason"
    ),
    "curb": (
        "Trip ID, Trip Start Date, Trip End Date, Transaction Date, Driver ID, Driver Name, "
        "TLC License No, Vehicle Plate, Medallion No, Total Amount, Fare, Tips, Tolls, Extras, "
        "Surcharge, Improvement Surcharge, Congestion Fee, Airport Fee, CBDT Fee, Payment Mode, "
        "Status, Account, Distance (Miles), Passengers"
    ),
    "ledger-postings": (
        "Posting ID, Posting Date, Category, Entry Type, Amount, Reference ID, Description, "
        "Status, Driver ID, Driver Name, Lease ID"
    ),
    "ledger-balances": (
        "Balance ID, Category, Reference ID, Balance, Driver ID, Driver Name, Lease ID, Updated At"
    ),
}
COUNTS = {"ezpass": 18, "pvb": 24, "curb": 24, "ledger-postings": 11, "ledger-balances": 8}
FURTHER = ["Original Amount", "Prior Balance", "Status", "Vehicle VIN"]
LICENSEES = "driver_id driver_name vehicle_vin medallion_no lease_id"
SORTS = {
    "ezpass": "transaction_date transaction_datetime transaction_id plate_number posting_date "
    "amount status entry_plaza exit_plaza agency driver_name lease_id",
    "curb": "trip_id start_time end_time transaction_date driver_id total_amount payment_type "
    "status",
    "ledger-postings": "date posting_id reference_id category entry_type status amount "
    + LICENSEES,
}
DEFAULT_ORDERS = {
    "ezpass": ("-transaction_datetime", "pk"),
    "pvb": ("-issue_date", "pk"),
    "curb": ("-start_time", "pk"),
    "ledger-postings": ("-created_on", "pk"),
    "ledger-balances": ("-created_on", "pk"),
}
MAKE = {
    "ezpass": toll,
    "pvb": summons,
    "curb": trip,
    "ledger-postings": posting,
    "ledger-balances": balance,
}


def csv_of(plan: Plan) -> list[str]:
    """The lines of the file, without the header."""
    resource = plan.resource
    fields = tuple(
        Field(name=c.name, header=c.file_header, kind=column_kind(resource, c))
        for c in plan.columns
    )
    zone = ZoneInfo(timezone.get_current_timezone_name())
    document = Document(title="Taxi", fields=fields, total_rows=plan.count(), time_zone=zone)
    stream = BytesIO()
    writer = FORMATS["csv"].open(stream, document, plan.options)
    writer.write(read_some(plan, 100))
    writer.close()
    return stream.getvalue().decode("utf-8-sig").splitlines()[1:]


@pytest.fixture
def everything(root: User) -> Callable[..., Plan]:
    """A plan with every column, the sensitive ones too."""

    def make(name: str, **fields: Any) -> Plan:
        columns = [column.name for column in columns_of(find_resource(name))]
        request = ExportRequest(resource=name, columns=columns, include_contact_info=True, **fields)
        return make_plan(root, request)

    return make


# -- Columns ----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", HEADERS)
def test_the_columns_are_those_of_the_old_files_in_their_order(name: str) -> None:
    columns = columns_of(find_resource(name))
    headers = [column.file_header for column in columns if column.default]
    assert headers == HEADERS[name].split(", ")
    assert len(headers) == COUNTS[name]
    further = [column.file_header for column in columns if not column.default]
    assert further == (FURTHER if name == "ledger-balances" else [])


@pytest.mark.parametrize("name", HEADERS)
def test_columns_are_named_after_their_headers(name: str) -> None:
    resource = find_resource(name)
    for column in columns_of(resource):
        words = column.file_header.lower().replace("(", "").replace(")", "").split()
        assert column.name == "_".join(words)
        assert column_label(resource, column)


@pytest.mark.parametrize("name", HEADERS)
def test_every_column_and_sort_field_can_be_read(
    name: str, everything: Any, plan: Any, whole: None
) -> None:
    """Export columns that are no columns of a table made the old ledger exports fail."""
    resource = find_resource(name)
    assert list(check(resource)) == []
    asked = everything(name)
    (row,) = read_some(asked, 2)
    assert len(row) == len(asked.columns)
    for field in sorts_of(resource):
        assert plan(name, sort_by=field, sort_descending=True).rows.count() == 1


@pytest.fixture
def whole(db: None) -> None:
    for make in MAKE.values():
        make(**whose())


def test_the_licence_is_sensitive_so_trips_have_23_columns_by_default(
    plan: Any, make_user: Any, whole: None
) -> None:
    names = [column.name for column in plan("curb").columns]
    assert len(names) == 23
    assert "tlc_license_no" not in names
    with pytest.raises(InvalidRequest):
        plan("curb", columns=["tlc_license_no"])
    asked = plan("curb", columns=["tlc_license_no"], include_contact_info=True)
    assert read_some(asked, 1) == [("6080560",)]
    clerk = make_user("clerk", "taxi.view_curbtrip", "exports.add_export")
    request = ExportRequest(resource="curb", columns=["tlc_license_no"], include_contact_info=True)
    with pytest.raises(InvalidRequest):
        make_plan(clerk, request)


# -- Order, limit, file name ------------------------------------------------------------------
@pytest.mark.parametrize("name", HEADERS)
def test_the_newest_come_first_and_the_key_breaks_ties(name: str, plan: Any) -> None:
    rows = [MAKE[name](f"R{number}") for number in range(3)]
    asked = plan(name)
    order = order_of(asked.resource, asked.sort_by, descending=asked.sort_descending)
    assert order == DEFAULT_ORDERS[name]
    assert [row.pk for row in asked.rows] == sorted(row.pk for row in rows)


@pytest.mark.parametrize("name", SORTS)
def test_the_sort_fields_are_the_old_ones(name: str) -> None:
    assert list(sorts_of(find_resource(name))) == SORTS[name].split()


def test_balances_and_summonses_sort_by_what_they_show() -> None:
    balances = set(sorts_of(find_resource("ledger-balances")))
    assert balances == {c.name for c in columns_of(find_resource("ledger-balances"))} | {
        "created_on"
    }
    summonses = {column.name for column in columns_of(find_resource("pvb"))}
    assert set(sorts_of(find_resource("pvb"))) == summonses - {"failure_reason"}


def test_the_limit_is_applied_after_the_sort(plan: Any) -> None:
    for number, cents in enumerate((-5, 9, -7, 1)):
        toll(str(number), amount=Decimal(cents))
    asked = plan("ezpass", sort_by="amount", limit=2)
    assert [row.amount for row in asked.rows] == [Decimal(-7), Decimal(-5)]
    assert asked.count() == 2
    newest = plan("ezpass", limit=1, sort_by="transaction_id", sort_descending=True)
    assert [row.transaction_id for row in newest.rows] == ["3"]


@pytest.mark.parametrize("name", HEADERS)
def test_files_are_named_as_before(name: str) -> None:
    moment = dt.datetime(2024, 1, 15, 14, 30, 22, tzinfo=dt.UTC)
    old_name = f"{name.replace('-', '_')}_export_20240115_143022"
    assert moment.strftime(find_resource(name).file_name) == old_name


# -- Joins ------------------------------------------------------------------------------------
def test_joins_multiply_no_rows(plan: Any, everything: Any) -> None:
    trip(**whose(plates=("NOW", "OLD1", "OLD2")))
    balance("33", category="EZPass", balance=1)
    balance("33", category="Lease", balance=1)
    toll("33", **whose())
    assert len(csv_of(everything("curb"))) == everything("curb").count() == 1
    plates = plan("curb", {"vehicle_plates": "NOW,O,OLD"})
    assert plates.count() == len(csv_of(plates)) == 1
    owed = plan("ezpass", {"from_ledger_balance": "1", "to_ledger_balance": "1"})
    assert owed.count() == len(csv_of(owed)) == 1


def test_the_plate_is_the_one_that_the_vehicle_has_now(plan: Any) -> None:
    vehicle = whose(plates=("NOW", "OLD"))["vehicle"]
    trip(vehicle=vehicle)
    asked = plan("curb", columns=["vehicle_plate"])
    assert csv_of(asked) == ["NOW"]
    VehicleRegistration.objects.update(is_active=False)
    assert csv_of(asked) == ['""']
    vehicle.registrations.filter(plate_number="OLD").update(is_active=True)
    assert csv_of(asked) == ["OLD"]


# -- Files ------------------------------------------------------------------------------------
def test_the_file_of_tolls(everything: Any) -> None:
    toll(
        "33068397029",
        status="Posted to Ledger",
        posting_date=at("2025-11-22 08:00"),
        **whose(),
    )
    toll(
        "=33",
        tag_or_plate=" 00414500433",
        agency="NYSTA",
        entry_plaza="15",
        exit_plaza="19, lane 2",
        amount=Decimal("9.00"),
        ezpass_class=None,
        transaction_datetime=at("2025-11-18 00:00"),
    )
    toll("0", exit_plaza="", amount=0, transaction_datetime=at("2025-11-17 23:59:59"))
    assert csv_of(everything("ezpass")) == [
        "33068397029,2025-11-19,14:44:33,NY Y204273C,,RKB,,RKB,-9.11,2025-11-22,"
        'Posted to Ledger,MTAB&T,31,117439,"Andrews, JB",1042,4T1BF3EBXFU123456,1P43',
        '\'=33,2025-11-18,00:00:00, 00414500433,15,"19, lane 2",15,"19, lane 2",9.00,,'
        "Imported,NYSTA,,,,,,",
        "0,2025-11-17,23:59:59,NY Y204273C,,,,,0.00,,Imported,MTAB&T,31,,,,,",
    ]


def test_dates_and_times_are_split_by_the_clock_of_the_office(plan: Any) -> None:
    """New York: no 02:30 on 9 March 2025, and 01:30 twice on 2 November."""
    for number, moment in enumerate(
        (
            "2025-03-09 06:59:59",
            "2025-03-09 07:00:00",
            "2025-11-02 03:30:00",
            "2025-11-02 05:30:00",
            "2025-11-02 06:30:00",
        )
    ):
        toll(str(number), transaction_datetime=at(moment), posting_date=at(moment))
    columns = ["transaction_date", "transaction_time", "posting_date"]
    with timezone.override("America/New_York"):
        assert csv_of(plan("ezpass", columns=columns, sort_by="transaction_id")) == [
            "2025-03-09,01:59:59,2025-03-09",
            "2025-03-09,03:00:00,2025-03-09",
            "2025-11-01,23:30:00,2025-11-01",
            "2025-11-02,01:30:00,2025-11-02",
            "2025-11-02,01:30:00,2025-11-02",
        ]


def test_the_file_of_summonses(everything: Any) -> None:
    summons(
        "1492882902",
        penalty=10,
        interest=Decimal("0.42"),
        processing_fee=Decimal("1.63"),
        status="Posting Failed",
        posting_date=at("2025-07-14 10:00"),
        violation_code="21",
        street_name="-Dean St",
        disposition="Paid",
        failure_reason="NO_TRIP_DATA: none",
        **whose(),
    )
    summons("2", issue_date=dt.date(2025, 7, 4), issue_time=None, interest=None, fine=0)
    assert csv_of(everything("pvb")) == [
        "1492882902,Y207163C,NY,OMT,2025-07-05,00:30:00,2025-07-14,77.05,65.00,10.00,0.42,0.00,"
        '1.63,Posting Failed,CSV_IMPORT,117439,"Andrews, JB",4T1BF3EBXFU123456,1P43,1042,21,'
        "'-Dean St,Paid,NO_TRIP_DATA: none",
        "2,Y207163C,NY,OMT,2025-07-04,,,77.05,0.00,0.00,,0.00,0.00,Imported,CSV_IMPORT,,,,,,,,,",
    ]


def test_the_file_of_trips(everything: Any) -> None:
    trip(
        total_amount=Decimal("14.95"),
        fare=Decimal("7.00"),
        tips=Decimal("2.15"),
        extras=Decimal("3.00"),
        surcharge=Decimal("0.50"),
        improvement_surcharge=Decimal("0.30"),
        congestion_fee=Decimal("2.50"),
        airport_fee=Decimal("1.75"),
        cbdt_fee=Decimal("0.75"),
        tolls=Decimal("5.76"),
        payment_type="CREDIT_CARD",
        transaction_date=at("2026-05-04 12:21"),
        distance_miles=Decimal("1.60"),
        num_passengers=0,
        **whose("200", "Öztürk, Ann", license="5000123"),
    )
    trip("TRANS-9", start_time=at("2026-05-03 12:00"), total_amount=Decimal("-2.50"))
    assert csv_of(everything("curb")) == [
        "202504-8288059,2026-05-04 12:00:00,2026-05-04 12:20:00,2026-05-04 12:21:00,200,"
        '"Öztürk, Ann",5000123,Y207163C,1T54,14.95,7.00,2.15,5.76,3.00,0.50,0.30,2.50,1.75,0.75,'
        "CREDIT_CARD,IMPORTED,Production,1.60,0",
        "TRANS-9,2026-05-03 12:00:00,2026-05-04 12:20:00,,,,6080560,,1T54,-2.50,0.00,0.00,0.00,"
        "0.00,0.00,0.00,0.00,0.00,0.00,UNKNOWN,IMPORTED,Production,,",
    ]


def test_the_files_of_the_ledger(everything: Any) -> None:
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"
    posting(id=key, description="=Fine, paid", **whose())
    balance(id=key, original_amount=100, prior_balance=15, vin="OLD VIN", **whose())
    balance(id=key.replace("0f", "1f"), category="Lease", **whose())
    assert csv_of(everything("ledger-postings")) == [
        f'{key},2026-05-04 12:00:00,PVB,DEBIT,115.00,1492882902,"\'=Fine, paid",POSTED,117439,'
        '"Andrews, JB",1042'
    ]
    assert csv_of(everything("ledger-balances")) == [
        f'{key},PVB,1492882902,115.00,117439,"Andrews, JB",1042,2026-05-04 12:00:00,100.00,15.00,'
        "OPEN,OLD VIN",
        f'1{key[1:]},Lease,1492882902,115.00,117439,"Andrews, JB",1042,2026-05-04 12:00:00,115.00,'
        "0.00,OPEN,4T1BF3EBXFU123456",
    ]
