"""The lists of the admin, and made-up leads to fill them."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exports.default_filters import filterset_of
from exports.registry import find_resource
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead
from exportsite.domains.leads.seed import FIELDS, seed
from exportsite.seeding import ODD_TEXTS

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def contents() -> list[dict[str, Any]]:
    return list(Lead.objects.order_by("pk").values())


# -- Made-up leads ----------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_leads(transactional_db: None) -> None:
    call_command("flush", interactive=False, verbosity=0)  # keys begin anew
    assert seed(300, until=UNTIL) == {"leads": 300}
    first = list(Lead.objects.order_by("pk").values_list(*FIELDS))
    call_command("flush", interactive=False, verbosity=0)
    seed(300, until=UNTIL)
    assert list(Lead.objects.order_by("pk").values_list(*FIELDS)) == first
    call_command("flush", interactive=False, verbosity=0)
    seed(300, until=UNTIL, rng_seed=1)
    assert list(Lead.objects.order_by("pk").values_list(*FIELDS)) != first


def test_a_second_time_nothing_changes_and_a_larger_scale_tops_up() -> None:
    seed(200, until=UNTIL)
    first = contents()
    assert seed(200, until=UNTIL) == seed(100, until=UNTIL) == {"leads": 0}
    assert contents() == first
    assert seed(500, until=UNTIL + dt.timedelta(days=9)) == {"leads": 300}
    assert contents()[:200] == first


def test_a_place_that_is_there_stays_as_it_is() -> None:
    mine = Location.objects.create(code="sfbay", name="My Bay")
    seed(50, until=UNTIL)
    assert Location.objects.get(code="sfbay") == mine
    assert Location.objects.get(code="sfbay").name == "My Bay"
    assert Location.objects.count() == 19
    assert Location.objects.get(code="tampa").url == "https://tampa.craigslist.org"


def test_made_up_leads_are_as_awkward_as_real_ones() -> None:
    seed(2_000, until=UNTIL)
    titles = set(Lead.objects.values_list("title", flat=True))
    assert {title[0] for title in titles} >= set("=+-@")
    assert set(ODD_TEXTS) < titles | set(Lead.objects.values_list("description", flat=True))
    for name in ("description", "price", "category", "email", "posted_at"):
        assert 0 < Lead.objects.filter(**{name: None}).count() < 1_600
    for awkward in ({"price": 0}, {"description": ""}, {"email": ""}, {"phone": ""}):
        assert Lead.objects.filter(**awkward).exists(), awkward
    assert max(len(lead.description or "") for lead in Lead.objects.all()) > 1_000
    assert set(Lead.objects.values_list("status", flat=True)) == {
        "new", "contacted", "responded", "qualified", "converted", "rejected",
    }  # fmt: skip
    later = Q(scraped_at__gt=UNTIL) | Q(updated_at__gt=UNTIL) | Q(posted_at__gt=F("scraped_at"))
    assert not Lead.objects.filter(later | Q(response_sent_at__lt=F("qualified_at"))).exists()
    for lead in Lead.objects.all()[:400]:
        lead.full_clean(validate_unique=False, validate_constraints=False)


# -- Lists ------------------------------------------------------------------------------------
@pytest.fixture
def open_list(client: Client, root: Any) -> Any:
    client.force_login(root)

    def get(model: str = "lead", parameters: dict[str, str] | None = None) -> Any:
        return client.get(reverse(f"admin:leads_{model}_changelist"), parameters or {})

    return get


@pytest.mark.parametrize("model", ["lead", "location"])
def test_lists_take_as_many_queries_for_many_rows_as_for_few(model: str, open_list: Any) -> None:
    seed(3, until=UNTIL)
    with CaptureQueriesContext(connection) as few:
        assert open_list(model).status_code == 200
    seed(90, until=UNTIL)
    with CaptureQueriesContext(connection) as many:
        assert len(open_list(model).context["cl"].result_list) in (90, 19)
    assert len(many) == len(few), [q["sql"] for q in many]


def test_every_parameter_of_the_list_leads_to_a_filter_of_the_export(open_list: Any) -> None:
    resource = find_resource("leads")
    seed(60, until=UNTIL)
    specs = open_list().context["cl"].filter_specs
    offered = {name for spec in specs for name in spec.expected_parameters() if name}
    never = {"category__isnull", "status__isnull", "location__isnull"}
    assert offered - never == set(resource.changelist_filters)
    assert set(resource.changelist_filters.values()) <= set(filterset_of(resource).base_filters)
    assert len(specs) == len(admin.site._registry[Lead].list_filter)


def test_the_list_shows_what_the_export_holds(open_list: Any, plan: Any) -> None:
    seed(90, until=UNTIL)
    resource = find_resource("leads")
    asked = [
        {"status__exact": "new"},
        {"category__exact": "gigs"},
        {"location__id__exact": str(Location.objects.get(code="miami").pk)},
        {"has_email": "true"},
        {"has_email": "false", "has_phone": "true"},
        {"date_from": "2026-01-01", "date_to": "2026-03-31"},
    ]
    for parameters in asked:
        shown = [lead.pk for lead in open_list("lead", parameters).context["cl"].result_list]
        filters = {resource.changelist_filters[name]: v for name, v in parameters.items()}
        assert shown == [lead.pk for lead in plan("leads", filters).rows], parameters
        assert 0 < len(shown) < 90


@pytest.mark.parametrize(
    "parameters", [{"date_from": "soon"}, {"has_email": "perhaps"}, {"has_phone": "2"}]
)
def test_a_filter_that_means_nothing_brings_the_whole_list_back(
    parameters: dict[str, str], open_list: Any
) -> None:
    answer = open_list("lead", parameters)
    assert (answer.status_code, answer.url) == (302, f"{answer.request['PATH_INFO']}?e=1")


def test_saving_moves_the_time_of_change(client: Client, root: Any) -> None:
    seed(1, until=UNTIL)
    client.force_login(root)
    lead = Lead.objects.get()
    address = reverse("admin:leads_lead_change", args=[lead.pk])
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    posted = {name: value for name, value in values.items() if value not in (None, False)}
    for name in ("posted_at", "scraped_at", "qualified_at", "response_sent_at"):
        moment = posted.pop(name, None)
        posted |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": "12:00:00"} if moment else {}
    answer = client.post(address, {**posted, "title": "Renamed"})
    assert answer.status_code == 302, answer.context["errors"]
    changed = Lead.objects.get()
    assert changed.title == "Renamed"
    assert changed.updated_at > lead.updated_at


def test_the_create_page_shows_the_first_rows(client: Client, root: Any) -> None:
    seed(20, until=UNTIL)
    client.force_login(root)
    address = reverse("admin:exports_export_new_resource", args=["leads"])
    answer = client.get(address, {"location_names": "Miami", "status": "new"})
    assert answer.status_code == 200
    assert "San Francisco Bay Area" in answer.content.decode()
