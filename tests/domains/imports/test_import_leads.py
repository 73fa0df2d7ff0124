from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.domains.leads.models import Lead
from imports.errors import NotAllowed
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LEAD = {
    "craigslist_id": "7141106057",
    "url": "https://sfbay.craigslist.org/sfc/web/d/bakery/7141106057.html",
    "title": "Web site for a bakery",
    "price": "1500",
    "category": "gigs",
    "location": "sfbay",
    "status": "new",
    "email": "",
    "employment_type": "",
    "latitude": "",
    "posted_at": "",
}


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"craigslist_id": "linkedin_3456789012"}, "create"),
        ({"craigslist_id": ""}, "fail required_for_new"),
        ({"craigslist_id": "7.14111E+09"}, "fail digits_lost"),
        ({"url": "no address"}, "fail not_a_url"),
        ({"title": ""}, "fail required_for_new"),
        ({"title": "=WEB SITE"}, "create"),
        ({"price": "0"}, "create"),
        ({"price": "-1"}, "fail out_of_range"),
        ({"price": "inf"}, "fail not_a_number"),
        ({"price": "2e12"}, "fail breaks_rule"),
        ({"location": "New York City"}, "create"),
        ({"location": "SFBAY"}, "create"),
        ({"location": "atlantis"}, "fail unknown_record"),
        ({"status": "Converted"}, "create"),
        ({"status": "old"}, "fail unknown_choice"),
        ({"category": "for sale"}, "create"),
        ({"category": "sss"}, "fail unknown_choice"),
        ({"email": "owner@example.com"}, "create"),
        ({"email": "owner at example"}, "fail not_an_email"),
        ({"employment_type": "full-time, contract"}, "create"),
        ({"employment_type": "sometimes"}, "fail invalid"),
        ({"latitude": "91"}, "fail out_of_range"),
        ({"posted_at": "2025-11-07T10:00:00+00:00"}, "create"),
        ({"posted_at": "07/11/2025 10:00"}, "fail ambiguous_date"),
    ],
)
def test_each_rule_for_a_lead(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("leads", LEAD, **cells).outcomes == [outcome]


def test_a_price_of_nothing_and_a_title_like_a_formula_are_kept(take: Take) -> None:
    take("leads", sample("leads.csv"))
    lead = Lead.objects.get(craigslist_id="7141106058")
    assert (lead.title, lead.price, lead.location.code) == ("=Till does not start", 0, "newyork")


def test_a_title_that_an_export_has_guarded_comes_in_as_it_was(
    take_row: Callable[..., Taken],
) -> None:
    take_row("leads", LEAD, title="'=WEB SITE")
    assert Lead.objects.get().title == "=WEB SITE"


def test_contact_data_is_for_those_who_may_see_it(
    take: Take, make_user: Callable[..., User]
) -> None:
    rights = ("imports.add_importjob", "leads.add_lead", "leads.change_lead")
    eve = make_user("eve", *rights)
    with_contact = ",".join(LEAD) + "\n" + ",".join((LEAD | {"email": "a@example.com"}).values())
    mapping: dict[str, Any] = {name: name for name in LEAD}
    with pytest.raises(NotAllowed, match="e-mail"):
        take("leads", with_contact, user=eve, mapping=mapping)
    without = {**mapping, "email": None}
    assert take("leads", with_contact, user=eve, mapping=without).outcomes == ["create"]
    assert Lead.objects.get().email is None
    ana = make_user("ana", *rights, "exports.export_sensitive")
    assert take("leads", with_contact, user=ana, mapping=mapping).outcomes == ["update"]
    assert Lead.objects.get().email == "a@example.com"
