"""The page of figures: what it says, to whom, for which filters, and what it leads to."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exportsite.domains.leads.analytics import analyse, performance
from exportsite.domains.leads.charts import draw_columns
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead
from exportsite.domains.leads.seed import seed

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
HOSTILE = '<script>alert("x")</script>&amp;'


class Page:
    """The answer, read the way a person reads it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.tree = lxml.html.fromstring(answer.content.decode())
        self.figures = answer.context["figures"]

    def bars(self, section: str) -> dict[str, tuple[int, str]]:
        """Label -> number and share."""
        rows = [
            row for one in self.tree.find_class(f"lf-{section}") for row in one.xpath(".//tbody/tr")
        ]
        cells = [[cell.text_content().strip() for cell in row] for row in rows]
        return {label: (int(count.replace(",", "")), share) for label, count, share in cells}

    def tiles(self) -> dict[str, str]:
        return {
            tile.find("dt").text_content(): tile.find("dd").text_content()
            for tiles in self.tree.find_class("lf-tiles")
            for tile in tiles
        }

    def over_time(self) -> list[tuple[str, int]]:
        rows = self.tree.xpath("//details//tbody/tr")
        cells = [[cell.text_content() for cell in row] for row in rows]
        return [(label, int(count.replace(",", ""))) for label, count in cells]

    def links(self, words: str) -> list[str]:
        return [
            a.get("href")
            for a in self.tree.xpath("//*[@id='content']//a")
            if words in a.text_content()
        ]

    def drawings(self, tag: str) -> list[Any]:
        (content,) = self.tree.find_class("lf-page")
        return list(content.iter(tag))

    def faults(self) -> list[str]:
        return [
            " ".join(li.text_content().split())
            for one in self.tree.find_class("lf-faults")
            for li in one.iter("li")
        ]


@pytest.fixture
def look(client: Client, root: User) -> Callable[..., Page]:
    client.force_login(root)

    def get(**filters: Any) -> Page:
        answer = client.get(reverse("admin:leads_leadfigures_changelist"), filters)
        assert answer.status_code == 200
        return Page(answer)

    return get


def add_lead(number: int, place: Location, **fields: Any) -> Lead:
    values = {"url": "https://example.com", "title": str(number), "scraped_at": UNTIL, **fields}
    return Lead.objects.create(craigslist_id=str(number), location=place, **values)


@pytest.fixture
def five() -> dict[str, Location]:
    """Five leads in two places on two days."""
    bay = Location.objects.create(code="sfbay", name="Bay Area")
    miami = Location.objects.create(code="miami", name="Miami")
    add_lead(1, bay, price=0, email="a@example.com", phone="1", category="gigs")
    add_lead(2, bay, price=15, email="b@example.com", category="for-sale", status="contacted")
    add_lead(3, miami, price=1_500, phone="3", category="gigs")
    add_lead(4, miami, price=2_000_000, email="", category="gigs")
    add_lead(5, miami, scraped_at=UNTIL - dt.timedelta(days=2))
    return {"bay": bay, "miami": miami}


# -- Numbers ----------------------------------------------------------------------------------
def test_the_page_says_what_can_be_counted_by_hand(five: Any, look: Any) -> None:
    page = look()
    assert page.tiles() == {
        "Leads": "5", "With e-mail": "2", "With phone": "2", "With both": "1",
        "Contact rate": "40.0 %", "Lowest": "0.00", "Average": "500,378.75",
        "Highest": "2,000,000.00", "With a price": "4", "Leads scraped": "0",
        "A day, on average": "0.0",
    }  # fmt: skip
    assert page.bars("contacts") == {
        "E-mail and phone": (1, "20.0 %"), "E-mail only": (1, "20.0 %"),
        "Phone only": (1, "20.0 %"), "Neither": (2, "40.0 %"),
    }  # fmt: skip
    assert page.bars("statuses") == {"new": (4, "80.0 %"), "contacted": (1, "20.0 %")}
    assert page.bars("categories") == {"gigs": (3, "60.0 %"), "for sale": (1, "20.0 %")}
    assert page.bars("locations") == {"Miami": (3, "60.0 %"), "Bay Area": (2, "40.0 %")}
    prices = page.bars("prices")
    assert {label: count for label, (count, _share) in prices.items() if count} == {
        "Free": 1, "10 to below 20": 1, "1,000 to below 2,000": 1, "100,000 and more": 1,
    }  # fmt: skip
    assert len(prices) == 15
    assert page.over_time() == [("2 May 2026", 1), ("3 May 2026", 0), ("4 May 2026", 4)]
    assert "1 lead has none." in page.tree.text_content()


