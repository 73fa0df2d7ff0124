"""What a mail says, and that no text breaks it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.test import Client

from exports.states import Status
from exportsite.jobs import notices
from tests.exports.mails.conftest import Finish, sent

pytestmark = pytest.mark.django_db

NAUGHTY = [
    "Tickets: “a\r\nBcc: everybody@example.org”",
    "{{ 7|add:7 }} {% include 'admin/base.html' %} %(title)s %s",
    "<script>alert(1)</script> & \"quotes\" 'apostrophes'",
    "=?utf-8?q?=0d=0aBcc:_x@example.org?=",
    "Ω≈ç√∫ 田中さん 👩\u200d🔧 \u202egnp.exe \x1b[31m",
    "x" * 255,
    "\t \n",
]


# -- What it says -----------------------------------------------------------------------------
def both(message: Any) -> tuple[str, str]:
    """Text and HTML."""
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return message.body, html


def test_a_good_end_says_what_is_there_and_until_when(finish: Finish, settings: Any) -> None:
    settings.SITE_URL = "https://exports.example.org"
    until = dt.datetime(2099, 12, 21, 12, tzinfo=dt.UTC)
    export = finish(expires_at=until, notes={"protected_cells": 3})
    (message,) = sent()
    assert message.subject == f"Ready: {export.title}"
    for body in both(message):
        assert "1,284" in body
        assert "books_2026-11-21.csv" in body
        assert "11.8\xa0MB" in body
        assert "1 min 12 s" in body
        assert "valid until 21 Dec 2099" in body
        assert "3 cells got an apostrophe" in body
        assert f"https://exports.example.org/admin/exports/export/{export.pk}/" in body
        assert "you wanted to hear" in body


def test_a_failure_says_why_and_what_to_do(finish: Finish) -> None:
    finish(
        Status.FAILED,
        attempts=3,
        error_code="worker_lost",
        error_message="The worker that ran it stopped without a word.",
        error_details="Traceback: the operator's",
    )
    (message,) = sent()
    assert message.subject.startswith("Failed: ")
    for body in both(message):
        assert "The worker that ran it stopped without a word." in body
        assert "Press Retry. If it happens again, tell your operator" in body
        assert "/admin/exports/export/" in body
        assert "Traceback" not in body


def test_who_did_not_ask_reads_why_it_was_sent(finish: Finish) -> None:
    finish(wanted=False)
    assert all("took longer than 1 min 0 s" in body for body in both(sent()[0]))


def test_the_link_leads_to_the_export_after_a_login(finish: Finish, ana: User) -> None:
    finish()
    (link,) = {line for line in sent()[0].body.splitlines() if line.startswith("http")}
    path = link.removeprefix("http://127.0.0.1:8000")
    browser = Client()
    assert "/login/" in browser.get(path)["Location"]
    browser.force_login(ana)
    assert browser.get(path).status_code == 200


def test_there_is_no_secret_and_nothing_from_outside_in_a_mail(finish: Finish) -> None:
    export = finish()
    text, html = both(sent()[0])
    assert html.count("http") == html.count("http://127.0.0.1:8000/admin/exports/export/")
    for forbidden in ("?", "<img", "url(", "@import", "<table", "<script"):
        assert forbidden not in html
    assert export.sha256 not in text + html


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED])
@pytest.mark.parametrize("title", NAUGHTY, ids=range(len(NAUGHTY)))
def test_no_title_breaks_a_mail(finish: Finish, title: str, status: str) -> None:
    finish(status, title=title, error_message=title)
    (message,) = sent()
    text, html = both(message)
    assert notices.one_line(title) in text
    assert "<script" not in html
    assert "\r" not in message.subject
    assert "\n" not in message.subject
    assert message.message()["Bcc"] is None


# -- The address of the site ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "host", "is_warned"),
    [
        ("http://127.0.0.1:8000", "mail.example.org", True),
        ("http://[::1]:8000", "mail.example.org", True),
        ("https://localhost", "mail.example.org", True),
        ("exports.example.org", "mail.example.org", True),
        ("http://127.0.0.1:8000", "", False),
        ("https://exports.example.org", "mail.example.org", False),
    ],
)
def test_production_that_mails_links_to_itself_is_warned(
    settings: Any, url: str, host: str, is_warned: bool
) -> None:
    settings.PRODUCTION = True
    settings.SITE_URL, settings.EMAIL_HOST = url, host
    assert ("exportsite.W003" in {message.id for message in run_checks()}) is is_warned
