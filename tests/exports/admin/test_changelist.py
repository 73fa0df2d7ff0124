import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from exports.admin.changelist import ExportButtonMixin
from exports.admin.exports import ExportAdmin
from exports.models import Export
from tests.exports.conftest import BookFactory, UserFactory
from tests.library.models import Author, Book, Note


class ColourFilter(admin.SimpleListFilter):
    title = "colour"
    parameter_name = "colour"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("red", "Red")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset


class BookAdmin(ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "pages", "shelf", "weight")
    list_filter = (
        "shelf", "in_print", "author", "added_at", "price",
        ("blurb", admin.EmptyFieldListFilter), ColourFilter,
    )  # fmt: skip
    search_fields = ("title",)
    date_hierarchy = "added_at"


class NoteAdmin(ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    search_fields = ("text",)
    list_filter = ("is_public", "kind", "text")
    actions = None


site = admin.AdminSite(name="admin")
site.register(Export, ExportAdmin)
site.register(Book, BookAdmin)
site.register(Note, NoteAdmin)
site.register(Author)
urlpatterns = [path("admin/", site.urls)]

pytestmark = pytest.mark.urls(__name__)

BOOKS = "/admin/library/book/"
RIGHTS = ("exports.add_export", "library.view_book", "library.change_book", "library.view_note")


@pytest.fixture
def browser(client: Client, make_user: UserFactory) -> Client:
    client.force_login(make_user("cleo", *RIGHTS))
    return client


@pytest.fixture
def carry(browser: Client) -> Callable[..., dict[str, list[str]]]:
    """What the button of a list hands over."""

    def read(query: str = "", address: str = BOOKS) -> dict[str, list[str]]:
        html = browser.get(f"{address}?{query}").content.decode()
        link = re.search(r'<a href="([^"]+)" class="exportlink">', html)
        assert link, html
        return parse_qs(urlsplit(unescape(link[1])).query)

    return read


def test_the_button_leads_to_the_create_page(browser: Client) -> None:
    html = browser.get(BOOKS).content.decode()
    assert 'href="/admin/exports/export/new/books/" class="exportlink">Export…</a>' in html


@pytest.mark.parametrize("missing", ["exports.add_export", "library.view_book"])
def test_there_is_no_button_without_permission(
    client: Client, make_user: UserFactory, missing: str
) -> None:
    client.force_login(make_user("bo", *(right for right in RIGHTS if right != missing)))
    html = client.get(BOOKS).content.decode()
    assert "exportlink" not in html
    assert "export_selected" not in html


def test_a_popup_has_no_button(browser: Client) -> None:
    assert "exportlink" not in browser.get(f"{BOOKS}?_popup=1").content.decode()


def test_an_admins_own_list_template_is_kept(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BookAdmin, "change_list_template", "admin/change_list.html")
    assert "exportlink" in browser.get(BOOKS).content.decode()


@pytest.mark.parametrize(
    ("query", "carried"),
    [
        ("", {}),
        ("q=emma", {"search": ["emma"]}),
        ("shelf__exact=novel", {"shelf": ["novel"]}),
        ("shelf__in=novel,poetry", {"shelf": ["novel", "poetry"]}),
        ("in_print__exact=1", {"in_print": ["true"]}),
        ("in_print__exact=0", {"in_print": ["false"]}),
        ("author__id__exact=3", {"author_id": ["3"]}),
        ("author__in=3,4", {"author_id": ["3", "4"]}),
        ("pages__gte=5&pages__lte=9", {"min_pages": ["5"], "max_pages": ["9"]}),
        ("added_at__year=2026", {"date_from": ["2026-01-01"], "date_to": ["2026-12-31"]}),
        (
            "added_at__year=2024&added_at__month=2",
            {"date_from": ["2024-02-01"], "date_to": ["2024-02-29"]},
        ),
        (
            "added_at__year=2026&added_at__month=5&added_at__day=4",
            {"date_from": ["2026-05-04"], "date_to": ["2026-05-04"]},
        ),
        (
            "added_at__gte=2026-05-04+00:00:00%2B00:00&added_at__lt=2026-05-05+00:00:00%2B00:00",
            {"date_from": ["2026-05-04"], "date_to": ["2026-05-04"]},
        ),
        ("o=2", {"_sort": ["pages"]}),
        ("o=-1", {"_sort": ["-title"]}),
    ],
)
def test_what_the_list_shows_goes_into_the_export(
    carry: Callable[..., Any], query: str, carried: dict[str, list[str]]
) -> None:
    assert carry(query) == carried


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("price=7.00", "price"),
        ("blurb__isempty=1", "blurb"),
        ("colour=red", "colour"),
        ("author__isnull=True", "author"),
        ("added_at__isnull=True", "added at"),
        ("added_at__gte=2026-05-04+10:00:00%2B00:00", "added at"),
        ("o=4", "order by weight"),
    ],
)
def test_what_cannot_be_carried_over_is_named(
    carry: Callable[..., Any], browser: Client, query: str, words: str
) -> None:
    assert carry(query) == {"_lost": [words]}
    shown = browser.get("/admin/exports/export/new/books/", {"_lost": words}).content.decode()
    assert f"The list’s filter “{words}” could not be carried over." in shown


