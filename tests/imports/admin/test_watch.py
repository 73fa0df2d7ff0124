from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from imports.admin import standing
from imports.models import Event, ImportJob
from imports.states import Status
from tests.imports.admin.conftest import tree_of, words_of
from tests.library.models import Book

pytestmark = pytest.mark.django_db

TEXT = "Title,Pages\nEmma,12\nOdes,x\n"


@pytest.fixture
def job(upload: Any, run: Any, pages: Client, url: Any) -> ImportJob:
    """Confirmed; it waits for a worker."""
    made = run(upload(TEXT, "books.csv", importer="books"))
    pages.post(url("confirm", made))
    made.refresh_from_db()
    return made  # type: ignore[no-any-return]


def set_running(job: ImportJob, **fields: Any) -> None:
    now = timezone.now()
    values = {
        "status": Status.PROCESSING,
        "claimed_by": "w:1",
        "attempts": 1,
        "lease_until": now + timedelta(seconds=90),
        "started_at": now - timedelta(seconds=10),
        "total_rows": 150_000,
        "processed_rows": 93_600,
        "created_rows": 90_000,
        "failed_rows": 3_600,
    }
    ImportJob.objects.filter(pk=job.pk).update(**{**values, **fields})


def test_who_waits_is_told_why(
    job: ImportJob, pages: Client, root_pages: Client, make_worker: Any, url: Any
) -> None:
    said = words_of(pages.get(url("watch", job)))
    assert "No background worker is running, so nothing will start. Ask your operator." in said
    assert "python manage.py worker" in words_of(root_pages.get(url("watch", job)))
    worker = make_worker()
    assert "Yours is next" in words_of(pages.get(url("watch", job)))
    type(worker).objects.update(busy=2, bulk_busy=1)
    assert "All workers are busy." in words_of(pages.get(url("watch", job)))
    type(worker).objects.update(busy=0, bulk_busy=0, stuck_since=timezone.now())
    assert "do not pick up jobs" in words_of(pages.get(url("watch", job)))


