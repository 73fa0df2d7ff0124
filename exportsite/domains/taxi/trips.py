"""Trips as the CURB meters report them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exportsite.domains.taxi.choices import PaymentType, TripStatus
from exportsite.domains.taxi.fields import Label, Tracked, money, one_of, optional_text
from exportsite.domains.taxi.references import Matched


class CurbAccount(Tracked):
    account_name = models.CharField(_("account"), max_length=255, unique=True)

    class Meta:
        verbose_name = _("CURB account")
        verbose_name_plural = _("CURB accounts")
        ordering = ("account_name",)

    def __str__(self) -> str:
        return self.account_name


def degrees(label: Label) -> "models.DecimalField[str | None, str | None]":
    return models.DecimalField(label, max_digits=10, decimal_places=7, null=True, blank=True)


class CurbTrip(Tracked, Matched):
    """The total need not be the sum of its parts: meters of one vendor count a charge twice."""

    curb_trip_id = models.CharField(_("trip ID"), max_length=255)
    account = models.ForeignKey(
        CurbAccount, on_delete=models.PROTECT, related_name="trips", verbose_name=_("account")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=TripStatus.choices, default=TripStatus.IMPORTED
    )
    curb_driver_id = models.CharField(_("driver at CURB"), max_length=100)
    curb_cab_number = models.CharField(_("cab number"), max_length=100)
    start_time = models.DateTimeField(_("start"))
    end_time = models.DateTimeField(_("end"))
    transaction_date = models.DateTimeField(_("transaction date"), null=True, blank=True)
    fare = money(_("fare"), signed=True, default=0)
    tips = money(_("tips"), signed=True, default=0)
    tolls = money(_("tolls"), signed=True, default=0)
    extras = money(_("extras"), signed=True, default=0)
    total_amount = money(
        _("total"), signed=True, default=0, help_text=_("Below 0: money given back.")
    )
    surcharge = money(_("state surcharge"), signed=True, default=0)
    improvement_surcharge = money(_("improvement surcharge"), signed=True, default=0)
    congestion_fee = money(_("congestion fee"), signed=True, default=0)
    airport_fee = money(_("airport fee"), signed=True, default=0)
    cbdt_fee = money(_("central business district fee"), signed=True, default=0)
    payment_type = models.CharField(
        _("payment"), max_length=20, choices=PaymentType.choices, default=PaymentType.UNKNOWN
    )
    reconciliation_id = optional_text(_("reconciliation"))
    reconciled_at = models.DateTimeField(_("reconciled at"), null=True, blank=True)
    ledger_posting_ref = optional_text(_("ledger posting"))
    posted_to_ledger_at = models.DateTimeField(_("posted at"), null=True, blank=True)
    distance_miles = models.DecimalField(
        _("distance (miles)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    num_passengers = models.PositiveSmallIntegerField(_("passengers"), null=True, blank=True)
    num_service = models.PositiveIntegerField(_("service number"), null=True, blank=True)
    start_long = degrees(_("start, longitude"))
    start_lat = degrees(_("start, latitude"))
    end_long = degrees(_("end, longitude"))
    end_lat = degrees(_("end, latitude"))

    class Meta:
        verbose_name = _("CURB trip")
        verbose_name_plural = _("CURB trips")
        indexes = (models.Index(fields=["-start_time", "id"], name="taxi_curb_newest"),)
        constraints = (
            models.UniqueConstraint(fields=["curb_trip_id"], name="taxi_curb_trip_id"),
            one_of("taxi_curb", "status", TripStatus),
            one_of("taxi_curb", "payment_type", PaymentType),
        )

    def __str__(self) -> str:
        return self.curb_trip_id
