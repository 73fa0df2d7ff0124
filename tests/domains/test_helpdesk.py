import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.registry import find_resource
from exports.resources import columns_of, default_columns, presets_of, sorts_of
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset, Ticket, next_ticket_code

ASSET_COLUMNS = [
    "id", "name", "asset_tag", "serial_number", "status_id", "location_id", "assigned_to",
    "manufacturer_id", "asset_type_id", "purchase_date", "warranty_expiry_date", "created_at",
    "updated_at",
]  # fmt: skip
TICKET_COLUMNS = [
    "id", "ticket_code", "subject", "description", "status_id", "priority_id", "type_id",
    "assigned_to", "created_by", "is_open", "is_resolved", "created_at", "due_date", "updated_at",
]  # fmt: skip
READABLE_ASSETS = [
    "Asset Tag", "Serial Number", "Model", "Division", "Supplier", "Purchase Date",
    "Warranty (Months)", "IP Address", "MAC Address", "Status", "Assigned To", "Notes",
    "Created At",
]  # fmt: skip
READABLE_TICKETS = [
    "Ticket Code", "Subject", "Description", "User", "Assigned To", "Location", "Asset", "Status",
    "Priority", "Type", "SLA Due", "First Response At", "Resolved At", "Created At",
]  # fmt: skip


@pytest.fixture
def tags(plan: Any) -> Callable[..., list[str]]:
    def found(**filters: Any) -> list[str]:
        return sorted(plan("assets", filters).rows.values_list("asset_tag", flat=True))

    return found


@pytest.fixture
def codes(plan: Any) -> Callable[..., list[str]]:
    def found(**filters: Any) -> list[str]:
        return sorted(plan("tickets", filters).rows.values_list("ticket_code", flat=True))

    return found


@pytest.fixture
def refusal(plan: Any) -> Callable[..., dict[str, list[str]]]:
    def refused(resource: str, **filters: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidRequest) as caught:
            plan(resource, filters)
        return caught.value.errors

    return refused


@pytest.fixture
def bea(db: None) -> User:
    return User.objects.create_user("Bea", email="bea@example.org", first_name="Bea")


# -- Columns, order ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "names"), [("assets", ASSET_COLUMNS), ("tickets", TICKET_COLUMNS)]
)
def test_the_default_columns_are_headed_by_their_names(name: str, names: list[str]) -> None:
    resource = find_resource(name)
    assert default_columns(resource) == names
    assert [c.file_header for c in columns_of(resource) if c.default] == names


@pytest.mark.parametrize(
    ("name", "headers"), [("assets", READABLE_ASSETS), ("tickets", READABLE_TICKETS)]
)
def test_the_older_sheet_is_a_choice_of_columns(name: str, headers: list[str], plan: Any) -> None:
    resource = find_resource(name)
    asked = plan(name, columns=presets_of(resource)["Readable"])
    assert [column.file_header for column in asked.columns] == headers
    assert not set(presets_of(resource)["Readable"]) & set(default_columns(resource))


def test_only_the_e_mail_is_sensitive() -> None:
    for name, sensitive in (("assets", []), ("tickets", ["requester_email"])):
        columns = columns_of(find_resource(name))
        assert [column.name for column in columns if column.sensitive] == sensitive


def test_rows_are_sorted_by_nothing_but_the_listed_fields(plan: Any, refusal: Any) -> None:
    assert list(sorts_of(find_resource("assets"))) == [
        "id", "name", "asset_tag", "created_at", "updated_at", "status_id",
    ]  # fmt: skip
    assert list(sorts_of(find_resource("tickets"))) == [
        "id", "ticket_code", "subject", "created_at", "updated_at", "status_id", "priority_id",
    ]  # fmt: skip
    for resource in ("assets", "tickets"):
        with pytest.raises(InvalidRequest):
            plan(resource, sort_by="description")


def test_every_sort_works_and_ties_are_broken_by_id(plan: Any, make_ticket: Any) -> None:
    keys = [make_ticket(f"T{number}").pk for number in range(3)]
    for name in sorts_of(find_resource("tickets")):
        assert sorted(t.pk for t in plan("tickets", sort_by=name).rows) == keys
    tied = plan("tickets", sort_by="status_id", sort_descending=True).rows
    assert [ticket.pk for ticket in tied] == keys
    assert [ticket.pk for ticket in plan("tickets").rows] == keys


# -- Filters on relations ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "alias", "field"),
    [
        ("status_id", "status", "status"),
        ("location_id", "location", "location"),
        ("manufacturer_id", "manufacturer", "maker"),
        ("asset_type_id", "asset_type", "kind"),
        ("division_id", "division", "division"),
    ],
)
def test_assets_are_chosen_by_what_they_belong_to(
    name: str, alias: str, field: str, plan: Any, make_asset: Any, tags: Any
) -> None:
    make_asset("A", **{field: "Mine, all"})
    make_asset("B", **{field: "Yours"})
    make_asset("C", **{field: "Theirs"})
    queryset = filterset_of(find_resource("assets")).base_filters[name].queryset
    key = queryset.get(name="Mine, all").pk
    assert tags(**{name: key}) == tags(**{name: [str(key)]}) == ["A"]
    assert tags(**{name: "mine, ALL"}) == tags(**{alias: "mine, all"}) == ["A"]
    assert tags(**{name: [key, "yours"]}) == ["A", "B"]
    assert tags(**{name: ""}) == tags(**{name: []}) == ["A", "B", "C"]
    assert list(plan("assets", {alias: "yours"}).filters) == [name]


