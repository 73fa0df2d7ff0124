"""What the create page says when somebody asks for too much or too often."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports.models import Export, Mode
from exports.plans import Plan
from exports.states import Status

pytestmark = pytest.mark.django_db

PAGE = "/admin/exports/export/new/books/"


@pytest.fixture
def browser_of_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_small_exports_are_finished_when_the_next_page_comes(
    browser_of_ana: Client, make_book: Any, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    make_book()
    answer = browser_of_ana.post(PAGE, {"_format": "csv"})
    export = Export.objects.get()
    assert answer.headers["Location"].endswith(f"/{export.pk}/")
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.IMMEDIATE)


@pytest.mark.django_db(transaction=True)
def test_medium_exports_need_no_worker_either(
    browser_of_ana: Client, make_book: Any, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS, settings.EXPORT_STREAM_ROWS = 1, 10
    make_book()
    assert browser_of_ana.post(PAGE, {"_format": "csv"}).status_code == 302
    export = Export.objects.get()
    assert (export.status, export.mode) == (Status.COMPLETED, Mode.STREAM)
    browser_of_ana.post(PAGE, {"_format": "csv", "_background": "1"})
    waiting = Export.objects.exclude(pk=export.pk).get()
    assert (waiting.status, waiting.mode) == (Status.PENDING, Mode.BACKGROUND)


@pytest.mark.parametrize("quick_rows", [0, 1000])
def test_who_asks_too_often_is_told_when_to_try_again(
    browser_of_ana: Client, settings: Any, quick_rows: int
) -> None:
    settings.EXPORT_QUICK_ROWS = quick_rows
    settings.EXPORT_RATE_LIMIT = 1
    assert browser_of_ana.post(PAGE, {"_format": "csv"}).status_code == 302
    page = browser_of_ana.post(PAGE, {"_format": "csv", "title": "kept"}).content.decode()
    assert "1 export within a minute. Try again in" in page
    assert 'value="kept"' in page
    assert Export.objects.count() == 1


def test_too_many_rows_for_a_pdf_are_refused_at_the_format(
    browser_of_ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plan, "count", lambda _plan: 10_001)
    page = browser_of_ana.post(PAGE, {"_format": "pdf"}).content.decode()
    assert "PDF holds at most 10,000" in page
    assert not Export.objects.exists()