def test_the_figures_are_those_of_the_database(look: Any) -> None:
    seed(600, until=UNTIL)
    filters = {"date_from": "2025-11-01", "categories": ["gigs", "for-sale"], "days": "365"}
    page = look(**filters)
    rows = Lead.objects.filter(
        scraped_at__gte="2025-11-01T00:00Z", category__in=["gigs", "for-sale"]
    )
    expected = analyse(rows)
    assert page.figures.analytics.overview == expected.overview
    assert page.tiles()["Leads"] == str(rows.count())
    shown = {label: count for label, (count, _share) in page.bars("locations").items()}
    assert shown == expected.location_breakdown
    assert sum(count for _label, count in page.over_time()) == rows.count()
    priced = sum(count for count, _share in page.bars("prices").values())
    assert priced == rows.exclude(price=None).count()
    assert page.figures.performance.leads_scraped == performance(365).leads_scraped


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({}, 5),
        ({"date_from": "2026-05-03"}, 4),
        ({"date_to": "2026-05-02"}, 1),
        ({"date_from": "2026-05-04", "date_to": "2026-05-04"}, 4),
        ({"date_from": "2026-05-04T13:00"}, 0),
        ({"location_ids": "miami"}, 3),
        ({"location_ids": ["miami", "sfbay"], "categories": "gigs"}, 3),
        ({"category": "for-sale"}, 1),
    ],
)
def test_a_link_holds_the_filters(filters: Any, total: int, five: Any, look: Any) -> None:
    page = look(**filters)
    assert page.figures.total == total
    checked = {
        box.get("value") for box in page.tree.xpath("//form[@id='export-form']//input[@checked]")
    }
    assert ("gigs" in checked) == (filters.get("categories") == "gigs")


def test_figures_take_as_many_queries_for_many_leads_as_for_few(look: Any) -> None:
    seed(2, until=UNTIL)
    with CaptureQueriesContext(connection) as few:
        look()
    seed(500, until=UNTIL)
    with CaptureQueriesContext(connection) as many:
        assert look().figures.total == 500
    assert len(many) == len(few), [query["sql"] for query in many]


# -- Drawings ---------------------------------------------------------------------------------
def test_every_drawing_has_its_numbers_in_words_and_no_style_of_its_own(
    five: Any, look: Any
) -> None:
    page = look()
    for drawing in page.drawings("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("role") == "img"
    (columns,) = page.tree.find_class("lf-columns")
    assert columns.find("title").text == "Most of them, 4: 4 May 2026."
    assert columns.xpath("./rect/title")[-1].text == "4 May 2026: 4"
    heights = [float(one.get("height")) for one in columns.iter("rect")]
    assert heights == [25, 0, 100]
    for table in page.drawings("table"):
        assert table.find("caption").text_content()
    assert not page.tree.xpath("//*[@style] | //style")
    assert not page.tree.xpath("//script[not(@src)]")


def test_sizes_are_numbers_in_every_language(five: Any, look: Any, client: Client) -> None:
    client.cookies["django_language"] = "de"
    page = look()
    for shape in page.drawings("rect"):
        for name in ("x", "y", "width", "height"):
            float(shape.get(name) or 0)


def test_the_scale_ends_above_the_highest_column() -> None:
    tops = {1: 2, 2: 2, 3: 4, 37: 40, 51: 60, 100: 100, 101: 200, 1_203: 2_000, 9_999: 10_000}
    assert {count: draw_columns([("x", count)]).top for count in tops} == tops
    assert draw_columns([]).columns == ()


@pytest.mark.parametrize(
    ("days", "step", "columns"),
    [(0, "day", 1), (105, "day", 106), (106, "week", 17), (800, "month", 28), (9_000, "year", 26)],
)
def test_long_times_are_counted_by_longer_stretches(
    days: int, step: str, columns: int, look: Any
) -> None:
    place = Location.objects.create(code="x", name="X")
    add_lead(1, place)
    add_lead(2, place, scraped_at=UNTIL - dt.timedelta(days=days))
    page = look()
    assert (page.figures.step, len(page.over_time())) == (step, columns)
    assert sum(count for _label, count in page.over_time()) == 2
    (heading,) = page.tree.xpath("//*[@id='time-heading']")
    assert f"Leads per {step}" in heading.text_content()


def test_the_ends_of_the_calendar_are_no_end_of_the_page(look: Any) -> None:
    place = Location.objects.create(code="x", name="X")
    for number, year in enumerate((1, 9999)):
        add_lead(number, place, scraped_at=dt.datetime(year, 12, 30, tzinfo=dt.UTC))
    assert len(look().over_time()) == 9_999


def test_of_many_places_the_first_are_open_and_all_are_there(look: Any) -> None:
    for number in range(25):
        add_lead(number, Location.objects.create(code=str(number), name=f"Place {number:02}"))
    page = look()
    assert len(page.bars("locations")) == 25
    (folded,) = page.tree.find_class("lf-locations")[0].iter("details")
    assert len(folded.xpath(".//tbody/tr")) == 5


def test_hostile_names_are_shown_as_they_are(look: Any) -> None:
    place = Location.objects.create(code="x", name=HOSTILE)
    add_lead(1, place, status=HOSTILE[:50], category=HOSTILE)
    page = look()
    assert HOSTILE in page.bars("locations")
    assert HOSTILE in page.bars("categories")
    assert HOSTILE[:50] in page.bars("statuses")
    assert b"<script>alert" not in page.answer.content


# -- Nothing, and what is wrong ---------------------------------------------------------------
def test_without_leads_the_page_says_so(look: Any) -> None:
    page = look()
    assert "There are no leads yet." in page.tree.text_content()
    assert not page.tree.find_class("lf-section")


def test_filters_that_fit_nothing_show_the_way_back(five: Any, look: Any) -> None:
    page = look(date_from="2030-01-01")
    assert "No lead fits these filters." in page.tree.text_content()
    assert page.links("Figures of all leads") == [reverse("admin:leads_leadfigures_changelist")]


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        ({"date_from": "soon"}, "Enter a valid date"),
        ({"date_from": "2026-05-04", "date_to": "2026-05-01"}, "before its beginning"),
        ({"location_ids": "atlantis"}, "“atlantis” is not a valid choice. Valid are:"),
        ({"categories": "boats"}, "Valid are: gigs, jobs"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "366"}, "less than or equal to 365"),
        ({"days": "x"}, "Enter a number"),
        ({"colour": "red"}, "There is no filter “colour”. There are: date_from"),
        ({"date_from": "2026-05-04\0"}, "no database holds"),
    ],
)
def test_a_wrong_filter_is_named_and_nothing_is_counted(
    filters: Any, fault: str, five: Any, look: Any
) -> None:
    page = look(**filters)
    assert page.figures is None
    assert [text for text in page.faults() if fault in text], page.faults()
    assert not page.tree.find_class("lf-section")


