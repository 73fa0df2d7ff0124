"""Mails about jobs, each sent once. Who is told what and when, the engines say.

The row is the truth: a mail is due until the row says that it was sent. Whoever sends it claims
it first; who dies over it leaves a claim that lapses, and the mail goes again under the same
Message-ID. No mail server, up or down, changes anything about the job itself.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from exportsite.jobs import notices
from exportsite.jobs.models import Job
from exportsite.jobs.notices import Notice

log = logging.getLogger(__name__)

CLAIMED_FOR = timedelta(minutes=10)  # far longer than a mail server's time-outs add up to
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600  # seconds; it doubles with every try
ROUND_SECONDS = 30  # so that a slow mail server keeps no worker from its jobs for long


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A reason to write, to be marked in the row when that is done."""

    mark: str  # the column that says when the mail was sent
    due: Callable[[], "QuerySet[Any]"]  # jobs with the columns mail_after and mail_tries
    address: Callable[[Any], str]  # "" when there is nobody to tell
    compose: Callable[[Any, str], Notice]  # the mail to that address
    deadline: Callable[[Any], dt.datetime]  # no try after that


def free(jobs: "QuerySet[Any]") -> "QuerySet[Any]":
    """Those that nobody writes about just now, and that are not put off."""
    return jobs.filter(Q(mail_after=None) | Q(mail_after__lte=Now()), created_by__isnull=False)


def send_due(occasions: Iterable[Occasion]) -> int:
    """Send the mails that are due, for some seconds. How many were sent.

    The round ends at once when the mail server is in trouble; the next one comes in a minute.
    """
    sent = 0
    until = time.monotonic() + ROUND_SECONDS
    try:
        for occasion in occasions:
            for pk in list(occasion.due().values_list("pk", flat=True)):
                if time.monotonic() > until:
                    return sent
                job = claim(occasion, pk)
                if job is not None and _send(occasion, job):
                    sent += 1
    except notices.NotDelivered:
        pass  # it is in the log already
    return sent


def claim(occasion: Occasion, pk: object) -> Any:
    """The job to write about; its `mail_after` proves the claim. None: another was faster."""
    with transaction.atomic():  # what is read back is our claim
        claimed = occasion.due().filter(pk=pk)
        if not claimed.update(mail_after=Now() + CLAIMED_FOR, mail_tries=F("mail_tries") + 1):
            return None
        return claimed.model._default_manager.select_related("created_by").get(pk=pk)


def _send(occasion: Occasion, job: Any) -> bool:
    """Whether it was sent. Raises NotDelivered when the next mail would fare no better."""
    address = occasion.address(job)
    if not address:
        log.info("No mail about job %s: there is nobody to tell.", job.pk)
        return _give_up(occasion, job)
    try:
        notices.deliver(occasion.compose(job, address))
    except notices.Refused as error:
        log.error("The mail about job %s was refused for good: %s", job.pk, error)
        return _give_up(occasion, job)
    except notices.NotDelivered as error:
        _put_off(occasion, job, f"{error}")
        raise
    except Exception as error:
        log.exception("The mail about job %s could not be written", job.pk)
        _put_off(occasion, job, type(error).__name__)
        return False
    settle(job, **{occasion.mark: Now()}, mail_after=None, mail_tries=0)
    return True


def _put_off(occasion: Occasion, job: Any, why: str) -> None:
    pause = timedelta(seconds=min(FIRST_PAUSE * 2 ** (job.mail_tries - 1), LONGEST_PAUSE))
    if timezone.now() + pause >= occasion.deadline(job):
        log.error("No mail about job %s: given up after %s", job.pk, why)
        _give_up(occasion, job)
    else:
        log.warning("The mail about job %s goes later: %s", job.pk, why)
        settle(job, mail_after=Now() + pause)


def _give_up(occasion: Occasion, job: Any) -> bool:
    """Put it off until it is not due any more."""
    settle(job, mail_after=occasion.deadline(job), mail_tries=0)
    return False


def settle(job: Any, **changes: object) -> None:
    """Write down what came of a claim, unless it has lapsed or the job was retried."""
    rows: QuerySet[Job] = type(job)._base_manager.filter(pk=job.pk, mail_after=job.mail_after)
    rows.update(**changes)
