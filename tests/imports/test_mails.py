"""Mails about the end of an import. How they are sent, tests/exports/mails and jobs hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail

from exportsite.jobs import chores
from imports import mails, tasks
from imports.models import ImportJob
from imports.states import Status
from tests.imports.conftest import Run, Upload

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,x\n"


@pytest.fixture(autouse=True)
def _in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://site.example"


def test_whoever_asked_is_told_once(apply: Upload) -> None:
    job = apply(NOTES, "n<b>.csv", email_notification=True)
    assert mails.is_due(job)
    assert mails.send_due() == 1
    assert mails.send_due() == 0
    letter = mail.outbox[0]
    assert letter.to == ["ana@example.org"]
    assert letter.subject == "Imported without 1 row: Notes: n<b>.csv"
    assert "2 rows: 1 new, 1 failed." in letter.body
    assert "https://site.example/" in letter.body
    html = str(letter.alternatives[0][0])  # type: ignore[attr-defined]
    assert "n&lt;b&gt;.csv" in html
    job.refresh_from_db()
    assert job.email_sent_at is not None


def test_whoever_did_not_ask_is_left_alone(apply: Upload) -> None:
    apply(NOTES)
    assert mails.send_due() == 0


def test_a_failure_is_told_with_its_reason(upload: Upload, run: Run) -> None:
    job = run(upload("text,stars\na,x\n", email_notification=True))
    assert job.status == Status.FAILED
    assert mails.send_due() == 1
    assert mail.outbox[0].subject == "Import failed: Notes: notes.csv"
    assert job.error_message in mail.outbox[0].body


def test_a_check_that_waits_for_a_person_is_no_end(upload: Upload, run: Run) -> None:
    run(upload(NOTES, email_notification=True))
    assert mails.send_due() == 0


def test_who_may_not_see_it_any_more_gets_no_mail(apply: Upload, ana: User) -> None:
    apply(NOTES, email_notification=True)
    User.objects.update(is_active=False)
    assert mails.send_due() == 0
    assert not mail.outbox


def test_the_mail_is_sent_by_whoever_is_free(
    apply: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "_routines", {tasks.MAIL: chores._routines[tasks.MAIL]})
    chores.run_due()
    apply(NOTES, email_notification=True)
    assert chores.run_due() == [tasks.MAIL]
    assert len(mail.outbox) == 1


def test_another_end_is_another_mail(apply: Upload, ana: User) -> None:
    job = apply(NOTES, email_notification=True)
    mails.send_due()
    first = mail.outbox[0].extra_headers["Message-ID"]
    ImportJob.objects.update(email_sent_at=None, completed_at=job.created_at - timedelta(hours=1))
    mails.send_due()
    assert mail.outbox[1].extra_headers["Message-ID"] != first
