"""Which exports are due a mail, and to whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.utils import timezone

from exports import mails
from exports.models import Export, Mode
from exports.states import Status
from tests.exports.mails.conftest import Finish, sent

pytestmark = pytest.mark.django_db


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
        {"expires_at": timezone.now() + timedelta(days=3)},
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
