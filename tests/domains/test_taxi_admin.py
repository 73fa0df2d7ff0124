from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exports.default_filters import filterset_of
from exports.registry import find_resource
from exportsite.domains.taxi import models
from tests.domains.test_taxi_rows import at, balance, posting, summons, toll, trip, whose

RESOURCES = {
    "ezpasstransaction": "ezpass",
    "pvbviolation": "pvb",
    "curbtrip": "curb",
    "ledgerposting": "ledger-postings",
    "ledgerbalance": "ledger-balances",
}
LISTS = (
    *RESOURCES, "driver", "vehicle", "medallion", "lease", "ezpassimport", "pvbimport",
    "curbaccount",
)  # fmt: skip
MAKE = (toll, summons, trip, posting, balance)


def add(number: int) -> None:
    """A row in every table, each with relations of its own."""
    relations = whose(
        f"{number}",
        f"Name {number}",
        license=f"L{number}",
        vin=f"VIN{number}",
        plates=(f"P{number}",),
        medallion=f"{number}",
        lease_id=f"{number}",
    )
    account = models.CurbAccount.objects.create(account_name=f"Account {number}")
    models.PVBImport.objects.create(file_name=f"{number}.csv")
    for make in MAKE:
        more = {"account": account} if make is trip else {}
        make(f"R{number}", **relations, **more)


@pytest.fixture
def open_list(client: Client, root: Any) -> Any:
    client.force_login(root)

    def get(model: str, parameters: dict[str, str] | None = None) -> Any:
        return client.get(reverse(f"admin:taxi_{model}_changelist"), parameters or {})

    return get


@pytest.mark.parametrize("model", LISTS)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(model: str, open_list: Any) -> None:
    for number in range(2):
        add(number)
    with CaptureQueriesContext(connection) as few:
        assert open_list(model).status_code == 200
    for number in range(2, 9):
        add(number)
    with CaptureQueriesContext(connection) as many:
        assert open_list(model).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("model", RESOURCES)
def test_every_parameter_of_a_list_leads_to_a_filter_of_the_export(
    model: str, open_list: Any
) -> None:
    resource = find_resource(RESOURCES[model])
    add(0)
    add(1)
    specs = open_list(model).context["cl"].filter_specs
    offered = {name for spec in specs for name in spec.expected_parameters() if name}
    offered -= {name for name in offered if name.endswith("__isnull")}
    assert offered == set(resource.changelist_filters)
    assert set(resource.changelist_filters.values()) <= set(filterset_of(resource).base_filters)


@pytest.mark.parametrize("model", RESOURCES)
def test_the_search_of_a_list_is_that_of_its_export(model: str) -> None:
    resource = find_resource(RESOURCES[model])
    assert admin.site.get_model_admin(resource.model).search_fields == resource.search_fields


@pytest.mark.parametrize(
    ("model", "parameters", "left"),
    [
        ("ezpasstransaction", {"status__exact": "Posted to Ledger"}, ["B"]),
        ("ezpasstransaction", {"agency": "NYSTA"}, ["B"]),
        ("ezpasstransaction", {"from_transaction_date": "2025-11-20"}, ["B"]),
        ("ezpasstransaction", {"to_transaction_date": "2025-11-19"}, ["A"]),
        ("ezpasstransaction", {"q": "A"}, ["A"]),
        ("pvbviolation", {"from_issue_date": "2025-07-06"}, ["B"]),
        ("pvbviolation", {"source__exact": "MANUAL_ENTRY"}, ["B"]),
        ("curbtrip", {"trip_start_from": "2026-05-05"}, ["B"]),
        ("curbtrip", {"payment_type__exact": "CASH"}, ["B"]),
        ("ledgerposting", {"start_date": "2026-05-05", "end_date": "2026-05-05"}, ["B"]),
        ("ledgerposting", {"category__exact": "Lease"}, ["B"]),
        ("ledgerbalance", {"status__exact": "CLOSED"}, ["B"]),
    ],
)
def test_the_list_and_the_export_agree(
    model: str, parameters: dict[str, str], left: list[str], open_list: Any, plan: Any
) -> None:
    for make in MAKE:
        make("A")
    toll(
        "B",
        agency="NYSTA",
        status="Posted to Ledger",
        transaction_datetime=at("2025-11-20"),
        tag_or_plate="x",
    )
    summons("B", source="MANUAL_ENTRY", issue_date=at("2025-07-06").date())
    trip("B", start_time=at("2026-05-05 23:59"), payment_type="CASH")
    posting("B", category="Lease", created_on=at("2026-05-05 23:59:59"))
    balance("B", status="CLOSED", balance=0)
    resource = find_resource(RESOURCES[model])
    names = {**resource.changelist_filters, "q": "search"}
    exported = plan(resource.name, {names[name]: value for name, value in parameters.items()})
    shown = open_list(model, parameters).context["cl"].result_list
    business_id = RESOURCES_ID[model]
    assert [getattr(row, business_id) for row in shown] == left
    assert [getattr(row, business_id) for row in exported.rows] == left


