"""Small exports at once, medium ones streamed, large ones by a worker: the same rows each way."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django_q.models import OrmQ

from exports import delivery
from exports.answers import answer_at_once, answer_soon, answer_streaming, decide_mode
from exports.errors import InvalidRequest, TooMany
from exports.intake import request_export
from exports.models import Event, Export, Mode
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.jobs.queue import run_next
from tests.library.models import Book

FORMATS = ("csv", "xlsx", "json")


@pytest.mark.parametrize(
    ("rows", "wish", "mode"),
    [
        (0, None, Mode.IMMEDIATE),
        (999, None, Mode.IMMEDIATE),
        (1000, None, Mode.STREAM),
        (10_000, None, Mode.STREAM),
        (10_001, None, Mode.BACKGROUND),
        (1, True, Mode.BACKGROUND),
        (1, False, Mode.IMMEDIATE),
        (10_001, False, Mode.BACKGROUND),
    ],
)
def test_the_number_of_rows_decides_unless_a_person_wants_the_background(
    settings: Any, rows: int, wish: bool | None, mode: str
) -> None:
    settings.EXPORT_QUICK_ROWS, settings.EXPORT_STREAM_ROWS = 1000, 10_000
    assert decide_mode(rows, in_background=wish) == mode


def content(export: Export) -> bytes:
    with delivery.folder().open(export.file_key) as stream:
        return stream.read()


@pytest.mark.django_db
def test_an_answer_at_once_is_a_finished_export_with_its_story(ana: User, make_book: Any) -> None:
    make_book("Emma")
    export = answer_at_once(ana, ExportRequest(resource="books", columns=["title"]))
    assert (export.status, export.mode, export.attempts) == (
        Status.COMPLETED,
        Mode.IMMEDIATE,
        1,
    )
    assert content(export).decode("utf-8-sig") == "Title\r\nEmma\r\n"
    events = list(export.logs.values_list("event", flat=True))
    assert events == [Event.INITIATED, Event.PROCESSING, Event.COMPLETED]
    assert not OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_streamed_is_the_file_that_is_kept(ana: User, make_book: Any, name: str) -> None:
    for number in range(30):
        make_book(f"Book {number}", blurb="long text " * 500)
    request = ExportRequest(resource="books", format=name, columns=["title", "blurb"])
    export, pieces = answer_streaming(ana, request)
    heard = b"".join(pieces)
    export.refresh_from_db()
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.STREAM)
    assert heard == content(export)
    assert len(heard) == export.file_size


@pytest.mark.django_db(transaction=True)
def test_a_soon_answer_needs_no_worker_and_nobody_who_listens(ana: User, make_book: Any) -> None:
    make_book("Emma")
    export = answer_soon(ana, ExportRequest(resource="books", columns=["title"]))
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.STREAM)
    assert b"Emma" in content(export)
    assert not OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_breaks_does_not_look_whole(ana: User, make_book: Any) -> None:
    make_book()
    _export, pieces = answer_streaming(ana, ExportRequest(resource="broken-books"))
    with pytest.raises(BrokenPipeError):
        b"".join(pieces)


@pytest.mark.django_db(transaction=True)
def test_whoever_stops_listening_does_not_stop_the_export(ana: User, make_book: Any) -> None:
    make_book()
    export, pieces = answer_streaming(ana, ExportRequest(resource="books"))
    pieces.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "job":
            thread.join(120)
    export.refresh_from_db()
    assert export.status == Status.COMPLETED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_rows_come_whichever_way(ana: User, make_book: Any, name: str) -> None:
    for number in range(5):
        make_book(f"Book {number}", shelf="novel" if number % 2 else "poetry", pages=number)
    request = ExportRequest(
        resource="books",
        format=name,
        filters={"shelf": "novel", "min_pages": 1},
        sort_by="pages",
        sort_descending=True,
        limit=2,
    )
    at_once = answer_at_once(ana, request)
    streamed, pieces = answer_streaming(ana, request)
    b"".join(pieces)
    queued = request_export(ana, request)
    assert run_next()
    rows = [only_rows(Export.objects.get(pk=export.pk)) for export in (at_once, streamed, queued)]
    assert rows[0] == rows[1] == rows[2]
    assert rows[0]


def only_rows(export: Export) -> object:
    """What the file holds besides what it says of itself."""
    import io
    import json

    import openpyxl

    data = content(export)
    if export.format == "json":
        return json.loads(data)["data"]
    if export.format == "xlsx":
        return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)
    return data


@pytest.mark.django_db
def test_too_many_rows_are_refused_in_words(ana: User, make_book: Any, settings: Any) -> None:
    settings.EXPORT_MAX_RECORDS = 1
    make_book()
    make_book()
    with pytest.raises(InvalidRequest, match="These are 2 rows; one export may have at most 1"):
        request_export(ana, ExportRequest(resource="books"))
    assert not Export.objects.exists()
    assert request_export(ana, ExportRequest(resource="books", limit=1)).total_rows == 1


@pytest.mark.django_db
def test_the_sixth_request_in_a_minute_has_to_wait(
    ana: User, make_user: Any, settings: Any
) -> None:
    settings.EXPORT_RATE_LIMIT = 5
    request = ExportRequest(resource="books")
    for _ in range(5):
        request_export(ana, request, is_limited=True)
    with pytest.raises(TooMany, match="5 exports within a minute") as caught:
        request_export(ana, request, is_limited=True)
    assert 0 < caught.value.retry_after <= 60
    other = make_user("bob", "exports.add_export", "library.view_book")
    request_export(other, request, is_limited=True)
    request_export(ana, request)
    assert Export.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_never_pass_the_limit(ana: User, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 5
    refused: list[BaseException] = []
    start = threading.Barrier(12)

    def ask() -> None:
        try:
            start.wait()
            request_export(ana, ExportRequest(resource="books"), is_limited=True)
        except TooMany as error:
            refused.append(error)
        finally:
            connection.close()

    run_all([ask] * 12)
    assert Export.objects.count() == 5
    assert len(refused) == 7


def run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


@pytest.mark.django_db
def test_headings_may_be_renamed_for_one_file(ana: User, make_book: Any) -> None:
    make_book("Emma", pages=7)
    headers = {"title": " What = it is ", "pages": "pages", "id": "ignored, not chosen"}
    request = ExportRequest(resource="books", columns=["title", "pages"], headers=headers)
    export = answer_at_once(ana, request)
    assert export.headers == {"title": "What = it is"}
    assert content(export).decode("utf-8-sig") == "What = it is,pages\r\nEmma,7\r\n"
    for text in ("", "x" * 101, "two\nlines"):
        with pytest.raises(InvalidRequest, match="heading of Title"):
            request_export(ana, ExportRequest(resource="books", headers={"title": text}))
    assert Book.objects.count() == 1
