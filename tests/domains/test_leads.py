import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.formats import FORMATS, Document
from exports.plans import ExportRequest, make_plan
from exports.registry import find_resource
from exports.resources import columns_of, default_columns, sorts_of
from exports.sources.orm import read_some
from exports.writing import fields_of
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
COLUMNS = [
    "id", "craigslist_id", "title", "description", "category", "subcategory", "price", "url",
    "location", "status", "posted_at", "scraped_at",
]  # fmt: skip
CONTACT = ["email", "phone", "contact_name", "reply_email", "reply_phone", "reply_contact_name"]


@pytest.fixture
def make_lead(db: None) -> Callable[..., Lead]:
    """A lead known by its title; its location is given by code and made when it is missing."""

    def make(title: str = "Need a website", *, place: str = "sfbay", **fields: Any) -> Lead:
        names = {"sfbay": "San Francisco Bay Area", "losangeles": "Los Angeles"}
        location, _ = Location.objects.get_or_create(
            code=place, defaults={"name": names.get(place, place.title())}
        )
        number = Lead.objects.count() + 1
        values: dict[str, Any] = {
            "craigslist_id": f"71411060{number:02}",
            "url": f"https://{place}.craigslist.org/cpg/{number}.html",
            "scraped_at": NOON,
            "created_at": NOON,
            "updated_at": NOON,
        }
        return Lead.objects.create(title=title, location=location, **{**values, **fields})

    return make


@pytest.fixture
def titles(plan: Any) -> Callable[..., list[str]]:
    def found(**filters: Any) -> list[str]:
        asked = plan("leads", filters)
        rows = sorted(asked.rows.values_list("title", flat=True))
        assert asked.count() == len(rows)
        return rows

    return found


@pytest.fixture
def refusal(plan: Any) -> Callable[..., dict[str, list[str]]]:
    def refused(**filters: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidRequest) as caught:
            plan("leads", filters)
        return caught.value.errors

    return refused


# -- Columns, order ---------------------------------------------------------------------------
def test_the_default_columns_are_those_of_the_old_csv_in_its_order() -> None:
    resource = find_resource("leads")
    assert default_columns(resource) == COLUMNS
    assert [c.file_header for c in columns_of(resource)][:12] == COLUMNS
    assert [c.name for c in columns_of(resource)][12:18] == CONTACT
    assert resource.file_name == "leads_export_%Y%m%d_%H%M%S"


def test_contact_information_is_for_those_who_may_have_it_and_ask_for_it(
    plan: Any, make_user: Any
) -> None:
    resource = find_resource("leads")
    assert [c.name for c in columns_of(resource) if c.sensitive] == CONTACT
    asked = plan("leads", columns=["title", *CONTACT], include_contact_info=True)
    assert len(asked.columns) == 7
    user = make_user("ana", "exports.add_export", "leads.view_lead")
    for name in CONTACT:
        with pytest.raises(InvalidRequest):
            plan("leads", columns=[name])
        request = ExportRequest(resource="leads", columns=[name], include_contact_info=True)
        with pytest.raises(InvalidRequest, match="may not export these columns"):
            make_plan(user, request)
    assert make_plan(user, ExportRequest(resource="leads", filters={"has_email": "true"}))


def test_the_search_does_not_look_into_contact_information(make_lead: Any, titles: Any) -> None:
    make_lead("A", email="pat@example.com", phone="555", contact_name="Pat")
    assert titles(search="pat") == titles(search="555") == []
    assert titles(search="7141") == ["A"]
    assert not {"email", "phone", "contact_name"} & set(find_resource("leads").search_fields)


def test_leads_come_newest_first_and_ties_by_id(plan: Any, make_lead: Any) -> None:
    old = make_lead("a", scraped_at=NOON - dt.timedelta(days=1)).pk
    first, second = make_lead("b").pk, make_lead("c").pk
    assert [lead.pk for lead in plan("leads").rows] == [first, second, old]
    assert [lead.pk for lead in plan("leads", limit=1).rows] == [first]  # after sorting
    by_title = plan("leads", sort_by="title", limit=2).rows
    assert [lead.title for lead in by_title] == ["a", "b"]