@pytest.mark.parametrize(
    ("name", "alias", "field"),
    [
        ("status_id", "status", "status"),
        ("priority_id", "priority", "priority"),
        ("type_id", "type", "kind"),
        ("location_id", "location", "location"),
    ],
)
def test_tickets_are_chosen_by_what_they_belong_to(
    name: str, alias: str, field: str, make_ticket: Any, codes: Any
) -> None:
    make_ticket("A", **{field: "One"})
    make_ticket("B", **{field: "Two"})
    make_ticket("C", **{field: "Three"})
    assert codes(**{name: "one"}) == codes(**{alias: "ONE"}) == ["A"]
    assert codes(**{name: ["one", "two"]}) == codes(**{alias: ["One", "Two"]}) == ["A", "B"]


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("assets", "status_id"), ("assets", "location_id"), ("assets", "assigned_to"),
        ("assets", "manufacturer_id"), ("assets", "asset_type_id"), ("assets", "division_id"),
        ("tickets", "status_id"), ("tickets", "priority_id"), ("tickets", "type_id"),
        ("tickets", "assigned_to"), ("tickets", "location_id"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["999999", "nobody", "-1", str(10**30)])
def test_an_unknown_key_is_refused_with_the_valid_ones(
    resource: str, name: str, value: str, refusal: Any, make_asset: Any, make_ticket: Any
) -> None:
    make_asset()
    make_ticket()
    (message,) = refusal(resource, **{name: value})[name]
    first = filterset_of(find_resource(resource)).base_filters[name].queryset.earliest("pk")
    assert f"“{value}”" in message
    assert f"{first.pk} {first}" in message


def test_people_are_given_by_key_or_user_name(
    bea: User, make_asset: Any, make_ticket: Any, tags: Any, codes: Any
) -> None:
    make_asset("A", assigned_to=bea)
    make_asset("B")
    make_ticket("A", assigned_to=bea)
    make_ticket("B")
    for found in (tags, codes):
        assert found(assigned_to=bea.pk) == found(assigned_to="bea") == ["A"]
        assert found(unassigned=True) == ["B"]
        assert found(unassigned="no") == ["A"]
        assert found() == ["A", "B"]


def test_assets_without_a_location_drop_only_when_one_is_asked_for(
    make_asset: Any, tags: Any
) -> None:
    make_asset("A", location=None)
    make_asset("B", location="Here")
    assert tags() == ["A", "B"]
    assert tags(location="here") == tags(no_location=False) == ["B"]
    assert tags(no_location="true") == ["A"]


# -- Other filters ----------------------------------------------------------------------------
def test_open_and_resolved_are_yes_no_or_not_asked(make_ticket: Any, codes: Any) -> None:
    moment = dt.datetime(2026, 5, 5, tzinfo=dt.UTC)
    for status in ("Open", "Pending", "In Progress"):
        make_ticket(status, status=status)
    make_ticket("Resolved", status="Resolved", resolved_at=moment)
    make_ticket("Closed", status="Closed")  # without ever being resolved
    everything = ["CLOSED", "IN PROGRESS", "OPEN", "PENDING", "RESOLVED"]
    assert codes() == codes(is_open="") == codes(is_open=None, is_resolved=None) == everything
    assert codes(is_open=True) == codes(is_open="1") == ["IN PROGRESS", "OPEN", "PENDING"]
    assert codes(is_open=False) == codes(is_open="false") == ["CLOSED", "RESOLVED"]
    assert codes(is_resolved="true") == ["RESOLVED"]
    assert codes(is_resolved="false") == ["CLOSED", "IN PROGRESS", "OPEN", "PENDING"]
    assert codes(is_open=False, is_resolved=False) == ["CLOSED"]


def test_a_tri_state_takes_no_other_word(refusal: Any) -> None:
    assert "“perhaps”" in refusal("tickets", is_open="perhaps")["is_open"][0]


