"""An export that has ended, and a mail server that behaves as it is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db.models.functions import Now
from django.utils import timezone

from exports import mails
from exports.models import Export
from exports.states import Status
from exportsite.jobs import notices

Finish = Callable[..., Export]


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


def sent() -> list[Any]:
    mails.send_due()
    return mail.outbox


def make_due_again() -> None:
    """As if the claim or pause were over."""
    Export.objects.update(mail_after=Now() - timedelta(seconds=1))