def test_every_plain_column_sorts_and_no_other(plan: Any, make_lead: Any) -> None:
    keys = [make_lead(str(number), price=number).pk for number in range(3)]
    sorts = sorts_of(find_resource("leads"))
    assert set(COLUMNS) < set(sorts)
    assert not set(CONTACT) & set(sorts)
    for name in sorts:
        assert sorted(lead.pk for lead in plan("leads", sort_by=name).rows) == keys
    for name in ("email", "location_detail", "attributes", "body_html"):
        with pytest.raises(InvalidRequest, match="no sorting"):
            plan("leads", sort_by=name)


# -- Filters ----------------------------------------------------------------------------------
def test_dates_and_moments_bound_the_time_of_scraping(
    plan: Any, make_lead: Any, titles: Any, refusal: Any
) -> None:
    day = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
    last = day + dt.timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
    for title, at in (("before", day - dt.timedelta.resolution), ("first", day), ("noon", NOON),
                      ("last", last), ("after", last + dt.timedelta.resolution)):  # fmt: skip
        make_lead(title, scraped_at=at)
    assert titles(date_from="2026-05-04", date_to="2026-05-04") == ["first", "last", "noon"]
    assert titles(date_from="2026-05-04T12:00:00+00:00") == ["after", "last", "noon"]
    assert titles(date_to="2026-05-04 12:00:00") == ["before", "first", "noon"]
    assert list(refusal(date_from="2026-05-05", date_to="2026-05-04")) == ["date_to"]
    assert titles(date_from="2026-05-04T20:30:00+20:29") == titles(date_from="2026-05-04T00:01:00Z")
    assert list(refusal(date_from="soon")) == ["date_from"]
    assert list(refusal(date_to="9999-12-31T23:59:59-20:29")) == ["date_to"]


def test_the_status_is_one_or_several(make_lead: Any, titles: Any, refusal: Any) -> None:
    for status in Lead._meta.get_field("status").flatchoices:
        make_lead(status[0], status=status[0])
    assert titles(status="new") == ["new"]
    assert titles(status=["new", "rejected"]) == ["new", "rejected"]
    assert titles(**{"status[]": ["converted"]}) == ["converted"]
    assert len(titles(status=[])) == 6
    (message,) = refusal(status="lost")["status"]
    assert message == (
        "“lost” is not a valid choice. "
        "Valid are: new, contacted, responded, qualified, converted, rejected."
    )


def test_locations_are_given_by_key_code_or_exact_name(
    make_lead: Any, titles: Any, refusal: Any
) -> None:
    key = make_lead("SF").location_id
    make_lead("LA", place="losangeles")
    make_lead("Miami", place="miami")
    assert titles(location_ids=[key]) == titles(location_ids="sfbay") == ["SF"]
    assert titles(location_ids=[key, "miami"]) == ["Miami", "SF"]
    assert titles(location_names=["Los Angeles", "Miami"]) == ["LA", "Miami"]
    assert titles(location_names="Miami", location_ids="sfbay") == []
    assert (
        "Los Angeles, Miami, San Francisco Bay Area"
        in refusal(location_names="los angeles")["location_names"][0]
    )
    assert "miami" in refusal(location_ids="atlantis")["location_ids"][0]


def test_a_name_means_every_location_of_that_name(make_lead: Any, titles: Any) -> None:
    make_lead("one", place="albany")
    make_lead("two", place="ALBANY")
    Location.objects.update(name="Albany")
    assert titles(location_names="Albany") == ["one", "two"]


def test_categories_are_exact(make_lead: Any, titles: Any, refusal: Any) -> None:
    make_lead("gig", category="gigs")
    make_lead("job", category="jobs")
    make_lead("none")
    assert titles(categories=["gigs"]) == titles(category="gigs") == ["gig"]
    assert titles(categories=["gigs", "jobs"]) == ["gig", "job"]
    assert "gigs, jobs, services" in refusal(categories="GIGS")["categories"][0]