def test_a_running_import_shows_progress_and_live_counts(
    job: ImportJob, pages: Client, url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = job.logs.create(event=Event.PROCESSING, message="Started (attempt 1).")
    late = log.created_at + timedelta(seconds=9)
    monkeypatch.setattr(standing.timezone, "now", lambda: late)
    set_running(job, lease_until=late + timedelta(seconds=90))
    page = pages.get(url("watch", job))
    text = words_of(page)
    assert "62.4 %" in text
    assert "93,600 of 150,000 rows" in text
    assert "rows/s" in text
    assert "about 6 s left" in text
    assert "New 90,000" in text
    (bar,) = tree_of(page).xpath("//progress")
    assert (bar.get("value"), bar.get("aria-valuetext")) == (
        "62.4",
        "62.4 %, 93,600 of 150,000 rows",
    )
    assert tree_of(page).xpath("//noscript/meta[@http-equiv='refresh']")


def test_an_unchanged_fragment_is_not_sent_again(job: ImportJob, pages: Client, url: Any) -> None:
    first = pages.get(url("fragment", job))
    again = pages.get(url("fragment", job), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    set_running(job)
    assert pages.get(url("fragment", job), headers={"If-None-Match": first["ETag"]}).content


def test_the_fragment_of_another_step_says_where_to_go(
    upload: Any, pages: Client, url: Any
) -> None:
    job = upload(TEXT, "books.csv", importer="books")
    assert f'data-go="{url("check", job)}"' in pages.get(url("fragment", job)).content.decode()
    assert "data-go" not in pages.get(url("check_fragment", job)).content.decode()


def test_a_silent_worker_is_named(job: ImportJob, pages: Client, url: Any) -> None:
    set_running(job, lease_until=timezone.now() - timedelta(seconds=5))
    assert "does not answer" in words_of(pages.get(url("watch", job)))


def test_cancelling_asks_a_running_import_to_stop(job: ImportJob, pages: Client, url: Any) -> None:
    set_running(job)
    page = pages.post(url("cancel", job), follow=True)
    assert "It stops in a moment." in words_of(page)
    assert "Stopping" in words_of(page)
    assert tree_of(page).xpath("//button[@id='ex-cancel']/@disabled")
    job.refresh_from_db()
    assert job.cancel_requested_at is not None


def test_a_cancelled_import_says_how_many_rows_are_in(
    job: ImportJob, pages: Client, url: Any
) -> None:
    set_running(job, status=Status.CANCELLED, claimed_by="", completed_at=timezone.now())
    text = words_of(pages.get(url("watch", job)))
    assert "93,600 of 150,000 rows had been dealt with; they stay" in text
    assert "Retry goes on after the last row that is in." in text


def test_done_shows_tiles_the_report_and_a_place_for_the_mended_file(
    job: ImportJob, run: Any, pages: Client, url: Any
) -> None:
    run(job)
    page = pages.get(url("watch", job))
    text = words_of(page)
    assert "1 row stayed out" in text
    assert "Drop the mended file here" in text
    assert "books.csv" in text
    links = tree_of(page).xpath("//main//a/@href")
    assert f"{url('report', job)}?format=csv" in links
    assert f"{url('report', job)}?format=xlsx" in links


@pytest.mark.parametrize(
    ("file_format", "kind", "begins"),
    [("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfRow,Problem"), ("xlsx", "sheet", b"PK")],
)
def test_failed_rows_come_as_a_file(
    file_format: str, kind: str, begins: bytes, job: ImportJob, run: Any, pages: Client, url: Any
) -> None:
    run(job)
    answer = pages.get(f"{url('report', job)}?format={file_format}")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body.startswith(begins)
    assert int(answer["Content-Length"]) == len(body)
    assert answer["Content-Type"].endswith(kind)
    assert answer["Content-Disposition"] == f'attachment; filename="books_failed.{file_format}"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("?format=pdf", "There is no report “pdf”."), ("", "No row has failed")],
)
def test_no_report_is_explained(
    query: str, sentence: str, upload: Any, run: Any, pages: Client, url: Any
) -> None:
    job = run(upload("Title\nEmma\n", "b.csv", importer="books"))
    page = pages.get(url("report", job) + query, follow=True)
    assert page.status_code == 200
    assert sentence in words_of(page)


def test_mended_rows_are_taken_and_only_they_are_run(
    job: ImportJob, run: Any, pages: Client, url: Any
) -> None:
    run(job)
    report = b"".join(pages.get(url("report", job)).streaming_content)  # type: ignore[attr-defined]
    file = SimpleUploadedFile("mended.csv", report.replace(b",x", b",9"))
    response = pages.post(url("mended", job), {"file": file})
    assert response["Location"] == url("watch", job)
    run(job)
    text = words_of(pages.get(url("watch", job)))
    assert "Of 1 row in the mended file, 1 went in and 0 stayed bad." in text
    assert "New 2" in text
    assert Book.objects.get(title="Odes").pages == 9


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (None, "Choose the mended file first."),
        (b"", "The file is empty."),
        (b"Title,Pages\nOdes,9\n", "The first two columns must be “Row” and “Problem”."),
    ],
)
def test_a_wrong_mended_file_is_refused_with_a_sentence(
    body: bytes | None, sentence: str, job: ImportJob, run: Any, pages: Client, url: Any
) -> None:
    run(job)

    def sent() -> dict[str, Any]:
        return {} if body is None else {"file": SimpleUploadedFile("m.csv", body)}

    assert sentence in words_of(pages.post(url("mended", job), sent(), follow=True))
    answer = pages.post(url("mended", job), sent(), headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert sentence in answer.json()["errors"][0]
    job.refresh_from_db()
    assert job.status == Status.COMPLETED


def test_a_failed_import_says_why_and_what_to_do(
    upload: Any, run: Any, pages: Client, root_pages: Client, url: Any
) -> None:
    job = run(upload("Title,Pages\nEmma,x\n", "b.csv", importer="books"))
    assert job.status == Status.FAILED
    ImportJob.objects.filter(pk=job.pk).update(error_details="Traceback: secret")
    page = pages.get(url("watch", job))
    text = words_of(page)
    assert job.error_message in text
    assert "change the mapping" in text
    assert url("map", job) in tree_of(page).xpath("//main//a/@href")
    assert "secret" not in text
    assert "secret" in words_of(root_pages.get(url("watch", job)))


def test_retrying_sends_it_back(job: ImportJob, pages: Client, url: Any) -> None:
    pages.post(url("cancel", job))
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    pages.post(url("retry", job))
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    page = pages.post(url("retry", job), follow=True)
    assert "Only a failed or cancelled import can be tried again." in words_of(page)


def test_deleting_leaves_what_was_written(
    job: ImportJob, run: Any, pages: Client, url: Any
) -> None:
    page = pages.post(url("delete", job), follow=True)
    assert "still at work" in words_of(page)
    run(job)
    response = pages.post(url("delete", job))
    assert response["Location"] == url("changelist")
    assert not ImportJob.objects.exists()
    assert Book.objects.filter(title="Emma").exists()


def test_the_page_asks_as_many_queries_for_many_problems_as_for_few(
    upload: Any,
    run: Any,
    pages: Client,
    ana: User,
    url: Any,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(f"Book {n},{'x' if n % 2 else 3}\n" for n in range(300))
    job = run(upload(f"Title,Pages\n{rows}", "b.csv", importer="books"))
    pages.post(url("confirm", job))
    run(job)
    for name in ("watch", "fragment"):
        with django_assert_max_num_queries(10):
            pages.get(url(name, job))


def test_all_or_none_that_failed_offers_to_leave_the_bad_rows_out(
    upload: Any, run: Any, pages: Client, url: Any
) -> None:
    job = run(upload(TEXT, "books.csv", importer="books"))
    pages.post(url("confirm", job), {"on_error": "abort"})
    run(job)
    tree = tree_of(pages.get(url("watch", job)))
    (button,) = tree.xpath("//button[contains(@class, 'ex-main')]")
    assert button.text_content().strip() == "Import without the bad rows"
    assert not Book.objects.exists()
    pages.post(button.get("formaction"))
    run(job)
    assert (job.status, Book.objects.count()) == (Status.COMPLETED, 1)
    refused = pages.post(url("good_rows", job), follow=True)
    assert "can leave rows out" in words_of(refused)


def test_a_running_check_tells_about_how_much_is_left(
    upload: Any, pages: Client, url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upload(TEXT, "books.csv", importer="books")
    made.logs.create(event=Event.CHECKING, message="Started (attempt 1).")
    late = timezone.now() + timedelta(seconds=10)
    monkeypatch.setattr(standing.timezone, "now", lambda: late)
    set_running(made, status=Status.CHECKING, lease_until=late + timedelta(seconds=90))
    text = words_of(pages.get(url("check", made)))
    assert "93,600 of about 150,000 rows" in text
    assert "62.4 %" in text
    assert "s left" in text
    set_running(made, status=Status.CHECKING, processed_rows=160_000)
    assert "160,000 rows" in words_of(pages.get(url("check", made)))


def test_a_file_that_breaks_off_is_to_be_mended_and_its_check_has_failed(
    upload: Any, run: Any, pages: Client, url: Any
) -> None:
    text = 'Title,Pages\nEmma,12\n"Odes,13\nMore,14\n'
    page = pages.get(url("watch", run(upload(text, "books.csv", importer="books"))))
    assert "Mend the file and upload it again." in words_of(page)
    (step,) = tree_of(page).xpath("//ol[@class='im-steps']/li[@aria-current]")
    assert step.text_content() == "Check"


def test_an_only_row_is_spoken_of_as_one(upload: Any, run: Any, pages: Client, url: Any) -> None:
    page = pages.get(url("watch", run(upload("Title,Pages\nOdes,x\n", importer="books"))))
    assert "The only row is not good." in words_of(page)
    assert "Not one of" not in words_of(page)
