"""Every filter of every export, against rows made by hand."""

from decimal import Decimal
from typing import Any

import pytest

from exports.default_filters import filterset_of
from exports.registry import find_resource
from tests.domains import test_taxi_rows as rows
from tests.domains.test_taxi_rows import at

OTHER = {
    "driver_id": "200", "name": "Öztürk, =Ann", "license": None, "vin": "NV200_X",
    "plates": ("T555555C", "OLD111C"), "medallion": "5X23", "lease_id": "77",
}  # fmt: skip
NAMES = {
    "ezpass": "transaction_id",
    "pvb": "summons",
    "curb": "curb_trip_id",
    "ledger-postings": "reference_id",
    "ledger-balances": "reference_id",
}

# Filters, and the rows that they leave: A has everything, B little, C zeros and odd characters.
CASES: dict[str, list[tuple[dict[str, Any], str]]] = {
    "ezpass": [
        ({}, "A B C"),
        ({"from_transaction_date": "2026-05-05"}, "B C"),
        ({"to_transaction_date": "2026-05-04"}, "A"),
        ({"from_transaction_date": "2026-05-05", "to_transaction_date": "2026-05-05"}, "B C"),
        ({"from_transaction_time": "14:44:33"}, "A C"),
        ({"from_transaction_time": "14:44:34"}, "C"),
        ({"to_transaction_time": "14:44:33"}, "A B"),
        ({"to_transaction_time": "00:00"}, "B"),
        ({"to_transaction_time": "23:59:59"}, "A B C"),
        ({"from_transaction_date": "2026-05-04", "from_transaction_time": "14:44:34"}, "B C"),
        ({"to_transaction_date": "2026-05-05", "to_transaction_time": "00:00:00"}, "A B"),
        ({"to_transaction_date": "2026-05-05", "to_transaction_time": "23:59:59"}, "A B C"),
        ({"from_transaction_date": "2026-05-04", "from_transaction_time": "20:00",
          "to_transaction_date": "2026-05-05", "to_transaction_time": "01:00"}, "B"),
        ({"from_transaction_date": "2026-05-05", "to_transaction_time": "12:00"}, "B"),
        ({"from_posting_date": "2026-05-06"}, "A"),
        ({"from_posting_date": "2026-05-07"}, ""),
        ({"to_posting_date": "2026-05-06"}, "A"),
        ({"to_posting_date": "2026-05-05"}, ""),
        ({"from_amount": "9"}, "A B"),
        ({"from_amount": "0"}, "A B C"),
        ({"to_amount": "0"}, "C"),
        ({"to_amount": "9.00"}, "B C"),
        ({"from_amount": "5.00", "to_amount": "50.00"}, "A B"),
        ({"from_ledger_balance": "0"}, "A C"),
        ({"to_ledger_balance": "0"}, "A"),
        ({"from_ledger_balance": "0.01", "to_ledger_balance": "5"}, "C"),
        ({"status": "posted_to_ledger, Imported"}, "A B"),
        ({"status": "Association Failed"}, "C"),
        ({"plate_number": "y2042, ,abc"}, "A C"),
        ({"transaction_id": "_"}, "C"),
        ({"transaction_id": "3306,a"}, "A"),
        ({"entry_plaza": "15"}, "B"),
        ({"exit_plaza": "rk,gw"}, "A C"),
        ({"entry_lane": "15"}, "B"),
        ({"exit_lane": "19"}, "B"),
        ({"agency": "b&t"}, "A"),
        ({"ezpass_class": "l"}, "B"),
        ({"driver_id": "1174, 999"}, "A"),
        ({"driver_name": "ztürk,nobody"}, "C"),
        ({"lease_id": "04,77"}, "A C"),
        ({"vin": "v200_"}, "C"),
        ({"medallion_no": "1p4"}, "A"),
        ({"search": "y2042"}, "A"),
        ({"keys": "B"}, "B"),
    ],
    "pvb": [
        ({}, "A B C"),
        ({"plate": "7163, zz"}, "A"),
        ({"state": "nj,ct"}, "C"),
        ({"type": "om"}, "A B"),
        ({"summons": "149,b"}, "A B"),
        ({"failure_reason": "plate_"}, "C"),
        ({"violation_code": "21"}, "A"),
        ({"violation_country": "bx, st"}, "C"),
        ({"street_name": "dean"}, "A"),
        ({"status": "POSTED_TO_LEDGER,ASSOCIATION_FAILED"}, "A C"),
        ({"source": "manual_entry"}, "C"),
        ({"disposition": "paid,DISMISSED"}, "A C"),
        ({"from_issue_date": "2025-07-05"}, "A C"),
        ({"to_issue_date": "2025-07-05"}, "A B"),
        ({"from_issue_time": "00:30"}, "A C"),
        ({"to_issue_time": "00:30"}, "A"),
        ({"from_posting_date": "2026-05-06"}, "A"),
        ({"to_posting_date": "2026-05-06"}, "A"),
        ({"from_amount": "0"}, "A B C"),
        ({"from_amount": "0.01"}, "A B"),
        ({"to_amount": "0"}, "C"),
        ({"from_fine": "65"}, "A B"),
        ({"to_fine": "0"}, "C"),
        ({"from_penalty": "10"}, "A"),
        ({"to_penalty": "0"}, "B C"),
        ({"from_interest": "0"}, "A C"),
        ({"to_interest": "0"}, "C"),
        ({"from_reduction": "5"}, "A"),
        ({"to_reduction": "0"}, "B C"),
        ({"from_processing_fee": "1.63"}, "A"),
        ({"to_processing_fee": "0"}, "B C"),
        ({"from_reduce_to": "0.01"}, "A"),
        ({"to_reduce_to": "0"}, "B C"),
        ({"from_ledger_balance": "1"}, "A"),
        ({"to_ledger_balance": "0"}, "C"),
        ({"driver_id": "117439"}, "A"),
        ({"driver_name": "ANDREWS"}, "A"),
        ({"lease_id": "77"}, "C"),
        ({"vin": "fu123"}, "A"),
        ({"medallion_no": "5x2,1p4"}, "A C"),
        ({"search": "dean"}, "A"),
        ({"keys": "A,C"}, "A C"),
    ],
    "curb": [
        ({}, "A B C"),
        ({"trip_ids": "8288, trans-"}, "A B"),
        ({"driver_ids": "117439, 999"}, "A"),
        ({"driver_ids": [117439, 200]}, "A C"),
        ({"vehicle_plates": "7163,5555"}, "A C"),
        ({"vehicle_plates": "OLD111C"}, ""),
        ({"medallion_numbers": "1t5,9"}, "A"),
        ({"tlc_license_numbers": "6080"}, "A"),
        ({"tlc_license_numbers": "50001, 6080560"}, "A C"),
        ({"payment_modes": "cash,PRIVATE_CARD"}, "A C"),
        ({"account_ids": "production"}, "A B"),
        ({"account_ids": "Test Garage, Production"}, "A B C"),
        ({"status": "POSTED_TO_LEDGER"}, "A"),
        ({"trip_start_from": "2026-05-04T12:00:00"}, "A C"),
        ({"trip_start_from": "2026-05-05"}, "C"),
        ({"trip_start_to": "2026-05-04"}, "A B"),
        ({"trip_start_to": "2026-05-04 11:59:59"}, "B"),
        ({"trip_end_from": "2026-05-04 12:20"}, "A C"),
        ({"trip_end_to": "2026-05-04"}, "A B"),
        ({"transaction_date_from": "2026-05-05"}, "A"),
        ({"transaction_date_to": "2026-05-05"}, "A"),
        ({"total_amount_from": "0"}, "A B"),
        ({"total_amount_to": "0"}, "B C"),
        ({"search": "1t54"}, "A"),
        ({"keys": "B,C"}, "B C"),
    ],
    "ledger-postings": [
        ({}, "A B C"),
        ({"start_date": "2026-05-05"}, "B C"),
        ({"end_date": "2026-05-04"}, "A"),
        ({"end_date": "2026-05-05"}, "A B C"),
        ({"category": "EZPASS"}, "A"),
        ({"category": "Interim Payment"}, "C"),
        ({"entry_type": "credit"}, "C"),
        ({"status": "VOIDED"}, "B"),
        ({"from_amount": "0"}, "A B"),
        ({"to_amount": "0"}, "B C"),
        ({"posting_id": "aaaa,0000-4000"}, "A B"),
        ({"reference_id": "_"}, "C"),
        ({"driver_name": "andrews"}, "A"),
        ({"lease_id": "77"}, "C"),
        ({"vehicle_vin": "EBX, DENORMAL"}, "A B"),
        ({"medallion_no": "5x"}, "C"),
        ({"search": "weekly"}, "C"),
        ({"keys": "A,B"}, "A B"),
    ],
    "ledger-balances": [
        ({}, "A B C"),
        ({"category": "Lease"}, "B"),
        ({"status": "CLOSED"}, "C"),
        ({"from_original_amount": "50"}, "A B"),
        ({"to_original_amount": "0"}, "C"),
        ({"from_prior_balance": "0"}, "A C"),
        ({"to_prior_balance": "0"}, "B C"),
        ({"from_balance": "0"}, "A B C"),
        ({"from_balance": "0.01"}, "A B"),
        ({"to_balance": "0"}, "C"),
        ({"balance_id": "aaaaaaaa-0000"}, "A"),
        ({"reference_id": "_"}, "C"),
        ({"driver_name": "andrews,ozturk"}, "A"),
        ({"lease_id": "1042,77"}, "A C"),
        ({"vehicle_vin": "nv200,denormal"}, "B C"),
        ({"search": "_"}, "C"),
        ({"keys": "C"}, "C"),
    ],
}  # fmt: skip


