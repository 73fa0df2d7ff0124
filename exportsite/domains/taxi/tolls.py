"""E-ZPass tolls, as they come in files and are charged to drivers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exportsite.domains.taxi.choices import ImportStatus, LedgerStatus
from exportsite.domains.taxi.fields import Tracked, money, one_of, optional_text
from exportsite.domains.taxi.references import Matched


class ImportRun(Tracked):
    """One file that was read."""

    file_name = models.CharField(_("file name"), max_length=255)
    import_timestamp = models.DateTimeField(_("imported at"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=20, choices=ImportStatus.choices, default=ImportStatus.PENDING
    )
    total_records = models.PositiveIntegerField(_("rows"), default=0)
    successful_records = models.PositiveIntegerField(_("rows taken"), default=0)
    failed_records = models.PositiveIntegerField(_("rows failed"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name


class EZPassImport(ImportRun):
    class Meta:
        verbose_name = _("E-ZPass import")
        verbose_name_plural = _("E-ZPass imports")
        constraints = (one_of("taxi_ezpassimport", "status", ImportStatus),)


class EZPassTransaction(Tracked, Matched):
    # A constraint and not unique=True, which on PostgreSQL would be two indexes.
    transaction_id = models.CharField(_("transaction ID"), max_length=255)
    tag_or_plate = models.CharField(_("tag or plate"), max_length=100)
    agency = models.CharField(_("agency"), max_length=100)
    entry_plaza = optional_text(_("entry plaza"), 100)
    exit_plaza = optional_text(_("exit plaza"), 100)
    transaction_datetime = models.DateTimeField(_("time of the toll"))
    amount = money(_("amount"), signed=True, help_text=_("A toll is below 0, a refund above."))
    med_from_csv = optional_text(_("medallion in the file"), 50)
    ezpass_class = optional_text(_("E-ZPass class"), 50)
    status = models.CharField(
        _("status"), max_length=20, choices=LedgerStatus.choices, default=LedgerStatus.IMPORTED
    )
    failure_reason = models.TextField(_("failure reason"), null=True, blank=True)  # noqa: DJ001
    posting_date = models.DateTimeField(_("posting date"), null=True, blank=True)
    # Named so since a field cannot be called "import".
    ezpass_import = models.ForeignKey(
        EZPassImport,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_column="import_id",
        verbose_name=_("import"),
    )

    class Meta:
        verbose_name = _("E-ZPass transaction")
        verbose_name_plural = _("E-ZPass transactions")
        indexes = (
            models.Index(fields=["-transaction_datetime", "id"], name="taxi_ezpass_newest"),
            models.Index(fields=["posting_date"], name="taxi_ezpass_posted"),
        )
        constraints = (
            models.UniqueConstraint(fields=["transaction_id"], name="taxi_ezpass_transaction_id"),
            one_of("taxi_ezpass", "status", LedgerStatus),
        )

    def __str__(self) -> str:
        return self.transaction_id
