"""Who is told by mail about an export, when, and that it is told once.

The row is the truth: a mail is due until the row says that it was sent. Whoever sends it claims
it first; who dies over it leaves a claim that lapses, and the mail goes again under the same
Message-ID. No mail server, up or down, changes anything about the export itself.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from exports import mail_texts
from exports.models import Export, Mode
from exports.permissions import may_look, refuse_download, visible_to
from exports.states import Status
from exportsite.jobs import notices

log = logging.getLogger(__name__)

TRIED_FOR = timedelta(days=1)  # after an export's end; a mail that late is of no use
REMIND_BEFORE = timedelta(days=2)  # a file is deleted
CLAIMED_FOR = timedelta(minutes=10)  # far longer than a mail server's time-outs add up to
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600  # seconds; it doubles with every try
ROUND_SECONDS = 30  # so that a slow mail server keeps no worker from its jobs for long


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A reason to write, to be marked in the row when that is done."""

    mark: str  # the column that says when the mail was sent
    due: Callable[[], "QuerySet[Export]"]
    name: Callable[[Export], str]  # which mail it is
    deadline: Callable[[Export], dt.datetime]  # no try after that


def ended() -> "QuerySet[Export]":
    """Exports whose owner should hear how they ended."""
    finished = Export.objects.filter(
        status__in=(Status.COMPLETED, Status.FAILED),
        completed_at__gt=Now() - TRIED_FOR,
        email_sent_at=None,
    )
    took_long = Q(completed_at__gt=F("started_at") + timedelta(seconds=settings.EXPORT_MAIL_AFTER))
    return _free(finished.filter(_wanted(took_long))).order_by("completed_at")


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
    return _free(going.filter(kept_long, _wanted(Q()))).order_by("expires_at")


def _wanted(by_itself: Q) -> Q:
    """Exports whose owner asked for mail, and background ones that mail without being asked."""
    asked = Q(email_notification=True)
    if not settings.EXPORT_MAIL_AFTER:
        return asked
    return asked | (Q(mode=Mode.BACKGROUND) & by_itself)


def _free(exports: "QuerySet[Export]") -> "QuerySet[Export]":
    """Those that nobody writes about just now, and that are not put off."""
    return exports.filter(Q(mail_after=None) | Q(mail_after__lte=Now()), created_by__isnull=False)


def _end_deadline(export: Export) -> dt.datetime:
    return (export.completed_at or export.created_at) + TRIED_FOR


END = Occasion(
    mark="email_sent_at",
    due=ended,
    name=lambda export: (
        mail_texts.FAILED if export.status == Status.FAILED else mail_texts.COMPLETED
    ),
    deadline=_end_deadline,
)
LAST_CALL = Occasion(
    mark="reminded_at",
    due=forgotten,
    name=lambda _export: mail_texts.REMINDER,
    deadline=lambda export: export.expires_at or export.created_at,
)


def is_due(export: Export) -> bool:
    """Whether its owner waits for a mail about its end."""
    return ended().filter(pk=export.pk).exists()


def send_due() -> int:
    """Send the mails that are due, for some seconds. How many were sent.

    The round ends at once when the mail server is in trouble; the next one comes in a minute.
    """
    sent = 0
    until = time.monotonic() + ROUND_SECONDS
    try:
        for occasion in (END, LAST_CALL):
            for pk in list(occasion.due().values_list("pk", flat=True)):
                if time.monotonic() > until:
                    return sent
                export = _claim(occasion, pk)
                if export is not None and _send(occasion, export):
                    sent += 1
    except notices.NotDelivered:
        pass  # it is in the log already
    return sent


def _claim(occasion: Occasion, pk: UUID) -> Export | None:
    """The export to write about; its `mail_after` proves the claim. None: another was faster."""
    with transaction.atomic():  # what is read back is our claim
        claimed = occasion.due().filter(pk=pk)
        if not claimed.update(mail_after=Now() + CLAIMED_FOR, mail_tries=F("mail_tries") + 1):
            return None
        return Export.objects.select_related("created_by").get(pk=pk)


def _send(occasion: Occasion, export: Export) -> bool:
    """Whether it was sent. Raises NotDelivered when the next mail would fare no better."""
    address = _address(export)
    if not address:
        log.info("No mail about export %s: there is nobody to tell.", export.pk)
        return _give_up(occasion, export)
    try:
        notices.deliver(mail_texts.compose(export, occasion.name(export), address))
    except notices.Refused as error:
        log.error("The mail about export %s was refused for good: %s", export.pk, error)
        return _give_up(occasion, export)
    except notices.NotDelivered as error:
        _put_off(occasion, export, f"{error}")
        raise
    except Exception as error:
        log.exception("The mail about export %s could not be written", export.pk)
        _put_off(occasion, export, type(error).__name__)
        return False
    _settle(export, **{occasion.mark: Now()}, mail_after=None, mail_tries=0)
    return True


def _address(export: Export) -> str:
    """Where to write to; "" when its owner has no address, or may not see the export any more."""
    user = export.created_by
    if user is None or not may_look(user):
        return ""
    if not visible_to(user).filter(pk=export.pk).exists():
        return ""
    if export.status == Status.COMPLETED and refuse_download(user, export):
        return ""
    return str(getattr(user, user.get_email_field_name(), None) or "")


def _put_off(occasion: Occasion, export: Export, why: str) -> None:
    pause = timedelta(seconds=min(FIRST_PAUSE * 2 ** (export.mail_tries - 1), LONGEST_PAUSE))
    if timezone.now() + pause >= occasion.deadline(export):
        log.error("No mail about export %s: given up after %s", export.pk, why)
        _give_up(occasion, export)
    else:
        log.warning("The mail about export %s goes later: %s", export.pk, why)
        _settle(export, mail_after=Now() + pause)


def _give_up(occasion: Occasion, export: Export) -> bool:
    """Put it off until it is not due any more."""
    _settle(export, mail_after=occasion.deadline(export), mail_tries=0)
    return False


def _settle(export: Export, **changes: object) -> None:
    """Write down what came of a claim, unless it has lapsed or the export was retried."""
    Export.objects.filter(pk=export.pk, mail_after=export.mail_after).update(**changes)
