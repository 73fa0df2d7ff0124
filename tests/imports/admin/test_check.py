from typing import Any

import lxml.html
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from imports.admin.findings import difference
from imports.models import ImportJob
from imports.states import Status
from tests.imports.admin.conftest import tree_of, words_of
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db

HEADER = "Title,Author,Pages,Price\n"
ROWS = "Emma,Jane Austen,12,13.00\nOdes,John Keats,x,4\nLyrics,Lord Byron,y,4\n# no,A,1,1\n"


@pytest.fixture
def books(db: None) -> None:
    author = Author.objects.create(name="Jane Austen")
    Book.objects.create(title="Emma", author=author, price="12.40", pages=12)


@pytest.fixture
def job(books: None, upload: Any, run: Any) -> ImportJob:
    text = HEADER + ROWS + "Persuasion,Jane Austen,3,2\n"
    return run(upload(text, "books.csv", importer="books"))  # type: ignore[no-any-return]


def tiles(response: Any) -> dict[str, int]:
    found = tree_of(response).xpath("//*[contains(@class, 'im-tile ')]")
    texts = [" ".join(tile.itertext()).split() for tile in found]
    return {words[0]: int(words[-1].replace(",", "")) for words in texts}


def body_rows(response: Any) -> list[str]:
    rows = tree_of(response).xpath("//section[@id='rows']//tbody/tr")
    return [" ".join(" ".join(row.itertext()).split()) for row in rows]


def test_the_check_says_what_would_happen(job: ImportJob, pages: Client, url: Any) -> None:
    page = pages.get(url("check", job))
    assert tiles(page) == {"New": 1, "Changed": 1, "Unchanged": 0, "Skipped": 1, "Failed": 2}
    text = words_of(page)
    assert "Import 2 rows" in text
    assert "1 record is added. 1 is changed. 1 row is skipped. 2 rows stay out." in text
    assert "2 rows: Pages is not a number, e.g. row 3 x" in text
    assert Book.objects.count() == 1


def test_while_it_is_checked_progress_and_problems_are_shown(
    upload: Any, pages: Client, url: Any
) -> None:
    job = upload(HEADER + ROWS, "books.csv", importer="books")
    page = pages.get(url("check", job))
    assert "No background worker is running" in words_of(page)
    assert tree_of(page).xpath("//noscript/meta[@http-equiv='refresh']")
    assert tree_of(page).xpath("//progress")
    article = lxml.html.fromstring(pages.get(url("check_fragment", job)).content.decode())
    assert "data-finished" not in article.attrib


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", ["2 Emma, Jane Austen Price from 12.40 → to 13.00"]),
        ("?action=update&field=price", ["2 Emma, Jane Austen Price from 12.40 → to 13.00"]),
        ("?action=update&field=title", []),
        (
            "?action=create",
            ["6 Persuasion, Jane Austen Title Persuasion Author Jane Austen Pages 3 Price 2.00"],
        ),
        ("?action=unchanged", []),
        ("?action=skip", ["5 whole row – a comment"]),
        ("?action=nonsense&page=zz", ["2 Emma, Jane Austen Price from 12.40 → to 13.00"]),
    ],
)
def test_tiles_filter_the_table(
    query: str, rows: list[str], job: ImportJob, pages: Client, url: Any
) -> None:
    assert body_rows(pages.get(url("check", job) + query)) == rows


def test_failed_rows_are_listed_with_column_value_and_message(
    job: ImportJob, pages: Client, url: Any
) -> None:
    shown = body_rows(pages.get(f"{url('check', job)}?action=fail"))
    assert shown == [
        "3 Pages x This is not a number. Write it like 1234.50.",
        "4 Pages y This is not a number. Write it like 1234.50.",
    ]
    kind = f"{url('check', job)}?action=fail&code=not_a_number&column=Title"
    assert body_rows(pages.get(kind)) == []


def test_long_lists_have_pages(upload: Any, run: Any, pages: Client, url: Any) -> None:
    rows = "".join(f"Book {n},{'x' if n % 2 else 3}\n" for n in range(240))
    job = run(upload(f"Title,Pages\n{rows}", "b.csv", importer="books"))
    second = pages.get(f"{url('check', job)}?action=fail&page=2")
    assert len(body_rows(second)) == 50
    assert "Page 2 of 3" in words_of(second)
    assert "?action=fail&page=3#rows" in tree_of(second).xpath("//nav//@href")
    (kind,) = tree_of(second).xpath("//ul[@class='im-kinds']/li")
    assert len(kind.xpath(".//tbody/tr")) == 10
    (whole,) = kind.xpath(".//p[@class='im-all']/a")
    assert whole.text_content() == "All 120 rows"
    assert len(body_rows(pages.get(url("check", job) + whole.get("href").partition("#")[0]))) == 50


