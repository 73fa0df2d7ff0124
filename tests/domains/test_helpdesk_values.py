"""What the database works out, against the same in Python."""

import calendar
import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from exports import delivery
from exports.answers import answer_at_once
from exports.plans import ExportRequest
from exports.registry import find_resource
from exports.resources import column_kind, column_named, columns_of
from exports.sources.orm import read_some
from exportsite.domains.helpdesk.expressions import AddMonths
from exportsite.domains.helpdesk.models import Asset
from exportsite.domains.helpdesk.seed import seed

UNTIL = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def later(day: dt.date | None, months: int | None) -> dt.date | None:
    if day is None or months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def values_of(plan: Any, resource: str, *names: str) -> list[dict[str, Any]]:
    contact = any(column_named(find_resource(resource), name).sensitive for name in names)
    asked = plan(resource, columns=names, include_contact_info=contact)
    return [dict(zip(names, row, strict=True)) for row in read_some(asked, 10_000)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-03-31", 1, "2024-04-30"),
        ("2024-03-30", 1, "2024-04-30"),
        ("2023-05-14", 36, "2026-05-14"),
        ("2024-01-31", 0, "2024-01-31"),
        ("1999-12-31", 2, "2000-02-29"),
        ("2199-12-31", 600, "2249-12-31"),
    ],
)
def test_a_warranty_ends_on_the_same_day_or_the_months_last(
    day: str, months: int, expected: str, plan: Any, make_asset: Any
) -> None:
    make_asset(purchase_date=dt.date.fromisoformat(day), warranty_months=months)
    (row,) = values_of(plan, "assets", "warranty_expiry_date")
    assert row["warranty_expiry_date"] == dt.date.fromisoformat(expected)
    assert later(dt.date.fromisoformat(day), months) == row["warranty_expiry_date"]


@pytest.mark.parametrize(
    "fields", [{"purchase_date": dt.date(2024, 1, 31)}, {"warranty_months": 12}, {}]
)
def test_a_warranty_with_a_part_missing_has_no_end(
    fields: dict[str, Any], plan: Any, make_asset: Any
) -> None:
    make_asset(**fields)
    assert values_of(plan, "assets", "warranty_expiry_date") == [{"warranty_expiry_date": None}]


def test_every_day_and_span_is_added_as_in_python(make_asset: Any) -> None:
    begin = dt.date(2023, 12, 25)
    spans = (0, 1, 2, 11, 12, 13, 24, 60)
    for number in range(430):
        make_asset(
            str(number),
            purchase_date=begin + dt.timedelta(days=number),
            warranty_months=spans[number % len(spans)],
        )
    ends = Asset.objects.annotate(end=AddMonths(F("purchase_date"), F("warranty_months")))
    wrong = [a for a in ends if a.end != later(a.purchase_date, a.warranty_months)]
    assert not wrong
    chosen = Asset.objects.filter(pk__in=ends.filter(end__lt=begin + dt.timedelta(days=60)))
    assert {later(a.purchase_date, a.warranty_months) for a in chosen} == {
        a.end for a in ends if a.end < begin + dt.timedelta(days=60)
    }


@pytest.fixture
def few(db: None) -> None:
    seed(300, until=UNTIL)


def test_values_of_assets_are_those_of_their_relations(few: None, plan: Any) -> None:
    names = [column.name for column in columns_of(find_resource("assets"))]
    rows = {row["id"]: row for row in values_of(plan, "assets", *names)}
    assets = Asset.objects.select_related(
        "model__manufacturer", "model__asset_type", "status", "location", "assigned_to", "division"
    )
    assert len(rows) == len(assets) == 120
    for asset in assets:
        row, model = rows[asset.pk], asset.model
        assert row["manufacturer_id"] == model.manufacturer_id
        assert row["asset_type_id"] == model.asset_type_id
        assert row["warranty_expiry_date"] == later(asset.purchase_date, asset.warranty_months)
        assert row["assigned_to"] == asset.assigned_to_id
        assert row["assigned_to_name"] == full_name(asset.assigned_to)
        assert row["location"] == (asset.location.name if asset.location else None)
        assert (row["status"], row["division"]) == (asset.status.name, asset.division.name)
        assert (row["manufacturer"], row["model"]) == (model.manufacturer.name, model.name)
        assert row["asset_type"] == model.asset_type.name
        assert row["readable_asset_tag"] == row["asset_tag"] == asset.asset_tag


