"""Who is told by mail about an export, and when. The sending is `exportsite.jobs.mailing`."""

import datetime as dt
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from exports import mail_texts
from exports.models import Export, Mode
from exports.permissions import may_look, refuse_download, visible_to
from exports.states import Status
from exportsite.jobs import mailing, notices
from exportsite.jobs.mailing import Occasion
from exportsite.jobs.notices import Notice

TRIED_FOR = timedelta(days=1)  # after an export's end; a mail that late is of no use
REMIND_BEFORE = timedelta(days=2)  # a file is deleted


def ended() -> "QuerySet[Export]":
    """Exports whose owner should hear how they ended."""
    finished = Export.objects.filter(
        status__in=(Status.COMPLETED, Status.FAILED),
        completed_at__gt=Now() - TRIED_FOR,
        email_sent_at=None,
    )
    took_long = Q(completed_at__gt=F("started_at") + timedelta(seconds=settings.EXPORT_MAIL_AFTER))
    return mailing.free(finished.filter(_wanted(took_long))).order_by("completed_at")


def forgotten() -> "QuerySet[Export]":
    """Exports whose file soon goes without having been downloaded."""
    going = Export.objects.filter(
        status=Status.COMPLETED,
        expires_at__gt=Now(),
        expires_at__lte=Now() + REMIND_BEFORE,
        download_count=0,
        reminded_at=None,
    )
    # What is kept for two days or less was not there long enough to be forgotten.
    kept_long = Q(expires_at__gt=F("completed_at") + REMIND_BEFORE)
    return mailing.free(going.filter(kept_long, _wanted(Q()))).order_by("expires_at")


def _wanted(by_itself: Q) -> Q:
    """Exports whose owner asked for mail, and background ones that mail without being asked."""
    asked = Q(email_notification=True)
    if not settings.EXPORT_MAIL_AFTER:
        return asked
    return asked | (Q(mode=Mode.BACKGROUND) & by_itself)


def _end_deadline(export: Export) -> dt.datetime:
    return (export.completed_at or export.created_at) + TRIED_FOR


def _address(export: Export) -> str:
    """Where to write to; "" when its owner has no address, or may not see the export any more."""
    user = export.created_by
    if user is None or not may_look(user):
        return ""
    if not visible_to(user).filter(pk=export.pk).exists():
        return ""
    if export.status == Status.COMPLETED and refuse_download(user, export):
        return ""
    return notices.address_of(user)


def _compose_end(export: Export, address: str) -> Notice:
    is_failed = export.status == Status.FAILED
    name = mail_texts.FAILED if is_failed else mail_texts.COMPLETED
    return mail_texts.compose(export, name, address)


def _compose_reminder(export: Export, address: str) -> Notice:
    return mail_texts.compose(export, mail_texts.REMINDER, address)


END = Occasion(
    mark="email_sent_at",
    due=ended,
    address=_address,
    compose=_compose_end,
    deadline=_end_deadline,
)
LAST_CALL = Occasion(
    mark="reminded_at",
    due=forgotten,
    address=_address,
    compose=_compose_reminder,
    deadline=lambda export: export.expires_at or export.created_at,
)


def is_due(export: Export) -> bool:
    """Whether its owner waits for a mail about its end."""
    return ended().filter(pk=export.pk).exists()


def send_due() -> int:
    """Send the mails that are due, for some seconds. How many were sent."""
    return mailing.send_due((END, LAST_CALL))
