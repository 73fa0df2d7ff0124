"""Who is told by mail how an import ended: whoever asked for it."""

import datetime as dt
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from exportsite.jobs import mailing, notices
from exportsite.jobs.mailing import Occasion
from imports import mail_texts
from imports.models import ImportJob
from imports.permissions import may_look, visible_to
from imports.states import Status

TRIED_FOR = timedelta(days=1)  # after an import's end; a mail that late is of no use


def ended() -> "QuerySet[ImportJob]":
    """Imports whose owner wants to hear how they ended."""
    finished = ImportJob.objects.filter(
        status__in=(Status.COMPLETED, Status.FAILED),
        completed_at__gt=Now() - TRIED_FOR,
        email_sent_at=None,
        email_notification=True,
    )
    return mailing.free(finished).order_by("completed_at")


def _deadline(job: ImportJob) -> dt.datetime:
    return (job.completed_at or job.created_at) + TRIED_FOR


def _address(job: ImportJob) -> str:
    """Where to write to; "" when its owner has no address, or may not see the import any more."""
    user = job.created_by
    if user is None or not may_look(user) or not visible_to(user).filter(pk=job.pk).exists():
        return ""
    return notices.address_of(user)


END = Occasion(
    mark="email_sent_at",
    due=ended,
    address=_address,
    compose=lambda job, address: mail_texts.compose(job, address),
    deadline=_deadline,
)


def is_due(job: ImportJob) -> bool:
    """Whether its owner waits for a mail about its end."""
    return ended().filter(pk=job.pk).exists()


def send_due() -> int:
    """Send the mails that are due, for some seconds. How many were sent."""
    return mailing.send_due((END,))
