"""Which exports are due a mail, what it says, and that it goes once."""

import datetime as dt
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.checks import run_checks
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from exports import intake, mail_texts, mails, tasks
from exports.models import Export, Mode
from exports.states import Status
from exportsite.jobs import chores, kinds, notices, queue
from exportsite.jobs.models import Chore
from exportsite.jobs.notices import NotDelivered, Refused

pytestmark = pytest.mark.django_db

Finish = Callable[..., Export]

NAUGHTY = [
    "Tickets: “a\r\nBcc: everybody@example.org”",
    "{{ 7|add:7 }} {% include 'admin/base.html' %} %(title)s %s",
    "<script>alert(1)</script> & \"quotes\" 'apostrophes'",
    "=?utf-8?q?=0d=0aBcc:_x@example.org?=",
    "Ω≈ç√∫ 田中さん 👩\u200d🔧 \u202egnp.exe \x1b[31m",
    "x" * 255,
    "\t \n",
]


@pytest.fixture(autouse=True)
def _an_address(ana: User) -> None:
    ana.email = "ana@example.org"
    ana.save(update_fields=["email"])


@pytest.fixture
def finish(ask: Callable[..., Export]) -> Finish:
    """An export of Ana's that has just ended, by default well, after 72 s, with mail asked for."""

    def make(status: str = Status.COMPLETED, *, wanted: bool = True, **fields: Any) -> Export:
        export = ask(email_notification=wanted)
        end = timezone.now() - timedelta(seconds=1)
        values = {
            "status": status,
            "started_at": end - timedelta(seconds=72),
            "completed_at": end,
            "expires_at": end + timedelta(days=30),
            "exported_rows": 1284,
            "file_key": "a/1.csv",
            "file_name": "books_2026-11-21.csv",
            "file_size": 12_400_000,
            "sha256": "0" * 64,
        }
        Export.objects.filter(pk=export.pk).update(**{**values, **fields})
        export.refresh_from_db()
        return export

    return make


@pytest.fixture
def forget(finish: Finish) -> Finish:
    """An export whose file goes in less than two days, and whose owner was told long ago."""

    def make(**fields: Any) -> Export:
        end = timezone.now() - timedelta(days=28, hours=1)
        usual = {
            "completed_at": end,
            "started_at": end,
            "expires_at": end + timedelta(days=30),
            "email_sent_at": end,
        }
        return finish(**{**usual, **fields})

    return make


def sent() -> list[Any]:
    mails.send_due()
    return mail.outbox


def make_due_again() -> None:
    """As if the claim or pause were over."""
    Export.objects.update(mail_after=Now() - timedelta(seconds=1))


# -- Who is told ------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED])
def test_who_asked_is_told_once(finish: Finish, status: str) -> None:
    export = finish(status, started_at=timezone.now())
    assert mails.is_due(export)
    assert mails.send_due() == 1
    assert mails.send_due() == 0
    export.refresh_from_db()
    assert export.email_sent_at is not None
    assert (export.mail_after, export.mail_tries) == (None, 0)
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


@pytest.mark.parametrize(
    ("limit", "seconds", "mode", "is_told"),
    [
        (60, 61, Mode.BACKGROUND, True),
        (60, 59, Mode.BACKGROUND, False),
        (0, 3600, Mode.BACKGROUND, False),
        (60, 61, Mode.STREAM, False),
        (60, 61, Mode.IMMEDIATE, False),
    ],
)
def test_who_did_not_ask_is_told_of_long_work_in_the_background(
    finish: Finish, settings: Any, limit: float, seconds: int, mode: str, is_told: bool
) -> None:
    settings.EXPORT_MAIL_AFTER = limit
    end = timezone.now()
    begun = end - timedelta(seconds=seconds)
    export = finish(wanted=False, started_at=begun, completed_at=end, mode=mode)
    assert mails.is_due(export) is is_told
    assert len(sent()) == is_told


@pytest.mark.parametrize(
    "status", [Status.PENDING, Status.PROCESSING, Status.CANCELLED, Status.EXPIRED]
)
def test_only_ends_of_work_are_told(finish: Finish, status: str) -> None:
    finish(status)
    assert sent() == []