def test_zero_is_a_price_and_a_bound_and_leads_without_price_drop_only_when_asked(
    make_lead: Any, titles: Any, refusal: Any
) -> None:
    for title, price in (("free", 0.0), ("cheap", 99.99), ("dear", 1500.0), ("none", None)):
        make_lead(title, price=price)
    assert titles() == ["cheap", "dear", "free", "none"]
    assert titles(min_price="0") == titles(min_price=0) == ["cheap", "dear", "free"]
    assert titles(max_price=0) == ["free"]
    assert titles(min_price="99.99", max_price="1500") == ["cheap", "dear"]
    assert list(refusal(min_price=2, max_price=1)) == ["max_price"]
    assert list(refusal(min_price="nan")) == ["min_price"]


@pytest.mark.parametrize("what", ["email", "phone"])
def test_an_empty_contact_is_none(what: str, make_lead: Any, titles: Any) -> None:
    make_lead("yes", **{what: "x"})
    make_lead("empty", **{what: ""})
    make_lead("null")
    assert titles(**{f"has_{what}": True}) == ["yes"]
    assert titles(**{f"has_{what}": "false"}) == ["empty", "null"]
    assert titles(**{f"has_{what}": None}) == ["empty", "null", "yes"]


def test_any_keyword_in_title_or_description_is_enough(make_lead: Any, titles: Any) -> None:
    make_lead("DJANGO wanted")
    make_lead("b", description="we use Python")
    make_lead("c", description=None)
    assert titles(keywords="django, python") == ["DJANGO wanted", "b"]
    assert titles(keywords=["django"]) == titles(**{"keywords[]": ["django"]}) == ["DJANGO wanted"]


def test_excluding_keeps_leads_without_description(make_lead: Any, titles: Any) -> None:
    make_lead("no text", description=None)
    make_lead("empty", description="")
    make_lead("sold", description="SCAM offer")
    make_lead("a scam", description=None)
    assert titles(exclude_keywords="scam") == ["empty", "no text"]
    assert titles(exclude_keywords=["scam", "text"]) == ["empty"]
    assert titles(keywords="no", exclude_keywords="scam") == ["no text"]


@pytest.mark.parametrize(("text", "other"), [("100%", "100 %"), ("a_b", "axb"), ("\\d", "d")])
def test_wildcards_mean_themselves(text: str, other: str, make_lead: Any, titles: Any) -> None:
    make_lead(f"has {text} in it")
    make_lead(f"has {other} in it")
    assert titles(keywords=text) == [f"has {text} in it"]
    assert titles(exclude_keywords=text) == [f"has {other} in it"]


def test_a_selection_narrows_too(make_lead: Any, titles: Any) -> None:
    first, _second, third = (make_lead(str(n)) for n in range(3))
    assert titles(keys=f"{first.pk},{third.pk}") == ["0", "2"]


def test_filters_combine_with_and(make_lead: Any, titles: Any) -> None:
    make_lead("A", status="new", price=5, category="gigs", email="x")
    make_lead("B", status="new", price=5, category="gigs")
    make_lead("C", status="rejected", price=5, category="gigs", email="x")
    assert titles(status="new", max_price=5, category="gigs", has_email="yes") == ["A"]


def test_no_filter_is_untested() -> None:
    """Each is used above; a new one is to be added here and there."""
    filterset = filterset_of(find_resource("leads"))
    assert set(filterset.base_filters) == {
        "date_from", "date_to", "status", "location_ids", "location_names", "categories",
        "min_price", "max_price", "has_email", "has_phone", "keywords", "exclude_keywords",
        "keys", "search",
    }  # fmt: skip
    assert set(filterset.aliases.values()) <= set(filterset.base_filters)
    assert not set(filterset.aliases) & set(filterset.base_filters)