def make_tolls() -> dict[str, Any]:
    rows.balance("A-33068", category="EZPass", balance=0, status="CLOSED")
    rows.balance("C_%", category="EZPass", balance=5)
    rows.balance("B", category="PVB", balance=5)
    return {
        "A": rows.toll(
            "A-33068",
            transaction_datetime=at("2026-05-04 14:44:33"),
            status="Posted to Ledger",
            posting_date=at("2026-05-06 23:30"),
            **rows.whose(),
        ),
        "B": rows.toll(
            "B",
            tag_or_plate=" 00414500433",
            agency="NYSTA",
            entry_plaza="15",
            exit_plaza="19",
            transaction_datetime=at("2026-05-05 00:00"),
            amount=Decimal("9.00"),
            ezpass_class="2L",
        ),
        "C": rows.toll(
            "C_%",
            tag_or_plate="NJ ABC",
            agency="PANYNJ",
            exit_plaza="GWB",
            transaction_datetime=at("2026-05-05 23:59:59.500000"),
            amount=Decimal("0.00"),
            ezpass_class=None,
            status="Association Failed",
            **rows.whose(**OTHER),  # type: ignore[arg-type]
        ),
    }


def make_summonses() -> dict[str, Any]:
    rows.balance("A-149", balance=Decimal("77.05"))
    rows.balance("C", balance=0, status="CLOSED")
    rows.balance("B", category="EZPass", balance=5)
    return {
        "A": rows.summons(
            "A-149",
            penalty=10,
            interest=Decimal("0.42"),
            reduction=5,
            processing_fee=Decimal("1.63"),
            reduce_to=60,
            status="Posted to Ledger",
            disposition="Paid",
            violation_code="21",
            violation_country="K",
            street_name="Dean St",
            posting_date=at("2026-05-06 23:30"),
            **rows.whose(),
        ),
        "B": rows.summons(
            "B", plate="B", issue_date=at("2025-07-04").date(), issue_time=None, interest=None
        ),
        "C": rows.summons(
            "C",
            plate="C",
            state="NJ",
            type="PAS",
            issue_date=at("2025-07-06").date(),
            issue_time=at("2025-07-06 07:52").time(),
            fine=0,
            amount_due=0,
            source="MANUAL_ENTRY",
            status="Association Failed",
            failure_reason="PLATE_NOT_FOUND",
            disposition="Dismissed",
            violation_code="5",
            violation_country="BX",
            **rows.whose(**OTHER),  # type: ignore[arg-type]
        ),
    }


