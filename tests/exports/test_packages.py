"""Several files in one archive, several sheets in one workbook."""

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User

from exports import delivery
from exports.answers import answer_at_once
from exports.errors import InvalidRequest, NotAllowed
from exports.models import Export
from exports.pipeline import request_of
from exports.plans import ExportRequest, make_plan
from exports.states import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(make_book: Any) -> None:
    make_book("Emma", shelf="novel", pages=500)
    make_book("Odes", shelf="poetry", pages=90)


def make(user: User, **fields: Any) -> Export:
    export = answer_at_once(user, ExportRequest(**fields))
    assert export.status == Status.COMPLETED, export.error_details
    return export


def open_zip(export: Export) -> zipfile.ZipFile:
    with delivery.folder().open(export.file_key) as stream:
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def test_a_zip_holds_the_rows_their_companions_and_what_is_to_be_known(
    ana: User, library: None
) -> None:
    export = make(ana, resource="books", format="zip", filters={"min_pages": 100})
    archive = open_zip(export)
    assert archive.namelist() == ["books.csv", "shelves.json", "metadata.json"]
    rows = list(csv.DictReader(io.StringIO(archive.read("books.csv").decode("utf-8-sig"))))
    assert [row["Title"] for row in rows] == ["Emma"]
    assert json.loads(archive.read("shelves.json"))["data"] == [{"shelf": "novel", "books": 1}]
    facts = json.loads(archive.read("metadata.json"))
    assert facts["export_info"]["filters_applied"] == {"min_pages": "100"}
    assert [(part["resource_type"], part["rows"]) for part in facts["parts"]] == [
        ("books", 1),
        ("shelves", 1),
    ]
    for part in facts["files"]:
        data = archive.read(part["name"])
        assert (part["size"], part["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert export.exported_rows == 2
    assert export.file_name.endswith(".zip")


def test_the_file_in_the_archive_may_be_of_another_format(ana: User, library: None) -> None:
    export = make(ana, resource="books", format="zip", options={"part_format": "xlsx", "level": 9})
    archive = open_zip(export)
    assert archive.namelist()[0] == "books.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(archive.read("books.xlsx")))
    assert book.sheetnames == ["Books", "About"]


def test_an_archive_may_hold_any_parts(ana: User, library: None) -> None:
    parts = (
        ExportRequest(resource="books", format="csv", columns=["title"], limit=1),
        ExportRequest(resource="books", format="csv", columns=["id"]),
        ExportRequest(resource="notes", format="json"),
    )
    export = make(ana, resource="books", format="zip", parts=parts)
    names = open_zip(export).namelist()
    assert names[0] == "books.csv"
    assert len(set(names)) == 4
    assert names[2:] == ["notes.json", "metadata.json"]
    assert request_of(export).parts[0].columns == ["title"]


def test_a_workbook_may_have_a_sheet_for_each_part(ana: User, library: None) -> None:
    parts = (
        ExportRequest(resource="books", columns=["title"]),
        ExportRequest(resource="shelves"),
    )
    export = make(ana, resource="books", format="xlsx", parts=parts)
    with delivery.folder().open(export.file_key) as stream:
        book = openpyxl.load_workbook(stream)
    assert book.sheetnames == ["Books", "Books (2)", "About"]
    assert [row[0] for row in book.worksheets[0].values] == ["Title", "Emma", "Odes"]
    assert list(book.worksheets[1].values)[1:] == [("novel", 1), ("poetry", 1)]


def test_other_formats_hold_one_part_only(ana: User) -> None:
    parts = (ExportRequest(resource="books"), ExportRequest(resource="notes"))
    with pytest.raises(InvalidRequest, match="Only ZIP and Excel"):
        make_plan(ana, ExportRequest(resource="books", format="csv", parts=parts))


def test_faults_of_a_part_are_named_by_its_place(ana: User) -> None:
    parts = (ExportRequest(resource="books"), ExportRequest(resource="books", columns=["x"]))
    with pytest.raises(InvalidRequest) as caught:
        make_plan(ana, ExportRequest(resource="books", format="zip", parts=parts))
    assert list(caught.value.errors) == ["parts.1.columns"]


def test_a_part_that_is_not_allowed_refuses_the_whole(make_user: Any) -> None:
    bob = make_user("bob", "exports.add_export", "library.view_book")
    parts = (ExportRequest(resource="books"), ExportRequest(resource="notes"))
    with pytest.raises(NotAllowed, match="notes"):
        make_plan(bob, ExportRequest(resource="books", format="zip", parts=parts))


def test_a_pdf_with_too_many_rows_is_refused_before_it_starts(
    ana: User, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ExportRequest(resource="books", format="pdf", columns=["id", "title"])
    monkeypatch.setattr("exports.plans.Plan.count", lambda _plan: 10_001)
    with pytest.raises(InvalidRequest, match="PDF holds at most 10,000"):
        answer_at_once(ana, request)
    assert not Export.objects.exists()


def test_a_pdf_is_a_pdf(ana: User, library: None) -> None:
    export = make(ana, resource="books", format="pdf", columns=["id", "title"])
    with delivery.folder().open(export.file_key) as stream:
        assert stream.read(5) == b"%PDF-"


def test_a_compressed_csv_has_its_extension(ana: User, library: None) -> None:
    export = make(ana, resource="books", columns=["title"], options={"gzip": True})
    assert export.file_name.endswith(".csv.gz")
    assert export.file_key.endswith(".csv.gz")
