"""Several kinds of rows in one file, asked for on the create page."""

import csv
import io
import re
import zipfile
from html import unescape
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from exports import delivery
from exports.admin.again import again_url
from exports.admin.create import again_query
from exports.answers import answer_at_once
from exports.forms import read_request
from exports.intake import request_export
from exports.models import Export
from exports.permissions import refuse_download
from exports.pipeline import request_of
from exports.plans import ExportRequest, make_plan
from exports.query_strings import write_part, write_query
from exports.registry import find_resource
from exports.saving import request_of as request_of_template
from exports.saving import run_template, save_template
from exports.states import Status
from tests.library.models import Note

pytestmark = pytest.mark.django_db

BOOKS = "/admin/exports/export/new/books/"


@pytest.fixture
def browser(client: Client, ana: User, make_book: Any) -> Client:
    make_book("Emma", shelf="novel")
    make_book("Odes", shelf="poetry")
    Note.objects.create(text="Buy ink")
    client.force_login(ana)
    return client


def page(client: Client, query: str) -> str:
    answer = client.get(f"{BOOKS}?{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def words(html: str, name: str) -> str:
    inside = html.partition(f'data-part="{name}"')[2].partition("</fieldset>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inside.partition(">")[2]).split())


def download(export: Export) -> io.BytesIO:
    assert export.status == Status.COMPLETED, export.error_details
    with delivery.folder().open(export.file_key) as stream:
        return io.BytesIO(stream.read())


# -- What comes of it -------------------------------------------------------------------------
def test_a_zip_holds_the_rows_what_belongs_to_them_and_what_was_added(
    browser: Client, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    sent = {"shelf": "novel", "_format": "zip", "_part_1": "notes", "_part_1_as": "json"}
    browser.post(BOOKS, {**sent, "_part_2": "books?title=odes&_columns=title", "_part_2_as": "csv"})
    export = Export.objects.get()
    archive = zipfile.ZipFile(download(export))
    assert archive.namelist()[:3] == ["books.csv", "shelves.json", "notes.json"]
    second = next(name for name in archive.namelist()[3:] if name.endswith(".csv"))
    rows = list(csv.reader(io.StringIO(archive.read(second).decode("utf-8-sig"))))
    assert rows == [["Title"], ["Odes"]]
    assert export.exported_rows == 1 + 2 + 1 + 1


def test_a_workbook_has_a_sheet_for_each(browser: Client, settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    browser.post(BOOKS, {"_format": "xlsx", "_columns": "title", "_part_1": "notes?_format=csv"})
    book = openpyxl.load_workbook(download(Export.objects.get()))
    assert book.sheetnames == ["Books", "Notes", "About"]
    assert [row[0] for row in book.worksheets[0].values] == ["Title", "Emma", "Odes"]


def test_the_options_of_an_archive_reach_the_file_in_it(browser: Client, settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    options = {"_options_for": "zip", "_option_delimiter": ";", "_option_bom": "false"}
    browser.post(BOOKS, {"_format": "zip", "_columns": ["title", "id"], **options})
    archive = zipfile.ZipFile(download(Export.objects.get()))
    assert archive.read("books.csv").startswith(b"Title;ID\r\n")


# -- The page ---------------------------------------------------------------------------------
def test_parts_are_listed_with_what_they_hold_and_counted(browser: Client) -> None:
    html = page(browser, "_format=xlsx&shelf=novel&_part_1=notes&_part_2=books?shelf=poetry")
    assert "Notes 6 columns, all rows" in words(html, "parts")
    assert "Books 12 columns, Poetry" in words(html, "parts")
    summary = " ".join(re.sub(r"<[^>]+>", " ", html.partition('data-part="summary"')[2]).split())
    assert "Books 1 Notes 1 Books 1 Rows in all 3" in summary


def test_every_kind_of_rows_and_every_fitting_template_is_offered(
    browser: Client, ana: User
) -> None:
    poetry = ExportRequest(resource="books", filters={"shelf": ["poetry"]}, columns=("title",))
    save_template(ana, "Poetry", poetry)
    whole = ExportRequest(resource="books", format="zip", also=(ExportRequest(resource="notes"),))
    save_template(ana, "Whole", whole)
    html = page(browser, "_format=zip")
    offers = dict(
        re.findall(r'<option value="([^"]+)">([^<]+)</option>', html.partition("id_add")[2])
    )
    assert {"books", "notes", "shelves"} <= set(offers)
    assert "Poetry (Books)" in offers.values()
    assert "Whole (Books)" not in offers.values()  # it is a file of several parts itself
    (value,) = (value for value, label in offers.items() if label == "Poetry (Books)")
    added = page(browser, "_format=zip&_part_1=" + quote(value))
    assert "Books 1 column, Poetry" in words(added, "parts")


def test_a_part_goes_again_and_the_others_stay(browser: Client) -> None:
    html = page(browser, "_format=xlsx&_part_1=notes&_part_2=shelves&_drop=1")
    assert re.findall(r'name="(_part_\d)" value="(\w+)\?', html) == [("_part_1", "shelves")]


def test_formats_that_hold_one_kind_of_rows_offer_no_more(browser: Client) -> None:
    assert re.search(r'data-part="parts"[^>]* hidden disabled', page(browser, "_format=csv"))
    assert not re.search(r'data-part="parts"[^>]* hidden disabled', page(browser, "_format=zip"))
    shown = page(browser, "_format=csv&_part_1=notes")
    assert "Only ZIP and Excel files can hold several parts." in shown


FAULTS = {
    "_part_1=unicorns": "There is no resource “unicorns”.",
    "_part_1=books?shelf=attic": "“attic” is not a valid choice.",
    "_part_1=books?_limit=many": "“many” is no number of rows.",
    "_part_1=books?_columns=colour": "There is no column “colour”.",
}


@pytest.mark.parametrize(("query", "fault"), FAULTS.items())
def test_a_fault_of_a_part_stands_at_the_part(browser: Client, query: str, fault: str) -> None:
    html = page(browser, f"_format=zip&{query}")
    at_part = re.search(r'data-errors="also\.0">(.*?)</ul>', html)
    assert at_part
    assert fault in at_part[1]
    assert 'href="#also.0"' in html


def test_faults_of_rows_and_parts_are_said_at_once(browser: Client) -> None:
    html = page(browser, "_format=zip&shelf=attic&_part_1=notes&_part_2=unicorns")
    assert re.findall(r'data-fault="([\w.]+)"', html) == ["shelf", "also.1"]


def test_too_many_parts_are_refused(browser: Client) -> None:
    many = "&".join(f"_part_{number}=notes" for number in range(1, 22))
    assert "One file can hold at most 20 parts." in page(browser, f"_format=xlsx&{many}")


# -- Again, templates, command ----------------------------------------------------------------
ALSO = (
    ExportRequest(resource="notes", format="json"),
    ExportRequest(
        resource="books",
        format="csv",
        columns=("title",),
        filters={"title": "a&b=c?"},
        sort_descending=False,
        headers={"title": "T&T"},
    ),
)


def test_asking_again_asks_for_the_same_file(browser: Client, ana: User) -> None:
    first = request_export(ana, ExportRequest(resource="books", format="zip", also=ALSO))
    browser.post(BOOKS, again_query(first), "application/x-www-form-urlencoded")
    second = Export.objects.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert request_of(second) == request_of(first)
    assert [part.resource.name for part in make_plan(ana, request_of(second)).parts] == [
        "books", "shelves", "notes", "books",
    ]  # fmt: skip


def test_a_file_that_was_asked_for_by_its_parts_is_asked_for_again(
    browser: Client, ana: User
) -> None:
    parts = (ExportRequest(resource="notes", format="json"), *ALSO[1:])
    first = request_export(ana, ExportRequest(resource="books", format="zip", parts=parts))
    address, _mark, query = again_url(ana, first).partition("?")
    assert address == "/admin/exports/export/new/notes/"
    browser.post(address, query, "application/x-www-form-urlencoded")
    second = Export.objects.exclude(pk=first.pk).get()
    contents = [
        [(part.resource.name, part.format.name, part.filters) for part in plan.parts]
        for plan in (make_plan(ana, request_of(export)) for export in (first, second))
    ]
    assert contents[0] == contents[1]


def test_a_template_keeps_the_parts(ana: User, browser: Client) -> None:
    request = ExportRequest(resource="books", format="zip", also=ALSO)
    template = save_template(ana, "All", request)
    assert request_of_template(template).also == ALSO
    assert request_of(run_template(ana, template)).also == ALSO


@pytest.mark.parametrize("part", ALSO)
def test_a_part_is_written_so_that_it_is_read_back_the_same(part: ExportRequest) -> None:
    data = QueryDict("_format=zip", mutable=True)
    data["_part_7"] = write_part(part)
    assert read_request(find_resource("books"), data).also == (part,)


def test_the_usual_columns_and_options_do_not_make_the_address_longer(ana: User) -> None:
    names = [column.name for column in make_plan(ana, ExportRequest(resource="books")).columns]
    usual = ExportRequest(resource="books", columns=names, options={"bom": True, "delimiter": "|"})
    assert write_part(usual) == "books?_format=csv&_option_delimiter=%7C"


@pytest.mark.parametrize("query", ["_part_x=notes", "_part_01=notes", "_part_=notes", "_part_²=x"])
def test_a_part_without_a_number_is_no_part(query: str) -> None:
    assert read_request(find_resource("books"), QueryDict(f"_format=zip&{query}")).also == ()


def test_a_whole_request_survives_the_address(ana: User) -> None:
    request = ExportRequest(
        resource="books",
        format="zip",
        columns=("title", "id"),
        headers={"title": "Näme = ?"},
        email_notification=True,
        also=ALSO,
    )
    assert read_request(find_resource("books"), QueryDict(write_query(request))) == request


def test_a_download_is_refused_to_who_may_not_have_a_part(ana: User, make_user: Any) -> None:
    export = answer_at_once(ana, ExportRequest(resource="books", format="zip", also=ALSO[:1]))
    bob = make_user("bob", "exports.add_export", "library.view_book")
    assert refuse_download(ana, export) == ""
    assert "You may no longer export notes" in refuse_download(bob, export)
