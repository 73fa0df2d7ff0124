import re
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from exports.models import Export
from exports.states import Status

pytestmark = pytest.mark.django_db


def rows(response: Any) -> list[str]:
    tree = lxml.html.fromstring(response.content.decode())
    return [row.get("id") for row in tree.xpath('//tbody[@id="ex-rows"]/tr')]


def buttons(response: Any) -> list[str]:
    tree = lxml.html.fromstring(response.content.decode())
    return [b.text_content().strip() for b in tree.xpath('//td[@class="ex-do"]/*')]


def titles(response: Any) -> list[str]:
    tree = lxml.html.fromstring(response.content.decode())
    return [link.text_content() for link in tree.xpath('//th[@class="ex-what"]/a')]


@pytest.mark.parametrize(
    ("status", "word", "button"),
    [
        (Status.PENDING, "Waiting", "Watch"),
        (Status.PROCESSING, "Processing", "Watch"),
        (Status.COMPLETED, "Completed", "Download"),
        (Status.FAILED, "Failed", "Retry"),
        (Status.CANCELLED, "Cancelled", "Retry"),
        (Status.EXPIRED, "Expired", "Open"),
    ],
)
def test_each_status_has_its_badge_and_one_main_button(
    status: str, word: str, button: str, pages: Client, make_export: Any, url: Any
) -> None:
    make_export(status)
    page = pages.get(url("changelist"))
    tree = lxml.html.fromstring(page.content.decode())
    (badge,) = tree.xpath('//td[@class="ex-status"]/span')
    assert badge.text_content() == word
    assert badge.xpath("./svg")
    assert buttons(page) == [button]