def make_trips() -> dict[str, Any]:
    garage = rows.models.CurbAccount.objects.create(account_name="Test Garage")
    return {
        "A": rows.trip(
            "A-8288059",
            payment_type="CASH",
            status="POSTED_TO_LEDGER",
            total_amount=Decimal("20.00"),
            transaction_date=at("2026-05-05 23:00"),
            **rows.whose(),
        ),
        "B": rows.trip(
            "B-TRANS-1",
            payment_type="CREDIT_CARD",
            curb_driver_id="4",
            curb_cab_number="2X77",
            start_time=at("2026-05-04 11:00"),
            end_time=at("2026-05-04 11:20"),
        ),
        "C": rows.trip(
            "C",
            payment_type="PRIVATE_CARD",
            account=garage,
            curb_driver_id="5000123",
            curb_cab_number="5X23",
            start_time=at("2026-05-05 12:00"),
            end_time=at("2026-05-05 12:30"),
            total_amount=Decimal("-1.00"),
            **rows.whose(**OTHER),  # type: ignore[arg-type]
        ),
    }


def make_postings() -> dict[str, Any]:
    return {
        "A": rows.posting(
            "A",
            id="aaaaaaaa-0000-4000-8000-000000000000",
            category="EZPass",
            created_on=at("2026-05-04 23:59:59.999999"),
            **rows.whose(),
        ),
        "B": rows.posting(
            "B",
            id="bbbbbbbb-0000-4000-8000-000000000000",
            amount=0,
            status="VOIDED",
            vin="DENORMALISED",
            created_on=at("2026-05-05 00:00"),
        ),
        "C": rows.posting(
            "C_%",
            id="cccccccc-1111-4111-8111-000000000000",
            category="Interim Payment",
            amount=-5,
            entry_type="CREDIT",
            description="Weekly payment",
            created_on=at("2026-05-05 23:59:59"),
            **rows.whose(**OTHER),  # type: ignore[arg-type]
        ),
    }


