"""Meters and what they read."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exportsite.domains.energy.periods import DAILY, MOST_PERIODS
from exportsite.domains.energy.places import Company, Region, Site, Supplier

__all__ = ["Company", "Meter", "MeterReading", "Region", "Site", "Supplier"]


class Meter(models.Model):
    class Type(models.TextChoices):
        ELECTRICITY = "electricity", _("electricity")
        GAS = "gas", _("gas")
        WATER = "water", _("water")
        HEAT = "heat", _("heat")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, verbose_name=_("site"))
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("supplier")
    )
    mpan = models.CharField(
        _("MPAN"),
        max_length=21,
        unique=True,
        help_text=_("The supply number, 13 or 21 digits; or whatever id files use for the meter."),
    )
    serial_number = models.CharField(_("serial number"), max_length=50, blank=True)
    meter_type = models.CharField(
        _("type"), max_length=20, choices=Type.choices, default=Type.ELECTRICITY
    )
    is_smart_meter = models.BooleanField(_("smart meter"), default=False)
    is_half_hourly = models.BooleanField(_("half-hourly"), default=False)
    installation_date = models.DateField(_("installed on"), null=True, blank=True)
    removal_date = models.DateField(_("removed on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    metric_variable_name = models.CharField(_("related measure"), max_length=100, blank=True)
    metric_variable_value = models.DecimalField(
        _("value of the related measure"), max_digits=15, decimal_places=3, null=True, blank=True
    )

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        constraints = (
            models.CheckConstraint(
                condition=Q(removal_date__gte=F("installation_date")),
                name="energy_meter_removed_after_installation",
            ),
        )

    def __str__(self) -> str:
        return self.mpan


class MeterReading(models.Model):
    """What a meter counted in one half-hour, or with period 0 in a whole day."""

    class Type(models.TextChoices):
        ACTUAL = "actual", _("actual")
        ESTIMATED = "estimated", _("estimated")
        MANUAL = "manual", _("manual")

    meter = models.ForeignKey(
        Meter,
        on_delete=models.PROTECT,
        db_index=False,  # the unique key serves it
        related_name="readings",
        verbose_name=_("meter"),
    )
    reading_date = models.DateField(_("date"))
    period_number = models.PositiveSmallIntegerField(
        _("period"), default=DAILY, help_text=_("1 to 50 in the order of time; 0 is the whole day.")
    )
    reading_time = models.TimeField(
        _("start"), null=True, blank=True, help_text=_("What the clock shows when it begins.")
    )
    reading_value = models.DecimalField(_("value (kWh)"), max_digits=15, decimal_places=3)
    reading_type = models.CharField(
        _("type"), max_length=10, choices=Type.choices, default=Type.ACTUAL
    )
    is_validated = models.BooleanField(_("validated"), default=False)
    import_batch_id = models.CharField(_("import batch"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("meter reading")
        verbose_name_plural = _("meter readings")
        indexes = (
            models.Index(fields=["reading_date"], name="energy_reading_by_date"),
            models.Index(
                fields=["import_batch_id"],
                condition=~Q(import_batch_id=""),
                name="energy_reading_by_batch",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["meter", "reading_date", "period_number"], name="energy_reading_once"
            ),
            models.CheckConstraint(
                condition=Q(period_number__lte=MOST_PERIODS), name="energy_reading_period_exists"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reading_date} {self.period_number}"