def test_nobody_hears_of_what_ended_more_than_a_day_ago(finish: Finish) -> None:
    finish(completed_at=timezone.now() - timedelta(hours=25))
    assert sent() == []


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"is_staff": False}, {"email": ""}],
    ids=lambda change: next(iter(change)),
)
def test_nothing_goes_to_who_has_left_or_has_no_address(
    finish: Finish, forget: Finish, ana: User, change: dict[str, Any]
) -> None:
    finish()
    finish(Status.FAILED)
    forget()
    User.objects.filter(pk=ana.pk).update(**change)
    assert sent() == []
    Export.objects.update(mail_tries=0)
    assert not mails.ended().exists()
    assert not mails.forgotten().exists()


def test_nothing_goes_to_who_may_not_export_any_more(finish: Finish, ana: User) -> None:
    finish()
    ana.user_permissions.clear()
    assert sent() == []


def test_who_may_not_have_the_file_any_more_hears_of_failures_only(
    finish: Finish, forget: Finish, ana: User
) -> None:
    finish()
    finish(Status.FAILED, error_message="You may not export books.", error_code="not_allowed")
    forget()
    ana.user_permissions.remove(Permission.objects.get(codename="view_book"))
    (message,) = sent()
    assert message.subject.startswith("Failed: ")


def test_an_export_of_somebody_who_is_gone_disturbs_nothing(finish: Finish, ana: User) -> None:
    finish()
    ana.delete()
    assert sent() == []


# -- Reminders --------------------------------------------------------------------------------
def test_a_file_that_nobody_downloaded_is_reminded_of_once(forget: Finish) -> None:
    export = forget()
    assert mails.send_due() == 1
    assert mails.send_due() == 0
    export.refresh_from_db()
    assert export.reminded_at is not None
    (message,) = mail.outbox
    assert message.subject.startswith("Deleted on ")
    assert "Nobody has downloaded your export" in message.body


@pytest.mark.parametrize(
    "fields",
    [
        {"download_count": 1},
        {"status": Status.EXPIRED},
        {"status": Status.FAILED},
        {"expires_at": timezone.now() + timedelta(days=2, hours=1)},
        {"expires_at": timezone.now() - timedelta(hours=1)},
        {"mode": Mode.STREAM, "wanted": False},
        # Kept for two days only: the mail about its end was a moment ago.
        {"completed_at": timezone.now(), "expires_at": timezone.now() + timedelta(hours=47)},
    ],
    ids=["downloaded", "expired", "failed", "early", "gone", "streamed", "short"],
)
def test_other_files_are_not_reminded_of(forget: Finish, fields: dict[str, Any]) -> None:
    forget(**fields)
    assert sent() == []


def test_a_site_that_mails_only_who_asks_reminds_only_them(forget: Finish, settings: Any) -> None:
    settings.EXPORT_MAIL_AFTER = 0
    forget(wanted=False)
    assert sent() == []
    forget()
    assert len(sent()) == 1


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


