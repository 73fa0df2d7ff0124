"""The columns that every background job has, and the rows that workers keep about themselves."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exportsite.jobs.states import Transitions


class Lane(models.TextChoices):
    FAST = "fast", _("fast")  # seconds: small exports, checks, mails
    BULK = "bulk", _("bulk")  # minutes: large exports, imports


class Job(models.Model):
    """A row that a worker may claim. Who runs it now is `claimed_by` with `attempts`."""

    transitions: ClassVar[Transitions]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(_("status"), max_length=12)
    lane = models.CharField(max_length=4, choices=Lane.choices, default=Lane.FAST)
    priority = models.SmallIntegerField(default=0, help_text=_("Smaller goes first."))

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    completed_at = models.DateTimeField(_("finished"), null=True, blank=True)

    available_at = models.DateTimeField(default=timezone.now)  # due from then on
    nudged_at = models.DateTimeField(null=True, blank=True)  # when its doorbell was first rung
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)  # by the database's clock
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    total_rows = models.BigIntegerField(_("rows in all"), null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_message = models.TextField(_("what went wrong"), blank=True, default="")
    error_details = models.TextField(blank=True, default="")  # a traceback, for the operator

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index] | tuple[models.Index, ...]] = (
            models.Index(
                fields=["status", "lane", "priority", "available_at"],
                name="%(app_label)s_%(class)s_due",
            ),
            models.Index(fields=["created_by", "-created_at"], name="%(app_label)s_%(class)s_mine"),
        )


class Worker(models.Model):
    """The heartbeat of one `manage.py worker`; pages judge by it whether anybody works."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    machine = models.CharField(max_length=120, default="")  # where `pid` means what it says
    pid = models.PositiveIntegerField()
    lanes = models.CharField(max_length=20)  # comma-separated
    slots = models.PositiveSmallIntegerField()  # jobs that it can run at once
    bulk_slots = models.PositiveSmallIntegerField(default=1)  # how many of them may be bulk
    busy = models.PositiveSmallIntegerField(default=0)  # jobs that it runs now
    bulk_busy = models.PositiveSmallIntegerField(default=0)
    stuck_since = models.DateTimeField(null=True, blank=True)  # free, yet due jobs stay
    stopping = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Chore(models.Model):
    """When a recurring piece of housekeeping is due next; whoever moves `due_at` does it."""

    name = models.CharField(primary_key=True, max_length=80)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