# -- Who, and where to ------------------------------------------------------------------------
def test_each_section_leads_to_an_export_with_the_same_filters(
    five: Any, look: Any, client: Client
) -> None:
    page = look(date_from="2026-05-03", location_id=five["miami"].pk, categories="gigs", days="7")
    same = f"date_from=2026-05-03&location_ids={five['miami'].pk}&categories=gigs"
    figures, leads = (
        reverse("admin:exports_export_new_resource", args=[name])
        for name in ("lead-analytics", "leads")
    )
    sections = page.tree.find_class("lf-section")
    found = {section.xpath("./h2//a/@href")[0] for section in sections}
    assert len(sections) == 8
    assert found == {f"{figures}?{same}&days=7", f"{leads}?{same}"}
    assert page.links("Export these leads") == [f"{leads}?{same}"]
    for url in found:
        answer = client.get(url)
        assert answer.context["errors"] == {}
    assert client.get(f"{leads}?{same}").context["preview"].count == page.figures.total == 2


def test_who_sees_leads_sees_figures_and_who_exports_is_led_to_it(
    five: Any, make_user: Any, client: Client
) -> None:
    address = reverse("admin:leads_leadfigures_changelist")
    expected = {
        (): 403,
        ("leads.view_location",): 403,
        ("exports.add_export",): 403,
        ("leads.view_lead",): 200,
        ("leads.view_lead", "exports.add_export"): 200,
    }
    for number, (permissions, status) in enumerate(expected.items()):
        client.force_login(make_user(f"u{number}", *permissions))
        answer = client.get(address)
        assert answer.status_code == status, permissions
        if status == 200:
            assert bool(Page(answer).links("Export")) == ("exports.add_export" in permissions)
        home = client.get(reverse("admin:index")).content.decode()
        assert (address in home) == (status == 200)
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("rest", ["add/", "1/change/", "1/delete/", "1/history/"])
def test_single_leads_cannot_be_seen_this_way(
    rest: str, five: Any, client: Client, root: User
) -> None:
    client.force_login(root)
    address = reverse("admin:leads_leadfigures_changelist")
    assert client.get(address + rest).status_code == 404
    assert client.post(address).status_code == 405


def test_the_list_of_leads_leads_to_the_figures_with_its_filters(
    five: Any, client: Client, root: User
) -> None:
    client.force_login(root)
    chosen = {"category__exact": "gigs", "date_from": "2026-05-03", "has_email": "true"}
    answer = client.get(reverse("admin:leads_lead_changelist"), chosen)
    tree = lxml.html.fromstring(answer.content.decode())
    links = {
        a.text_content(): a.get("href")
        for ul in tree.find_class("object-tools")
        for a in ul.iter("a")
    }
    address = reverse("admin:leads_leadfigures_changelist")
    assert links["Figures"] == f"{address}?category=gigs".replace("category", "categories") + (
        "&date_from=2026-05-03"
    )
    leads = reverse("admin:exports_export_new_resource", args=["leads"])
    assert links["Export…"].startswith(f"{leads}?")
