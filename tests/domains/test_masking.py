"""Contact data and licence numbers on the admin's pages, for who may not export them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead
from exportsite.domains.taxi.models import CurbTrip, Driver
from tests.domains.test_taxi_rows import trip, whose

pytestmark = pytest.mark.django_db

EMAIL, PHONE, NAME = "zebra@example.org", "212-555-9876", "Zelda Zorro"
LICENSE = "TLC-55667788"


@pytest.fixture
def lead() -> Lead:
    place = Location.objects.create(code="miami", name="Miami")
    return Lead.objects.create(
        craigslist_id="1",
        url="https://example.org/1",
        title="Sofa",
        location=place,
        email=EMAIL,
        phone=PHONE,
        contact_name=NAME,
    )


@pytest.fixture
def ride() -> CurbTrip:
    relations = whose("7", "Andrews, JB", license=LICENSE, plates=("P7",))
    made: CurbTrip = trip("R7", curb_driver_id=LICENSE, **relations)
    return made


@pytest.fixture
def browse(client: Client, make_user: Any) -> Callable[..., Client]:
    """The browser of somebody who may see and change everything here."""

    def login(*, is_trusted: bool = False) -> Client:
        user: User = make_user("bo")
        domains = Permission.objects.filter(content_type__app_label__in=("leads", "taxi"))
        user.user_permissions.add(*domains)
        if is_trusted:
            user.user_permissions.add(Permission.objects.get(codename="export_sensitive"))
        client.force_login(user)
        return client

    return login


def change_page(client: Client, row: Any) -> str:
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return client.get(address).content.decode()


def the_list(client: Client, model: str, **parameters: str) -> Any:
    return client.get(reverse(f"admin:{model}_changelist"), parameters)


# -- Pages ------------------------------------------------------------------------------------
def test_a_lead_shows_its_contacts_masked_to_who_may_not_export_them(
    browse: Any, lead: Lead
) -> None:
    html = change_page(browse(), lead)
    for secret in (EMAIL, PHONE, NAME):
        assert secret not in html
    for shown in ("z•••@e•••.org", "•••-9876", "Z•••"):
        assert shown in html
    assert not re.search(r'name="(email|phone|contact_name|reply_email)"', html)
    assert 'name="title"' in html


def test_who_may_export_them_sees_and_changes_them(browse: Any, lead: Lead) -> None:
    html = change_page(browse(is_trusted=True), lead)
    for name, value in (("email", EMAIL), ("phone", PHONE), ("contact_name", NAME)):
        assert re.search(rf'name="{name}" value="{value}"', html)


def test_saving_a_masked_form_leaves_what_is_masked_alone(browse: Any, lead: Lead) -> None:
    client = browse()
    form = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    posted = {name: value for name, value in values.items() if value not in (None, False)}
    for name in ("posted_at", "scraped_at", "qualified_at", "response_sent_at"):
        moment = posted.pop(name, None)
        posted |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": "12:00:00"} if moment else {}
    address = reverse("admin:leads_lead_change", args=[lead.pk])
    answer = client.post(address, {**posted, "title": "Bed", "email": "other@example.org"})
    assert answer.status_code == 302, answer.context["errors"]
    lead.refresh_from_db()
    assert (lead.title, lead.email, lead.phone) == ("Bed", EMAIL, PHONE)


def test_who_adds_a_lead_enters_its_contacts(browse: Any) -> None:
    html = browse().get(reverse("admin:leads_lead_add")).content.decode()
    assert 'name="email"' in html


def test_licences_of_drivers_and_trips_are_masked(browse: Any, ride: CurbTrip) -> None:
    client = browse()
    for row in (ride, ride.driver):
        html = change_page(client, row)
        assert LICENSE not in html
        assert "•••-7788" in html


# -- No oracle --------------------------------------------------------------------------------
GUESSES = [
    ("leads_lead", "email__startswith", "z"),
    ("leads_lead", "email", EMAIL),
    ("leads_lead", "reply_phone__isnull", "0"),
    ("taxi_driver", "tlc_license_number__contains", "55"),
    ("taxi_curbtrip", "curb_driver_id__startswith", "TLC"),
    ("taxi_curbtrip", "driver__tlc_license_number", LICENSE),
    ("taxi_ezpasstransaction", "driver__tlc_license_number__startswith", "TLC"),
]


@pytest.mark.parametrize(("model", "lookup", "value"), GUESSES)
def test_no_list_is_filtered_by_a_masked_field(
    browse: Any, lead: Lead, ride: CurbTrip, model: str, lookup: str, value: str
) -> None:
    assert the_list(browse(), model, **{lookup: value}).status_code == 400


def test_who_may_export_them_may_filter_by_them(browse: Any, lead: Lead) -> None:
    client = browse(is_trusted=True)
    found = the_list(client, "leads_lead", email__startswith="z").context["cl"].result_count
    assert found == 1


@pytest.mark.parametrize(("is_trusted", "found"), [(False, 0), (True, 1)])
def test_a_search_does_not_tell_a_licence(
    browse: Any, ride: CurbTrip, is_trusted: bool, found: int
) -> None:
    client = browse(is_trusted=is_trusted)
    answer = the_list(client, "taxi_driver", q="55667788")
    assert answer.context["cl"].result_count == found
    assert the_list(client, "taxi_driver", q="Andrews").context["cl"].result_count == 1
    choices = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "taxi", "model_name": "curbtrip", "field_name": "driver", "term": "55667788"},
    )
    assert len(choices.json()["results"]) == found


def test_whether_there_is_an_email_may_be_asked_by_everybody(browse: Any, lead: Lead) -> None:
    assert the_list(browse(), "leads_lead", has_email="true").context["cl"].result_count == 1


def test_a_trip_export_cannot_be_filtered_by_licences(browse: Any, ride: CurbTrip) -> None:
    client = browse()
    user = User.objects.get(username="bo")
    user.user_permissions.add(Permission.objects.get(codename="add_export"))
    address = reverse("admin:exports_export_new_resource", args=["curb"])
    html = client.get(address, {"tlc_license_numbers": "5566"}).content.decode()
    assert "It looks into sensitive columns, which you may not export." in html
    assert 'id="field-tlc_license_numbers"' not in html
    assert "55667788" not in html


def test_drivers_are_still_found_by_name(browse: Any, ride: CurbTrip) -> None:
    assert Driver.objects.count() == 1
    assert "Andrews" in the_list(browse(), "taxi_driver").content.decode()