# -- Rows -------------------------------------------------------------------------------------
def write(plan: Any, file_format: str, **fields: Any) -> str:
    asked = plan("leads", format=file_format, **fields)
    document = Document(
        title="Leads",
        fields=fields_of(asked),
        total_rows=asked.count(),
        time_zone=ZoneInfo("UTC"),
        datetime_format=asked.resource.datetime_format,
    )
    stream = BytesIO()
    writer = FORMATS[file_format].open(stream, document, asked.options)
    writer.write(read_some(asked, 100))
    writer.close()
    return stream.getvalue().decode("utf-8-sig")


def test_the_csv_reads_as_the_old_one(plan: Any, make_lead: Any) -> None:
    long = "x" * 1500
    full = make_lead(
        "=FREE couch", description=long, category="for-sale", subcategory="free stuff", price=0.0,
        posted_at=NOON - dt.timedelta(hours=1, microseconds=5),
    )  # fmt: skip
    bare = make_lead("Café, “like new”", place="losangeles", price=1500.0)
    text = write(plan, "csv", sort_by="id", options={"line_end": "lf"})
    assert text == (
        ",".join(COLUMNS) + "\n"
        f"{full.pk},7141106001,'=FREE couch,{long},for-sale,free stuff,0.0,"
        "https://sfbay.craigslist.org/cpg/1.html,San Francisco Bay Area,new,"
        "2026-05-04T10:59:59.999995+00:00,2026-05-04T12:00:00+00:00\n"
        f'{bare.pk},7141106002,"Café, “like new”",,,,1500.0,'
        "https://losangeles.craigslist.org/cpg/2.html,Los Angeles,new,,"
        "2026-05-04T12:00:00+00:00\n"
    )


def test_json_nests_the_location_and_keeps_zero(plan: Any, make_lead: Any) -> None:
    lead = make_lead("+1 call", price=0.0, employment_type=["contract"])
    names = ["title", "price", "location_detail", "location_code", "employment_type", "category"]
    (row,) = read_some(plan("leads", columns=names), 5)
    detail = {"id": lead.location_id, "name": "San Francisco Bay Area", "code": "sfbay"}
    assert row == ("+1 call", 0.0, detail, "sfbay", ["contract"], None)
    text = write(plan, "json", columns=names)
    assert '"title":"+1 call","price":0.0,"location_detail":{' in text
    assert '"code": "sfbay"' in text


def test_all_columns_take_one_query(
    plan: Any, make_lead: Any, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make_lead(str(number), place=f"place{number}")
    names = [column.name for column in columns_of(find_resource("leads"))]
    asked = plan("leads", columns=names, include_contact_info=True)
    with django_assert_num_queries(1):
        assert len(read_some(asked, 10)) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"craigslist_id": "1"},
        {"price": -0.01},
        {"price": float("inf")},
        {"qualification_score": 1.01},
        {"latitude": 91.0},
        {"longitude": -181.0},
        {"title": None},
    ],
)
def test_the_database_refuses_what_cannot_be(fields: dict[str, Any], make_lead: Any) -> None:
    make_lead(craigslist_id="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_lead(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "lost"}, {"category": "ggg"}, {"source": "x"}, {"url": "x"}, {"price": -1.0},
        {"employment_type": ["barter"]}, {"employment_type": "contract"}, {"image_urls": {"a": 1}},
        {"qualification_score": 2.0}, {"email_source": "x"},
    ],
)  # fmt: skip
def test_a_form_refuses_what_cannot_be(fields: dict[str, Any], make_lead: Any) -> None:
    lead = make_lead()
    lead.full_clean()
    for name, value in fields.items():
        setattr(lead, name, value)
    with pytest.raises(ValidationError) as caught:
        lead.full_clean()
    assert set(fields) <= set(caught.value.message_dict)


def test_the_tables_can_be_taken_back(transactional_db: None) -> None:
    call_command("migrate", "leads", "zero", verbosity=0)
    assert "leads_lead" not in connection.introspection.table_names()
    call_command("migrate", "leads", verbosity=0)
    assert Lead.objects.count() == 0
