"""Parking and camera summonses of the city's Parking Violations Bureau."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exportsite.domains.taxi.choices import Disposition, ImportStatus, LedgerStatus, Source
from exportsite.domains.taxi.fields import Tracked, money, not_negative, one_of, optional_text
from exportsite.domains.taxi.references import Matched
from exportsite.domains.taxi.tolls import ImportRun

SUMS = (
    "fine", "penalty", "interest", "reduction", "processing_fee", "payment",
    "driver_payment_amount", "reduce_to",
)  # fmt: skip


class PVBImport(ImportRun):
    class Meta:
        verbose_name = _("PVB import")
        verbose_name_plural = _("PVB imports")
        constraints = (one_of("taxi_pvbimport", "status", ImportStatus),)


class PVBViolation(Tracked, Matched):
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, default=Source.CSV_IMPORT
    )
    case_no = optional_text(_("case number"))
    plate = models.CharField(_("plate"), max_length=50)
    state = models.CharField(_("state"), max_length=10)
    type = models.CharField(_("type"), max_length=50)
    summons = models.CharField(_("summons"), max_length=255)
    issue_date = models.DateField(_("issue date"))
    issue_time = models.TimeField(_("issue time"), null=True, blank=True)
    fine = money(_("fine"))
    penalty = money(_("penalty"), default=0, null=True, blank=True)
    interest = money(_("interest"), default=0, null=True, blank=True)
    reduction = money(_("reduction"), default=0, null=True, blank=True)
    processing_fee = money(_("processing fee"), default=0, null=True, blank=True)
    payment = money(_("payment"), default=0, null=True, blank=True)
    driver_payment_amount = money(_("paid by the driver"), default=0, null=True, blank=True)
    reduce_to = money(_("reduced to"), default=0, null=True, blank=True)
    amount_due = money(_("amount due"), signed=True)
    disposition = models.CharField(  # noqa: DJ001
        _("disposition"), max_length=20, choices=Disposition.choices, null=True, blank=True
    )
    disposition_change_date = models.DateField(_("disposition changed on"), null=True, blank=True)
    is_terminated = models.BooleanField(_("terminated"), default=False)
    non_program = models.BooleanField(_("outside the programme"), default=False)
    new_issue = models.BooleanField(_("new issue"), default=False)
    judgement = models.BooleanField(_("judgement"), default=False)
    ng_pmt = models.BooleanField(_("payment not good"), default=False)
    system_entry_date = models.DateField(_("entered on"), null=True, blank=True)
    hearing_ind = optional_text(_("hearing"), 50)
    penalty_warning = optional_text(_("penalty warning"), 50)
    violation_code = optional_text(_("violation code"))
    violation_country = optional_text(_("county"))
    front_or_opp = optional_text(_("in front or opposite"))
    house_number = optional_text(_("house number"))
    street_name = optional_text(_("street"))
    intersect_street = optional_text(_("cross street"))
    geo_location = optional_text(_("location code"))
    street_code_1 = optional_text(_("street code 1"))
    street_code_2 = optional_text(_("street code 2"))
    street_code_3 = optional_text(_("street code 3"))
    status = models.CharField(
        _("status"), max_length=20, choices=LedgerStatus.choices, default=LedgerStatus.IMPORTED
    )
    failure_reason = models.TextField(_("failure reason"), null=True, blank=True)  # noqa: DJ001
    posting_date = models.DateTimeField(_("posting date"), null=True, blank=True)
    note = models.TextField(_("note"), null=True, blank=True)  # noqa: DJ001
    pvb_import = models.ForeignKey(
        PVBImport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="violations",
        db_column="import_id",
        verbose_name=_("import"),
    )

    class Meta:
        verbose_name = _("PVB violation")
        verbose_name_plural = _("PVB violations")
        indexes = (models.Index(fields=["-issue_date", "id"], name="taxi_pvb_newest"),)
        constraints = (
            models.UniqueConstraint(fields=["summons"], name="taxi_pvb_summons"),
            one_of("taxi_pvb", "source", Source),
            one_of("taxi_pvb", "disposition", Disposition, nullable=True),
            one_of("taxi_pvb", "status", LedgerStatus),
            *not_negative("taxi_pvb", SUMS),
        )

    def __str__(self) -> str:
        return self.summons