@pytest.mark.parametrize(("said", "kept"), [("abort", "abort"), ("skip", "skip"), ("", "skip")])
def test_confirming_queues_it_as_chosen(
    said: str, kept: str, job: ImportJob, pages: Client, url: Any
) -> None:
    response = pages.post(url("confirm", job), {"on_error": said})
    assert response["Location"] == url("watch", job)
    job.refresh_from_db()
    assert (job.status, job.on_error) == (Status.QUEUED, kept)
    assert job.confirmed_by == job.created_by


@pytest.mark.parametrize("said", [{"on_error": "maybe"}, {"on_error": "x" * 5000}])
def test_a_wrong_choice_is_answered_with_a_sentence(
    said: dict[str, str], job: ImportJob, pages: Client, url: Any
) -> None:
    page = pages.post(url("confirm", job), said, follow=True)
    assert "Choose “skip” or “abort”." in words_of(page)
    job.refresh_from_db()
    assert job.status == Status.READY


def test_nobody_confirms_twice(job: ImportJob, pages: Client, url: Any) -> None:
    pages.post(url("confirm", job))
    page = pages.post(url("confirm", job), follow=True)
    assert "can be confirmed" in words_of(page)
    assert job.logs.filter(event="confirmed").count() == 1


def test_a_lost_permission_is_said_at_the_confirmation(
    job: ImportJob, pages: Client, url: Any
) -> None:
    job.created_by.user_permissions.clear()  # type: ignore[union-attr]
    from django.contrib.auth.models import Permission, User

    permission = Permission.objects.get(codename="add_importjob")
    User.objects.get(pk=job.created_by_id).user_permissions.add(permission)
    page = pages.post(url("confirm", job), follow=True)
    assert "You may not import “Books”." in words_of(page)
    job.refresh_from_db()
    assert job.status == Status.READY


def test_the_same_file_is_asked_about(
    books: None, upload: Any, run: Any, pages: Client, url: Any
) -> None:
    text = HEADER + "Emma,Jane Austen,12,13.00\n"
    first = run(upload(text, "books.csv", importer="books"))
    pages.post(url("confirm", first))
    run(first)
    second = run(upload(text, "other.csv", importer="books"))
    page = pages.get(url("check", second))
    assert "This very file was imported on" in words_of(page)
    assert url("watch", first) in tree_of(page).xpath("//main//a/@href")
    assert tree_of(page).xpath("//input[@id='im-again' and @required]")


def test_a_dry_run_ends_on_the_page_of_its_check(
    upload: Any, run: Any, pages: Client, url: Any
) -> None:
    job = run(upload("Title\nEmma\n", "b.csv", importer="books", dry_run=True))
    assert pages.get(url("watch", job))["Location"] == url("check", job)
    page = pages.get(url("check", job))
    assert "Nothing was written." in words_of(page)
    assert not tree_of(page).xpath("//button[contains(., 'Import')]")


def test_the_page_asks_as_many_queries_for_many_rows_as_for_few(
    upload: Any,
    run: Any,
    pages: Client,
    url: Any,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(f"Book {n},{'x' if n % 3 else 3},2,{n}/2\n" for n in range(300))
    job = run(upload(f"Title,Pages,Price,Shelf\n{rows}", "b.csv", importer="books"))
    for query in ("", "?action=fail", "?action=create"):
        with django_assert_max_num_queries(14):
            pages.get(url("check", job) + query)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("12.40", "13.00", ("", "12.40", "13.00", "")),
        ("a red car", "a blue car", ("a ", "red", "blue", " car")),
        ("red", "red car", ("red", "", " car", "")),
        ("aa", "aa aa", ("aa", "", " aa", "")),
        ("same", "same", ("same", "", "", "")),
        (None, "x", ("", "", "x", "")),
        ("x", "", ("", "x", "", "")),
    ],
)
def test_the_part_that_differs_is_marked(
    old: str | None, new: str | None, parts: tuple[str, ...]
) -> None:
    found = difference("Price", old, new)
    assert (found.head, found.gone, found.come, found.tail) == parts
    assert found.head + found.gone + found.tail == (old or "")
    assert found.head + found.come + found.tail == (new or "")