def test_values_of_tickets_are_those_of_their_relations(few: None, plan: Any) -> None:
    resource = find_resource("tickets")
    names = [column.name for column in columns_of(resource)]
    rows = {row["id"]: row for row in values_of(plan, "tickets", *names)}
    tickets = resource.model._default_manager.select_related(
        "status", "requester", "assigned_to", "asset", "priority", "type", "location"
    )
    assert len(rows) == len(tickets) == 300
    for ticket in tickets:
        row = rows[ticket.pk]
        assert row["is_open"] is (ticket.status.name not in ("Resolved", "Closed"))
        assert row["is_resolved"] is (ticket.resolved_at is not None)
        assert row["created_by"] == ticket.requester_id
        assert row["due_date"] == row["sla_due"] == ticket.sla_due
        assert row["requester"] == full_name(ticket.requester)
        assert row["requester_email"] == ticket.requester.email
        assert row["assigned_to_name"] == full_name(ticket.assigned_to)
        assert row["asset"] == (ticket.asset.asset_tag if ticket.asset else None)
        assert (row["status"], row["type"]) == (ticket.status.name, ticket.type.name)
        assert (row["priority"], row["location"]) == (ticket.priority.name, ticket.location.name)


def full_name(user: User | None) -> str | None:
    return (user.get_full_name() or user.username) if user else None


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("Ana", "Kovač", "Ana Kovač"), ("Ana", "", "Ana"), ("", "Kovač", "Kovač"), ("", "", "ana")],
)
def test_a_person_without_a_name_is_called_by_the_user_name(
    first: str, last: str, shown: str, plan: Any, make_ticket: Any
) -> None:
    make_ticket(assigned_to=User.objects.create_user("ana", first_name=first, last_name=last))
    assert values_of(plan, "tickets", "assigned_to_name") == [{"assigned_to_name": shown}]


def test_what_is_worked_out_has_a_kind() -> None:
    kinds = {
        column.name: column_kind(resource, column)
        for resource in (find_resource("assets"), find_resource("tickets"))
        for column in columns_of(resource)
    }
    assert kinds["warranty_expiry_date"] == "date"
    assert kinds["is_open"] == kinds["is_resolved"] == "boolean"
    assert kinds["manufacturer_id"] == kinds["created_by"] == kinds["warranty_months"] == "integer"
    assert kinds["due_date"] == kinds["readable_created_at"] == "datetime"
    assert kinds["assigned_to_name"] == kinds["status"] == "text"


@pytest.mark.parametrize("resource", ["assets", "tickets"])
def test_all_columns_and_filters_together_take_one_query_and_repeat_no_row(
    resource: str, few: None, plan: Any
) -> None:
    names = [c.name for c in columns_of(find_resource(resource)) if not c.sensitive]
    asked = plan(resource, {"search": "a", "date_to": "2026-05-04"}, columns=names)
    with CaptureQueriesContext(connection) as queries:
        rows = read_some(asked, 10_000)
    assert len(queries) == 1
    assert len(rows) == len({row[0] for row in rows}) == asked.count() > 50


def test_the_ticket_workbook_colours_priorities_counts_rows_and_statuses(
    make_user: Any, settings: Any, tmp_path: Any
) -> None:
    settings.EXPORT_DIRECTORY = tmp_path
    seed(40)
    user = make_user("ana", "exports.add_export", "helpdesk.view_ticket")
    columns = ["ticket_code", "status", "priority"]
    export = answer_at_once(user, ExportRequest(resource="tickets", format="xlsx", columns=columns))
    assert export.status == "completed", export.error_details
    with delivery.folder().open(export.file_key) as stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    sheet = book.worksheets[0]
    fills = {row[2].value: row[2].fill.fgColor.rgb for row in sheet.iter_rows(2, 41)}
    assert len(set(fills.values())) == len(fills)
    assert "SUBTOTAL" in str(sheet.cell(42, 1).value)
    about = [str(cell) for row in book["About"].values for cell in row]
    assert any("COUNTIF" in text for text in about)
