"""An export and the story of it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.states import TRANSITIONS, Status
from exportsite.jobs.models import Job
from exportsite.jobs.states import Transitions


class Mode(models.TextChoices):
    IMMEDIATE = "immediate", _("at once")  # made while the person waits, then answered whole
    STREAM = "stream", _("streamed")  # answered while it is made
    BACKGROUND = "background", _("in the background")  # made by a worker


class Export(Job):
    """One file asked for by one person: what it is to hold, how far it is, what came of it."""

    transitions: ClassVar[Transitions] = TRANSITIONS

    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.PENDING
    )
    resource = models.CharField(_("what"), max_length=64)
    format = models.CharField(_("format"), max_length=8)
    title = models.CharField(_("export"), max_length=255)  # "Tickets: Open or Pending"

    # What was asked for, as intake accepted it.
    columns = models.JSONField(default=list)  # names, in order
    filters = models.JSONField(default=dict, blank=True)  # filter name -> text or list of texts
    sort_by = models.CharField(max_length=64)
    sort_descending = models.BooleanField(default=False)
    row_limit = models.PositiveBigIntegerField(null=True, blank=True)
    include_contact_info = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True)  # of the format
    parts = models.JSONField(default=list, blank=True)  # requests of what an archive holds
    also = models.JSONField(default=list, blank=True)  # requests of what goes in beside the rows
    headers = models.JSONField(default=dict, blank=True)  # column name -> heading in this file
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.BACKGROUND)
    email_notification = models.BooleanField(default=False)

    exported_rows = models.BigIntegerField(_("rows"), default=0)
    failed_rows = models.BigIntegerField(default=0)
    notes = models.JSONField(default=dict, blank=True)  # protected_cells, removed_nuls, long_texts

    # The file, once there is one.
    file_key = models.CharField(max_length=120, blank=True, default="")  # where storage keeps it
    file_name = models.CharField(max_length=200, blank=True, default="")  # what people see
    file_size = models.BigIntegerField(
        _("size"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    sha256 = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    download_count = models.PositiveIntegerField(_("downloads"), default=0)

    # What its owner has been told by mail. `mails` alone writes here; a retry clears it.
    email_sent_at = models.DateTimeField(null=True, blank=True)  # of how it ended
    reminded_at = models.DateTimeField(null=True, blank=True)  # that its file will go
    mail_after = models.DateTimeField(null=True, blank=True)  # no try before: claimed or put off
    mail_tries = models.PositiveSmallIntegerField(default=0)  # for the mail that is due now

    class Meta(Job.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-created_at", "pk")
        indexes = (
            *Job.Meta.indexes,
            models.Index(fields=["-created_at"], name="exports_export_newest"),
            models.Index(fields=["status", "expires_at"], name="exports_export_expiry"),
            models.Index(fields=["completed_at"], name="exports_export_ended"),
        )
        permissions = (("export_sensitive", _("Can export sensitive columns")),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED) | (~Q(file_key="") & ~Q(sha256="")),
                name="exports_export_completed_has_file",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PROCESSING) | Q(claimed_by=""),
                name="exports_export_claimed_while_processing",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.status not in (Status.PENDING, Status.PROCESSING)

    @property
    def progress(self) -> float:
        """Per cent, one decimal."""
        if self.status in (Status.COMPLETED, Status.EXPIRED):
            return 100.0
        if not self.total_rows:
            return 0.0
        # Rows are done a little before the file is: 100 is kept for the finished file.
        return min(99.9, int(1000 * self.exported_rows / self.total_rows) / 10)

    @property
    def success_rate(self) -> float:
        """Per cent of the rows that are in the file, two decimals; 0 when there are none."""
        if not self.total_rows:
            return 0.0
        return round(100 * self.exported_rows / self.total_rows, 2)


class Event(models.TextChoices):
    INITIATED = "initiated", _("asked")
    PROCESSING = "processing", _("started")
    PROGRESS = "progress", _("progress")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    RETRIED = "retried", _("retried")
    DOWNLOADED = "downloaded", _("downloaded")
    EXPIRED = "expired", _("expired")
    DELETED = "deleted", _("file deleted")


class ExportLog(models.Model):
    """One thing that happened to an export. Rows are only ever added."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="logs")
    event = models.CharField(max_length=12, choices=Event.choices)
    message = models.TextField(blank=True)
    processed_rows = models.BigIntegerField(null=True, blank=True)
    current_batch = models.PositiveIntegerField(null=True, blank=True)
    total_batches = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.BigIntegerField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("export log row")
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=["export", "created_at"], name="exports_exportlog_story"),)

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.message}"


from exports.saved import ExportSchedule, ExportTemplate  # noqa: E402, F401  # models too