def test_a_looser_filter_of_the_same_name_does_not_stand_for_an_exact_one(
    carry: Callable[..., Any],
) -> None:
    assert carry("text=abc", "/admin/library/note/") == {"_lost": ["text"]}


def test_a_search_is_named_where_the_resource_has_none(carry: Callable[..., Any]) -> None:
    assert carry("q=abc", "/admin/library/note/") == {"_lost": ["search “abc”"]}


def test_two_wishes_for_one_filter_are_not_mixed(carry: Callable[..., Any]) -> None:
    found = carry("shelf__exact=novel&shelf__in=poetry")
    assert found == {"shelf": ["novel"], "_lost": ["shelf"]}


def test_the_chosen_rows_are_carried_by_their_keys(browser: Client, make_book: BookFactory) -> None:
    books = [make_book(str(number)) for number in range(3)]
    answer = browser.post(
        f"{BOOKS}?shelf__exact=novel&o=-2",
        {"action": "export_selected", "_selected_action": [books[0].pk, books[2].pk]},
    )
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["_sort"] == ["-pages"]
    assert sorted(query["keys"][0].split(",")) == sorted([str(books[0].pk), str(books[2].pk)])
    assert "shelf" not in query


def test_all_rows_across_pages_are_carried_by_the_lists_filters(
    browser: Client, make_book: BookFactory
) -> None:
    book = make_book()
    answer = browser.post(
        f"{BOOKS}?shelf__exact=novel&q=mid",
        {"action": "export_selected", "_selected_action": [book.pk], "select_across": "1"},
    )
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query == {"shelf": ["novel"], "search": ["mid"]}


def test_a_selection_too_long_for_an_address_is_refused_in_words(
    browser: Client, make_book: BookFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.admin.changelist.LONGEST_QUERY", 5)
    book = make_book()
    sent = {"action": "export_selected", "_selected_action": [book.pk]}
    html = browser.post(BOOKS, sent, follow=True).content.decode()
    assert "too many rows to hand over one by one" in html


def test_an_admin_without_actions_stays_without(browser: Client) -> None:
    html = browser.get("/admin/library/note/").content.decode()
    assert "export_selected" not in html
    assert "exportlink" in html


def test_the_selection_is_all_that_is_exported(browser: Client, make_book: BookFactory) -> None:
    books = [make_book(str(number)) for number in range(3)]
    sent = {"action": "export_selected", "_selected_action": [books[1].pk]}
    target = browser.post(BOOKS, sent).headers["Location"]
    html = browser.get(target).content.decode()
    assert "Only the row that was selected on the list" in html
    browser.post(target.partition("?")[0], parse_qs(urlsplit(target).query))
    assert Export.objects.get().total_rows == 1
