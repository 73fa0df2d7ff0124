"""An import, what became of its rows, and the ledger of what it wrote."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exportsite.jobs.models import Job
from exportsite.jobs.states import Transitions
from imports.problems import Severity
from imports.states import TRANSITIONS, Status


class Mode(models.TextChoices):
    CREATE = "create", _("Only add new records")
    UPDATE = "update", _("Only change existing records")
    UPSERT = "upsert", _("Add new and change existing records")


class OnError(models.TextChoices):
    SKIP = "skip", _("Leave bad rows out")
    ABORT = "abort", _("All rows or none")


class Blank(models.TextChoices):
    IGNORE = "ignore", _("An empty cell changes nothing")
    CLEAR = "clear", _("An empty cell empties the field")


class Action(models.TextChoices):
    CREATE = "create", _("new")
    UPDATE = "update", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    SKIP = "skip", _("skipped")
    FAIL = "fail", _("failed")


class ImportJob(Job):
    """One uploaded file on its way into the database. All counts are rows of the file."""

    transitions: ClassVar[Transitions] = TRANSITIONS

    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.UPLOADED
    )
    importer = models.CharField(_("what"), max_length=64)
    notes = models.TextField(_("notes"), blank=True, default="")

    # The file. Its name is what the person called it, and never part of a path.
    filename = models.CharField(_("file"), max_length=255)
    file_key = models.CharField(max_length=120, blank=True, default="")  # "" once it is deleted
    file_size = models.BigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    same_as = models.ForeignKey(  # an earlier import of the very same file
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # How it is read. What was guessed can be changed by a person.
    encoding = models.CharField(_("encoding"), max_length=20, blank=True, default="")
    delimiter = models.CharField(_("delimiter"), max_length=4, blank=True, default="")
    sheet = models.CharField(_("sheet"), max_length=255, blank=True, default="")
    sheets = models.JSONField(default=list, blank=True)  # names of all sheets
    header_row = models.PositiveIntegerField(_("header row"), default=1)  # as people count: from 1
    header = models.JSONField(default=list, blank=True)  # the texts of the header
    samples = models.JSONField(default=list, blank=True)  # the first rows, as lists of text
    guesses = models.JSONField(default=dict, blank=True)  # header text -> {field, confidence}

    # What it means.
    mapping = models.JSONField(default=dict, blank=True)  # header text -> field name or null
    values = models.JSONField(default=dict, blank=True)  # field -> {in the file: meant}
    key = models.CharField(max_length=200, blank=True, default="")  # field names with commas
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.UPSERT)
    on_error = models.CharField(max_length=5, choices=OnError.choices, default=OnError.SKIP)
    blank = models.CharField(max_length=6, choices=Blank.choices, default=Blank.IGNORE)
    options = models.JSONField(default=dict, blank=True)  # of the importer, e.g. stamps: end

    dry_run = models.BooleanField(default=False)  # the check is all that was asked for
    confirm = models.BooleanField(default=False)  # apply by itself once checked
    email_notification = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    check_counts = models.JSONField(default=dict, blank=True)  # what the check said: action -> rows
    context = models.JSONField(default=dict, blank=True)  # of the importer, made when it began

    # How far it is. `cursor` is the last row of the file that is dealt with and committed.
    cursor = models.PositiveBigIntegerField(default=0)
    is_undoing = models.BooleanField(default=False)  # "all or none" met a bad row late
    processed_rows = models.BigIntegerField(_("rows done"), default=0)
    created_rows = models.BigIntegerField(_("new"), default=0)
    updated_rows = models.BigIntegerField(_("changed"), default=0)
    unchanged_rows = models.BigIntegerField(_("unchanged"), default=0)
    skipped_rows = models.BigIntegerField(_("skipped"), default=0)
    failed_rows = models.BigIntegerField(_("failed"), default=0)
    values_written = models.BigIntegerField(default=0)  # records; up to 50 for one wide row
    problem_codes = models.JSONField(default=dict, blank=True)  # code -> problems

    # A mended file of failed rows, while it waits or runs.
    mended_key = models.CharField(max_length=120, blank=True, default="")
    mended_name = models.CharField(max_length=255, blank=True, default="")
    mended_cursor = models.PositiveBigIntegerField(default=0)  # of that file, like `cursor`
    mended_result = models.JSONField(default=dict, blank=True)  # of the last one; see mended.py
    mended_rounds = models.PositiveSmallIntegerField(default=0)  # that have been run to their end

    email_sent_at = models.DateTimeField(null=True, blank=True)
    mail_after = models.DateTimeField(null=True, blank=True)  # no try before
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta(Job.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at", "pk")
        indexes = (
            *Job.Meta.indexes,
            models.Index(fields=["-created_at"], name="imports_job_newest"),
            models.Index(fields=["completed_at"], name="imports_job_ended"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=(Status.CHECKING, Status.PROCESSING)) | Q(claimed_by=""),
                name="imports_job_claimed_while_running",
            ),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def is_finished(self) -> bool:
        return self.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    @property
    def counted_rows(self) -> int | None:
        """Rows of the file, counted by a check; until then `total_rows` is an estimate."""
        return self.total_rows if self.checked_at else None

    @property
    def progress(self) -> float:
        """Per cent of what runs now, one decimal."""
        if self.status in (Status.COMPLETED, Status.READY):
            return 100.0
        if not self.total_rows:
            return 0.0
        return min(99.9, int(1000 * self.processed_rows / self.total_rows) / 10)


class ImportProblem(models.Model):
    """Something wrong with one row. Of each code only so many are kept; the counts are whole."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveBigIntegerField(_("row"))  # as people see it in the file: header is 1
    position = models.PositiveSmallIntegerField(default=0)  # several in one row
    column = models.CharField(_("column"), max_length=255, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.TextField(_("problem"))
    severity = models.CharField(max_length=7, choices=Severity.choices, default=Severity.ERROR)

    class Meta:
        ordering = ("row", "position")
        constraints = (
            models.UniqueConstraint(fields=["job", "row", "position"], name="imports_problem_once"),
        )
        indexes = (models.Index(fields=["job", "code", "row"], name="imports_problem_kind"),)

    def __str__(self) -> str:
        return self.message


class FailedRow(models.Model):
    """A row that stayed out, as it was in the file: what the report of failed rows is made of."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="failures")
    row = models.PositiveBigIntegerField()
    cells = models.JSONField(default=list)  # texts, in the order of the file's columns
    problems = models.JSONField(default=list)  # [column, message, code, severity] each

    class Meta:
        ordering = ("row",)
        constraints = (models.UniqueConstraint(fields=["job", "row"], name="imports_failure_once"),)

    def __str__(self) -> str:
        return f"{self.row}"


class ImportChange(models.Model):
    """A sample of what a row would do, found by the check."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="changes")
    row = models.PositiveBigIntegerField(_("row"))
    action = models.CharField(_("action"), max_length=9, choices=Action.choices)
    key = models.CharField(_("record"), max_length=255, blank=True)
    changes = models.JSONField(
        default=dict
    )  # field -> [old, new] as text; new records: [null, new]

    class Meta:
        ordering = ("row",)
        indexes = (models.Index(fields=["job", "action", "row"], name="imports_change_kind"),)

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """One record that an import has written. Rows are only ever added, or pruned by age.

    No foreign key to the job: the ledger outlives it.
    """

    job_id = models.UUIDField()
    row = models.PositiveBigIntegerField()
    content_type = models.ForeignKey(
        ContentType, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    object_id = models.CharField(max_length=64)
    action = models.CharField(max_length=6)  # create, update; undo or kept, once taken back
    before = models.JSONField(null=True)  # column -> value, of what an update overwrote
    after_hash = models.CharField(max_length=16)  # of what was written; see imports/ledger.py
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes = (models.Index(fields=["job_id", "id"], name="imports_ledger_job"),)

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"


class Event(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    MAPPED = "mapped", _("mapped")
    CHECKING = "checking", _("check started")
    CHECKED = "checked", _("checked")
    CONFIRMED = "confirmed", _("confirmed")
    PROCESSING = "processing", _("started")
    PROGRESS = "progress", _("progress")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    RETRIED = "retried", _("retried")
    MENDED = "mended", _("mended rows came")
    REPORTED = "reported", _("failed rows downloaded")
    DELETED = "deleted", _("file deleted")


class ImportLog(models.Model):
    """One thing that happened to an import. Rows are only ever added."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="logs")
    event = models.CharField(max_length=12, choices=Event.choices)
    message = models.TextField(blank=True)
    processed_rows = models.BigIntegerField(null=True, blank=True)
    duration_ms = models.BigIntegerField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("import log row")
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=["job", "created_at"], name="imports_log_story"),)

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.message}"