# -- Once, whatever happens -------------------------------------------------------------------
@pytest.fixture
def deliver(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the mail server behave so, for one or more mails; afterwards it is well."""

    def behave(*errors: BaseException, after: bool = False) -> None:
        waiting = list(errors)
        real = notices.deliver

        def attempt(notice: notices.Notice) -> None:
            if waiting:
                if after:
                    real(notice)
                raise waiting.pop(0)
            real(notice)

        monkeypatch.setattr(notices, "deliver", attempt)

    return behave


def test_a_mail_server_in_trouble_ends_the_round_and_changes_no_export(
    finish: Finish, deliver: Any
) -> None:
    first, second = finish(), finish()
    deliver(NotDelivered("refused"))
    assert mails.send_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.status, second.status] == [Status.COMPLETED] * 2
    assert sorted([first.mail_tries, second.mail_tries]) == [0, 1]
    assert mails.send_due() == 1  # the other one; the first has its pause
    make_due_again()
    assert mails.send_due() == 1


def test_pauses_grow_to_an_hour_and_end_after_a_day(
    finish: Finish, deliver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    export = finish()
    pauses = []
    for _ in range(9):
        deliver(NotDelivered("refused"))
        mails.send_due()
        export.refresh_from_db()
        assert export.mail_after is not None
        pauses.append(round((export.mail_after - timezone.now()).total_seconds() / 60))
        make_due_again()
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    Export.objects.update(completed_at=timezone.now() - timedelta(hours=23, minutes=30))
    deliver(NotDelivered("refused"))
    mails.send_due()
    assert "given up" in caplog.text
    export.refresh_from_db()
    assert (export.status, export.email_sent_at) == (Status.COMPLETED, None)
    assert not mails.ended().exists()


def test_what_is_refused_for_good_is_not_tried_again_and_delays_nobody(
    finish: Finish, deliver: Any
) -> None:
    finish()
    finish()
    deliver(Refused("550 no such person"))
    assert mails.send_due() == 1
    assert mails.send_due() == 0
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_be_written_delays_nobody(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = finish()
    finish()
    compose = mail_texts.compose

    def stumble(export: Export, *rest: Any) -> Any:
        if export == broken:
            raise LookupError("no words")
        return compose(export, *rest)

    monkeypatch.setattr(mail_texts, "compose", stumble)
    assert mails.send_due() == 1
    broken.refresh_from_db()
    assert (broken.email_sent_at, broken.mail_tries) == (None, 1)


def test_a_crash_between_sending_and_marking_costs_one_repeat_that_is_recognised(
    finish: Finish, deliver: Any
) -> None:
    finish()
    deliver(KeyboardInterrupt(), after=True)
    with pytest.raises(KeyboardInterrupt):
        mails.send_due()
    assert mails.send_due() == 0  # it is claimed still
    make_due_again()
    assert mails.send_due() == 1
    make_due_again()
    assert mails.send_due() == 0
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second


def test_who_comes_back_after_its_claim_lapsed_marks_nothing(finish: Finish) -> None:
    export = finish()
    late = mails._claim(mails.END, export.pk)
    make_due_again()
    assert late is not None
    assert mails._claim(mails.END, export.pk) is not None
    mails._settle(late, email_sent_at=Now())
    export.refresh_from_db()
    assert export.email_sent_at is None


@pytest.mark.django_db(transaction=True)
def test_many_who_send_at_once_send_each_mail_once(finish: Finish) -> None:
    for _ in range(8):
        finish()
    begin = threading.Barrier(4)

    def send() -> None:
        begin.wait()
        mails.send_due()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 8
    assert len(mail.outbox) == 8


def test_a_retry_that_fails_again_is_another_mail(finish: Finish, ana: User) -> None:
    export = finish(Status.FAILED, completed_at=timezone.now() - timedelta(hours=1))
    mails.send_due()
    export.refresh_from_db()
    intake.retry_export(ana, export)
    export.refresh_from_db()
    assert export.email_sent_at is None
    end = timezone.now()
    Export.objects.update(status=Status.FAILED, completed_at=end, started_at=end)
    assert mails.send_due() == 1
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first != second


# -- When -------------------------------------------------------------------------------------
def test_an_end_makes_the_chore_due_and_rings_for_it(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(queue, "ring_for_chores", lambda: rung.append(True))
    Chore.objects.create(name=tasks.MAIL, due_at=timezone.now() + timedelta(minutes=1))
    tasks.mail_soon(finish(wanted=False, started_at=timezone.now()))
    assert not rung
    tasks.mail_soon(finish())
    assert rung
    assert Chore.objects.filter(name=tasks.MAIL, due_at__lte=Now()).exists()
    assert mail.outbox == []


def test_an_end_during_a_round_of_mails_brings_another_round(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "send_due", lambda: tasks.mail_soon(finish()))
    monkeypatch.setattr(chores, "_routines", {tasks.MAIL: chores._routines[tasks.MAIL]})
    assert chores.are_due()
    assert chores.run_due() == [tasks.MAIL]
    assert chores.are_due()


@pytest.mark.django_db(transaction=True)
def test_whoever_runs_an_export_leaves_its_mail_to_a_worker(ask: Any) -> None:
    ask(email_notification=True)
    assert queue.run_next()
    assert Export.objects.get().status == Status.COMPLETED
    assert mail.outbox == []
    queue.tend()
    assert len(mail.outbox) == 1


def test_the_runner_calls_the_hook_of_exports() -> None:
    assert kinds.kind_of(Export()).after_end is tasks.mail_soon


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
