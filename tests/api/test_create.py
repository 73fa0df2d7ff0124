"""POST {resource}/export, its quick form, POST exports: every way to ask for a file."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from exports.models import Event, Export, Mode
from exports.states import Status
from exportsite.jobs.queue import run_next
from tests.api.conftest import Caller, content

pytestmark = pytest.mark.django_db
TITLES = {"columns": ["title"], "options": {"bom": False, "line_end": "lf"}}


def titles(response: Any) -> list[str]:
    return content(response).decode().splitlines()[1:]


@pytest.fixture
def quick(settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000


def test_few_rows_are_answered_with_the_file(quick: None, api: Caller, make_book: Any) -> None:
    make_book("Emma")
    response = api.post("books/export", TITLES)
    assert (response.status_code, content(response)) == (200, b"Title\nEmma\n")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="books_')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    export = Export.objects.get(pk=response["X-Export-Id"])
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.IMMEDIATE)
    assert int(response["Content-Length"]) == export.file_size
    events = [log.event for log in export.logs.all()]
    assert events == [Event.INITIATED, Event.PROCESSING, Event.COMPLETED]


@pytest.mark.django_db(transaction=True)
def test_more_rows_are_streamed(settings: Any, api: Caller, make_book: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1
    make_book("Emma")
    response = api.post("books/export", TITLES)
    assert response.streaming
    assert "Content-Length" not in response
    assert (response.status_code, content(response)) == (200, b"Title\nEmma\n")
    export = Export.objects.get(pk=response["X-Export-Id"])
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.STREAM)
    assert response["Content-Disposition"] == f'attachment; filename="{export.file_name}"'


def test_many_rows_are_left_to_a_worker(settings: Any, api: Caller, make_book: Any) -> None:
    settings.EXPORT_STREAM_ROWS = 1
    make_book("Emma")
    make_book("Persuasion")
    response = api.post("books/export", TITLES)
    receipt = response.json()
    assert response.status_code == 202
    assert set(receipt) == {
        *("export_id", "status", "message", "estimated_wait", "total_items"),
        *("status_url", "logs_url"),
    }
    assert (receipt["status"], receipt["total_items"]) == ("pending", 2)
    assert receipt["status_url"] == f"http://testserver/api/v1/exports/{receipt['export_id']}"
    assert receipt["logs_url"] == f"{receipt['status_url']}/logs"
    assert run_next()
    assert Export.objects.get().status == Status.COMPLETED


def test_whoever_wants_the_background_gets_it(quick: None, api: Caller, make_book: Any) -> None:
    make_book()
    assert api.post("books/export", {"async": True}).status_code == 202
    assert api.post("books/export", {"async": False}).status_code == 200
    assert api.post("books/export", {"async": None}).status_code == 200


def test_all_of_the_body_is_heeded(quick: None, api: Caller, make_book: Any) -> None:
    for number in range(5):
        make_book(f"Book {number}", pages=number, shelf="poetry" if number == 4 else "novel")
    body = {
        **TITLES,
        "filters": {"shelf": ["novel"], "min_pages": 1},
        "sort_by": "pages",
        "sort_order": "desc",
        "limit": 2,
    }
    assert titles(api.post("books/export", body)) == ["Book 3", "Book 2"]
    export = Export.objects.get()
    assert (export.row_limit, export.sort_by, export.sort_descending) == (2, "pages", True)


def test_excel_is_a_name_of_xlsx(quick: None, api: Caller, make_book: Any) -> None:
    make_book()
    response = api.post("books/export", {"format": "excel"})
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert zipfile.ZipFile(io.BytesIO(content(response))).testzip() is None
    assert Export.objects.get().format == "xlsx"


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"colums": ["id"]}, "colums", "There are: "),
        ({"columns": ["id", "nope"]}, "columns", "There are: id, title"),
        ({"columns": ["id", "id"]}, "columns", "more than once"),
        ({"filters": {"nope": 1}}, "nope", "There are: "),
        ({"filters": {"shelf": "cellar"}}, "shelf", "novel, poetry"),
        ({"filters": {"shelf": {"a": 1}}}, "filters.shelf", "a text, a number"),
        ({"filters": []}, "filters", "dictionary"),
        ({"filters": {"min_pages": 5, "max_pages": 1}}, "max_pages", "before its beginning"),
        ({"filters": {"title": "a\u0000"}}, "detail", "NUL"),
        ({"format": "doc"}, "format", "csv"),
        ({"sort_by": "nope"}, "sort_by", "id, title, pages"),
        ({"sort_order": "up"}, "sort_order", "There are: asc, desc"),
        ({"limit": 0}, "limit", "1"),
        ({"limit": "5"}, "limit", "integer"),
        ({"limit": True}, "limit", "integer"),
        ({"async": "yes"}, "async", "boolean"),
        ({"dry_run": 1}, "dry_run", "boolean"),
        ({"options": {"delimiter": "x"}}, "options", "Valid values"),
        ({"options": {"nope": 1}}, "options", "Valid options"),
        ({"columns": ["author_email"]}, "columns", "author_email"),
        ([], "detail", "dictionary"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_right(
    api: Caller, body: Any, field: str, said: str
) -> None:
    response = api.post("books/export", body)
    assert response.status_code == 400
    faults = response.json()
    assert list(faults) == [field]
    assert said in "".join(faults[field])
    assert not Export.objects.exists()


def test_several_faults_are_said_at_once(api: Caller) -> None:
    body = {"format": "doc", "columns": ["nope"], "filters": {"max_pages": "x"}}
    assert set(api.post("books/export", body).json()) == {"format", "columns", "max_pages"}
    wrong = api.post("books/export", {"columns": ["title", {"a": 1}, 5, None]}).json()
    assert list(wrong) == ["columns"]
    assert wrong["columns"][0].startswith("Entry 2: ")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 400),
        (b'{"limit": NaN}', 400),
        (b'{"filters": {"title": "\\ud800"}}', 400),
        (b'{"filters": {"title": "\\u0000"}}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'"text"', 400),
        (b'{"limit": 1%s}' % (b"0" * 5000), 400),
        (b" " * 3_000_000, 413),
    ],
)
def test_a_body_that_is_no_request_is_refused(api: Caller, body: bytes, code: int) -> None:
    response = api.client.post(
        "/api/v1/books/export",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.secret}"},
    )
    assert (response.status_code, list(response.json())) == (code, ["detail"])


def test_another_content_type_is_refused(api: Caller) -> None:
    response = api.client.post(
        "/api/v1/books/export", "a=b", content_type="text/plain",
        headers={"Authorization": f"Bearer {api.secret}"},
    )  # fmt: skip
    assert response.status_code == 415


def test_sensitive_columns_need_wish_and_permission(
    quick: None, ana: User, api: Caller, make_book: Any
) -> None:
    make_book(author="George")
    body = {"columns": ["author_email"], "include_contact_info": True}
    assert "may not export these columns" in api.post("books/export", body).json()["columns"][0]
    ana.user_permissions.add(Permission.objects.get(codename="export_sensitive"))
    response = api.post("books/export", {**body, "options": {"bom": False}})
    assert b"george@example.org" in content(response)
    refused = api.post("books/export", {**body, "include_contact_info": False})
    assert "asked for expressly" in refused.json()["columns"][0]


@pytest.mark.parametrize("name", ["nothing", "authors"])
def test_an_unknown_resource_is_not_found(api: Caller, name: str) -> None:
    response = api.post(f"{name}/export", {})
    assert response.status_code == 404
    assert "There are: books" in response.json()["detail"]
    assert api.get(f"resources/{name}").status_code == 404


def test_a_resource_that_one_may_not_see_is_refused(api: Caller, ana: User) -> None:
    ana.user_permissions.remove(*ana.user_permissions.filter(codename="view_note"))
    assert api.post("notes/export", {}).status_code == 403
    assert api.get("notes/export").status_code == 403
    assert api.get("resources/notes").status_code == 403
    assert api.post("exports", {"resource": "notes"}).status_code == 403


def test_a_pdf_of_too_many_rows_is_refused(api: Caller, make_book: Any, monkeypatch: Any) -> None:
    make_book()
    monkeypatch.setattr("exports.limits.settings.EXPORT_MAX_RECORDS", 0)
    from exports.formats import FORMATS

    object.__setattr__(FORMATS["pdf"], "max_rows", 0)
    try:
        for body in ({"format": "pdf"}, {"format": "pdf", "dry_run": True}):
            response = api.post("books/export", body)
            assert (response.status_code, list(response.json())) == (400, ["format"])
    finally:
        object.__setattr__(FORMATS["pdf"], "max_rows", 10_000)


# -- Dry runs ---------------------------------------------------------------------------------
def test_a_dry_run_makes_nothing(api: Caller, make_book: Any, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT, settings.EXPORT_QUICK_ROWS = 1, 1000
    for number in range(12):
        make_book(f"Book {number}", pages=number)
    for _ in range(3):
        response = api.post(
            "books/export", {"columns": ["title", "pages", "price"], "dry_run": True}
        )
    found = response.json()
    assert response.status_code == 200
    assert not Export.objects.exists()
    assert (found["status"], found["total_items"], found["format"]) == ("dry_run", 12, "csv")
    assert found["mode"] == "immediate"
    assert len(found["preview"]) == 10
    assert found["preview"][0] == {"title": "Book 0", "pages": 0, "price": "12.50"}
    assert 100 < found["estimated_file_size"] < 1000


@pytest.mark.parametrize(
    ("quick_rows", "stream_rows", "wish", "mode"),
    [(5, 9, None, "immediate"), (2, 9, None, "stream"), (1, 1, None, "background"),
     (5, 9, True, "background")],
)  # fmt: skip
def test_a_dry_run_says_which_way_it_would_go(
    api: Caller, make_book: Any, settings: Any,
    quick_rows: int, stream_rows: int, wish: bool | None, mode: str,
) -> None:  # fmt: skip
    settings.EXPORT_QUICK_ROWS, settings.EXPORT_STREAM_ROWS = quick_rows, stream_rows
    make_book()
    make_book()
    body = {"dry_run": True, "async": wish}
    assert api.post("books/export", body).json()["mode"] == mode
    wanted = {"resource": "books", "dry_run": True}
    assert api.post("exports", wanted).json()["mode"] == "background"


# -- The quick form ---------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_quick_form_takes_filters_as_parameters(api: Caller, make_book: Any) -> None:
    make_book("Emma", pages=5, author="Jane")
    make_book("Sonnets", pages=6, shelf="poetry")
    make_book("Ulysses", pages=7)
    response = api.get(
        "books/export?format=csv&columns=title,pages&shelf=novel&shelf=poetry&minPages=6"
        "&sort_by=pages&sort_order=desc&limit=1"
    )
    assert response.status_code == 200
    assert content(response).decode("utf-8-sig") == "Title,pages\r\nUlysses,7\r\n"
    assert Export.objects.get(pk=response["X-Export-Id"]).created_by.username == "ana"


def test_the_quick_form_never_leaves_rows_out_unasked(
    api: Caller, make_book: Any, settings: Any
) -> None:
    settings.EXPORT_STREAM_ROWS, settings.EXPORT_QUICK_ROWS = 1, 1000
    make_book()
    make_book()
    assert "at most 1" in api.get("books/export").json()["detail"]
    assert "at most 1" in api.get("books/export?limit=2").json()["limit"][0]
    assert api.get("books/export?limit=1").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("nope=1", "nope"),
        ("format=doc", "format"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("shelf=cellar", "shelf"),
        ("title=a&title=b", "title"),
        ("title=%00", "title"),
        ("sort_order=up", "sort_order"),
        ("include_contact_info=maybe", "include_contact_info"),
        ("dry_run=true", "dry_run"),
    ],
)
def test_the_quick_form_refuses_what_it_does_not_know(api: Caller, query: str, field: str) -> None:
    response = api.get(f"books/export?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])


def test_looking_at_the_head_makes_no_export(api: Caller) -> None:
    assert api.head("books/export").status_code == 405
    assert not Export.objects.exists()


# -- POST exports -----------------------------------------------------------------------------
def test_an_export_by_its_resource_waits_for_a_worker(quick: None, api: Caller) -> None:
    response = api.post("exports", {"resource": "books", "format": "json"})
    assert response.status_code == 202
    export = Export.objects.get(pk=response.json()["export_id"])
    assert (export.mode, export.format, export.status) == (Mode.BACKGROUND, "json", "pending")


def test_an_archive_of_several_parts(quick: None, api: Caller, make_book: Any) -> None:
    make_book("Emma", shelf="novel")
    make_book("Sonnets", shelf="poetry")
    parts = [
        {"resource": "books", "format": "json", "columns": ["title"],
         "filters": {"shelf": ["poetry"]}},
        {"resource": "notes"},
    ]  # fmt: skip
    response = api.post("exports", {"format": "zip", "parts": parts})
    assert response.status_code == 202
    assert run_next()
    export = response.json()["export_id"]
    archive = zipfile.ZipFile(io.BytesIO(content(api.get(f"exports/{export}/download"))))
    assert sorted(archive.namelist()) == ["books.json", "metadata.json", "notes.csv"]
    assert json.loads(archive.read("books.json"))["data"] == [{"title": "Sonnets"}]
    assert Export.objects.get().title == "Books: Poetry; Notes: all"
    assert api.get(f"exports/{export}").json()["columns"] == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"resource"}),
        ({"resource": "nope"}, {"resource"}),
        ({"resource": 5}, {"resource"}),
        ({"parts": []}, {"resource"}),
        ({"parts": [{"format": "csv"}]}, {"parts.0.resource"}),
        ({"parts": [{"resource": "books", "x": 1}]}, {"parts.0.x"}),
        ({"parts": [{"resource": "books"}, {"resource": "books", "format": "doc"}]},
         {"parts.1.format"}),
        ({"parts": [{"resource": "books"}], "format": "csv"}, {"parts"}),
        ({"parts": [{"resource": "books"}], "filters": {"shelf": "novel"}}, {"filters"}),
    ],
)  # fmt: skip
def test_faults_of_parts_are_named_by_their_place(api: Caller, body: Any, fields: set[str]) -> None:
    response = api.post("exports", body)
    assert (response.status_code, set(response.json())) == (400, fields)
    assert not Export.objects.exists()
