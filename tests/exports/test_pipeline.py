import csv
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exports import delivery, pipeline, writing
from exports.intake import request_export
from exports.models import Event, Export
from exports.pipeline import run_export
from exports.plans import ExportRequest
from exports.states import Status
from exports.writing import RowsLost
from exportsite.jobs.errors import JobError
from exportsite.jobs.progress import Cancelled, LeaseLost, Ticker
from exportsite.jobs.states import LostRace, move
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db

Claimed = Callable[..., Export]


@pytest.fixture
def claimed(ask: Any) -> Claimed:
    """An export that a worker has just claimed."""

    def make(**fields: Any) -> Export:
        export: Export = ask(**fields)
        move(export, Status.PROCESSING, claimed_by="worker:1", attempts=1)
        return export

    return make


def content(export: Export) -> bytes:
    with delivery.folder().open(export.file_key) as stream:
        return stream.read()


def files_of(export: Export) -> list[str]:
    root = delivery.folder().locate(f"exports/{export.pk}/x").parent
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def test_a_finished_export_has_a_whole_file(claimed: Claimed, make_book: Any) -> None:
    for number in range(3):
        make_book(f"Book {number}")
    export = claimed(columns=["id", "title"])
    run_export(export, Ticker())
    export.refresh_from_db()
    data = content(export)
    assert export.status == Status.COMPLETED
    assert (export.exported_rows, export.total_rows, export.failed_rows) == (3, 3, 0)
    assert export.file_size == len(data)
    assert export.sha256 == hashlib.sha256(data).hexdigest()
    assert export.expires_at is not None
    assert export.completed_at is not None
    assert (export.expires_at - export.completed_at).days == 30
    assert (export.claimed_by, export.lease_until) == ("", None)
    assert files_of(export) == [export.file_key.rsplit("/", 1)[1]]
    assert list(export.logs.values_list("event", flat=True))[-1] == Event.COMPLETED


def test_csv_holds_the_chosen_rows_and_columns(claimed: Claimed, make_book: Any) -> None:
    make_book("Ulysses", author="Joyce", pages=730)
    make_book("Odes", shelf="poetry")
    export = claimed(columns=["title", "author", "pages"], filters={"shelf": "novel"})
    run_export(export, Ticker())
    rows = list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))
    assert rows == [["Title", "author", "pages"], ["Ulysses", "Joyce", "730"]]


def test_xlsx_says_about_itself_who_asked_for_what(
    claimed: Claimed, make_book: Any, ana: User
) -> None:
    make_book("Ulysses")
    export = claimed(format="xlsx", filters={"shelf": "novel"})
    run_export(export, Ticker())
    book = openpyxl.load_workbook(io.BytesIO(content(export)))
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["What"] == "Books"
    assert about["Asked by"] == ana.get_username()
    assert about["Shelf"] == "Novel"


def test_json_comes_in_the_old_envelope(claimed: Claimed, make_book: Any) -> None:
    make_book("Ulysses")
    export = claimed(format="json", columns=["title", "price"], filters={"shelf": "novel"})
    run_export(export, Ticker())
    answer = json.loads(content(export))
    assert list(answer) == [
        "export_id", "resource_type", "exported_at", "item_count", "filters", "data",
    ]  # fmt: skip
    assert answer["export_id"] == str(export.pk)
    assert (answer["resource_type"], answer["item_count"]) == ("books", 1)
    assert answer["filters"] == {"shelf": "novel"}
    assert answer["data"] == [{"title": "Ulysses", "price": "12.50"}]


def test_columns_may_be_expressions_or_computed_in_python(claimed: Claimed, make_book: Any) -> None:
    make_book("Emma", pages=7)
    export = claimed(format="json", columns=["loud_title", "double_pages", "title_length"])
    run_export(export, Ticker())
    assert json.loads(content(export))["data"] == [
        {"loud_title": "EMMA", "double_pages": 14, "title_length": 4}
    ]


def test_no_rows_make_a_file_with_a_header(claimed: Claimed) -> None:
    export = claimed(columns=["title"])
    run_export(export, Ticker())
    assert content(export).decode("utf-8-sig") == "Title\r\n"
    assert export.exported_rows == 0


def test_the_limit_holds_in_the_file(claimed: Claimed, make_book: Any) -> None:
    for number in range(5):
        make_book(str(number))
    export = claimed(limit=2)
    run_export(export, Ticker())
    assert export.exported_rows == 2


def test_a_cancelled_run_leaves_no_file(claimed: Claimed, make_book: Any) -> None:
    make_book()
    export, ticker = claimed(), Ticker()
    ticker.is_cancel_wanted = True
    with pytest.raises(Cancelled):
        run_export(export, ticker)
    assert files_of(export) == []


def test_a_lost_lease_leaves_no_file(claimed: Claimed, make_book: Any) -> None:
    make_book()
    export, ticker = claimed(), Ticker()
    ticker.is_lost = True
    with pytest.raises(LeaseLost):
        run_export(export, ticker)
    assert files_of(export) == []


def test_whoever_lost_the_job_cannot_publish(claimed: Claimed, make_book: Any) -> None:
    make_book()
    export = claimed()
    Export.objects.update(claimed_by="another:2", attempts=2)
    with pytest.raises(LostRace):
        run_export(export, Ticker())
    export.refresh_from_db()
    assert (export.status, export.claimed_by, export.file_key) == ("processing", "another:2", "")
    assert files_of(export) == []


