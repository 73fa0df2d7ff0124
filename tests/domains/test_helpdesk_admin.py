import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exports.default_filters import filterset_of
from exports.registry import find_resource
from exportsite.domains.helpdesk.admin import CreatedFilter
from exportsite.domains.helpdesk.models import Asset, Ticket


@pytest.fixture
def open_list(client: Client, root: Any) -> Any:
    client.force_login(root)

    def get(model: str, parameters: dict[str, str] | None = None) -> Any:
        return client.get(reverse(f"admin:helpdesk_{model}_changelist"), parameters or {})

    return get


@pytest.mark.parametrize("model", ["asset", "ticket", "location", "assetmodel", "ticketpriority"])
def test_lists_take_as_many_queries_for_many_rows_as_for_few(
    model: str, open_list: Any, make_asset: Any, make_ticket: Any, django_user_model: Any
) -> None:
    def add(number: int) -> None:
        user = django_user_model.objects.create_user(f"user-{number}")
        # Each with a status, model and so on of its own.
        asset = make_asset(
            f"A{number}",
            assigned_to=user,
            status=f"S{number}",
            kind=f"{number}",
            location=f"L{number}",
        )
        make_ticket(
            f"T{number}",
            status=f"S{number}",
            priority=f"P{number}",
            kind=f"K{number}",
            assigned_to=user,
            requester=user,
            asset=asset,
        )

    add(0)
    add(1)
    with CaptureQueriesContext(connection) as few:
        assert open_list(model).status_code == 200
    for number in range(2, 12):
        add(number)
    with CaptureQueriesContext(connection) as many:
        assert len(open_list(model).context["cl"].result_list) >= 12
    assert len(many) == len(few)


LOOKED_UP = {
    "asset": ("status", "location", "division", "model__asset_type", "model__manufacturer"),
    "ticket": ("status", "priority", "type", "location"),
}


@pytest.mark.parametrize("model", [Asset, Ticket])
def test_every_parameter_of_a_list_leads_to_a_filter_of_the_export(
    model: Any, open_list: Any, make_asset: Any, make_ticket: Any
) -> None:
    resource = find_resource({Asset: "assets", Ticket: "tickets"}[model])
    for number in range(2):
        names = {"location": f"L{number}", "kind": f"K{number}", "status": f"S{number}"}
        make_asset(f"{number}", maker=f"M{number}", division=f"D{number}", **names)
        make_ticket(f"{number}", priority=f"P{number}", **names)
    specs = open_list(model._meta.model_name).context["cl"].filter_specs
    offered = {name for spec in specs for name in spec.expected_parameters() if name}
    # Only a relation that may be empty has the choice "empty".
    never = {name for name in offered if name.endswith("__isnull")} - {"location__isnull"}
    never |= {"location__isnull"} if model is Ticket else set()
    assert offered - never == set(resource.changelist_filters)
    assert set(resource.changelist_filters.values()) <= set(filterset_of(resource).base_filters)
    assert len(specs) == len(admin.site._registry[model].list_filter)


@pytest.mark.parametrize("model", ["asset", "ticket"])
def test_the_list_shows_what_the_export_holds(
    model: str, open_list: Any, plan: Any, make_asset: Any, make_ticket: Any, root: Any
) -> None:
    resource = find_resource(f"{model}s")
    noon = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
    make_asset("A", location=None, maker="LG", kind="Monitor", created_at=noon)
    make_asset("B", status="Retired", assigned_to=root, division="Sales")
    make_ticket("A", created_at=noon, kind="Loan", assigned_to=root)
    make_ticket("B", status="Closed", priority="High", location="Annex")
    asked = [
        {f"{path}__id__exact": str(value)}
        for path in LOOKED_UP[model]
        for value in resource.model._default_manager.values_list(path, flat=True)
        if value
    ]
    asked += [{"assigned_to__isempty": value} for value in "01"]
    asked += [{"date_from": "2026-05-04", "date_to": "2026-05-04"}, {"date_from": "2026-05-05"}]
    asked += [{"location__isnull": "True"}] if model == "asset" else []
    asked += [{"is_open": "true"}, {"is_open": "false"}] if model == "ticket" else []
    for parameters in asked:
        page = open_list(model, parameters)
        assert page.status_code == 200, parameters
        shown = sorted(row.pk for row in page.context["cl"].result_list)
        filters = {resource.changelist_filters[name]: v for name, v in parameters.items()}
        assert shown == sorted(row.pk for row in plan(f"{model}s", filters).rows), parameters


def test_the_days_of_creation_are_offered_as_links(open_list: Any, make_ticket: Any) -> None:
    make_ticket("OLD", created_at=timezone.now() - dt.timedelta(days=900))
    make_ticket("NEW", created_at=timezone.now())
    changelist = open_list("ticket").context["cl"]
    (spec,) = (spec for spec in changelist.filter_specs if isinstance(spec, CreatedFilter))
    choices = list(spec.choices(changelist))
    assert [str(c["display"]) for c in choices] == [
        "Any date", "Today", "Past 7 days", "This month", "This year",
    ]  # fmt: skip
    assert [c["selected"] for c in choices] == [True, False, False, False, False]
    today = timezone.localdate().isoformat()
    page = open_list("ticket", {"date_from": today})
    assert [ticket.ticket_code for ticket in page.context["cl"].result_list] == ["NEW"]
    assert f"?date_from={today}" in [c["query_string"] for c in choices]


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30"])
def test_a_day_that_is_none_brings_the_whole_list_back(day: str, open_list: Any) -> None:
    answer = open_list("ticket", {"date_from": day})
    assert (answer.status_code, answer.url) == (302, f"{answer.request['PATH_INFO']}?e=1")


def test_a_new_ticket_gets_the_next_code_and_a_time_by_which_it_is_due(
    client: Client, root: Any, make_ticket: Any
) -> None:
    first = make_ticket()
    client.force_login(root)
    address = reverse("admin:helpdesk_ticket_add")
    form = client.get(address).context["adminform"].form
    assert form.initial["ticket_code"] == f"TKT-{timezone.localdate():%Y%m%d}-001"
    values = {
        "ticket_code": " tkt-1 ", "subject": "S", "description": "D", "requester": root.pk,
        "location": first.location_id, "status": first.status_id, "priority": first.priority_id,
        "type": first.type_id, "assignment_type": "manual",
    }  # fmt: skip
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.context["errors"]
    made = Ticket.objects.get(ticket_code="TKT-1")
    assert made.sla_due == made.created_at + dt.timedelta(hours=first.priority.sla_hours)


def test_a_tag_that_differs_by_case_only_is_refused_at_the_form(
    client: Client, root: Any, make_asset: Any
) -> None:
    asset = make_asset("AST-1")
    client.force_login(root)
    values = {
        "asset_tag": " ast-1 ", "model": asset.model_id, "division": asset.division_id,
        "supplier": asset.supplier_id, "status": asset.status_id,
    }  # fmt: skip
    answer = client.post(reverse("admin:helpdesk_asset_add"), values)
    assert list(answer.context["adminform"].form.errors) == ["asset_tag"]
