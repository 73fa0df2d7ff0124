"""What people keep: an export under a name, and when it is to run by itself."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 100
CRON_LENGTH = 100


class ExportTemplate(models.Model):
    """A configured export under a name. Its dates may be words that move: "@last_month"."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,  # what was shared stays of use to others
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    is_shared = models.BooleanField(_("shared"), default=False)
    summary = models.CharField(max_length=255)  # "Open or Pending, created last month"
    created_at = models.DateTimeField(default=timezone.now)
    last_run_at = models.DateTimeField(null=True, blank=True)

    # As in Export.
    resource = models.CharField(_("what"), max_length=64)
    format = models.CharField(_("format"), max_length=8)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict, blank=True)
    sort_by = models.CharField(max_length=64, blank=True)
    sort_descending = models.BooleanField(default=False)
    row_limit = models.PositiveBigIntegerField(null=True, blank=True)
    include_contact_info = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True)
    parts = models.JSONField(default=list, blank=True)
    also = models.JSONField(default=list, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    email_notification = models.BooleanField(default=False)  # when a person runs it

    class Meta:
        verbose_name = _("export template")
        verbose_name_plural = _("export templates")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "name"], name="exports_exporttemplate_one_name"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    CRON = "cron", _("Cron")


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ExportSchedule(models.Model):
    """When a template runs by itself, as its owner. Each run is an ordinary export."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("owner"),
    )
    template = models.ForeignKey(
        ExportTemplate, on_delete=models.SET_NULL, null=True, related_name="schedules"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.DAILY)
    time = models.TimeField(_("time"))  # of the site's clock; not asked by cron
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.MONDAY)
    day_of_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )  # a month that has no such day: its last
    cron = models.CharField(max_length=CRON_LENGTH, blank=True, default="")
    email = models.BooleanField(default=True)  # mail the link

    is_paused = models.BooleanField(_("paused"), default=False)
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True)
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True)
    last_export = models.ForeignKey(
        "exports.Export", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_problem = models.TextField(blank=True, default="")  # why it was skipped or paused
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("export schedule")
        verbose_name_plural = _("export schedules")
        ordering = ("is_paused", "next_run_at", "pk")
        indexes = (
            models.Index(fields=["is_paused", "next_run_at"], name="exports_exportschedule_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(is_paused=True) | Q(next_run_at__isnull=False),
                name="exports_exportschedule_runs_or_is_paused",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template}: {self.get_kind_display()}"