def test_a_new_attempt_clears_what_an_old_one_left(claimed: Claimed, make_book: Any) -> None:
    make_book()
    export = claimed()
    delivery.folder().begin(f"exports/{export.pk}/1-dead.csv").stream.close()
    run_export(export, Ticker())
    assert files_of(export) == [export.file_key.rsplit("/", 1)[1]]


def test_a_row_less_in_the_file_is_never_published(
    claimed: Claimed, make_book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_book("kept")
    make_book("lost")
    real = writing.read_batches
    monkeypatch.setattr(writing, "make_copy", lambda *_: None)
    monkeypatch.setattr(writing, "make_stored", lambda *_: None)
    monkeypatch.setattr(writing, "read_batches", lambda plan: (batch[:1] for batch in real(plan)))
    export = claimed()
    with pytest.raises(RowsLost, match="books: counted 2, wrote 1"):
        run_export(export, Ticker())
    assert files_of(export) == []


def test_a_permission_that_is_gone_ends_the_job(
    claimed: Claimed, make_book: Any, ana: User
) -> None:
    make_book()
    export = claimed()
    ana.user_permissions.clear()
    with pytest.raises(JobError, match="You may not export books"):
        run_export(Export.objects.get(pk=export.pk), Ticker())


def test_a_deactivated_person_gets_no_file(claimed: Claimed, ana: User) -> None:
    export = claimed()
    User.objects.filter(pk=ana.pk).update(is_active=False)
    with pytest.raises(JobError, match="may not export"):
        run_export(Export.objects.get(pk=export.pk), Ticker())


def test_an_export_of_nobody_ends(claimed: Claimed, ana: User) -> None:
    export = claimed()
    ana.delete()
    with pytest.raises(JobError, match="is gone"):
        run_export(Export.objects.get(pk=export.pk), Ticker())


def test_a_filter_that_no_longer_fits_ends_the_job(claimed: Claimed, make_book: Any) -> None:
    book = make_book(author="Eliot")
    export = claimed(filters={"author": "Eliot"})
    Book.objects.all().delete()
    book.author.delete()
    with pytest.raises(JobError, match="is not a valid choice"):
        run_export(export, Ticker())


@pytest.mark.parametrize("name", ["csv", "json", "xlsx"])
def test_query_count_does_not_grow_with_rows(name: str, claimed: Claimed) -> None:
    counts = []
    author = Author.objects.create(name="Eliot")
    for rows in (2_000, 20_000):
        Book.objects.all().delete()
        Book.objects.bulk_create(Book(title=f"{n}", author=author) for n in range(rows))
        export = claimed(format=name)
        with CaptureQueriesContext(connection) as queries:
            run_export(export, Ticker())
        assert export.exported_rows == rows
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_wish_to_cancel_is_seen_among_the_rows(claimed: Claimed) -> None:
    """The connection is whole afterwards, whoever rendered the rows."""

    class Impatient(Ticker):
        def tick(self, rows: int) -> None:
            self.is_cancel_wanted = True
            super().tick(rows)

    Book.objects.bulk_create(Book(title=f"{number}") for number in range(20_000))
    export, ticker = claimed(), Impatient()
    with pytest.raises(Cancelled):
        run_export(export, ticker)
    assert 0 < ticker.rows <= 2_000
    assert files_of(export) == []
    assert Book.objects.count() == 20_000


def test_what_the_format_changed_is_noted(claimed: Claimed, make_book: Any) -> None:
    make_book("=1+1")
    export = claimed(columns=["title"])
    run_export(export, Ticker())
    assert export.notes == {"protected_cells": 1}
    assert content(export).decode("utf-8-sig") == "Title\r\n'=1+1\r\n"


def test_the_exact_profile_changes_nothing(claimed: Claimed, make_book: Any) -> None:
    make_book("=1+1")
    export = claimed(columns=["title"], options={"formula_guard": False, "bom": False})
    run_export(export, Ticker())
    assert content(export) == b"Title\r\n=1+1\r\n"
    assert export.notes == {}


def test_the_request_of_an_export_makes_the_same_export_again(ask: Any, ana: User) -> None:
    first = ask(columns=["pages", "id"], filters={"shelf": "novel"}, sort_by="pages",
                sort_descending=True, limit=5, options={"bom": False})  # fmt: skip
    again = request_export(ana, pipeline.request_of(first))
    same = ("resource", "format", "columns", "filters", "sort_by", "sort_descending",
            "row_limit", "options", "title")  # fmt: skip
    assert [getattr(first, name) for name in same] == [getattr(again, name) for name in same]
    assert isinstance(pipeline.request_of(first), ExportRequest)


def test_computed_rows_are_exported_like_any_others(claimed: Claimed, make_book: Any) -> None:
    for shelf, pages in (("novel", 5), ("novel", 50), ("poetry", 50)):
        make_book(shelf=shelf, pages=pages)
    export = claimed(resource="shelves", format="json", filters={"min_pages": 10})
    run_export(export, Ticker())
    assert json.loads(content(export))["data"] == [
        {"shelf": "novel", "books": 1},
        {"shelf": "poetry", "books": 1},
    ]
    assert export.exported_rows == 2
