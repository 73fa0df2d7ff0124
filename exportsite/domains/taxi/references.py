"""Who drives what, under which medallion and lease."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exportsite.domains.taxi.choices import DriverStatus, LeaseStatus, LeaseType, MedallionStatus
from exportsite.domains.taxi.fields import Tracked, money, not_negative, one_of, optional_text


class Driver(Tracked):
    driver_id = models.CharField(_("driver ID"), max_length=128, unique=True)
    first_name = models.CharField(_("first name"), max_length=128)
    middle_name = optional_text(_("middle name"), 128)
    last_name = models.CharField(_("last name"), max_length=128)
    full_name = models.CharField(_("full name"), max_length=128, help_text=_("Andrews, JB"))
    tlc_license_number = models.CharField(
        _("TLC licence"), max_length=100, unique=True, null=True, blank=True
    )
    tlc_license_expiry = models.DateField(_("TLC licence until"), null=True, blank=True)
    driver_status = models.CharField(
        _("status"), max_length=20, choices=DriverStatus.choices, default=DriverStatus.ACTIVE
    )

    class Meta:
        verbose_name = _("driver")
        verbose_name_plural = _("drivers")
        constraints = (one_of("taxi_driver", "driver_status", DriverStatus),)

    def __str__(self) -> str:
        return f"{self.driver_id} {self.full_name}"


class Vehicle(Tracked):
    vin = models.CharField(_("VIN"), max_length=64, unique=True)
    make = models.CharField(_("make"), max_length=45)
    model = models.CharField(_("model"), max_length=45)
    year = models.CharField(_("year"), max_length=4)
    color = models.CharField(_("colour"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")

    def __str__(self) -> str:
        return self.vin


class VehicleRegistration(Tracked):
    """A plate that a vehicle has or had. At most one of them is active."""

    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.CASCADE,
        related_name="registrations",
        verbose_name=_("vehicle"),
    )
    plate_number = models.CharField(_("plate"), max_length=50, db_index=True)
    registration_state = models.CharField(_("state"), max_length=2, default="NY")
    registration_class = models.CharField(_("class"), max_length=2, blank=True)
    registration_expiry = models.DateField(_("expires"), null=True, blank=True)

    class Meta:
        verbose_name = _("vehicle registration")
        verbose_name_plural = _("vehicle registrations")
        constraints = (
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(is_active=True), name="taxi_registration_one_active"
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_state} {self.plate_number}"


class Medallion(Tracked):
    medallion_number = models.CharField(_("medallion"), max_length=10, unique=True)
    medallion_type = models.CharField(_("type"), max_length=50, default="Regular")
    medallion_status = models.CharField(
        _("status"), max_length=20, choices=MedallionStatus.choices, default=MedallionStatus.ACTIVE
    )
    owner_name = models.CharField(_("owner"), max_length=255, blank=True)
    agent_name = models.CharField(
        _("agent"), max_length=255, blank=True, default="Big Apple Taxi Management"
    )

    class Meta:
        verbose_name = _("medallion")
        verbose_name_plural = _("medallions")
        constraints = (one_of("taxi_medallion", "medallion_status", MedallionStatus),)

    def __str__(self) -> str:
        return self.medallion_number


class Lease(Tracked):
    lease_id = models.CharField(_("lease ID"), max_length=64, unique=True)
    lease_type = models.CharField(_("type"), max_length=20, choices=LeaseType.choices)
    lease_status = models.CharField(
        _("status"), max_length=30, choices=LeaseStatus.choices, default=LeaseStatus.ACTIVE
    )
    driver = models.ForeignKey(
        Driver, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("driver")
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("vehicle")
    )
    medallion = models.ForeignKey(
        Medallion, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("medallion")
    )
    start_date = models.DateField(_("from"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)
    duration_in_weeks = models.PositiveSmallIntegerField(_("weeks"), null=True, blank=True)
    weekly_rate = money(_("weekly rate"), default=0)
    deposit = money(_("deposit"), default=0)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        constraints = (
            one_of("taxi_lease", "lease_type", LeaseType),
            one_of("taxi_lease", "lease_status", LeaseStatus),
            *not_negative("taxi_lease", ("weekly_rate", "deposit")),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="taxi_lease_dates_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.lease_id


class Matched(models.Model):
    """A row that matching ties to a driver and what he drove; any of them may stay unknown."""

    driver = models.ForeignKey(
        Driver, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("driver")
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("vehicle")
    )
    medallion = models.ForeignKey(
        Medallion, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("medallion")
    )
    lease = models.ForeignKey(
        Lease, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("lease")
    )

    class Meta:
        abstract = True