RESOURCES_ID = {
    "ezpasstransaction": "transaction_id",
    "pvbviolation": "summons",
    "curbtrip": "curb_trip_id",
    "ledgerposting": "reference_id",
    "ledgerbalance": "reference_id",
}


def test_a_list_hands_its_filters_over_to_the_export(open_list: Any) -> None:
    toll()
    page = open_list("ezpasstransaction", {"status__exact": "Imported", "agency": "MTAB&T"})
    address = page.context["export_url"]
    assert "/new/ezpass/" in address or "ezpass" in address
    assert "status=Imported" in address
    assert "agency=MTAB%26T" in address
    assert "lost" not in address


@pytest.mark.parametrize("name", RESOURCES.values())
def test_the_create_page_shows_every_filter(name: str, client: Client, root: Any) -> None:
    client.force_login(root)
    trip()
    page = client.get(reverse("admin:exports_export_new_resource", args=[name]))
    text = page.content.decode()
    shown = [n for n in filterset_of(find_resource(name)).base_filters if n != "keys"]
    assert [n for n in shown if f'name="{n}"' not in text] == []


@pytest.mark.parametrize("make", [posting, balance])
def test_the_ledger_can_be_read_but_not_written(make: Any, client: Client, root: Any) -> None:
    client.force_login(root)
    row = make()
    name = row._meta.model_name
    change = reverse(f"admin:taxi_{name}_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"amount": "1", "reference_id": "X"}).status_code == 403
    assert client.get(reverse(f"admin:taxi_{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:taxi_{name}_delete", args=[row.pk])).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    client.post(reverse(f"admin:taxi_{name}_changelist"), chosen)
    kept = type(row).objects.get()
    assert (kept.reference_id, kept.updated_on) == (row.reference_id, row.updated_on)


def test_saving_in_the_admin_says_who_and_when(client: Client, root: Any) -> None:
    client.force_login(root)
    values = {"medallion_number": "9Z99", "medallion_type": "Wav", "medallion_status": "Active"}
    client.post(reverse("admin:taxi_medallion_add"), {**values, "is_active": "on"})
    made = models.Medallion.objects.get()
    assert made.created_by == root
    change = reverse("admin:taxi_medallion_change", args=[made.pk])
    assert client.post(change, {**values, "medallion_type": "Regular"}).status_code == 302
    changed = models.Medallion.objects.get()
    assert (changed.medallion_type, changed.created_on) == ("Regular", made.created_on)
    assert changed.updated_on > made.updated_on


@pytest.mark.parametrize("model", ["ezpasstransaction", "pvbviolation", "curbtrip", "vehicle"])
def test_the_pages_of_a_row_open(model: str, client: Client, root: Any) -> None:
    client.force_login(root)
    add(0)
    row: Any = next(m for m in vars(models).values() if getattr(m, "__name__", "").lower() == model)
    key = row.objects.get().pk
    assert client.get(reverse(f"admin:taxi_{model}_change", args=[key])).status_code == 200
    assert client.get(reverse(f"admin:taxi_{model}_add")).status_code == 200
