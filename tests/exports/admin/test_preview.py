import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exports.admin import create_preview
from exports.admin.create_budget import TooSlow, at_most
from exports.default_filters import filterset_of
from exports.formats import FORMATS
from exports.models import Export
from exports.registry import find_resource
from tests.exports.conftest import BookFactory
from tests.library.models import Book

PREVIEW = "/admin/exports/export/new/books/preview/"


@pytest.fixture
def look(client: Client, ana: User) -> Callable[..., str]:
    client.force_login(ana)

    def get(query: str = "", resource: str = "books") -> str:
        answer = client.get(f"/admin/exports/export/new/{resource}/preview/?{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    return get


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(html: str, name: str) -> str:
    return text_of(re.split(r'data-part="', html.partition(f'data-part="{name}">')[2])[0])


def table(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [[text_of(c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r, re.S)] for r in rows]


def test_the_preview_is_a_fragment_of_the_page(look: Callable[..., str]) -> None:
    html = look()
    assert "<html" not in html
    names = ["faults", "summary", "rows", "parts", "command"]
    assert re.findall(r'data-part="(\w+)"', html) == names


def test_rows_are_counted_and_shown_in_order_under_the_files_headings(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    for number in range(12):
        make_book(f"Book {number}", pages=number)
    html = look("_columns=title&_columns=pages&_columns=id&_sort=-pages")
    assert "12 books" in part(html, "summary")
    shown = table(html)
    assert shown[0] == ["Title", "pages", "ID"]
    assert [row[1] for row in shown[1:]] == ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"]


def test_a_limit_counts_after_the_order(look: Callable[..., str], make_book: BookFactory) -> None:
    for number in range(5):
        make_book(pages=number)
    html = look("_columns=pages&_sort=-pages&_limit=2")
    assert "2 books" in part(html, "summary")
    assert table(html)[1:] == [["4"], ["3"]]


def test_the_preview_asks_for_no_export(look: Callable[..., str]) -> None:
    look()
    assert not Export.objects.exists()


def test_no_match_says_what_the_file_will_hold(look: Callable[..., str]) -> None:
    html = look("title=zzz")
    assert "0 books No books match: the file will hold only the header." in part(html, "summary")
    assert table(html)[0][0] == "ID"


def test_filters_are_told_in_words(look: Callable[..., str]) -> None:
    shown = part(look("shelf=novel&shelf=poetry&title=em"), "summary")
    assert "Novel or Poetry" in shown
    assert "“em”" in shown


def test_a_fault_is_told_by_its_field_and_hides_the_rows(look: Callable[..., str]) -> None:
    html = look("shelf=attic&_limit=x")
    assert re.findall(r'data-fault="(\w+)"', html) == ["shelf", "limit"]
    assert "Mend the marked fields" in part(html, "summary")
    assert "<table" not in html


def test_empty_text_and_no_value_look_different(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    make_book("", weight=None)
    html = look("_columns=title&_columns=weight")
    assert 'class="create-cell-empty"' in html
    assert 'class="create-cell-null"' in html


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("_format=csv", ["'=1+1", "7.00", "true", "2026-05-04 12:30:00", "", "–"]),
        ("_format=csv&_option_formula_guard=false", ["=1+1", "7.00", "true", None, None, "–"]),
        ("_format=xlsx", ["=1+1", "7.00", "TRUE", None, None, "–"]),
        ("_format=json", ['"=1+1"', '"7.00"', "true", '"2026-05-04T12:30:00+00:00"', None, "null"]),
    ],
)
def test_cells_read_as_the_file_will_show_them(
    look: Callable[..., str], make_book: BookFactory, query: str, cells: list[str | None]
) -> None:
    make_book("=1+1", price=Decimal(7), in_print=True, tags=[])
    names = ("title", "price", "in_print", "added_at", "tags", "blurb")
    html = look(query + "".join(f"&_columns={name}" for name in names))
    shown = table(html)[1]
    assert [a for a, b in zip(shown, cells, strict=True) if b] == [b for b in cells if b]


def test_a_long_text_is_cut_and_the_rest_counted(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    make_book(blurb="x" * 5000)
    html = look("_columns=blurb")
    assert "… and 4760 characters" in text_of(html) or "… and 4,760 characters" in text_of(html)
    assert len(html) < 5000


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "zip"])
def test_a_small_files_size_is_exact(
    look: Callable[..., str], make_book: BookFactory, name: str
) -> None:
    make_book()
    assert re.search(r"\d+ columns · \w+ · \d", part(look(f"_format={name}"), "summary"))
    assert "about" not in part(look(f"_format={name}"), "summary")


def test_a_large_files_size_is_told_from_its_first_rows(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    Book.objects.bulk_create([Book(title="x" * 100) for _ in range(1000)])
    shown = part(look("_columns=title&_format=csv"), "summary")
    assert "about 99.6" in shown  # 102 bytes a row


def test_the_command_gives_the_same_file(look: Callable[..., str]) -> None:
    query = (
        "shelf=novel&shelf=poetry&title=it's&_format=csv&_columns=title&_columns=id"
        "&_sort=-pages&_limit=10&_option_bom=false"
    )
    assert part(look(query), "command") == (
        "python manage.py export books --format csv --filter shelf=novel --filter shelf=poetry"
        " --filter 'title=it'\"'\"'s' --column title --column id --sort=-pages --limit 10"
        " --option bom=false -o books.csv"
    )


def test_the_command_leaves_out_what_is_usual(look: Callable[..., str]) -> None:
    command = "python manage.py export books --format csv -o books.csv"
    assert part(look("_option_bom=true&_format=csv&_sort=id"), "command") == command


def test_more_rows_do_not_mean_more_queries(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            look("shelf=novel")
        return len(found)

    make_book(author="Eliot")
    before = queries()
    for number in range(30):
        make_book(author=f"Author {number}")
    assert queries() == before


# One value for each filter of the books, and the number of the two books below that match.
ASKED = {
    "title": ("emma", 1),
    "shelf": ("poetry", 1),
    "author_id": ("Austen", 1),
    "in_print": ("false", 1),
    "min_pages": ("500", 1),
    "max_pages": ("500", 1),
    "date_from": ("2026-05-04", 1),
    "date_to": ("2026-05-03", 1),
    "keys": ("1", 1),
    "search": ("emma", 1),
}


@pytest.mark.parametrize("name", filterset_of(find_resource("books")).base_filters)
def test_every_filter_that_the_form_shows_is_applied(
    look: Callable[..., str], make_book: BookFactory, name: str
) -> None:
    make_book("Emma", id=1, author="Austen", shelf="poetry", in_print=False, pages=900)
    make_book("Silas", id=2, author="Eliot", pages=100, added_at="2026-05-01T00:00Z")
    value, count = ASKED[name]
    assert len(table(look(f"{name}={value}"))) == 1 + count


@pytest.mark.parametrize("slow", ["_read", "_count"])
def test_what_takes_too_long_is_left_out(
    look: Callable[..., str], monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    monkeypatch.setattr(create_preview, slow, lambda _plan: None)
    html = look()
    assert "columns · CSV" in part(html, "summary")
    if slow == "_count":
        assert "Counting them takes too long" in part(html, "summary")
    else:
        assert "take too long to find" in part(html, "rows")


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def test_a_slow_query_is_cut_off_and_the_next_one_is_not(db: Any) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(TooSlow), at_most(0.2, using="default"):
            cursor.execute(ENDLESS)
        cursor.execute("SELECT 1")


def test_another_fault_of_the_database_is_not_taken_for_slowness(db: Any) -> None:
    with pytest.raises(OperationalError), at_most(5, using="default"):
        raise OperationalError("disk full")


def test_an_archive_counts_its_own_rows_and_guesses_its_size(
    look: Callable[..., str], make_book: BookFactory
) -> None:
    make_book()
    shown = part(look("_format=zip"), "summary")
    assert "1 row" in shown
    assert "about" in shown


def test_the_summary_says_when_the_file_is_made_at_once(
    look: Callable[..., str], make_book: BookFactory, settings: Any
) -> None:
    make_book()
    assert "Made in the background" in part(look(), "summary")
    settings.EXPORT_STREAM_ROWS = 10
    assert "Made at once." in part(look(), "summary")
    settings.EXPORT_QUICK_ROWS = 1000
    assert "Made at once." in part(look(), "summary")
