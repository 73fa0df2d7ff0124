"""Rows of the taxi company by hand, which its other tests use too, and what the tables refuse."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from exportsite.domains.taxi import models

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def whose(
    driver_id: str = "117439",
    name: str = "Andrews, JB",
    *,
    license: str | None = "6080560",
    vin: str = "4T1BF3EBXFU123456",
    plates: tuple[str, ...] = ("Y207163C",),
    medallion: str = "1P43",
    lease_id: str = "1042",
) -> dict[str, Any]:
    """A driver and what he leases, made when they are missing; the first plate is the active."""
    driver, _new = models.Driver.objects.get_or_create(
        driver_id=driver_id, defaults={"full_name": name, "tlc_license_number": license}
    )
    vehicle, is_new = models.Vehicle.objects.get_or_create(vin=vin)
    for number, plate in enumerate(plates if is_new else ()):
        vehicle.registrations.create(plate_number=plate, is_active=number == 0)
    medal, _new = models.Medallion.objects.get_or_create(medallion_number=medallion)
    lease, _new = models.Lease.objects.get_or_create(
        lease_id=lease_id, defaults={"lease_type": "dov", "driver": driver}
    )
    return {"driver": driver, "vehicle": vehicle, "medallion": medal, "lease": lease}


def toll(transaction_id: str = "33068397029", **fields: Any) -> models.EZPassTransaction:
    run, _new = models.EZPassImport.objects.get_or_create(file_name="report.csv")
    values = {
        "tag_or_plate": "NY Y204273C",
        "agency": "MTAB&T",
        "exit_plaza": "RKB",
        "transaction_datetime": at("2025-11-19 14:44:33"),
        "amount": Decimal("-9.11"),
        "ezpass_class": "31",
        "ezpass_import": run,
    }
    return models.EZPassTransaction.objects.create(
        transaction_id=transaction_id, **{**values, **fields}
    )


def summons(number: str = "1492882902", **fields: Any) -> models.PVBViolation:
    values = {
        "plate": "Y207163C",
        "state": "NY",
        "type": "OMT",
        "issue_date": dt.date(2025, 7, 5),
        "issue_time": dt.time(0, 30),
        "fine": Decimal("65.00"),
        "amount_due": Decimal("77.05"),
    }
    return models.PVBViolation.objects.create(summons=number, **{**values, **fields})


def trip(trip_id: str = "202504-8288059", **fields: Any) -> models.CurbTrip:
    account, _new = models.CurbAccount.objects.get_or_create(account_name="Production")
    values = {
        "account": account,
        "curb_driver_id": "6080560",
        "curb_cab_number": "1T54",
        "start_time": NOON,
        "end_time": NOON + dt.timedelta(minutes=20),
    }
    return models.CurbTrip.objects.create(curb_trip_id=trip_id, **{**values, **fields})


def posting(reference_id: str = "1492882902", **fields: Any) -> models.LedgerPosting:
    values = {
        "category": "PVB",
        "amount": Decimal("115.00"),
        "entry_type": "DEBIT",
        "created_on": NOON,
    }
    return models.LedgerPosting.objects.create(reference_id=reference_id, **{**values, **fields})


def balance(reference_id: str = "1492882902", **fields: Any) -> models.LedgerBalance:
    values = {
        "category": "PVB",
        "original_amount": Decimal("115.00"),
        "balance": Decimal("115.00"),
        "created_on": NOON,
        "updated_on": NOON,
    }
    return models.LedgerBalance.objects.create(reference_id=reference_id, **{**values, **fields})


# -- What the tables refuse -------------------------------------------------------------------
@pytest.mark.parametrize("make", [toll, summons, trip])
def test_no_business_id_is_there_twice(make: Any, db: None) -> None:
    row = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        make()
    with pytest.raises(ValidationError, match=r"already exists|is violated"):
        type(row)(
            **{
                field.name: getattr(row, field.name)
                for field in row._meta.concrete_fields
                if not field.primary_key
            }
        ).full_clean()


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (toll, {"status": "IMPORTED"}),
        (summons, {"status": "Lost"}),
        (summons, {"source": "csv"}),
        (summons, {"disposition": "Open"}),
        (summons, {"fine": Decimal(-1)}),
        (summons, {"reduction": Decimal(-1)}),
        (trip, {"status": "Imported"}),
        (trip, {"payment_type": "C"}),
        (posting, {"category": "EZPASS"}),
        (posting, {"entry_type": "CREDIT"}),
        (posting, {"amount": Decimal(-1)}),
        (posting, {"status": "OPEN"}),
        (balance, {"status": "CLOSED"}),
        (balance, {"balance": Decimal(0)}),
        (balance, {"category": "Pizza", "balance": Decimal(1)}),
    ],
)
def test_the_database_refuses_what_cannot_be(make: Any, fields: dict[str, Any], db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**fields)


def test_a_vehicle_has_one_active_plate_and_any_number_of_old_ones(db: None) -> None:
    vehicle = whose(plates=("A", "B", "C"))["vehicle"]
    assert vehicle.registrations.filter(is_active=True).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        vehicle.registrations.create(plate_number="D")


def test_one_charge_has_one_balance_but_a_lease_has_many(db: None) -> None:
    balance()
    balance(category="EZPass")
    balance("1042", category="Lease")
    balance("1042", category="Lease")
    with pytest.raises(IntegrityError), transaction.atomic():
        balance()


def test_a_posting_is_reversed_at_most_once(db: None) -> None:
    first = posting(status="VOIDED")
    opposite: dict[str, Any] = {
        "reversal_for": first, "amount": Decimal(-115), "entry_type": "CREDIT",
    }  # fmt: skip
    posting(f"VOID-{first.pk}", **opposite)
    with pytest.raises(IntegrityError), transaction.atomic():
        posting(f"VOID-{first.pk}", **opposite)


def test_a_lease_ends_after_it_begins(db: None) -> None:
    lease = whose()["lease"]
    lease.start_date, lease.end_date = dt.date(2026, 1, 2), dt.date(2026, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        lease.save()