def make_balances() -> dict[str, Any]:
    return {
        "A": rows.balance(
            "A", id="aaaaaaaa-0000-4000-8000-000000000000", prior_balance=25, **rows.whose()
        ),
        "B": rows.balance(
            "B", category="Lease", vin="DENORMALISED", original_amount=50, prior_balance=-10
        ),
        "C": rows.balance(
            "C_%",
            original_amount=0,
            balance=0,
            status="CLOSED",
            **rows.whose(**OTHER),  # type: ignore[arg-type]
        ),
    }


MAKE = {
    "ezpass": make_tolls,
    "pvb": make_summonses,
    "curb": make_trips,
    "ledger-postings": make_postings,
    "ledger-balances": make_balances,
}


def letters(plan: Any) -> str:
    references = plan.rows.values_list(NAMES[plan.resource.name], flat=True)
    return " ".join(sorted(reference[0] for reference in references))


@pytest.mark.parametrize("name", CASES)
def test_every_filter_leaves_exactly_its_rows(name: str, plan: Any) -> None:
    made = MAKE[name]()
    for filters, expected in CASES[name]:
        given = dict(filters)
        if "keys" in given:
            given["keys"] = ",".join(str(made[letter].pk) for letter in given["keys"].split(","))
        asked = plan(name, given)
        assert letters(asked) == expected, filters
        assert asked.count() == len(expected.split()), filters


@pytest.mark.parametrize("name", CASES)
def test_no_filter_of_the_form_is_untested_and_so_none_is_ignored(name: str) -> None:
    """Filters accepted but ignored: each one here must have a case that drops a row."""
    everything = CASES[name][0][1]
    effective = {
        only for filters, left in CASES[name] if len(filters) == 1 and left != everything
        for only in filters
    }  # fmt: skip
    assert effective >= set(filterset_of(find_resource(name)).base_filters)
