from typing import Any

import pytest
from django.utils import timezone

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.registry import find_resource
from tests.domains import test_taxi_rows as rows
from tests.domains.test_taxi_cases import CASES, letters, make_tolls
from tests.domains.test_taxi_rows import at


@pytest.mark.parametrize("name", CASES)
def test_each_pair_of_bounds_is_declared_and_refuses_to_be_upside_down(
    name: str, plan: Any
) -> None:
    filterset = filterset_of(find_resource(name))
    lower = {n for n in filterset.base_filters if n.startswith("from_") or n.endswith("_from")}
    assert {pair[0] for pair in filterset.ranges} - {"start_date"} == lower
    for low, high in filterset.ranges:
        late, early = ("2", "1")
        if "date" in low or "start" in low or "end_" in low:
            late, early = "2026-02-02", "2026-02-01"
        if "time" in low:
            late, early = "02:00", "01:00"
        with pytest.raises(InvalidRequest) as caught:
            plan(name, {low: late, high: early})
        assert list(caught.value.errors) == [high]


@pytest.mark.parametrize(
    ("name", "filter_name", "valid"),
    [
        ("ezpass", "status", "POSTED_TO_LEDGER"),
        ("pvb", "status", "ASSOCIATION_PENDING"),
        ("pvb", "source", "MANUAL_ENTRY"),
        ("pvb", "disposition", "REDUCED"),
        ("curb", "status", "POSTED_TO_LEDGER"),
        ("curb", "payment_modes", "CREDIT_CARD"),
        ("curb", "account_ids", "Production"),
        ("ledger-postings", "category", "MISCELLANEOUS_CREDIT"),
        ("ledger-postings", "entry_type", "DEBIT"),
        ("ledger-postings", "status", "VOIDED"),
        ("ledger-balances", "category", "LEASE"),
        ("ledger-balances", "status", "OPEN"),
    ],
)
def test_an_unknown_choice_never_drops_the_filter(
    name: str, filter_name: str, valid: str, plan: Any
) -> None:
    rows.trip()
    for value in ("Nonsense", f"{valid},Nonsense", [valid, "Nonsense"]):
        with pytest.raises(InvalidRequest) as caught:
            plan(name, {filter_name: value})
        (message,) = caught.value.errors[filter_name]
        assert "Nonsense" in message
        assert valid in message


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        ("curb", {"driver_ids": "12,x"}),
        ("curb", {"total_amount_from": "-1"}),
        ("curb", {"trip_start_from": "yesterday"}),
        ("ezpass", {"from_transaction_time": "25:00"}),
        ("ezpass", {"from_transaction_date": "9999-12-31"}),
        ("ezpass", {"from_amount": "x"}),
        ("ledger-postings", {"end_date": "2026-02-30"}),
    ],
)
def test_what_is_no_value_is_refused(name: str, filters: dict[str, str], plan: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        plan(name, filters)
    assert list(caught.value.errors) == list(filters)


@pytest.mark.parametrize("name", CASES)
def test_other_spellings_mean_filters_that_there_are(name: str) -> None:
    filterset = filterset_of(find_resource(name))
    assert set(filterset.aliases.values()) <= set(filterset.base_filters)
    assert not set(filterset.aliases) & set(filterset.base_filters)


def test_old_spellings_are_understood(plan: Any) -> None:
    make_tolls()
    assert letters(plan("ezpass", {"tag_or_plate": "abc"})) == "C"
    assert plan("curb", {"payment_type": "cash"}).filters == {"payment_modes": "cash"}


# -- Times of the day -------------------------------------------------------------------------
def test_a_night_from_one_day_to_the_next_is_no_range_upside_down(plan: Any) -> None:
    filters = {"from_transaction_time": "22:00", "to_transaction_time": "04:00"}
    days = {"from_transaction_date": "2026-05-04", "to_transaction_date": "2026-05-05"}
    make_tolls()
    assert letters(plan("ezpass", {**filters, **days})) == "B"
    for same_day in ({}, {**days, "to_transaction_date": "2026-05-04"}):
        with pytest.raises(InvalidRequest) as caught:
            plan("ezpass", {**filters, **same_day})
        assert list(caught.value.errors) == ["to_transaction_time"]


def test_a_time_of_day_is_that_of_the_office(plan: Any) -> None:
    make_tolls()  # 14:44 UTC is 10:44 in New York, and midnight 20:00
    with timezone.override("America/New_York"):
        asked = {"from_transaction_time": "10:44:33", "to_transaction_time": "19:59:58"}
        assert letters(plan("ezpass", asked)) == "A"
        assert letters(plan("ezpass", {"to_transaction_date": "2026-05-04"})) == "A B"


def test_both_hours_of_the_night_when_clocks_go_back_are_in_the_range(plan: Any) -> None:
    rows.toll("A", transaction_datetime=at("2025-11-02 05:30"))  # 01:30 in summer time
    rows.toll("B", transaction_datetime=at("2025-11-02 06:30"))  # 01:30 in winter time
    rows.toll("C", transaction_datetime=at("2025-11-02 07:00"))
    day = {"from_transaction_date": "2025-11-02", "to_transaction_date": "2025-11-02"}
    times = {"from_transaction_time": "01:30", "to_transaction_time": "01:30:00"}
    with timezone.override("America/New_York"):
        assert letters(plan("ezpass", {**day, **times})) == "A B"
        assert letters(plan("ezpass", times)) == "A B"


def test_a_relation_drops_rows_without_it_only_when_it_is_asked_for(plan: Any) -> None:
    make_tolls()
    joined = plan("ezpass", columns=["transaction_id", "driver_name", "vehicle_vin", "lease_id"])
    assert letters(joined) == "A B C"
    assert letters(plan("ezpass", {"driver_name": ","})) == "A B C"
    assert letters(plan("ezpass", {"driver_name": "a"})) == "A C"
