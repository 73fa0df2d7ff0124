from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from exports import logs
from exports.models import Event, Export
from exports.states import Status

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.PENDING, "150,000 rows to export."),
        (Status.PROCESSING, "93,600 of 150,000 rows"),
        (Status.COMPLETED, "Download books.csv"),
        (Status.FAILED, "Press Retry."),
        (Status.CANCELLED, "It was cancelled before it had a file."),
        (Status.EXPIRED, "Your export has expired and its file was deleted."),
    ],
)
def test_each_status_is_told_in_words(
    status: str, said: str, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    text = words(pages.get(url("watch", make_export(status))))
    assert "Books to CSV" in text
    assert str(Status(status).label) in text
    assert said in text


def test_the_filters_are_told_as_the_title_has_them_or_that_there_are_none(
    pages: Client, make_export: Any, url: Any
) -> None:
    for filters, said in (({}, "All rows."), ({"shelf": "novel"}, "Shelf: Novel")):
        page = pages.get(url("watch", make_export(filters=filters)))
        (told,) = lxml.html.fromstring(page.content.decode()).xpath('//p[@class="ex-asked-for"]')
        assert told.text == said


def test_an_archive_tells_its_parts_and_not_the_columns_of_none(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    part = {"resource": "notes", "columns": ["id"], "include_contact_info": False}
    alone = make_export(format="zip", title="Notes: all; Books: all", parts=[part, part])
    text = words(pages.get(url("watch", alone)))
    assert "Notes: all; Books: all" in text
    assert "Parts Notes, Notes" in text
    assert "Columns" not in text
    beside = words(pages.get(url("watch", make_export(format="xlsx", also=[part]))))
    assert "Parts Books, Notes Columns 2" in beside


def test_the_tab_says_how_far_it_is(pages: Client, make_export: Any, url: Any) -> None:
    page = pages.get(url("watch", make_export(Status.PROCESSING)))
    assert "<title>62 % · Books | Data door</title>" in page.content.decode()


def test_a_running_export_tells_speed_and_time_left(
    pages: Client, make_export: Any, url: Any, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    export = make_export(Status.PROCESSING, started_at=now - timedelta(seconds=10))
    monkeypatch.setattr(timezone, "now", lambda: now)
    page = pages.get(url("watch", export))
    assert "9,360 rows/s" in words(page)
    assert "about 7 s left" in words(page)
    (bar,) = lxml.html.fromstring(page.content.decode()).xpath("//progress")
    assert bar.get("value") == "62.4"
    assert bar.get("aria-valuetext") == "62.4 %, 93,600 of 150,000 rows"


def test_the_speed_is_that_of_the_last_attempt(make_export: Any, url: Any, pages: Client) -> None:
    export = make_export(Status.PROCESSING, started_at=timezone.now() - timedelta(hours=1))
    log = logs.write(export, Event.PROCESSING, "Started (attempt 2).")
    assert log.created_at > export.started_at
    assert b"rows/s" not in pages.get(url("watch", export)).content


def test_speed_and_time_left_wait_three_seconds(
    pages: Client, make_export: Any, url: Any, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    export = make_export(Status.PROCESSING, started_at=now - timedelta(seconds=2))
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert "rows/s" not in words(pages.get(url("watch", export)))


def test_without_worker_a_superuser_sees_the_command_and_others_whom_to_ask(
    pages: Client, root_pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export()
    sentence = "No background worker is running, so nothing will start."
    mine, operator = (words(who.get(url("watch", export))) for who in (pages, root_pages))
    assert f"{sentence} Ask your operator." in mine
    assert "manage.py" not in mine
    assert f"{sentence} Start one: python manage.py worker" in operator


@pytest.mark.parametrize(
    ("worker", "said"),
    [
        ({}, "Yours is next: it starts in a moment."),
        ({"busy": 2}, "All workers are busy. Yours is next."),
        ({"stuck_since": timezone.now()}, "Workers are running but do not pick up jobs."),
        ({"beat_at": timezone.now() - timedelta(seconds=50)}, "No background worker is running"),
        ({"stopping": True}, "No background worker is running"),
    ],
)
def test_who_waits_is_told_what_the_workers_do(
    worker: Any, said: str, pages: Client, make_export: Any, make_worker: Any, url: Any, words: Any
) -> None:
    make_worker(**worker)
    assert said in words(pages.get(url("watch", make_export())))


def test_who_waits_is_told_the_place_in_the_queue(
    pages: Client, make_export: Any, make_worker: Any, url: Any, words: Any
) -> None:
    worker = make_worker()
    now = timezone.now()
    for minutes in (3, 2):
        make_export(available_at=now - timedelta(minutes=minutes))
    make_export(available_at=now - timedelta(minutes=9), lane="bulk")
    mine = make_export(available_at=now - timedelta(minutes=1))
    assert "2 jobs before yours." in words(pages.get(url("watch", mine)))
    worker.busy = 2
    worker.save(update_fields=["busy"])
    assert "All workers are busy. Yours is number 3." in words(pages.get(url("watch", mine)))


def test_a_planned_attempt_tells_why_and_when(
    pages: Client, make_export: Any, make_worker: Any, url: Any, words: Any
) -> None:
    make_worker()
    export = make_export(
        available_at=timezone.now() + timedelta(seconds=40), error_message="The worker stopped."
    )
    text = words(pages.get(url("watch", export)))
    assert "The last attempt did not succeed: The worker stopped. It is tried again at" in text


def test_an_export_that_is_to_stop_says_so(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.PROCESSING, cancel_requested_at=timezone.now())
    page = pages.get(url("watch", export))
    assert "Stopping" in words(page)
    (button,) = lxml.html.fromstring(page.content.decode()).xpath('//*[@id="ex-cancel"]')
    assert button.get("disabled") is not None


def test_a_silent_worker_is_told(pages: Client, make_export: Any, url: Any, words: Any) -> None:
    export = make_export(Status.PROCESSING, lease_until=timezone.now() - timedelta(seconds=1))
    assert "does not answer" in words(pages.get(url("watch", export)))


def test_a_completed_export_tells_everything_about_its_file(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(
        Status.COMPLETED, notes={"protected_cells": 1284, "removed_nuls": 1, "long_texts": 2}
    )
    logs.write(export, Event.COMPLETED, "150000 rows in books.csv.", duration_ms=72_000)
    text = words(pages.get(url("watch", export)))
    for said in (
        "Rows 150,000",
        "Made in 1 min 12 s",
        "Kept until",
        export.sha256,
        "1,284 cells got an apostrophe",
        "1 invisible NUL character was left out",
        "2 texts are longer than a cell can be",
        "Delete file",
    ):
        assert said in text


def test_export_again_leads_to_the_filled_in_create_page(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.EXPIRED, filters={"shelf": ["novel"]})
    tree = lxml.html.fromstring(pages.get(url("watch", export)).content.decode())
    (link,) = tree.xpath('//a[contains(., "Export again")]')
    assert link.get("href").startswith(f"{url('new')}books/?")
    assert "shelf=novel" in link.get("href")
    assert pages.get(link.get("href")).status_code == 200


def test_a_failure_tells_the_reason_and_only_operators_its_details(
    pages: Client, root_pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(
        Status.FAILED,
        error_code="time_limit",
        error_message="It took longer than the 300 s that an attempt may take.",
        error_details="Traceback: secret place",
    )
    mine, operator = (words(who.get(url("watch", export))) for who in (pages, root_pages))
    assert "It took longer than the 300 s" in mine
    assert "Choose fewer rows or columns" in mine
    assert "Retry" in mine
    assert "secret place" not in mine
    assert "secret place" in operator


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event.EXPIRED, "Your export has expired on"),
        (Event.DELETED, "The file was deleted by ana on"),
    ],
)
def test_a_file_that_is_gone_tells_how(
    event: Event, said: str, ana: User, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.EXPIRED)
    logs.write(export, event, "…", actor=ana)
    assert said in words(pages.get(url("watch", export)))


def test_the_timeline_tells_the_story(
    ana: User, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.COMPLETED)
    logs.write(export, Event.PROCESSING, "Started (attempt 1).")
    logs.write(export, Event.DOWNLOADED, "Downloaded.", actor=ana)
    page = pages.get(url("watch", export))
    items = lxml.html.fromstring(page.content.decode()).xpath("//ol/li/span")
    assert [" ".join(item.text_content().split()) for item in items] == [
        "Asked: Shelf: Novel by ana",
        "Started (attempt 1).",
        "Downloaded. by ana",
    ]


def test_the_fragment_answers_304_until_something_changes(
    pages: Client, make_export: Any, make_worker: Any, url: Any
) -> None:
    make_worker()
    export = make_export(Status.PENDING, created_at=timezone.now() - timedelta(days=1, hours=1))
    first = pages.get(url("fragment", export))
    assert b"<html" not in first.content
    assert first.content.strip().startswith(b"<article")
    unchanged = pages.get(url("fragment", export), headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    Export.objects.filter(pk=export.pk).update(status=Status.CANCELLED)
    changed = pages.get(url("fragment", export), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert b"data-finished" in changed.content


@pytest.mark.parametrize("status", Status.values)
def test_without_javascript_the_page_refreshes_itself_until_it_is_finished(
    status: str, pages: Client, make_export: Any, url: Any
) -> None:
    page = pages.get(url("watch", make_export(status))).content.decode()
    moves = status in (Status.PENDING, Status.PROCESSING)
    assert ('<noscript><meta http-equiv="refresh"' in page) is moves
    assert ("data-finished" in page) is not moves


@pytest.mark.parametrize("name", ["watch", "fragment"])
def test_watching_is_reading(name: str, pages: Client, make_export: Any, url: Any) -> None:
    export = make_export()
    assert pages.post(url(name, export)).status_code == 405
    assert pages.head(url(name, export)).status_code == 200


def test_something_that_is_no_id_is_not_found(pages: Client, url: Any) -> None:
    assert pages.get(url("changelist") + "not-an-id/").status_code == 404
    nobody = "0f0f0f0f-0000-4000-8000-000000000000"
    assert pages.get(f"{url('changelist')}{nobody}/").status_code == 404


EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7|add:1 }}"


@pytest.mark.parametrize("status", Status.values)
def test_markup_in_names_stays_text(
    status: str, pages: Client, ana: User, make_export: Any, url: Any
) -> None:
    ana.first_name = EVIL[:20]
    ana.save(update_fields=["first_name"])
    export = make_export(
        status,
        filters={"x": "y"},
        title=EVIL,
        file_name=EVIL,
        error_message=EVIL,
        resource=EVIL[:40],
        format="<b>",
    )
    logs.write(export, Event.FAILED, EVIL, actor=ana)
    for name in ("watch", "fragment", "changelist", "rows"):
        page = pages.get(url(name, export) if name in ("watch", "fragment") else url(name))
        html = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>," not in html