def test_a_row_says_what_how_much_who_and_when(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    asked = timezone.now() - timedelta(minutes=3, seconds=5)
    make_export(Status.COMPLETED, created_at=asked, file_size=13_002_342)
    page = pages.get(url("changelist"))
    text = words(page)
    for expected in ("Books: Shelf: Novel", "Books · CSV", "150,000", "12.4\xa0MB", "ana"):
        assert " ".join(expected.split()) in text
    (time,) = lxml.html.fromstring(page.content.decode()).xpath('//td[@class="ex-asked"]/time')
    assert time.text == "3\xa0minutes ago"
    assert time.get("datetime") == asked.isoformat(timespec="seconds")
    assert asked.strftime("%H:%M:%S") in time.get("title")


def test_a_running_export_has_a_bar_with_text(pages: Client, make_export: Any, url: Any) -> None:
    make_export(Status.PROCESSING)
    tree = lxml.html.fromstring(pages.get(url("changelist")).content.decode())
    (bar,) = tree.xpath("//progress")
    assert (bar.get("value"), bar.get("max"), bar.text) == ("62.4", "100", "62.4 %")


def test_an_empty_list_says_what_it_is_for_and_has_one_button(
    pages: Client, url: Any, words: Any
) -> None:
    page = pages.get(url("changelist"))
    assert "Nothing has been exported yet" in words(page)
    tree = lxml.html.fromstring(page.content.decode())
    (button,) = tree.xpath('//div[@class="ex-empty"]//a')
    assert button.get("href") == url("new")
    assert not tree.xpath('//*[@id="changelist-filter"]')


def test_templates_and_schedules_are_one_click_away(
    pages: Client, make_export: Any, url: Any
) -> None:
    make_export()
    page = lxml.html.fromstring(pages.get(url("changelist")).content.decode())
    tabs = page.xpath('//nav[@class="sv-tabs"]/a')
    assert [tab.text for tab in tabs] == ["Exports", "Templates", "Schedules"]
    assert [tab.get("aria-current") for tab in tabs] == ["page", None, None]


def test_a_search_without_result_offers_the_whole_list(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    make_export()
    page = pages.get(url("changelist"), {"q": "nothing like it"})
    assert "No export matches" in words(page)
    assert "Nothing has been exported yet" not in words(page)


@pytest.mark.parametrize("search", ["Zebra", "ana", "Silva", "Ana Silva", "prefix of the id"])
def test_the_search_finds_title_id_and_person(
    search: str, ana: User, root: User, root_pages: Client, make_export: Any, url: Any
) -> None:
    User.objects.filter(pk=ana.pk).update(first_name="Ana", last_name="Silva")
    wanted = make_export(title="Books: Zebra")
    make_export(title="Books: all", created_by=root)
    search = str(wanted.pk)[:13] if search == "prefix of the id" else search
    assert titles(root_pages.get(url("changelist"), {"q": search})) == ["Books: Zebra"]


def test_the_filters_offer_what_is_visible_and_narrow_the_list(
    root: User, pages: Client, make_export: Any, url: Any
) -> None:
    make_export(title="one", format="csv")
    make_export(Status.FAILED, title="two", format="json", resource="notes")
    make_export(created_by=root, format="xlsx")
    page = pages.get(url("changelist"))
    assert b"?format=json" in page.content
    assert b"?format=xlsx" not in page.content
    for query, found in (
        ({"format": "json"}, ["two"]),
        ({"resource": "notes"}, ["two"]),
        ({"status__exact": "pending"}, ["one"]),
        (
            {
                "created_at__gte": "2099-01-01 00:00:00+00:00",
                "created_at__lt": "2099-01-02 00:00:00+00:00",
            },
            [],
        ),
    ):
        assert titles(pages.get(url("changelist"), query)) == found


@pytest.mark.parametrize("name", ["changelist", "rows"])
def test_a_bad_filter_is_no_crash(name: str, pages: Client, url: Any) -> None:
    response = pages.get(url(name), {"created_at__gte": "not a day"})
    assert response.status_code in (302, 400)
    assert pages.get(url(name), {"password__startswith": "x"}).status_code in (302, 400)
    assert pages.get(url(name), {"p": "nonsense"}).status_code in (200, 302)


@pytest.mark.parametrize("name", ["changelist", "rows"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    name: str,
    root_pages: Client,
    make_export: Any,
    url: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for status in Status.values:
        make_export(status)
    with django_assert_num_queries(7):
        root_pages.get(url(name))
    for index in range(12):
        owner = User.objects.create_user(f"person{index}")
        make_export(Status.values[index % 6], created_by=owner)
    with django_assert_num_queries(7):
        root_pages.get(url(name))


def test_the_rows_come_alone_and_only_when_they_have_changed(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.PROCESSING)
    first = pages.get(url("rows"))
    assert rows(first) == [f"ex-{export.pk}"]
    assert b"<html" not in first.content
    again = pages.get(url("rows"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Export.objects.filter(pk=export.pk).update(exported_rows=100_000)
    changed = pages.get(url("rows"), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_rows_tell_whether_something_moves(pages: Client, make_export: Any, url: Any) -> None:
    make_export(Status.COMPLETED)
    assert b"data-moving" not in pages.get(url("rows")).content
    make_export(Status.PENDING)
    assert b"data-moving" in pages.get(url("rows")).content


def test_the_rows_keep_the_filter_of_the_page(pages: Client, make_export: Any, url: Any) -> None:
    make_export(Status.FAILED)
    page = pages.get(url("changelist"), {"status__exact": "pending"})
    tree = lxml.html.fromstring(page.content.decode())
    (live,) = tree.xpath('//*[@id="ex-live"]')
    assert live.get("data-url") == url("rows") + "?status__exact=pending"
    assert len(rows(pages.get(url("rows") + "?status__exact=failed"))) == 1


def test_only_reading_the_rows_is_allowed(pages: Client, url: Any) -> None:
    assert pages.post(url("rows")).status_code == 405


def test_add_leads_to_create_and_change_to_the_watch_page(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export()
    assert pages.get(url("add"))["Location"] == url("new")
    for name in ("change", "history"):
        assert pages.get(url(name, export))["Location"] == url("watch", export)


def test_rows_are_history_and_offer_no_deletion(pages: Client, make_export: Any, url: Any) -> None:
    make_export(Status.COMPLETED)
    page = pages.get(url("changelist"))
    assert b"delete_selected" not in page.content
    assert b"delete_chosen_files" in page.content


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_badges_can_be_read_in_both_schemes() -> None:
    with open(str(finders.find("site/jobs.css"))) as sheet:
        css = sheet.read()
    pairs = re.findall(r"--ex-(\w+)-ink: (#\w{6}); --ex-\1-ground: (#\w{6});", css)
    assert len(pairs) == 3 * 5  # light, chosen dark, the system's dark
    for tone, ink, ground in pairs:
        dark, light = sorted((luminance(ink), luminance(ground)))
        assert (light + 0.05) / (dark + 0.05) >= 6, tone
