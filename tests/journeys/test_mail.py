"""Real workers and a real mail server: each mail arrives, once, whatever the server does."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from exports import tasks
from exports.models import Export
from exports.states import Status
from exportsite.jobs.models import Chore
from tests.conftest import free_port, wait_until
from tests.journeys.conftest import wait_for, wait_until_at_work
from tests.mailbox import Mailbox, part

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

QUIET = 2.0  # seconds in which a second mail would have come


@pytest.fixture
def mailbox() -> Mailbox:
    """A mail server that is not running yet."""
    return Mailbox(free_port())


@pytest.fixture
def mailing_worker(run_worker: Any, mailbox: Mailbox, root: User) -> Callable[..., Any]:
    """A worker whose mails go to the mailbox."""
    root.email = "root@example.org"
    root.save(update_fields=["email"])

    def run(**environment: object) -> Any:
        return run_worker(
            DJANGO_SETTINGS_MODULE="tests.journeys.mail_settings",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mailbox.port,
            **environment,
        )

    return run


def look_for_mail() -> None:
    """What time does: pauses are over, and the chore is due."""
    Export.objects.filter(mail_after__gt=Now()).update(mail_after=Now())
    Chore.objects.filter(name=tasks.MAIL).update(due_at=Now())


def only_mail(mailbox: Mailbox) -> EmailMessage:
    """The mail that arrives, after a while in which another one could."""
    wait_until(lambda: mailbox.mails, what="a mail")
    time.sleep(QUIET)
    (mail,) = mailbox.mails
    return mail


def path_in(mail: EmailMessage) -> str:
    (path,) = set(re.findall(r"http://127\.0\.0\.1:8000(/\S+)", part(mail, "plain")))
    return str(path)


def test_a_finished_export_brings_one_mail_with_a_link_that_works(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None, root: User
) -> None:
    with mailbox:
        mailing_worker()
        export = wait_for(ask("books", email_notification=True), Status.COMPLETED)
        mail = only_mail(mailbox)
    assert (mail["To"], mail["Subject"]) == ("root@example.org", f"Ready: {export.title}")
    assert "2,500" in part(mail, "plain")
    assert "2,500" in part(mail, "html")
    assert f'href="http://127.0.0.1:8000{path_in(mail)}"' in part(mail, "html")
    browser = Client()
    browser.force_login(root)
    assert export.file_name in browser.get(path_in(mail)).content.decode()
    export.refresh_from_db()
    assert export.email_sent_at is not None


def test_long_work_brings_a_mail_unasked_and_short_work_brings_none(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None
) -> None:
    with mailbox:
        mailing_worker(EXPORT_MAIL_AFTER=600)
        wait_for(ask("books"), Status.COMPLETED)
        long = ask("slow-books")
        wait_until_at_work(long)
        Export.objects.filter(pk=long.pk).update(started_at=Now() - timedelta(hours=1))
        wait_for(long, Status.COMPLETED)
        assert str(long.pk) in path_in(only_mail(mailbox))


def test_a_failed_export_says_so_and_leads_to_its_retry(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None, root: User
) -> None:
    with mailbox:
        mailing_worker(JOB_MAX_ATTEMPTS=1)
        export = wait_for(ask("broken-books", email_notification=True), Status.FAILED)
        mail = only_mail(mailbox)
    assert mail["Subject"] == f"Failed: {export.title}"
    assert "unexpected" in part(mail, "plain")
    assert "ArithmeticError" not in part(mail, "plain") + part(mail, "html")
    browser = Client()
    browser.force_login(root)
    assert f"{path_in(mail)}retry/" in browser.get(path_in(mail)).content.decode()


def test_a_mail_server_that_is_down_costs_nothing_but_time(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None
) -> None:
    mailing_worker()
    export = ask("books", email_notification=True)
    wait_for(export, Status.COMPLETED)
    # A claim lasts longer than the first pause.
    paused = Export.objects.filter(mail_tries=1, mail_after__lt=Now() + timedelta(minutes=2))
    wait_until(paused.exists, what="a first try")
    with mailbox:
        look_for_mail()
        only_mail(mailbox)
    export.refresh_from_db()
    assert (export.status, export.attempts) == (Status.COMPLETED, 1)
    assert export.email_sent_at is not None


def test_a_mail_server_that_hangs_keeps_no_worker_from_its_jobs(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None
) -> None:
    mailbox.slow = 20  # seconds: longer than the worker waits, which is longer than the watchdog
    with mailbox:
        worker = mailing_worker(WORKER_STUCK_AFTER=8)
        first = ask("books", email_notification=True)
        wait_for(first, Status.COMPLETED)
        wait_until(Export.objects.filter(mail_tries=1).exists, what="a first try")
        wait_for(ask("slow-books"), Status.COMPLETED)
    assert "The cluster is restarted" not in worker.log()


def test_a_file_that_nobody_fetched_is_reminded_of_once(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None
) -> None:
    with mailbox:
        mailing_worker()
        export = wait_for(ask("books"), Status.COMPLETED)
        soon = timezone.now() + timedelta(days=1)
        Export.objects.update(completed_at=soon - timedelta(days=30), expires_at=soon)
        look_for_mail()
        mail = only_mail(mailbox)
        look_for_mail()
        time.sleep(QUIET)
    assert mail["Subject"].startswith("Deleted on ")
    assert str(export.pk) in path_in(mail)
    assert len(mailbox.mails) == 1


def test_two_workers_send_each_mail_once(
    mailing_worker: Any, mailbox: Mailbox, ask: Any, shelves: None
) -> None:
    mailbox.slow = 0.2
    with mailbox:
        exports = [ask("books", email_notification=True) for _ in range(6)]
        mailing_worker()
        mailing_worker()
        for export in exports:
            wait_for(export, Status.COMPLETED)
        for _ in range(10):
            Chore.objects.filter(name=tasks.MAIL).update(due_at=Now())
            time.sleep(0.3)
        wait_until(lambda: len(mailbox.mails) >= 6, what="all mails")
        time.sleep(QUIET)
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 6
    assert len(mailbox.mails) == 6