@pytest.mark.parametrize("resource", ["assets", "tickets"])
def test_both_days_count_from_their_first_to_their_last_moment(
    resource: str, plan: Any, make_asset: Any, make_ticket: Any
) -> None:
    make = make_asset if resource == "assets" else make_ticket
    last = dt.datetime(2026, 5, 4, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    first = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
    moments = [first - dt.timedelta.resolution, first, last, last + dt.timedelta.resolution]
    keys = [make(str(number), created_at=at).pk for number, at in enumerate(moments)]

    def found(**filters: str) -> list[int]:
        return [row.pk for row in plan(resource, filters).rows]

    assert found(date_from="2026-05-04", date_to="2026-05-04") == keys[1:3]
    assert found(date_from="2026-05-04") == keys[1:]
    assert found(date_to="2026-05-04") == keys[:3]
    assert found(date_to="2026-05-03") == keys[:1]


@pytest.mark.parametrize("resource", ["assets", "tickets"])
def test_the_days_are_those_of_the_sites_time_zone(
    resource: str, settings: Any, plan: Any, make_asset: Any, make_ticket: Any
) -> None:
    settings.TIME_ZONE = "America/New_York"
    make = make_asset if resource == "assets" else make_ticket
    make("1", created_at=dt.datetime(2026, 5, 5, 3, tzinfo=dt.UTC))  # 23:00 of the day before
    days = {"date_from": "2026-05-04", "date_to": "2026-05-04"}
    assert plan(resource, days).count() == 1


def test_days_upside_down_or_wrong_are_refused(refusal: Any) -> None:
    for resource in ("assets", "tickets"):
        assert list(refusal(resource, date_from="2026-05-05", date_to="2026-05-04")) == ["date_to"]
        assert list(refusal(resource, date_from="31/31/2026")) == ["date_from"]


def test_warranty_months_are_a_range_from_which_nulls_drop(
    make_asset: Any, tags: Any, refusal: Any
) -> None:
    for tag, months in (("A", 0), ("B", 12), ("C", 36), ("D", None)):
        make_asset(tag, warranty_months=months)
    assert tags(warranty_months_min=0) == ["A", "B", "C"]
    assert tags(warranty_months_max=0) == ["A"]
    assert tags(warranty_months_min=12, warranty_months_max=36) == ["B", "C"]
    assert tags() == ["A", "B", "C", "D"]
    errors = refusal("assets", warranty_months_min=2, warranty_months_max=1)
    assert list(errors) == ["warranty_months_max"]


def test_filters_combine_with_and(bea: User, make_ticket: Any, codes: Any) -> None:
    make_ticket("A", status="Open", priority="High", assigned_to=bea)
    make_ticket("B", status="Open", priority="Low", assigned_to=bea)
    make_ticket("C", status="Open", priority="High")
    assert codes(status="open", priority="high", assigned_to="bea", is_open=True) == ["A"]


def test_search_takes_wildcards_literally(
    make_asset: Any, make_ticket: Any, tags: Any, codes: Any
) -> None:
    make_asset("A", name="100% wool", notes=None)
    make_asset("B", name=None, serial_number="100X")
    make_ticket("A", subject="snake_case", description="hisses")
    make_ticket("B", subject="snakeXcase", description="hisses")
    assert tags(search="100%") == ["A"]
    assert tags(search="100x") == ["B"]
    assert codes(search="HISSES e_c") == ["A"]


# -- Rows -------------------------------------------------------------------------------------
def test_codes_are_stored_trimmed_and_in_capitals_by_whatever_way(make_asset: Any) -> None:
    asset = make_asset(" ast-7 ", serial_number=" sn-1\t", mac_address="00:1a:2b:3c:4d:5e")
    other = make_asset("x", serial_number="  ")
    Asset.objects.filter(pk=other.pk).update(asset_tag=" y ")
    asset.refresh_from_db()
    other.refresh_from_db()
    assert (asset.asset_tag, asset.serial_number) == ("AST-7", "SN-1")
    assert asset.mac_address == "00:1A:2B:3C:4D:5E"
    assert (other.asset_tag, other.serial_number) == ("Y", None)
    assert Asset.objects.get(asset_tag="ast-7 ") == asset


@pytest.mark.parametrize(
    "fields",
    [
        {"tag": "ast-0001"},
        {"tag": "B", "serial_number": "sn-1"},
        {"tag": "B", "purchase_date": dt.date(1949, 12, 31)},
        {"tag": "B", "purchase_date": dt.date(9999, 1, 1)},
        {"tag": "B", "warranty_months": 601},
        {"tag": "B", "warranty_months": -1},
    ],
)
def test_the_database_refuses_what_cannot_be(fields: dict[str, Any], make_asset: Any) -> None:
    make_asset("AST-0001", serial_number="SN-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_asset(**fields)


def test_names_of_a_list_differ_by_more_than_case(make_asset: Any) -> None:
    make_asset(status="Deployed")
    twin = lookups.AssetStatus(name="DEPLOYED")
    with pytest.raises(ValidationError):
        twin.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_who_leaves_takes_no_asset_or_ticket_away(
    bea: User, make_asset: Any, make_ticket: Any
) -> None:
    make_asset(assigned_to=bea)
    make_ticket(assigned_to=bea)
    bea.delete()
    assert Asset.objects.get().assigned_to_id is None
    assert Ticket.objects.get().assigned_to_id is None


def test_the_next_code_of_a_day_follows_its_highest(make_ticket: Any) -> None:
    day = dt.date(2026, 5, 4)
    assert next_ticket_code(day) == "TKT-20260504-001"
    for code in ("TKT-20260504-009", "TKT-20260504-1010", "TKT-20260504-x", "TKT-20260505-2000"):
        make_ticket(code)
    assert next_ticket_code(day) == "TKT-20260504-1011"
